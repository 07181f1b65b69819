package gosdk

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// List gives the files of a release in any order. It need not be honest: what it
// gives is used only if it hashes to the logged value. An error that is
// fs.ErrNotExist says that it has nothing for this release.
type List func(ctx context.Context, r Release) ([]File, error)

// ZipList reads the zip of the release's module, however it was fetched.
func ZipList(name string) List {
	return func(ctx context.Context, r Release) ([]File, error) {
		f, err := os.Open(name)
		if err != nil {
			return nil, msg.Errorf("read module zip: %w", "读取模块 zip：%w", err)
		}
		defer f.Close()
		var files []File
		err = archive.Walk(ctx, f, archive.Zip, moduleLimits, func(h archive.Header, content io.Reader) error {
			rel, ok := strings.CutPrefix(h.Name, r.prefix())
			if !ok || h.Mode.IsDir() {
				return msg.Errorf("%q does not belong to %s", "%q 不属于 %s", h.Name, r.Module())
			}
			sum := sha256.New()
			if _, err := io.Copy(sum, content); err != nil {
				return err
			}
			files = append(files, File{Name: rel, Sum: [sha256.Size]byte(sum.Sum(nil))})
			return nil
		})
		if err != nil {
			return nil, msg.Errorf("read module zip %s: %w", "读取模块 zip %s：%w", name, err)
		}
		return files, nil
	}
}

// moduleLimits holds any toolchain (go1.26.8: 11,518 files, 200 MB) with room.
var moduleLimits = archive.Limits{Entries: 2 * maxFiles, Total: 1 << 30, File: 512 << 20}

// CacheList reads the module's zip from a module cache (GOMODCACHE), where it is
// when the go command has switched to that toolchain. "" means no cache.
func CacheList(gomodcache string) List {
	return func(ctx context.Context, r Release) ([]File, error) {
		if gomodcache == "" {
			return nil, fs.ErrNotExist
		}
		version, err := module.EscapeVersion(r.Module().Version)
		if err != nil {
			return nil, msg.Errorf("read module cache: %w", "读取模块缓存：%w", err)
		}
		zip := filepath.Join(gomodcache, "cache", "download", filepath.FromSlash(modulePath), "@v", version+".zip")
		return ZipList(zip)(ctx, r)
	}
}

// official asks the lists in turn for files that hash to h1. nil and no error
// means that none of them has any; the errors of useless lists are joined.
func official(ctx context.Context, r Release, h1 string, lists []List) ([]File, error) {
	var errs []error
	for _, list := range lists {
		files, err := list(ctx, r)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			errs = append(errs, err)
			continue
		}
		files = slices.Clone(files)
		slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
		if hash1(r, files) == h1 {
			return files, nil
		}
		errs = append(errs, msg.Errorf("use file list for %s: it does not hash to what the log says", "使用 %s 的文件清单：其哈希与校验日志不符", r).WithKind(msg.Findings))
	}
	return nil, msg.Join(errs...)
}

// Diff names the files in which a tree is not as released, by their names on the
// disk: relative to GOROOT, slash separated, sorted. Links and other oddities
// are not in it but in [Tree].
type Diff struct {
	Changed []string `json:"changed,omitempty"`
	Missing []string `json:"missing,omitempty"`
	Added   []string `json:"added,omitempty"`
}

func (d *Diff) names() []string { return slices.Concat(d.Changed, d.Missing, d.Added) }

// diff compares the tree with the official files. What is odd or could not be
// read is neither changed nor missing.
func (t *Tree) diff(official []File) *Diff {
	d, have, noted := &Diff{}, t.Files, t.noted()
	for _, want := range official {
		for len(have) > 0 && have[0].Name < want.Name {
			d.Added, have = append(d.Added, t.OnDisk(have[0].Name)), have[1:]
		}
		switch {
		case len(have) == 0 || have[0].Name > want.Name:
			if name := t.OnDisk(want.Name); !noted(name) {
				d.Missing = append(d.Missing, name)
			}
			continue
		case !bytes.Equal(have[0].Sum[:], want.Sum[:]):
			d.Changed = append(d.Changed, t.OnDisk(want.Name))
		}
		have = have[1:]
	}
	for _, f := range have {
		d.Added = append(d.Added, t.OnDisk(f.Name))
	}
	for _, names := range [][]string{d.Changed, d.Missing, d.Added} {
		slices.Sort(names)
	}
	return d
}

// noted makes a function that reports whether a file, or a directory above it,
// is odd or could not be read.
func (t *Tree) noted() func(name string) bool {
	set := map[string]bool{}
	for _, e := range slices.Concat(t.Odd, t.Unreadable) {
		set[e.Name] = true
	}
	return func(name string) bool {
		for ; name != "."; name = path.Dir(name) {
			if set[name] {
				return true
			}
		}
		return false
	}
}
