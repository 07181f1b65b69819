package rebuild

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/cavaliergopher/cpio"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/linuxpkg"
)

// node is a file in a package.
type node struct {
	name  string // without a leading ./ or /; the second of a name with (2)
	facts []linuxpkg.Fact
	data  []byte
}

// unpacked is an area without its compression, and what is in it.
type unpacked struct {
	plain []byte
	nodes []node
}

func unpack(ctx context.Context, a linuxpkg.Area, limit int64) (u unpacked, err error) {
	r, err := archive.Decompress(compression(a.Data), bytes.NewReader(a.Data))
	if err != nil {
		return u, err
	}
	defer r.Close()
	var plain bytes.Buffer
	if _, err := io.Copy(&plain, io.LimitReader(interruptible{ctx, r}, limit+1)); err != nil {
		return u, err
	}
	if int64(plain.Len()) > limit {
		return u, msg.Errorf("%s unpacks to more than %d bytes", "%s 解压后超过 %d 字节", a.Name, limit)
	}
	u.plain = plain.Bytes()
	if a.Name == "payload" {
		u.nodes, err = readCpio(ctx, u.plain)
	} else {
		u.nodes, err = readTar(ctx, u.plain)
	}
	again := map[string]int{}
	for i := range u.nodes {
		n := &u.nodes[i]
		if again[n.name]++; again[n.name] > 1 {
			n.name += fmt.Sprintf(" (%d)", again[n.name])
		}
	}
	return u, err
}

// compression knows a stream by its first bytes.
func compression(b []byte) archive.Format {
	for magic, f := range map[string]archive.Format{"\x1f\x8b": archive.Gz, "\x28\xb5\x2f\xfd": archive.TarZst, "\xfd7zXZ\x00": archive.TarXz} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return f
		}
	}
	return archive.Tar
}

type interruptible struct {
	ctx context.Context
	io.Reader
}

func (r interruptible) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(b)
}

var errMore = errors.New("the files are larger than what holds them")

func readTar(ctx context.Context, plain []byte) (all []node, err error) {
	total := 0
	for tr := tar.NewReader(bytes.NewReader(plain)); ; {
		h, err := tr.Next()
		if err == io.EOF {
			return all, nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return nil, err
		}
		if h.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(tr, int64(len(plain)+1))) // a sparse file may pretend to any size
		if total += len(data); err == nil && total > len(plain) {
			err = errMore
		}
		if err != nil {
			return nil, err
		}
		all = append(all, node{clean(h.Name), []linuxpkg.Fact{
			{Name: "type", Values: []string{string(h.Typeflag)}}, {Name: "mode", Values: []string{fmt.Sprintf("%04o", h.Mode)}},
			{Name: "time", Values: []string{fmt.Sprint(h.ModTime.Unix())}},
			{Name: "owner", Values: []string{fmt.Sprintf("%s/%s (%d/%d)", h.Uname, h.Gname, h.Uid, h.Gid)}}, {Name: "link", Values: []string{h.Linkname}},
		}, data})
	}
}

func readCpio(ctx context.Context, plain []byte) (all []node, err error) {
	for r := cpio.NewReader(bytes.NewReader(plain)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return all, nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		if h.Size < 0 || h.Size > int64(len(plain)) { // the library takes a sign for a number, and panics
			return nil, errMore
		}
		data, err := io.ReadAll(r)
		if err == nil && int64(len(data)) != h.Size {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		all = append(all, node{clean(h.Name), []linuxpkg.Fact{
			{Name: "mode", Values: []string{fmt.Sprintf("%06o", uint32(h.Mode))}}, {Name: "time", Values: []string{fmt.Sprint(h.ModTime.Unix())}},
			{Name: "owner", Values: []string{fmt.Sprintf("%d/%d", h.Uid, h.Guid)}}, {Name: "link", Values: []string{h.Linkname}},
		}, data})
	}
}

func clean(name string) string { return strings.TrimPrefix(path.Clean("/"+name), "/") }

// fields are what a package says about itself in a file: deb's control ("Key: value",
// continued by lines that begin with a blank), and .PKGINFO of the others
// ("key = value"). Nil for other files.
func (n node) fields() (out []linuxpkg.Fact) {
	part := map[string]string{"control": ":", ".PKGINFO": "="}[n.name]
	if part == "" {
		return nil
	}
	for line := range strings.Lines(string(n.data)) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, " ") && len(out) > 0 {
			last := &out[len(out)-1]
			last.Values[len(last.Values)-1] += "\n" + line
			continue
		}
		k, v, ok := strings.Cut(line, part)
		if !ok {
			continue
		}
		k, v = strings.TrimSpace(k), strings.TrimSpace(v)
		i := 0
		for i < len(out) && out[i].Name != k {
			i++
		}
		if i == len(out) {
			out = append(out, linuxpkg.Fact{Name: k})
		}
		out[i].Values = append(out[i].Values, v)
	}
	return out
}
