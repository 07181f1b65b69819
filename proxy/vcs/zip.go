package vcs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// zip writes the module zip of a canonical version.
func (m *source) zip(ctx context.Context, version string, w io.Writer) error {
	r, err := m.checked(ctx, version)
	if err != nil {
		return err
	}
	dir, _, err := m.locate(r, version)
	if err != nil {
		return err
	}
	z := &zipper{source: m, ctx: ctx}
	if err := z.collect(r.tree, "", dir, nil); err != nil {
		return err
	}
	if dir != "" && !z.license {
		data, err := m.file(r, "LICENSE", maxLicense)
		if err != nil {
			return err
		}
		if data != nil {
			z.files = append(z.files, &member{name: "LICENSE", mode: 0o644, size: int64(len(data)), open: func() (io.ReadCloser, error) {
				return io.NopCloser(bytes.NewReader(data)), nil
			}})
		}
	}
	err = modzip.Create(w, module.Version{Path: m.path, Version: version}, z.files)
	switch {
	case z.err != nil:
		return z.err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil || errors.Is(err, plumbing.ErrObjectNotFound):
		return err
	}
	return &classed{proxy.ErrContent, msg.Errorf("make the module zip: %w", "生成模块 zip：%w", err)}
}

// zipper collects what git archive would put into an archive.
type zipper struct {
	*source
	ctx     context.Context
	files   []modzip.File
	license bool
	// err is the first failure of a file, which x/mod/zip would bury in a list.
	err error
}

// collect takes the files of one folder and those below. Only what is in dir is
// wanted, but the attributes from the root down count there.
func (z *zipper) collect(tree *object.Tree, at, dir string, attrs attributes) error {
	if err := z.ctx.Err(); err != nil {
		return context.Cause(z.ctx)
	}
	for _, e := range tree.Entries {
		if e.Name == ".gitattributes" && e.Mode.IsRegular() {
			data, err := z.blob(e.Hash, maxAttributes)
			if err != nil {
				return err
			}
			attrs = attrs.with(at, data)
		}
	}
	for _, e := range tree.Entries {
		name := path.Join(at, e.Name)
		inside := dir == "" || hasPathPrefix(name, dir)
		switch {
		case e.Mode == filemode.Dir && (inside || hasPathPrefix(dir, name)):
			sub, err := object.GetTree(z.store, e.Hash)
			if err != nil {
				return err
			}
			if err := z.collect(sub, name, dir, attrs); err != nil {
				return err
			}
		case e.Mode == filemode.Dir || e.Mode == filemode.Submodule || !inside || name == dir:
		default:
			f := z.member(e, name, attrs)
			f.name = strings.TrimPrefix(strings.TrimPrefix(name, dir), "/")
			z.license = z.license || f.name == "LICENSE"
			z.files = append(z.files, f)
		}
	}
	return nil
}

// member is one file. Nothing is read before somebody asks: much of a repository
// belongs to other modules.
func (z *zipper) member(e object.TreeEntry, name string, attrs attributes) *member {
	f := &member{mode: 0o644, size: -1}
	blob := func() (io.ReadCloser, error) { return z.openBlob(e.Hash) }
	f.open = blob
	if e.Mode == filemode.Symlink {
		f.mode = fs.ModeSymlink | 0o777
	} else if e.Mode == filemode.Executable {
		f.mode = 0o755
	}
	f.measure = func() (int64, error) {
		size, err := z.store.EncodedObjectSize(e.Hash)
		if err != nil || e.Mode == filemode.Symlink || size > modzip.MaxZipFile {
			return size, err
		}
		how := attrs.of(name)
		if how.plain() {
			return size, nil
		}
		convert, added, err := how.conversion(e.Hash, size, blob, z.route.LFS)
		if convert != nil {
			f.open = convert
		}
		if err != nil {
			if c := (*classed)(nil); errors.As(err, &c) {
				err = &classed{c.class, msg.Errorf("%s: %w", "%s：%w", name, c.err)}
			}
		}
		return size + added, err
	}
	f.fail = func(err error) error {
		if z.err == nil {
			z.err = err
		}
		return err
	}
	return f
}

// member is a file of a zip in the making.
type member struct {
	name    string
	mode    fs.FileMode
	size    int64                 // -1 until measured
	measure func() (int64, error) // may replace open
	open    func() (io.ReadCloser, error)
	fail    func(error) error
}

func (f *member) Path() string { return f.name }

func (f *member) Lstat() (fs.FileInfo, error) {
	if f.size < 0 {
		size, err := f.measure()
		if err != nil {
			return nil, f.fail(err)
		}
		f.size = size
	}
	return memberInfo{f}, nil
}

func (f *member) Open() (io.ReadCloser, error) { return f.open() }

type memberInfo struct{ f *member }

func (i memberInfo) Name() string       { return path.Base(i.f.name) }
func (i memberInfo) Size() int64        { return i.f.size }
func (i memberInfo) Mode() fs.FileMode  { return i.f.mode }
func (i memberInfo) ModTime() time.Time { return time.Time{} }
func (i memberInfo) IsDir() bool        { return false }
func (i memberInfo) Sys() any           { return nil }
