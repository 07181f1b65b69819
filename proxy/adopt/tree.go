package adopt

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Layout is how a directory names its files.
type Layout string

// The layouts.
const (
	Auto     Layout = "auto"     // by what lies there
	ModCache Layout = "modcache" // GOMODCACHE, or cache/download in it
	GoProxy  Layout = "goproxy"  // goproxy's DirCacher: as cache/download
	Athens   Layout = "athens"   // Athens' disk storage
)

// maxInfo limits a .info file in bytes.
const maxInfo = 1 << 20

// Tree is a foreign directory. It is a [proxy.Source] for the files that are in
// it, and safe for concurrent use. Links that lead out of it are not followed.
type Tree struct {
	root   *os.Root
	layout Layout
	name   string
}

var _ proxy.Source = (*Tree)(nil)

// Open opens a directory; the caller closes it. "" is [Auto]. Nothing in it is
// changed.
func Open(dir string, layout Layout) (*Tree, error) {
	fail := func(err error) (*Tree, error) {
		return nil, msg.Errorf("open %s for import: %w", "打开待导入的 %s：%w", dir, err).WithKind(msg.Usage)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return fail(err)
	}
	switch layout {
	case "", Auto, ModCache:
		below := filepath.Join(abs, "cache", "download")
		if fi, err := os.Stat(below); err == nil && fi.IsDir() {
			abs, layout = below, ModCache
		}
	case GoProxy, Athens:
	default:
		return fail(msg.Errorf("unknown layout %q", "未知的布局 %q", layout).
			WithHint("auto, modcache, goproxy or athens", "可用值：auto、modcache、goproxy、athens"))
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return fail(err)
	}
	t := &Tree{root: root, layout: layout, name: abs}
	if layout == "" || layout == Auto {
		if t.layout, err = t.guess(); err != nil {
			_ = root.Close()
			return fail(err)
		}
	}
	return t, nil
}

// errFound ends a walk.
var errFound = errors.New("found")

// guess looks for the first file that only one of the layouts has.
func (t *Tree) guess() (layout Layout, err error) {
	err = fs.WalkDir(t.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == "@v":
			layout = GoProxy
			return errFound
		case !e.IsDir() && e.Name() == "source.zip":
			layout = Athens
			return errFound
		}
		return nil
	})
	switch {
	case errors.Is(err, errFound):
		return layout, nil
	case err != nil:
		return "", err
	}
	return "", msg.Errorf("no modules in it", "其中没有模块").
		WithHint("give a GOMODCACHE, goproxy's cache directory, or Athens' disk storage", "请给出 GOMODCACHE、goproxy 的缓存目录或 Athens 的磁盘存储目录")
}

// Close closes the directory.
func (t *Tree) Close() error { return t.root.Close() }

// Layout is the directory's; Auto has been decided.
func (t *Tree) Layout() Layout { return t.layout }

// Name is the directory, as records tell it.
func (t *Tree) Name() string { return "import:" + filepath.ToSlash(t.name) }

// Routes are a site's routes with the tree in the place of every source: what a
// filler needs to import what the site serves. Blocks, privacy and tokens stay.
// Without routes every module is taken for public.
func (t *Tree) Routes(site proxy.Routes) proxy.Routes {
	if len(site) == 0 {
		return proxy.Routes{{Pattern: "*", Name: "import", Source: t}}
	}
	all := append(proxy.Routes{}, site...)
	for i := range all {
		all[i].Source = t
	}
	return all
}

// Versions is not known: a cache has only what somebody asked it for.
func (t *Tree) Versions(context.Context, string) ([]byte, error) {
	return nil, proxy.Fail(proxy.ErrUnavailable, t.Name(), msg.Errorf("a cache has no complete list", "缓存中没有完整的版本列表"))
}

// Info is the .info of a canonical version.
func (t *Tree) Info(ctx context.Context, mod, version string) ([]byte, error) {
	f := proxy.File{Kind: proxy.Info, Module: mod, Version: version}
	if !f.Canonical() {
		return nil, proxy.Fail(proxy.ErrNotFound, f.String(), nil)
	}
	r, size, err := t.open(ctx, f)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if size > maxInfo {
		return nil, proxy.Fail(proxy.ErrContent, f.String(), msg.Errorf("larger than %d bytes", "超过 %d 字节", maxInfo))
	}
	data, err := io.ReadAll(io.LimitReader(r, maxInfo))
	if err != nil {
		return nil, proxy.Fail(proxy.ErrUnavailable, f.String(), err)
	}
	return data, nil
}

