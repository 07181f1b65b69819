package gather

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// found is a file of a wanted name on PATH.
type found struct {
	path string
	runs bool   // a regular file that this user may execute
	why  string // what speaks against it
}

// path returns every file on PATH that a command word could mean, in the order
// of PATH; each path once. Folders that are not absolute are taken from the
// project folder.
func (l *look) path(name string) []found {
	var out []found
	seen := map[string]bool{}
	for _, dir := range filepath.SplitList(l.get("PATH")) {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(l.Dir, dir)
		}
		for _, ext := range extensions(name, l.get("PATHEXT")) {
			p := filepath.Join(dir, name+ext)
			if seen[p] {
				continue
			}
			seen[p] = true
			if f, ok := candidate(p); ok {
				out = append(out, f)
			}
		}
	}
	return out
}

func candidate(p string) (found, bool) {
	info, err := os.Stat(p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(p); err != nil {
			return found{}, false
		}
		return found{path: p, why: "broken symbolic link"}, true
	case err != nil:
		if _, lerr := os.Lstat(p); lerr != nil {
			return found{}, false // a folder of PATH that cannot be searched
		}
		return found{path: p, why: reason(err)}, true
	case info.IsDir():
		return found{}, false
	case !info.Mode().IsRegular():
		return found{path: p, why: "not a regular file"}, true
	case runtime.GOOS != "windows" && !executable(p, info):
		return found{path: p, why: "not executable"}, true
	}
	return found{path: p, runs: true}, true
}

func executable(p string, info fs.FileInfo) bool {
	return info.Mode()&0o111 != 0 && enterable(p)
}

// extensions are what may follow a command word: nothing, or on Windows the
// words of PATHEXT.
func extensions(name, pathext string) []string {
	if runtime.GOOS != "windows" {
		return []string{""}
	}
	if filepath.Ext(name) != "" {
		return []string{""}
	}
	if pathext == "" {
		pathext = ".COM;.EXE;.BAT;.CMD"
	}
	return strings.Split(strings.ToLower(pathext), ";")
}

// which returns the file that a command word runs; "" = none. A word with a
// slash is a path.
func (l *look) which(name string) string {
	if strings.ContainsRune(filepath.ToSlash(name), '/') {
		if !filepath.IsAbs(name) {
			name = filepath.Join(l.Dir, name)
		}
		if f, ok := candidate(name); ok && f.runs {
			return f.path
		}
		return ""
	}
	for _, f := range l.path(name) {
		if f.runs {
			return f.path
		}
	}
	return ""
}
