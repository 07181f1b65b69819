package gather

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// Options say what to look at. The zero value is the current folder and the
// environment of this process.
type Options struct {
	Dir     string   // the project; "" = the current folder
	Environ []string // nil = this process's
	Files   []string // scripts, CI files and articles beside those that Dir is known for; relative to Dir

	Patience time.Duration // that each command has; 0 = 3 s
}

// Snapshot looks. The error is only that of a Dir that does not exist, or of a
// context that ended.
func Snapshot(ctx context.Context, o Options) (*envcheck.Snapshot, error) {
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, err
	}
	o.Patience = cmp.Or(o.Patience, 3*time.Second)
	l := newLook(dir, o)
	l.run(ctx)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return l.snapshot, nil
}

// look is one gathering. What it is made of runs side by side; each part fills
// its own fields of the snapshot.
type look struct {
	Options
	snapshot *envcheck.Snapshot
	env      *goenv.Env

	mu sync.Mutex // guards Execs and Missing
}

// newLook does what everything else needs: where the settings come from.
func newLook(dir string, o Options) *look {
	l := &look{Options: o}
	l.Dir = dir
	s := &envcheck.Snapshot{Schema: 1, Taken: time.Now().UTC(), Dir: dir, Environ: Environ(o.Environ)}
	l.snapshot = s
	l.env = goenv.Resolve(goenv.Sources{OS: runtime.GOOS, Environ: o.Environ})
	s.Home = l.get("HOME")
	if runtime.GOOS == "windows" {
		s.Home = l.get("USERPROFILE")
	}
	s.EnvFile = l.envFile()
	s.Gos = gosOnPath(l.path("go"))
	s.Goroot = l.goroot()
	file := goenv.ParseFile(nil)
	if !s.EnvFile.Off {
		file = goenv.ParseFile(s.EnvFile.Data)
	}
	l.env = goenv.Resolve(goenv.Sources{OS: runtime.GOOS, Environ: o.Environ, File: file, Goroot: goenv.ParseFile(s.Goroot.GoEnv.Data)})
	return l
}

func (l *look) run(ctx context.Context) {
	s := l.snapshot
	var wg sync.WaitGroup
	wg.Go(func() { s.GoEnv, s.GoError = l.goEnv(ctx) })
	wg.Go(func() { s.Git = l.git(ctx) })
	wg.Go(func() { s.Cgo = l.cgo(ctx) })
	wg.Go(func() { s.Machine = l.machine() })
	wg.Go(func() {
		s.Module = l.module()
		s.Module.CacheMissing = l.cacheMissing(s.Module.GoMod)
	})
	wg.Go(func() { s.FileMirrors = l.fileMirrors() })
	wg.Go(func() { s.Dirs = l.dirs() })
	wg.Go(func() { s.Toolchains = l.toolchains() })
	wg.Go(func() {
		s.Certs = l.certs()
		s.Netrc = l.netrc()
		var reg []envcheck.Setting
		s.Registry, reg = registryEnv()
		s.Settings, s.CIFiles = l.elsewhere()
		s.Settings = append(s.Settings, reg...)
	})
	wg.Wait()
	slices.SortStableFunc(s.Missing, func(a, b envcheck.Missing) int { return strings.Compare(a.What, b.What) })
	s.Missing = slices.Compact(s.Missing)
}

// get returns a variable of the process.
func (l *look) get(key string) string {
	v, _ := l.env.Process(key)
	return v
}

func (l *look) missing(what, reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.snapshot.Missing = append(l.snapshot.Missing, envcheck.Missing{What: what, Reason: reason})
}
