package file

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// area is where everything unfinished lives, inside the store so that it is on
// the same file system.
const area = ".yingzao-uploads"

// Store is a directory of objects. Make one with [New] or [Open].
type Store struct {
	dir  string // absolute
	link func(root *os.Root, old, new string) error
}

var _ store.Store = (*Store)(nil)

// Open is the [store.Opener] of the scheme file. It takes file:///dir, as well
// as relative paths as [store.Schemes.Open] passes them on. Nothing is touched.
func Open(_ context.Context, u *url.URL) (store.Store, error) {
	bad := func(en, zh string, args ...any) *msg.Error {
		return msg.Errorf("store URL file://…: %v", "存储 URL file://…：%v", msg.Textf(en, zh, args...)).WithKind(msg.Usage)
	}
	dir := u.Path
	switch {
	case u.Host != "" && u.Host != "localhost":
		return nil, bad("%q stands where a host would be", "%q 处在主机名的位置", u.Host).
			WithHint("write three slashes (file:///srv/site), or just the directory", "请写三个斜杠（file:///srv/site），或直接写目录")
	case u.RawQuery != "":
		return nil, bad("a directory takes no parameters", "目录不接受参数").
			WithHint("remove everything from the ? on", "请删除 ? 及其后的内容")
	case u.Opaque != "": // file:dist/site
		var err error
		if dir, err = url.PathUnescape(u.Opaque); err != nil {
			return nil, bad("not a valid path", "不是有效的路径")
		}
	case dir == "":
		return nil, bad("no directory given", "未给出目录")
	}
	if runtime.GOOS == "windows" && len(dir) > 2 && dir[0] == '/' && dir[2] == ':' {
		dir = dir[1:] // file:///C:/site
	}
	s, err := New(filepath.FromSlash(dir))
	if err != nil {
		return nil, err
	}
	return s, nil
}

// New returns the store in dir, which need not exist: the first write makes it,
// and until then the store is empty. Relative paths are resolved now.
func New(dir string) (*Store, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, msg.Errorf("open store %s: %w", "打开存储 %s：%w", dir, err)
	}
	return &Store{dir: abs, link: (*os.Root).Link}, nil
}

// Dir is the absolute path of the directory.
func (s *Store) Dir() string { return s.dir }

// URL is the directory as a URL that people can read and Open takes back.
func (s *Store) URL() string {
	p := filepath.ToSlash(s.dir)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	return "file://" + strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(p)
}

// Caps: everything but CRC64 in Head and List, which would mean reading the
// file.
func (s *Store) Caps() store.Caps { return store.Caps{IfAbsent: true} }

// view opens the directory for reading. Opening it for each call costs one
// system call and lets the directory come and go.
func (s *Store) view() (*os.Root, error) {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		if fi, statErr := os.Stat(s.dir); statErr == nil && !fi.IsDir() {
			err = &fs.PathError{Op: "open", Path: s.dir, Err: syscall.ENOTDIR} // OpenRoot's has no number
		}
	}
	return root, err
}

// edit opens the directory for writing, and makes it when it is missing.
func (s *Store) edit() (*os.Root, error) {
	root, err := s.view()
	if !errors.Is(err, fs.ErrNotExist) {
		return root, err
	}
	var made []string // missing directories, deepest first
	for dir := s.dir; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append(made, dir)
	}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return nil, err
	}
	for _, dir := range made {
		f, err := os.Open(filepath.Dir(dir))
		if err != nil {
			continue // its entries may be ours to write and still not to read
		}
		err = flushDir(f)
		f.Close()
		if err != nil {
			return nil, err
		}
	}
	return s.view()
}

// inArea makes something in the hidden area under a new name. Another writer
// may remove the area while it is still empty, hence the second try.
func inArea(root *os.Root, prefix string, do func(name string) error) error {
	var err error
	for range 100 {
		if err = root.Mkdir(area, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		err = do(area + "/" + prefix + strings.ToLower(rand.Text()))
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

// tidy removes the hidden area if nothing is left in it.
func tidy(root *os.Root) { _ = root.Remove(area) }
