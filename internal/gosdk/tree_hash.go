package gosdk

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// File is one file of a release: its name in the module, without the module's
// own prefix, and the sum of its content.
type File struct {
	Name string
	Sum  [sha256.Size]byte
}

// Tree is what a GOROOT holds, in the module's form.
type Tree struct {
	Release    Release
	Files      []File  // sorted by name, no name twice
	Bytes      int64   // hashed
	Odd        []Entry // what no release holds: links, devices, impossible names; sorted
	Unreadable []Entry // files and directories that could not be read; sorted
	unpacked   bool    // the go command unpacked it: _go.mod stays _go.mod
}

// ReadTree hashes the files of the GOROOT. The empty fields of want are read
// from the tree; the outcome need not be an official release. A file that cannot
// be read is no error but an entry of Unreadable. At most one file per processor,
// eight at most, is open at a time.
func ReadTree(ctx context.Context, goroot string, want Release) (*Tree, error) {
	fsys := os.DirFS(goroot)
	r, err := identify(fsys, want)
	if err != nil {
		return nil, err
	}
	return readTree(ctx, fsys, r)
}

func readTree(ctx context.Context, fsys fs.FS, r Release) (*Tree, error) {
	t := &Tree{Release: r}
	_, err := fs.Stat(fsys, "src/_go.mod")
	t.unpacked = err == nil

	group, inner := errgroup.WithContext(ctx)
	names := make(chan string, 256)
	group.Go(func() (err error) {
		defer close(names)
		t.Odd, t.Unreadable, err = walk(inner, fsys, names)
		return err
	})
	parts := make([]Tree, min(max(runtime.GOMAXPROCS(0), 2), 8))
	for i := range parts {
		group.Go(func() error { return parts[i].hash(inner, fsys, names) })
	}
	if err := group.Wait(); err != nil {
		return nil, msg.Errorf("read GOROOT: %w", "读取 GOROOT：%w", err)
	}
	for _, p := range parts {
		t.Files = append(t.Files, p.Files...)
		t.Unreadable = append(t.Unreadable, p.Unreadable...)
		t.Bytes += p.Bytes
	}
	byName := func(a, b Entry) int { return cmp.Compare(a.Name, b.Name) }
	slices.SortFunc(t.Files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	t.toModuleForm()
	slices.SortFunc(t.Odd, byName)
	slices.SortFunc(t.Unreadable, byName)
	return t, nil
}

// hash sums the named files until there are no more names.
func (t *Tree) hash(ctx context.Context, fsys fs.FS, names <-chan string) error {
	buf := make([]byte, 256<<10)
	for name := range names {
		sum, n, err := sumFile(ctx, fsys, name, buf)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			t.Unreadable = append(t.Unreadable, Entry{name, cause(err)})
			continue
		}
		t.Files = append(t.Files, File{name, sum})
		t.Bytes += n
	}
	return nil
}

func sumFile(ctx context.Context, fsys fs.FS, name string, buf []byte) (sum [sha256.Size]byte, n int64, err error) {
	f, err := fsys.Open(name)
	if err != nil {
		return sum, 0, err
	}
	defer f.Close()
	h := sha256.New()
	for ctx.Err() == nil {
		got, err := f.Read(buf)
		h.Write(buf[:got])
		n += int64(got)
		if errors.Is(err, io.EOF) {
			h.Sum(sum[:0])
			return sum, n, nil
		}
		if err != nil {
			return sum, n, err
		}
	}
	return sum, n, ctx.Err()
}

// toModuleForm gives the files the names they have in the module; see the
// package comment. Files must be sorted, and are again afterwards.
func (t *Tree) toModuleForm() {
	var files []File
	for _, f := range t.Files {
		dir, base := path.Split(f.Name)
		switch {
		case t.unpacked && base == "go.mod":
			// Kept under its own name it spoils the hash, as it should.
			if o := find(t.Files, dir+"_go.mod"); o != nil && o.Sum == f.Sum {
				continue
			}
		case !t.unpacked && base == "_go.mod":
			t.Odd = append(t.Odd, Entry{f.Name, msg.Errorf("a name that only the module of a release has", "只有发行版的模块形式才有这个文件名")})
			continue
		case base == "go.mod":
			f.Name = dir + "_go.mod"
		}
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	t.Files = files
}

// OnDisk is where a file of Files lies: relative to GOROOT, slash separated.
func (t *Tree) OnDisk(name string) string {
	if dir, base := path.Split(name); base == "_go.mod" && !t.unpacked {
		return dir + "go.mod"
	}
	return name
}

// H1 is the hash of the tree as a go.sum line would say it: "h1:…".
func (t *Tree) H1() string { return hash1(t.Release, t.Files) }

// H1 is the hash of a release's files, in the module's form and sorted by name, as
// a go.sum line would say it: "h1:…".
func H1(r Release, files []File) string { return hash1(r, files) }

// hash1 is golang.org/x/mod/sumdb/dirhash.Hash1 over sums that are known already.
func hash1(r Release, files []File) string {
	h := sha256.New()
	var line bytes.Buffer
	prefix := r.prefix()
	for _, f := range files {
		line.Reset()
		line.Write(hex.AppendEncode(line.AvailableBuffer(), f.Sum[:]))
		line.WriteString("  ")
		line.WriteString(prefix)
		line.WriteString(f.Name)
		line.WriteByte('\n')
		h.Write(line.Bytes())
	}
	return "h1:" + base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// find looks up a name in sorted files; nil if it is not there.
func find(files []File, name string) *File {
	if i, ok := slices.BinarySearchFunc(files, name, func(f File, n string) int { return strings.Compare(f.Name, n) }); ok {
		return &files[i]
	}
	return nil
}
