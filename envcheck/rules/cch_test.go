package rules

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestCCH(t *testing.T) { reproduceAll(t, cchReproductions()) }

// folder records a folder that Go writes to, sound but for what is changed; its
// path begins below the home folder unless it is absolute.
func folder(name, path string, faults ...func(*envcheck.Dir)) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) {
		if !filepath.IsAbs(path) {
			path = filepath.Join(s.Home, path)
		}
		d := envcheck.Dir{Name: name, Path: path, Exists: true, IsDir: true, Writable: true, UID: s.Machine.UID, Mode: 0o755, FS: "ext4", Free: 50 << 30, Inodes: 1e6}
		for _, f := range faults {
			f(&d)
		}
		for i := range s.Dirs {
			if s.Dirs[i].Name == name {
				s.Dirs[i] = d
				return
			}
		}
		s.Dirs = append(s.Dirs, d)
	}
}

// user records who checks, by which umask.
func user(uid, umask int) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) { s.Machine.UID, s.Machine.Umask = uid, umask }
}

func cchReproductions() []reproduction {
	build := []string{"build", "-o", os.DevNull, "."}
	main := map[string]string{"go.mod": plainMod, "main.go": plainMain}
	closed := func(d *envcheck.Dir) { d.Writable = false }
	foreign := func(d *envcheck.Dir) { d.UID, d.Writable = 4711, false }
	return append([]reproduction{
		{code: "CCH001", environ: map[string]string{"GOCACHE": "{home}/file/cache"}, files: with(main, "{home}/file", "x"), change: folder("GOCACHE", "file/cache", func(d *envcheck.Dir) { d.Exists, d.Writable = false, false }),
			run: build, fails: true, says: "failed to initialize build cache"},
		{code: "CCH001", name: "modules", environ: map[string]string{"GOMODCACHE": "{home}/file/mod", "GOPROXY": "{mirror}/ok", "GOSUMDB": "{sumdb}"}, files: map[string]string{"{home}/file": "x"}, change: folder("GOMODCACHE", "file/mod", closed),
			run: helloDownload, fails: true, says: "not a directory"},
		{code: "CCH001", name: "of another user", change: folder("GOCACHE", "cache", foreign), run: []string{"version"}, verify: asNobody, finding: fixSays("chown")},
		{code: "CCH001", name: "one's own without the permission", change: folder("GOCACHE", "cache", func(d *envcheck.Dir) { d.Writable, d.Mode = false, 0o555 }), finding: fixSays("chmod u+rwx")},
		{code: "CCH001", name: "a file", change: folder("GOCACHE", "cache", func(d *envcheck.Dir) { d.IsDir = false }), finding: findingSays("not a folder")},
		{code: "CCH001", clean: true, change: allOf(folder("GOCACHE", "cache"), folder("GOMODCACHE", "mod"))},
		{code: "CCH001", name: "a consequence of the mount", clean: true, change: folder("GOCACHE", "cache", closed, func(d *envcheck.Dir) { d.ReadOnly = true })},

		{code: "CCH004", change: allOf(user(1000, 0o077), folder("GOMODCACHE", "/srv/go/mod")), run: []string{"version"}, verify: underUmask, finding: findingSays("0077")},
		{code: "CCH004", name: "at home", clean: true, change: allOf(user(1000, 0o077), folder("GOCACHE", "cache"), folder("GOMODCACHE", "mod"))},
		{code: "CCH004", name: "the usual one", clean: true, change: allOf(user(1000, 0o022), folder("GOMODCACHE", "/srv/go/mod"))},

		{code: "CCH005", environ: map[string]string{"GOCACHE": "{home}/one", "GOMODCACHE": "{home}/one"}, change: allOf(folder("GOCACHE", "one"), folder("GOMODCACHE", "one")), files: with(main, "{home}/one/build-cache", "x"),
			run: []string{"clean", "-modcache"}, verify: func(t *testing.T, w *world, out string) {
				if exists(filepath.Join(w.home, "one", "build-cache")) {
					t.Errorf("the build cache is still there; go says %s", out)
				}
			}},
		{code: "CCH005", name: "one in the other", change: allOf(folder("GOCACHE", "go/pkg/mod/build"), folder("GOMODCACHE", "go/pkg/mod"))},
		{code: "CCH005", name: "beside each other", clean: true, change: allOf(folder("GOCACHE", "cache"), folder("GOMODCACHE", "cache-mod"))},

		{code: "CCH006", change: allOf(user(1000, 0o022), folder("GOCACHE", "cache", func(d *envcheck.Dir) { d.Foreign = 3; d.UID = 1000 })), run: []string{"version"}, verify: asNobody, finding: findingSays("3 entries")},
		{code: "CCH006", name: "root", clean: true, change: allOf(user(0, 0o022), folder("GOCACHE", "cache", func(d *envcheck.Dir) { d.Foreign = 3 }))},
		{code: "CCH006", clean: true, change: allOf(user(1000, 0o022), folder("GOCACHE", "cache"))},

		{code: "CCH009", environ: map[string]string{"GOCACHE": "off"}, files: main, run: build, fails: true, says: "build cache is disabled by GOCACHE=off, but required as of Go 1.12"},
		{code: "CCH009", name: "relative", environ: map[string]string{"GOCACHE": "cache"}, files: main, run: build, fails: true, says: "GOCACHE is not an absolute path"},
		{code: "CCH009", name: "$HOME in the env file", envFile: "GOMODCACHE=$HOME/mod\n", finding: fixSays("go env -u GOMODCACHE")},
		{code: "CCH009", name: "a shell will expand it", clean: true, change: func(_ *testing.T, s *envcheck.Snapshot) {
			s.Settings = append(s.Settings, envcheck.Setting{Key: "GOCACHE", Value: "$HOME/cache", Place: envcheck.Place{Origin: envcheck.FromShell, File: "/home/dev/.bashrc", Line: 1}})
		}},
		{code: "CCH009", clean: true, environ: map[string]string{"GOMODCACHE": "{home}/mod"}},

		{code: "CCH010", environ: map[string]string{"GOPROXY": "{mirror}/ok", "GOSUMDB": "{sumdb}", "GOFLAGS": "-mod=mod"}, run: []string{"get", "example.com/hello@v1.0.0"}, verify: editedModule,
			files: map[string]string{"go.mod": plainMod, "main.go": "package main\n\nimport \"example.com/hello\"\n\nfunc main() { println(hello.Word) }\n"},
			change: func(_ *testing.T, s *envcheck.Snapshot) {
				s.Deep = &envcheck.Deep{Cache: envcheck.CacheProof{Dir: "/home/dev/go/pkg/mod", Checked: 1, Changed: []string{"example.com/hello@v1.0.0"}}}
			}},
		{code: "CCH010", clean: true, change: func(_ *testing.T, s *envcheck.Snapshot) {
			s.Deep = &envcheck.Deep{Cache: envcheck.CacheProof{Dir: "/home/dev/go/pkg/mod", Checked: 7}}
		}},

		{code: "CCH011", environ: map[string]string{"GOMODCACHE": "{dir}/cache", "GOPROXY": "{mirror}/ok", "GOSUMDB": "{sumdb}"}, files: main, prepare: committed, run: helloDownload, verify: stampedModified,
			change: func(t *testing.T, s *envcheck.Snapshot) {
				repo(t, s)
				folder("GOMODCACHE", filepath.Join(s.Dir, "cache"))(t, s)
			}},
		{code: "CCH011", name: "in GOROOT", change: func(t *testing.T, s *envcheck.Snapshot) {
			folder("GOCACHE", filepath.Join(s.Goroot.Path, "cache"))(t, s)
		}, finding: findingSays("GOROOT")},
		{code: "CCH011", name: "behind a dot", clean: true, files: main, change: func(t *testing.T, s *envcheck.Snapshot) {
			repo(t, s)
			folder("GOMODCACHE", filepath.Join(s.Dir, ".cache", "go-mod"))(t, s)
		}},
		{code: "CCH011", name: "the home folder is a repository", clean: true, files: main, change: func(t *testing.T, s *envcheck.Snapshot) {
			s.Module.RepoDir = s.Home
			folder("GOMODCACHE", "go/pkg/mod")(t, s)
		}},

		{code: "CCH012", change: folder("GOCACHE", "cache", func(d *envcheck.Dir) { d.FS = "nfs4" }), finding: findingSays("nfs4")},
		{code: "CCH012", clean: true, change: allOf(folder("GOMODCACHE", "mod"), folder("GOCACHE", "cache", func(d *envcheck.Dir) { d.FS = "overlay" }))},
		{code: "CCH013", change: folder("GOMODCACHE", "mod", func(d *envcheck.Dir) { d.FoldCase = true })},
		{code: "CCH013", name: "ordinary on Windows", clean: true, change: allOf(onSystem("windows"), folder("GOMODCACHE", "mod", func(d *envcheck.Dir) { d.FoldCase = true }))},
	}, mountReproductions()...)
}

