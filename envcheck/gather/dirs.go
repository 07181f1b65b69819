package gather

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// maxEntries is how many entries of a folder are looked at, maxOwners of how many
// the owner is asked: a look at each costs a system call.
const (
	maxEntries = 1000
	maxOwners  = 200
)

// dirs looks at the folders that Go writes to. Their paths follow from the
// settings as the go command derives them.
func (l *look) dirs() []envcheck.Dir {
	p := l.env.Paths()
	var out []envcheck.Dir
	add := func(name, path string) {
		if path != "" && path != "off" {
			out = append(out, dir(name, l.abs(path)))
		}
	}
	add("GOCACHE", p.Cache)
	add("GOMODCACHE", p.ModCache)
	if len(p.Gopath) > 0 {
		add("GOPATH", p.Gopath[0])
	}
	add("GOBIN", p.Bin)
	if tmp := l.env.Lookup("GOTMPDIR").Value; tmp != "" {
		add("GOTMPDIR", tmp)
	} else {
		add("TMPDIR", l.tempDir())
	}
	add("HOME", l.snapshot.Home)
	return out
}

func (l *look) abs(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(l.Dir, path)
}

// tempDir is os.TempDir of this environment.
func (l *look) tempDir() string {
	names := []string{"TMPDIR"}
	if runtime.GOOS == "windows" {
		names = []string{"TMP", "TEMP", "USERPROFILE"}
	}
	for _, n := range names {
		if v := l.get(n); v != "" {
			return v
		}
	}
	if runtime.GOOS == "windows" {
		return ""
	}
	return "/tmp"
}

func dir(name, path string) envcheck.Dir {
	d := envcheck.Dir{Name: name, Path: path, UID: -1, Free: -1, Inodes: -1}
	info, err := os.Stat(path)
	at := path
	switch {
	case err == nil:
		d.Exists, d.IsDir, d.Mode, d.UID = true, info.IsDir(), info.Mode(), owner(info)
	case os.IsNotExist(err):
		at = nearest(path)
	default:
		d.Error = reason(err)
	}
	d.Writable = d.Error == "" && writable(at) && enterable(at)
	if d.Exists && !d.IsDir {
		d.Writable = false
	}
	if !d.Exists && d.Error == "" && !isDir(at) {
		d.Error, d.Writable = "not a directory: "+at, false
	}
	filesystem(at, &d)
	if d.IsDir {
		entries(&d)
	}
	return d
}

// entries looks at the first entries of a folder: whose they are, and whether
// their names are found in other letters.
func entries(d *envcheck.Dir) {
	f, err := os.Open(d.Path)
	if err != nil {
		d.Error = reason(err)
		return
	}
	defer f.Close()
	list, _ := f.ReadDir(maxOwners)
	me := os.Getuid()
	for _, e := range list {
		if info, err := e.Info(); err == nil && me >= 0 && owner(info) != me {
			d.Foreign++
		}
	}
	names := make(map[string]bool, len(list))
	for _, e := range list {
		names[e.Name()] = true
	}
	for _, e := range list {
		if other := swapCase(e.Name()); other != e.Name() {
			d.FoldCase = !names[other] && sameEntry(filepath.Join(d.Path, e.Name()), filepath.Join(d.Path, other))
			return
		}
	}
	if other := swapCase(filepath.Base(d.Path)); other != filepath.Base(d.Path) {
		d.FoldCase = sameEntry(d.Path, filepath.Join(filepath.Dir(d.Path), other))
	}
}

// sameEntry asks for a name that was not written so: nothing is created.
func sameEntry(a, b string) bool {
	x, errX := os.Lstat(a)
	y, errY := os.Lstat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r > unicode.MaxASCII:
			return r
		case unicode.IsLower(r):
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, s)
}
