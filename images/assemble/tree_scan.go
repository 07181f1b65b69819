package assemble

import (
	"archive/tar"
	"bytes"
	"context"
	"debug/elf"
	"encoding/binary"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// maxEntries bounds what reading layers may cost in memory; a full desktop has
// half a million files.
const maxEntries = 3_000_000

// wanted is the files whose content is kept, with the most that they may hold.
func wanted(name string) int64 {
	const small, large = 1 << 20, 64 << 20
	switch name {
	case "etc/passwd", "etc/group", "etc/os-release", "usr/lib/os-release":
		return small
	case "var/lib/dpkg/status", "lib/apk/db/installed", "usr/lib/apk/db/installed":
		return large
	}
	if strings.HasPrefix(name, "var/lib/dpkg/status.d/") && !strings.HasSuffix(name, ".md5sums") {
		return small
	}
	return 0
}

// scan reads the tar of one layer into the tree, and r to its end. A root file
// system archive is held to more than a layer that a builder made: its names must
// be relative, and its end marker must be there, since nothing else tells that it
// was cut between two files.
func (t *tree) scan(ctx context.Context, r io.Reader, archive bool) error {
	t.layer++
	tail := &zeros{r: untilDone{ctx, r}}
	tr := tar.NewReader(tail)
	for {
		h, err := tr.Next()
		if err == io.EOF {
			break
		}
		// GODEBUG may turn this on; our own check gives the reason.
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return tarError(ctx, err)
		}
		if err := t.entry(h, tr, archive); errors.Is(err, io.ErrUnexpectedEOF) || ctx.Err() != nil {
			return tarError(ctx, err)
		} else if err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, tail); err != nil {
		return tarError(ctx, err)
	}
	if archive && tail.n < 1024 {
		return tarError(ctx, io.ErrUnexpectedEOF)
	}
	return nil
}

func tarError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return msg.Errorf("read tar: it is cut short", "读取 tar：文件不完整，已被截断").WithHint("get the file again", "请重新获取该文件")
	}
	return msg.Errorf("read tar: %w", "读取 tar：%w", err)
}

func (t *tree) entry(h *tar.Header, content io.Reader, archive bool) error {
	if h.Typeflag == tar.TypeXGlobalHeader { // names nothing
		return nil
	}
	name, err := safeName(h.Name, archive)
	if err != nil || name == "" {
		return err
	}
	if t.entries++; t.entries > maxEntries {
		return msg.Errorf("read tar: it has more than %d entries", "读取 tar：条目超过 %d 个", maxEntries)
	}
	if t.hide(name) {
		return nil
	}
	n := &node{kind: h.Typeflag}
	switch h.Typeflag {
	case tar.TypeSymlink:
		n.link = h.Linkname
	case tar.TypeLink:
		n.kind = tar.TypeReg
		if to, err := safeName(h.Linkname, archive); err != nil {
			return err
		} else if same, _ := t.walk(to, false); same != nil && same.kind != tar.TypeDir {
			n.kind, n.link, n.data = same.kind, same.link, same.data
		}
	case tar.TypeReg:
		if n.data, err = t.content(t.real(name), h.Size, content); err != nil {
			return msg.Errorf("read %s in tar: %w", "读取 tar 中的 %s：%w", name, err)
		}
	}
	t.put(name, n)
	return nil
}

// content keeps what is wanted and counts programs by their processor.
func (t *tree) content(name string, size int64, r io.Reader) ([]byte, error) {
	if limit := wanted(name); limit > 0 {
		if size > limit {
			return nil, msg.Errorf("%d bytes are more than such a file holds", "%d 字节，超出此类文件应有的大小", size)
		}
		data := make([]byte, size)
		_, err := io.ReadFull(r, data)
		return data, err
	}
	if size < 64 {
		return nil, nil
	}
	var head [20]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(head[:], []byte(elf.ELFMAG)) {
		return nil, nil
	}
	var order binary.ByteOrder = binary.LittleEndian
	if elf.Data(head[elf.EI_DATA]) == elf.ELFDATA2MSB {
		order = binary.BigEndian
	}
	t.machines[elf.Machine(order.Uint16(head[18:]))]++
	return nil, nil
}

// safeName returns a name without "./" in front and "/" at its end; "" for the
// root. Builders of layers write names with a slash in front, and every engine
// takes them for relative; in an archive they are refused.
func safeName(name string, archive bool) (string, error) {
	if archive && strings.HasPrefix(name, "/") {
		return "", msg.Errorf("read tar: the name %q is absolute", "读取 tar：名称 %q 是绝对路径", name).
			WithHint("make the archive from within the root: tar -C ROOT -cf rootfs.tar .", "请在根目录内打包：tar -C 根目录 -cf rootfs.tar .")
	}
	for element := range strings.SplitSeq(name, "/") {
		if element == ".." {
			return "", msg.Errorf("read tar: the name %q leads out of the root", "读取 tar：名称 %q 指向根目录之外", name)
		}
	}
	if strings.ContainsRune(name, 0) {
		return "", msg.Errorf("read tar: the name %q holds a zero byte", "读取 tar：名称 %q 含有零字节", name)
	}
	return strings.TrimPrefix(path.Clean("/"+name), "/"), nil
}

// zeros remembers how many zero bytes came last: a tar ends with 1024 of them.
type zeros struct {
	r io.Reader
	n int64
}

func (z *zeros) Read(p []byte) (int, error) {
	n, err := z.r.Read(p)
	if k := len(bytes.TrimRight(p[:n], "\x00")); k > 0 {
		z.n = int64(n - k)
	} else {
		z.n += int64(n)
	}
	return n, err
}
