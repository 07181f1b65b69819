package goenv

import (
	"io/fs"
	"os"
)

// GorootWhy says how a GOROOT was found.
type GorootWhy string

// The ways, strongest first.
const (
	GorootProcess    GorootWhy = "process"    // GOROOT of the environment
	GorootFile       GorootWhy = "env-file"   // GOROOT of the user's env file
	GorootExecutable GorootWhy = "executable" // the folder that go stands in
	GorootLink       GorootWhy = "link"       // the folder that the link go leads to
	GorootBuiltIn    GorootWhy = "built-in"   // compiled in; releases have none
	GorootNone       GorootWhy = ""           // no command but "go help" works
)

// Disk is what [FindGoroot] asks about files.
type Disk interface {
	Stat(path string) (fs.FileInfo, error)
	EvalSymlinks(path string) (string, error)
}

// GorootQuery is what a GOROOT follows from.
type GorootQuery struct {
	OS      string // GOOS of the machine; "" = linux
	Process string // GOROOT of the environment; "" = none
	File    string // GOROOT of the user's env file; "" = none
	Exe     string // the absolute path of the go command; "" = there is none
	BuiltIn string // what the go command was built with; "" = nothing, as in releases
	Disk    Disk   // nil = an empty disk
}

// Goroot is what was found.
type Goroot struct {
	Dir string // what "go env GOROOT" says and compilers are taken from; "" = none
	Why GorootWhy
	// EnvDir is the GOROOT whose go.env is read. It differs from Dir where both
	// the environment and the user's file name one: for go.env the file wins.
	EnvDir string
	EnvWhy GorootWhy
}

// FindGoroot finds it as the go command does (cmd/go/internal/cfg, findGOROOT).
// It does not ask whether a GOROOT that was named exists: the go command stops
// where it does not.
func FindGoroot(q GorootQuery) Goroot {
	var g Goroot
	switch {
	case q.File != "":
		g.EnvDir, g.EnvWhy = clean(q.OS, q.File), GorootFile
	case q.Process != "":
		g.EnvDir, g.EnvWhy = clean(q.OS, q.Process), GorootProcess
	default:
		g.EnvDir, g.EnvWhy = q.aroundExe()
	}
	g.Dir, g.Why = g.EnvDir, g.EnvWhy
	if q.Process != "" {
		g.Dir, g.Why = q.Process, GorootProcess // as written, not cleaned
	}
	return g
}

func (q GorootQuery) aroundExe() (string, GorootWhy) {
	if q.Disk != nil && q.Exe != "" {
		real, err := q.Disk.EvalSymlinks(q.Exe)
		exe, why := q.Exe, GorootExecutable
		// A program on Linux only learns its path with links resolved.
		if linux := q.OS == "" || q.OS == "linux" || q.OS == "android"; linux && err == nil && real != exe {
			exe, why = real, GorootLink
		}
		if dir := q.above(exe); dir != "" {
			return dir, why
		}
		if err == nil {
			if dir := q.above(real); dir != "" {
				return dir, GorootLink
			}
		}
	}
	if q.BuiltIn != "" {
		return clean(q.OS, q.BuiltIn), GorootBuiltIn
	}
	return "", GorootNone
}

// above looks for a GOROOT of GOROOT/bin/go and GOROOT/bin/GOOS_GOARCH/go.
func (q GorootQuery) above(exe string) string {
	for _, up := range []string{"../..", "../../.."} {
		dir := join(q.OS, exe, up)
		if info, err := q.Disk.Stat(join(q.OS, dir, "pkg/tool")); err != nil || !info.IsDir() {
			continue
		}
		if def := q.BuiltIn; def != "" && q.same(clean(q.OS, def), dir) {
			return clean(q.OS, def)
		}
		return dir
	}
	return ""
}

func (q GorootQuery) same(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := q.Disk.Stat(a)
	y, errY := q.Disk.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}
