package gather

import (
	"net/url"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// layouts are where the modules of a file:// mirror may lie; the folder itself
// comes last, because a search in it finds the others too.
var layouts = []string{"pkg/mod/cache/download", "cache/download", "."}

// fileMirrors looks at the folders that GOPROXY names.
func (l *look) fileMirrors() []envcheck.FileMirror {
	proxies, _ := goenv.ParseProxies(l.env.Get("GOPROXY"))
	var out []envcheck.FileMirror
	for _, p := range proxies.Mirrors() {
		if p.URL.Scheme != "file" {
			continue
		}
		m := envcheck.FileMirror{URL: p.URL.String(), Path: urlPath(p.URL)}
		m.IsDir = isDir(m.Path)
		for _, layout := range layouts {
			left := 5 * maxEntries
			if m.IsDir && m.Layout == "" && holdsModules(filepath.Join(m.Path, layout), 12, &left) {
				m.Layout = layout
			}
		}
		out = append(out, m)
	}
	return out
}

// urlPath is the path of a file:// URL on this system: /C:/x is C:\x.
func urlPath(u *url.URL) string {
	p := u.Path
	if runtime.GOOS == "windows" && len(p) > 2 && p[0] == '/' && p[2] == ':' {
		p = p[1:]
	}
	return filepath.FromSlash(p)
}

// holdsModules looks for a folder @v, in a bounded number of entries.
func holdsModules(dir string, depth int, left *int) bool {
	f, err := os.Open(dir)
	if err != nil {
		return false
	}
	list, _ := f.ReadDir(maxEntries)
	_ = f.Close()
	if *left -= len(list); *left < 0 || depth == 0 {
		return false
	}
	for _, e := range list {
		if e.Name() == "@v" && e.IsDir() {
			return true
		}
	}
	for _, e := range list {
		if e.IsDir() && holdsModules(filepath.Join(dir, e.Name()), depth-1, left) {
			return true
		}
	}
	return false
}

// cacheMissing lists what go.mod requires and the module cache does not hold. It
// is asked only where nothing can be fetched: with GOPROXY=off.
func (l *look) cacheMissing(mod envcheck.TextFile) []string {
	proxies, _ := goenv.ParseProxies(l.env.Get("GOPROXY"))
	cache := l.env.Get("GOMODCACHE")
	if len(proxies) == 0 || proxies[0].Word != "off" || cache == "" || !mod.Exists {
		return nil
	}
	f, err := modfile.Parse(mod.Path, mod.Data, nil)
	if err != nil {
		return nil
	}
	var out []string
	for _, r := range f.Require {
		if m, ok := replaced(f, r.Mod); ok && !downloaded(l.abs(cache), m) {
			out = append(out, m.String())
		}
	}
	return out
}

// replaced returns the module that stands for m; false = a folder does.
func replaced(f *modfile.File, m module.Version) (module.Version, bool) {
	for _, exact := range []bool{true, false} {
		for _, r := range f.Replace {
			if r.Old.Path == m.Path && (exact && r.Old.Version == m.Version || !exact && r.Old.Version == "") {
				return r.New, r.New.Version != ""
			}
		}
	}
	return m, true
}

// downloaded reports whether the module cache holds a module whole.
func downloaded(cache string, m module.Version) bool {
	dir, errPath := module.EscapePath(m.Path)
	version, errVersion := module.EscapeVersion(m.Version)
	if errPath != nil || errVersion != nil {
		return false
	}
	base := filepath.Join(cache, "cache", "download", filepath.FromSlash(path.Clean(dir)), "@v", version)
	for ext := range strings.FieldsSeq(".info .mod .zip") {
		if f := stat(base + ext); !f.Exists || f.Error != "" {
			return false
		}
	}
	return true
}
