package gather

import (
	"context"
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// Options say what to look at.
type Options struct {
	Dir     string   // the project; "" = the current folder
	Environ []string // nil = this process's
	Files   []string // scripts and CI files beside those that Dir is known for
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
	s := &envcheck.Snapshot{Schema: 1, Taken: time.Now().UTC(), Dir: dir, Environ: o.Environ}
	s.Machine = envcheck.Machine{OS: runtime.GOOS, Arch: runtime.GOARCH, UID: os.Getuid(), Umask: -1}
	env := goenv.Resolve(goenv.Sources{OS: runtime.GOOS, Environ: o.Environ})
	get := func(k string) string { v, _ := env.Process(k); return v }
	s.Home = get("HOME")
	s.EnvFile = envFile(get, s.Home)
	for _, d := range filepath.SplitList(get("PATH")) {
		p := filepath.Join(d, "go")
		info, err := os.Stat(p)
		if err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
			continue
		}
		g := envcheck.GoBinary{Path: p, Resolved: p}
		if r, err := filepath.EvalSymlinks(p); err == nil {
			g.Resolved = r
		}
		if bi, err := buildinfo.ReadFile(p); err == nil {
			g.Version = bi.GoVersion
			for _, kv := range bi.Settings {
				switch kv.Key {
				case "GOOS":
					g.OS = kv.Value
				case "GOARCH":
					g.Arch = kv.Value
				}
			}
		} else {
			g.Error = err.Error()
		}
		s.Gos = append(s.Gos, g)
	}
	s.Goroot = goroot(s, env)
	s.Toolchains = toolchains(goenv.Resolve(goenv.Sources{OS: runtime.GOOS, Environ: o.Environ, File: goenv.ParseFile(s.EnvFile.Data)}))
	if len(s.Gos) > 0 {
		goEnv(ctx, s, o.Environ)
	}
	s.Module = module(dir, get("GOWORK"))
	return s, ctx.Err()
}

func envFile(get func(string) string, home string) envcheck.EnvFile {
	f := envcheck.EnvFile{}
	f.Path = get("GOENV")
	f.Off, f.Chosen = f.Path == "off", f.Path != ""
	if f.Off {
		f.Path = ""
		return f
	}
	if f.Path == "" {
		dir := get("XDG_CONFIG_HOME")
		if dir == "" && home != "" {
			dir = filepath.Join(home, ".config")
		}
		if dir == "" {
			return f
		}
		f.Path = filepath.Join(dir, "go", "env")
	}
	f.TextFile = read(f.Path)
	f.Writable = true
	return f
}

func read(path string) envcheck.TextFile {
	f := envcheck.TextFile{Path: path}
	info, err := os.Stat(path)
	if err != nil {
		if !os.IsNotExist(err) {
			f.Error = err.Error()
		}
		return f
	}
	f.Exists, f.Size, f.Mode = true, info.Size(), info.Mode()
	if f.Data, err = os.ReadFile(path); err != nil {
		f.Error = err.Error()
	}
	return f
}

func goroot(s *envcheck.Snapshot, env *goenv.Env) envcheck.Goroot {
	var r envcheck.Goroot
	if len(s.Gos) > 0 {
		if root := filepath.Dir(filepath.Dir(s.Gos[0].Resolved)); isDir(filepath.Join(root, "pkg", "tool")) {
			r.OwnPath, r.Path, r.From = root, root, "command"
		}
	}
	if v, _ := env.Process("GOROOT"); v != "" {
		r.Path, r.From = filepath.Clean(v), "process"
	}
	if a, ok := goenv.ParseFile(s.EnvFile.Data).Get("GOROOT"); ok && a.Value != "" {
		r.Path, r.From = filepath.Clean(a.Value), "env-file"
	}
	if r.Path == "" {
		return r
	}
	r.Exists, r.Tools = isDir(r.Path), isDir(filepath.Join(r.Path, "pkg", "tool"))
	r.GoEnv = read(filepath.Join(r.Path, "go.env"))
	line, _, _ := strings.Cut(string(read(filepath.Join(r.Path, "VERSION")).Data), "\n")
	r.Version = strings.TrimSpace(line)
	return r
}

func isDir(p string) bool {
	info, err := os.Stat(p)
	return err == nil && info.IsDir()
}

func goEnv(ctx context.Context, s *envcheck.Snapshot, environ []string) {
	cmd := exec.CommandContext(ctx, s.Gos[0].Path, "env", "-json")
	cmd.Dir = s.Dir
	cmd.Env = append(environ[:len(environ):len(environ)], "GOTOOLCHAIN=local")
	out, err := cmd.Output()
	s.Execs++
	if err == nil {
		err = json.Unmarshal(out, &s.GoEnv)
	}
	if err != nil {
		s.GoError = err.Error()
		if ee, ok := err.(*exec.ExitError); ok && len(ee.Stderr) > 0 {
			s.GoError, _, _ = strings.Cut(strings.TrimSpace(string(ee.Stderr)), "\n")
		}
	}
}

func module(dir, gowork string) envcheck.Module {
	var m envcheck.Module
	m.GoMod.UID, m.RepoUID = -1, -1
	for d := dir; ; d = filepath.Dir(d) {
		if f := read(filepath.Join(d, "go.mod")); f.Exists && m.GoMod.Path == "" {
			m.GoMod, m.GoSum = f, read(filepath.Join(d, "go.sum"))
			m.Vendor = read(filepath.Join(d, "vendor", "modules.txt"))
		}
		if f := read(filepath.Join(d, "go.work")); f.Exists && m.GoWork.Path == "" && gowork == "" {
			m.GoWork = f
		}
		if _, err := os.Stat(filepath.Join(d, ".git")); err == nil && m.RepoDir == "" {
			m.RepoDir = d
		}
		if d == filepath.Dir(d) {
			return m
		}
	}
}