// Fetch brings a whole file: what another source sent of it before is thrown away,
// since reading it here costs nothing.
func (t *Tree) Fetch(ctx context.Context, f proxy.File, d *proxy.Download) error {
	if d.Avoids(t.Name()) {
		return proxy.Fail(proxy.ErrUnavailable, f.String(), msg.Errorf("what is in %s failed its proof", "%s 中的内容未通过校验", t.Name()))
	}
	r, size, err := t.open(ctx, f)
	if err != nil {
		return err
	}
	defer r.Close()
	if size > zip.MaxZipFile {
		return proxy.Fail(proxy.ErrContent, f.String(), msg.Errorf("larger than %d bytes", "超过 %d 字节", int64(zip.MaxZipFile)))
	}
	d.Restart()
	d.SetSize(size)
	d.Begin(t.Name())
	if _, err := io.Copy(d, &reader{ctx, r}); err != nil {
		return proxy.Fail(proxy.ErrUnavailable, f.String(), err)
	}
	return nil
}

// reader ends with its context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if err := context.Cause(r.ctx); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// open opens a file under the first of its names.
func (t *Tree) open(ctx context.Context, f proxy.File) (*os.File, int64, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, 0, err
	}
	for _, name := range t.names(f) {
		fi, err := t.root.Stat(name) // before a named pipe is opened
		if err == nil && fi.Mode().IsRegular() {
			r, err := t.root.Open(name)
			if err != nil {
				return nil, 0, proxy.Fail(proxy.ErrUnavailable, f.String(), err)
			}
			return r, fi.Size(), nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) && !errors.Is(err, syscall.ENAMETOOLONG) {
			return nil, 0, proxy.Fail(proxy.ErrUnavailable, f.String(), err)
		}
	}
	return nil, 0, proxy.Fail(proxy.ErrNotFound, f.String(), nil)
}

// names are where a file may lie.
func (t *Tree) names(f proxy.File) []string {
	if t.layout != Athens {
		return []string{f.Path()}
	}
	escaped, err1 := module.EscapePath(f.Module)
	version, err2 := module.EscapeVersion(f.Version)
	if err1 != nil || err2 != nil {
		return nil
	}
	names := []string{athensName(f.Kind, f.Module, f.Version)}
	if escaped != f.Module || version != f.Version {
		names = append(names, athensName(f.Kind, escaped, version), athensName(f.Kind, escaped, f.Version), athensName(f.Kind, f.Module, version))
	}
	return names
}

func athensName(kind proxy.Kind, mod, version string) string {
	base := version + ".info"
	switch kind {
	case proxy.Mod:
		base = "go.mod"
	case proxy.Zip:
		base = "source.zip"
	}
	return path.Join(mod, version, base)
}

// file is the inverse of names: ok is false for what is no immutable file of a
// module. other says that it is not even something the program keeps beside them.
func (t *Tree) file(name string) (f proxy.File, ok, other bool) {
	if t.layout != Athens {
		f, err := proxy.Parse(name)
		if err == nil {
			return f, f.Immutable(), false
		}
		known := strings.HasPrefix(name, "sumdb/") || strings.HasPrefix(name, "vcs/") || strings.HasPrefix(path.Base(name), ".")
		switch path.Ext(name) {
		case ".ziphash", ".lock", ".partial", ".tmp":
			known = true
		}
		return proxy.File{}, false, !known
	}
	dir, base := path.Split(name)
	mod, version := path.Split(strings.TrimSuffix(dir, "/"))
	f = proxy.File{Module: unescape(strings.TrimSuffix(mod, "/"), module.UnescapePath), Version: unescape(version, module.UnescapeVersion)}
	switch base {
	case "go.mod":
		f.Kind = proxy.Mod
	case "source.zip":
		f.Kind = proxy.Zip
	case version + ".info":
		f.Kind = proxy.Info
	default:
		return proxy.File{}, false, true
	}
	return f, f.Immutable() && f.Canonical(), !f.Canonical()
}

// unescape decodes a name that is encoded, and leaves others alone.
func unescape(s string, decode func(string) (string, error)) string {
	if strings.Contains(s, "!") {
		if plain, err := decode(s); err == nil {
			return plain
		}
	}
	return s
}
