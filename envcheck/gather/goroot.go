package gather

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// goroot finds the root as the first go does. Its go.env is read where the go
// command reads it, which may be another root: see [goenv.Goroot].
func (l *look) goroot() envcheck.Goroot {
	q := goenv.GorootQuery{OS: runtime.GOOS, Disk: disk{}}
	if gos := l.snapshot.Gos; len(gos) > 0 && gos[0].Resolved != "" {
		q.Exe = gos[0].Path
	}
	own := goenv.FindGoroot(q)
	q.Process = l.get("GOROOT")
	if a, ok := goenv.ParseFile(l.snapshot.EnvFile.Data).Get("GOROOT"); ok {
		q.File = a.Value
	}
	g := goenv.FindGoroot(q)
	r := envcheck.Goroot{Path: g.Dir, OwnPath: own.Dir, GoEnv: envcheck.TextFile{UID: -1}}
	if g.Dir == "" {
		return r
	}
	switch g.Why {
	case goenv.GorootProcess, goenv.GorootFile:
		r.From = string(g.Why)
	default:
		r.From = "command"
	}
	r.Exists, r.Tools = isDir(r.Path), isDir(filepath.Join(r.Path, "pkg", "tool"))
	r.GoEnv = read(filepath.Join(g.EnvDir, "go.env"))
	line, _, _ := strings.Cut(string(read(filepath.Join(r.Path, "VERSION")).Data), "\n")
	r.Version = strings.TrimSpace(line)
	return r
}

// disk is this machine's.
type disk struct{}

func (disk) Stat(path string) (fs.FileInfo, error)    { return os.Stat(path) }
func (disk) EvalSymlinks(path string) (string, error) { return filepath.EvalSymlinks(path) }
