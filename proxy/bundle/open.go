package bundle

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/workdir"
)

// Options say how a bundle is opened. The zero value takes what the public checksum
// database proves, and nothing else.
type Options struct {
	// Key is the checksum database's; "" = that of sum.golang.org.
	Key string
	// SHA256 is what manifest.json must have, in hex; "" = not pinned.
	SHA256 string
	// Unproven reports whether a module may come without the database's proof: it is
	// private. nil = none may.
	Unproven func(path string) bool
	// Limits are for a tar; zero fields are [Limits]'.
	Limits archive.Limits
	// Scratch is where a tar is unpacked, in a leased folder; see workdir.New. "" =
	// below the system's temporary folder, which may be small.
	Scratch string
}

// Limits are for the bundle of a large site: 2,000,000 entries, 2 TiB in all, and
// nothing larger than a toolchain or a module may be.
func Limits() archive.Limits {
	return archive.Limits{Entries: 2_000_000, Total: 2 << 40, File: 1 << 30, Ratio: 200, Depth: 64, Name: 1 << 10}
}

func (o Options) limits() archive.Limits {
	l, d := o.Limits, Limits()
	or := func(v *int64, d int64) {
		if *v == 0 {
			*v = d
		}
	}
	or(&l.Total, d.Total)
	or(&l.File, d.File)
	or(&l.Ratio, d.Ratio)
	if l.Entries == 0 {
		l.Entries = d.Entries
	}
	if l.Depth == 0 {
		l.Depth = d.Depth
	}
	if l.Name == 0 {
		l.Name = d.Name
	}
	return l
}

// opened is a bundle as a folder whose files are those of the manifest. What is in
// them is not proven.
type opened struct {
	m    *Manifest
	dir  string
	root *os.Root
	work *workdir.Dir
}

func open(ctx context.Context, path string, o Options) (_ *opened, err error) {
	b := &opened{dir: path}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	fi, err := os.Stat(path)
	if err != nil {
		return nil, msg.Errorf("%w", "%w", err).WithKind(msg.Usage).
			WithHint("name the folder, or the tar, that yingzao proxy bundle made", "请指定 yingzao proxy bundle 制作的目录或 tar")
	}
	if !fi.IsDir() {
		if b.work, err = workdir.New(o.Scratch); err != nil {
			return nil, err
		}
		b.dir = filepath.Join(b.work.Path(), "bundle")
		if err := unpack(ctx, path, b.dir, o.limits()); err != nil {
			return nil, err
		}
	}
	if b.root, err = os.OpenRoot(b.dir); err != nil {
		return nil, err
	}
	data, err := b.read(ManifestName, maxManifest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, msg.Errorf("it has no %s", "其中没有 %s", ManifestName).WithKind(msg.Usage).
			WithHint("name the folder, or the tar, that yingzao proxy bundle made", "请指定 yingzao proxy bundle 制作的目录或 tar")
	} else if err != nil {
		return nil, err
	}
	if sum := sumOf(data); o.SHA256 != "" && !strings.EqualFold(o.SHA256, sum) {
		return nil, bad(msg.Errorf("the sha256 of %s is %s, pinned is %s", "%s 的 sha256 为 %s，固定值为 %s", ManifestName, sum, strings.ToLower(o.SHA256))).
			WithHint("it is another bundle, or somebody changed it: ask who made it", "这是另一个离线包，或已被改动：请向制作者核实")
	}
	if b.m, err = ParseManifest(data); err != nil {
		return nil, err
	}
	return b, b.noStrangers()
}

func (b *opened) close() {
	if b.root != nil {
		_ = b.root.Close()
	}
	if b.work != nil {
		_ = b.work.Close()
	}
}

func unpack(ctx context.Context, name, dir string, l archive.Limits) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	format, err := archive.Detect(f)
	if err == nil && (format == archive.Binary || format == archive.Gz) {
		err = msg.Errorf("%s is neither a folder nor a tar", "%s 既不是目录也不是 tar", name).WithKind(msg.Usage)
	}
	if err != nil {
		return err
	}
	if err := archive.Extract(ctx, f, format, dir, l); err != nil && ctx.Err() == nil {
		return bad(msg.Errorf("%w", "%w", err))
	}
	return ctx.Err()
}

// read reads a regular file that is not too large.
func (b *opened) read(name string, limit int64) ([]byte, error) {
	fi, err := b.root.Lstat(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() || fi.Size() > limit {
		return nil, bad(msg.Errorf("%s is no regular file, or far too large", "%s 不是普通文件，或过大", name))
	}
	return b.root.ReadFile(filepath.FromSlash(name))
}

// noStrangers refuses links and the like, and what the manifest does not list: the
// folder may be used as a GOPROXY.
func (b *opened) noStrangers() error {
	return fs.WalkDir(b.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == ManifestName {
			return err
		}
		i, ok := slices.BinarySearchFunc(b.m.Files, name, func(f File, name string) int { return strings.Compare(f.Name, name) })
		if !d.Type().IsRegular() || !ok || b.m.Files[i].Base {
			return bad(msg.Errorf("%s is not in %s", "%s 不在 %s 中", name, ManifestName)).
				WithHint("remove it, or copy the bundle again", "请删除它，或重新复制离线包")
		}
		return nil
	})
}
