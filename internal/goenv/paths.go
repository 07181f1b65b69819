package goenv

import (
	"errors"
	"fmt"
)

// EnvFilePath returns where the user's env file is, whether it exists or not:
// GOENV, or go/env below the user's configuration folder. off means GOENV=off:
// no file is read, and none can be written. The error, in the go command's words,
// is that of a user without such a folder; the go command then goes on without a
// file. getenv reads the process; goos is its system.
func EnvFilePath(goos string, getenv func(string) string) (path string, off bool, err error) {
	switch v := getenv("GOENV"); v {
	case "off":
		return "", true, nil
	default:
		return v, false, nil
	case "":
	}
	dir, err := configDir(goos, getenv)
	if err != nil {
		return "", false, err
	}
	return join(goos, dir, "go/env"), false, nil
}

// configDir is os.UserConfigDir for any system.
func configDir(goos string, getenv func(string) string) (string, error) {
	switch goos {
	case "windows":
		return below(getenv("AppData"), "", "%AppData%")
	case "darwin", "ios":
		return below(getenv("HOME"), "/Library/Application Support", "$HOME")
	case "plan9":
		return below(getenv("home"), "/lib", "$home")
	}
	return xdg(getenv, "XDG_CONFIG_HOME", "/.config")
}

// cacheDir is os.UserCacheDir for any system.
func cacheDir(goos string, getenv func(string) string) (string, error) {
	switch goos {
	case "windows":
		return below(getenv("LocalAppData"), "", "%LocalAppData%")
	case "darwin", "ios":
		return below(getenv("HOME"), "/Library/Caches", "$HOME")
	case "plan9":
		return below(getenv("home"), "/lib/cache", "$home")
	}
	return xdg(getenv, "XDG_CACHE_HOME", "/.cache")
}

func below(dir, rel, name string) (string, error) {
	if dir == "" {
		return "", errors.New(name + " is not defined")
	}
	return dir + rel, nil
}

func xdg(getenv func(string) string, name, rel string) (string, error) {
	switch dir := getenv(name); {
	case dir == "" && getenv("HOME") == "":
		return "", fmt.Errorf("neither $%s nor $HOME are defined", name)
	case dir == "":
		return getenv("HOME") + rel, nil
	case !IsAbs("linux", dir):
		return "", fmt.Errorf("path in $%s is relative", name)
	default:
		return dir, nil
	}
}

// Paths are the folders and files that the settings lead to.
type Paths struct {
	EnvFile  string   // "" = none: GOENV=off, or EnvErr
	EnvErr   error    // why there is no env file; nil also where GOENV=off
	Gopath   []string // the entries of GOPATH; none where it is not set and there is no home
	Bin      string   // where go install puts programs: GOBIN, or bin of the first GOPATH; "" = nowhere
	ModCache string   // "" = nowhere
	SumDB    string   // what was seen of checksum databases; "" = nowhere
	Cache    string   // GOCACHE; "off" with CacheErr
	CacheErr error    // why there is none: builds then fail, in the go command's words
}

// Paths derives them as the go command does. Nothing is looked up on a disk.
func (e *Env) Paths() Paths {
	getenv := func(key string) string { v, _ := e.Process(key); return v }
	var p Paths
	p.EnvFile, _, p.EnvErr = EnvFilePath(e.os(), getenv)
	gopath := e.gopath()
	p.Gopath = splitList(e.os(), gopath)
	if len(p.Gopath) > 0 && p.Gopath[0] != "" {
		p.Bin = join(e.os(), p.Gopath[0], "bin")
		p.ModCache = join(e.os(), p.Gopath[0], "pkg/mod")
		p.SumDB = join(e.os(), p.Gopath[0], "pkg/sumdb")
	}
	if v := e.Lookup("GOBIN").Value; v != "" {
		p.Bin = v
	}
	if v := e.Lookup("GOMODCACHE").Value; v != "" {
		p.ModCache = v
	}
	switch v := e.Lookup("GOCACHE").Value; {
	case v == "":
		dir, err := cacheDir(e.os(), getenv)
		if p.Cache = join(e.os(), dir, "go-build"); err != nil {
			p.Cache, p.CacheErr = "off", fmt.Errorf("GOCACHE is not defined and %w", err)
		}
	case v == "off":
		p.Cache, p.CacheErr = v, errors.New("build cache is disabled by GOCACHE=off, but required as of Go 1.12")
	case !IsAbs(e.os(), v):
		p.Cache, p.CacheErr = "off", errors.New("GOCACHE is not an absolute path")
	default:
		p.Cache = v
	}
	return p
}

// gopath is GOPATH, or go in the home folder unless that is GOROOT
// (go/build.defaultGOPATH).
func (e *Env) gopath() string {
	if v := e.Lookup("GOPATH").Value; v != "" {
		return v
	}
	name := "HOME"
	switch e.os() {
	case "windows":
		name = "USERPROFILE"
	case "plan9":
		name = "home"
	}
	home, _ := e.Process(name)
	if home == "" {
		return ""
	}
	def := join(e.os(), home, "go")
	if root, _ := e.Process("GOROOT"); root != "" && clean(e.os(), root) == def {
		return ""
	}
	return def
}
