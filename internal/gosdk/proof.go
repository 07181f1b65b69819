package gosdk

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

const (
	formatName = "format"
	formatText = "yingzao go proof 1\n"
)

// proofLimits are for a file from anybody: about a hundred releases with lists.
// Everything is held in memory.
var proofLimits = archive.Limits{Entries: 20_000, Total: 64 << 20, File: 8 << 20, Depth: 16, Name: 256}

// ProofOptions say what a proof is made from.
type ProofOptions struct {
	Key      string    // of the database; "" means goenv.PublicSumDBKey
	Remote   Remote    // where the log is read; required
	Releases []Release // what the proof is for; none is an error
	Lists    []List    // where file lists come from; nil leaves them out. A list then is required for each release
}

// Proof is a proof file in memory. Nothing in it is verified before it is used.
type Proof struct {
	database string
	files    map[string][]byte
}

// OpenProof reads a proof file. The error tells a file that is none; archive
// rules and limits are those for files from strangers.
func OpenProof(ctx context.Context, r io.ReaderAt, size int64) (*Proof, error) {
	p := &Proof{files: map[string][]byte{}}
	err := archive.Walk(ctx, io.NewSectionReader(r, 0, size), archive.Zip, proofLimits, func(h archive.Header, content io.Reader) error {
		if h.Mode.IsDir() {
			return nil
		}
		b, err := io.ReadAll(content)
		if err != nil {
			return err
		}
		p.files[h.Name] = b
		return p.admit(h.Name)
	})
	if err != nil {
		return nil, msg.Errorf("open proof: %w", "打开证明文件：%w", err)
	}
	if string(p.files[formatName]) != formatText {
		return nil, msg.Errorf("open proof: not a proof of this format", "打开证明文件：不是此格式的证明文件").
			WithHint("it was written by another program, or by a newer version of this one", "该文件由其他程序，或由本程序的更新版本写成")
	}
	return p, nil
}

// admit refuses names that the format does not have and a second database.
func (p *Proof) admit(name string) error {
	elems := strings.Split(name, "/")
	switch {
	case name == formatName:
		return nil
	case len(elems) == 3 && elems[0] == "files" && (elems[2] == "names" || elems[2] == "sums"):
		return nil
	case len(elems) > 3 && elems[0] == "sumdb" && (elems[2] == "lookup" || elems[2] == "tile") && (p.database == "" || p.database == elems[1]):
		p.database = elems[1]
		return nil
	}
	return msg.Errorf("%q does not belong in a proof", "%q 不应出现在证明文件中", name)
}

// ReadRemote reads a path of the database from the proof; it is a Remote. What
// the proof lacks is an error of the kind msg.Incomplete, not fs.ErrNotExist: it
// says nothing about the log.
func (p *Proof) ReadRemote(ctx context.Context, remote string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if b, ok := p.files[path.Join("sumdb", p.database, remote)]; ok {
		return b, nil
	}
	return nil, msg.Errorf("read proof: it does not cover %s", "读取证明文件：其中没有 %s", strings.TrimPrefix(remote, "/")).
		WithHint("make a proof for this release where the network is", "请在有网络的地方为该发行版制作证明文件").WithKind(msg.Incomplete)
}

// List gives the file list that the proof has for the release; it is a List.
func (p *Proof) List(ctx context.Context, r Release) ([]File, error) {
	dir := listDir(r)
	names, sums := p.files[dir+"names"], p.files[dir+"sums"]
	if names == nil || sums == nil {
		return nil, fs.ErrNotExist
	}
	return decodeList(names, sums)
}

func listDir(r Release) string { return "files/" + r.Module().Version + "/" }

// WriteProof reads from the log what proves the releases, verifies it, and
// writes it to w. Equal answers give equal bytes.
func WriteProof(ctx context.Context, w io.Writer, o ProofOptions) error {
	key := cmp.Or(o.Key, goenv.PublicSumDBKey)
	v, err := note.NewVerifier(key)
	if err != nil {
		return msg.Errorf("read checksum database key: %w", "读取校验数据库的公钥：%w", err).WithKind(msg.Usage)
	}
	if len(o.Releases) == 0 {
		return msg.Errorf("write proof: no release to prove", "制作证明文件：没有指定要证明的发行版").WithKind(msg.Usage)
	}
	rec := recorder{remote: o.Remote, dir: "sumdb/" + v.Name(), files: map[string][]byte{formatName: []byte(formatText)}}
	log, err := NewLog(key, rec.read)
	if err != nil {
		return err
	}
	for _, r := range o.Releases {
		if err := r.Check(); err != nil {
			return msg.Errorf("write proof: %w", "制作证明文件：%w", err).WithKind(msg.Usage)
		}
		h1, err := LoggedH1(ctx, log, r)
		if err != nil {
			return msg.Errorf("write proof: %w", "制作证明文件：%w", err)
		}
		if len(o.Lists) == 0 {
			continue
		}
		files, err := official(ctx, r, h1, o.Lists)
		if err != nil {
			return msg.Errorf("write proof: %w", "制作证明文件：%w", err)
		}
		if files == nil {
			return msg.Errorf("write proof: nobody has a file list for %s", "制作证明文件：找不到 %s 的文件清单", r).
				WithHint("download its module zip, or leave the lists out", "请下载它的模块 zip，或不带文件清单").WithKind(msg.Incomplete)
		}
		rec.files[listDir(r)+"names"], rec.files[listDir(r)+"sums"] = encodeList(files)
	}
	var entries []archive.Entry
	for _, name := range slices.Sorted(maps.Keys(rec.files)) {
		b := rec.files[name]
		entries = append(entries, archive.Entry{Name: name, Size: int64(len(b)), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(b)), nil
		}})
	}
	if err := archive.Write(ctx, w, archive.Zip, entries, archive.Options{}); err != nil {
		return msg.Errorf("write proof: %w", "制作证明文件：%w", err)
	}
	return nil
}

// encodeList makes the two files of a sorted list: names compress, sums do not.
func encodeList(files []File) (names, sums []byte) {
	for _, f := range files {
		names = fmt.Appendln(names, f.Name)
		sums = append(sums, f.Sum[:]...)
	}
	return names, sums
}

var errList = errors.New("names and sums do not match")

func decodeList(names, sums []byte) ([]File, error) {
	var files []File
	for line := range bytes.Lines(names) {
		name, ok := bytes.CutSuffix(line, []byte("\n"))
		if !ok || len(sums) < sha256.Size || len(files) == maxFiles || len(files) > 0 && files[len(files)-1].Name >= string(name) {
			return nil, msg.Errorf("read file list: %w", "读取文件清单：%w", errList)
		}
		files = append(files, File{string(name), [sha256.Size]byte(sums)})
		sums = sums[sha256.Size:]
	}
	if len(sums) > 0 {
		return nil, msg.Errorf("read file list: %w", "读取文件清单：%w", errList)
	}
	return files, nil
}