// underUmask shows what a module looks like that was unpacked with umask 077.
func underUmask(t *testing.T, w *world, _ string) {
	orSkip(t, runtime.GOOS != "windows", "a shell is needed")
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `umask 077; exec "$0" "$@"`, filepath.Join(w.goroot, "bin", "go"), "mod", "download", "example.com/hello@v1.0.0")
	w.setenv("GOPROXY="+w.expand("{mirror}/ok"), "GOSUMDB="+w.mirror.SumDBKey(), "GOMODCACHE="+filepath.Join(w.home, "shared"))
	cmd.Dir, cmd.Env = w.dir, w.environ
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	info, err := os.Stat(filepath.Join(w.home, "shared", "example.com", "hello@v1.0.0"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o500 {
		t.Errorf("the module's folder has the permissions %v", info.Mode().Perm())
	}
}

// editedModule changes a module in the cache: go build takes it, go mod verify
// does not.
func editedModule(t *testing.T, w *world, _ string) {
	file := filepath.Join(w.home, "modcache", "example.com", "hello@v1.0.0", "hello.go")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{filepath.Dir(file), file} {
		if err := os.Chmod(p, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	w.write(t, file, strings.Replace(string(b), `"hello"`, `"changed"`, 1))
	if out, failed := w.runGo(t, "run", "."); failed || !strings.Contains(out, "changed") {
		t.Errorf("go run: %s", out)
	}
	if out, failed := w.runGo(t, "mod", "verify"); !failed || !strings.Contains(out, "dir has been modified") {
		t.Errorf("go mod verify: %s", out)
	}
}

// committed makes the project a repository with nothing left to commit.
func committed(t *testing.T, w *world) {
	_, err := exec.LookPath("git")
	orSkip(t, err == nil, "git is not installed")
	for _, args := range [][]string{{"init", "-q", w.dir}, {"-C", w.dir, "add", "."}, {"-C", w.dir, "-c", "user.name=li", "-c", "user.email=li@corp.example", "commit", "-q", "-m", "x"}} {
		cmd := exec.Command("git", args...)
		cmd.Env = w.environ
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}

// stampedModified: with the cache in the repository a program built from the
// commit says that it was not.
func stampedModified(t *testing.T, w *world, _ string) {
	program := filepath.Join(w.home, "app")
	if out, failed := w.runGo(t, "build", "-o", program, "."); failed {
		t.Fatal(out)
	}
	if out, _ := w.runGo(t, "version", "-m", program); !strings.Contains(out, "vcs.modified=true") {
		t.Errorf("go version -m says\n%s", out)
	}
}
