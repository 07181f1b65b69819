package gather

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestEnvFileStates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		setup func(*world, string)
		check func(envcheck.EnvFile) bool
	}{
		{"absent", func(*world, string) {}, func(f envcheck.EnvFile) bool { return !f.Exists && f.Writable && f.Error == "" && f.UID == -1 }},
		{"empty", func(w *world, p string) { w.write(p, "") }, func(f envcheck.EnvFile) bool { return f.Exists && f.Writable && len(f.Data) == 0 && f.Error == "" }},
		{"10 MiB", func(w *world, p string) { w.write(p, strings.Repeat("GOFLAGS=\n", 10<<20/9)) }, func(f envcheck.EnvFile) bool { return len(f.Data) == maxFile && f.Size > 10*maxFile-10 }},
		{"UTF-16", func(w *world, p string) { w.write(p, "\xff\xfeG\x00O\x00") }, func(f envcheck.EnvFile) bool { return bytes.HasPrefix(f.Data, []byte{0xff, 0xfe}) }},
		{"binary", func(w *world, p string) { w.write(p, string([]byte{0, 1, 2, 255, 0})) }, func(f envcheck.EnvFile) bool { return len(f.Data) == 5 }},
		{"a folder", func(w *world, p string) { mkdir(w.t, p) }, func(f envcheck.EnvFile) bool { return f.Exists && f.Error == "is a directory" && !f.Writable }},
		{"a pipe", func(w *world, p string) { mkdir(w.t, filepath.Dir(p)); fifo(w.t, p) }, func(f envcheck.EnvFile) bool { return f.Exists && f.Error == "not a regular file" && !f.Writable }},
		{"a link to itself", func(w *world, p string) { mkdir(w.t, filepath.Dir(p)); link(w.t, "env", p) }, func(f envcheck.EnvFile) bool { return !f.Exists && f.Error != "" && !f.Writable }},
		{"a broken link", func(w *world, p string) { mkdir(w.t, filepath.Dir(p)); link(w.t, "nowhere", p) }, func(f envcheck.EnvFile) bool { return !f.Exists && f.Error == "broken symbolic link" && !f.Writable }},
		{"a file in the way", func(w *world, p string) { w.write(filepath.Dir(p), "x") }, func(f envcheck.EnvFile) bool { return !f.Exists && !f.Writable }},
		{"off", func(w *world, p string) { w.write(p, "GOFLAGS=-v"); w.set("GOENV=off") }, func(f envcheck.EnvFile) bool { return f.Off && f.Chosen && f.Path == "" && !f.Exists }},
		{"chosen, relative", func(w *world, p string) { w.write("my.env", "GOFLAGS=-v"); w.set("GOENV=my.env") }, func(f envcheck.EnvFile) bool { return f.Chosen && f.Exists && filepath.IsAbs(f.Path) }},
		{"no home", func(w *world, p string) { w.unset("HOME") }, func(f envcheck.EnvFile) bool { return f.Path == "" && !f.Exists && !f.Off }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			// What go says to these files is other tests' business, and a pipe would
			// hold it up.
			w.set("PATH=/home/dev/none")
			c.setup(w, filepath.Join(w.home, ".config/go/env"))
			if s := w.look(); !c.check(s.EnvFile) {
				s.EnvFile.Data = s.EnvFile.Data[:min(len(s.EnvFile.Data), 20)]
				t.Errorf("%+v", s.EnvFile)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	notRoot(t)
	w := newWorld(t)
	env := w.envFile("GOFLAGS=-v\n")
	if err := os.Chmod(env, 0); err != nil {
		t.Fatal(err)
	}
	if f := w.look().EnvFile; !f.Exists || f.Error == "" || f.Data != nil || f.Writable {
		t.Errorf("env file: %+v", f)
	}
	if err := os.Chmod(w.dir, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(w.dir, 0o755) })
	if s := w.look(); s.GoEnv == nil || len(s.Missing) == 0 {
		t.Errorf("project folder: missing %+v, go %q", s.Missing, s.GoError)
	}
}

// TestPipesEverywhere: a pipe in place of any file holds nothing up.
func TestPipesEverywhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"go.mod", "go.sum", "vendor/modules.txt", ".gitlab-ci.yml", "Dockerfile", "Jenkinsfile", ".env", "named.sh", "cert.pem"} {
		mkdir(t, filepath.Dir(filepath.Join(w.dir, name)))
		fifo(t, filepath.Join(w.dir, name))
	}
	for _, name := range []string{".netrc", ".bashrc", ".zshrc", ".profile"} {
		fifo(t, filepath.Join(w.home, name))
	}
	w.set("PATH=/home/dev/none", "SSL_CERT_FILE="+filepath.Join(w.dir, "cert.pem"))
	s := w.look("named.sh") // which would not come back
	if !s.Module.GoMod.Exists || s.Module.GoMod.Error == "" || len(s.Missing) != 1 || s.Missing[0].What != filepath.Join(w.dir, "named.sh") {
		t.Errorf("%+v %+v", s.Module.GoMod, s.Missing)
	}
}

func mkdir(t testing.TB, path string) {
	t.Helper()
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

func fifo(t testing.TB, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Skip(err)
	}
}

func TestModule(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write("go.work", "go 1.26\n\nuse (\n\t./a\n\t./missing\n)\n")
	w.write("a/go.mod", "module example.com/a\n")
	w.write("a/go.sum", "x\n")
	w.write("a/vendor/modules.txt", "# own\n")
	w.write("vendor/modules.txt", "# workspace\n")
	mkdir(t, filepath.Join(w.dir, ".git"))
	root := w.dir
	w.dir = filepath.Join(w.dir, "a")
	mkdir(t, filepath.Join(w.dir, "sub"))
	w.dir = filepath.Join(w.dir, "sub")
	m := w.look().Module
	if m.GoMod.Path != root+"/a/go.mod" || !m.GoSum.Exists || m.GoWork.Path != root+"/go.work" || m.RepoDir != root || m.RepoUID != os.Getuid() || string(m.Vendor.Data) != "# workspace\n" {
		t.Errorf("%+v", m)
	}
	if len(m.Members) != 2 || !m.Members[0].Exists || m.Members[1].Exists || m.Members[1].Path != root+"/missing/go.mod" {
		t.Errorf("members %+v", m.Members)
	}
	off := *w
	off.environ = append(off.environ[:len(off.environ):len(off.environ)], "GOWORK=off")
	if m := off.look().Module; m.GoWork.Exists || m.Members != nil || string(m.Vendor.Data) != "# own\n" {
		t.Errorf("GOWORK=off: %+v", m)
	}
	w.write(root+"/other/go.work", "go 1.26\nuse .\n")
	w.set("GOWORK=" + root + "/other/go.work")
	if m := w.look().Module; m.GoWork.Path != root+"/other/go.work" || len(m.Members) != 1 {
		t.Errorf("GOWORK=path: %+v", m)
	}
	w.write(root+"/other/go.work", "nonsense (\n")
	if m := w.look().Module; !m.GoWork.Exists || m.Members != nil {
		t.Errorf("a go.work that does not parse: %+v", m)
	}
	none := newWorld(t)
	if m := none.look().Module; m.GoMod.Exists || m.GoMod.Path != "" || m.RepoUID != -1 {
		t.Errorf("no module: %+v", m)
	}
}

func TestDirs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(filepath.Join(w.home, "afile"), "x")
	w.write(filepath.Join(w.home, "cache/Entry"), "x")
	w.set("GOCACHE="+w.home+"/cache", "GOMODCACHE="+w.home+"/not/yet/there", "GOBIN="+w.home+"/afile", "GOTMPDIR="+w.home+"/afile/below", "GOPATH=relative")
	at := map[string]envcheck.Dir{}
	for _, d := range w.look().Dirs {
		at[d.Name] = d
	}
	if d := at["GOCACHE"]; !d.Exists || !d.IsDir || !d.Writable || d.UID != os.Getuid() || d.Free <= 0 || d.FS == "" || d.FoldCase || d.Foreign != 0 {
		t.Errorf("GOCACHE %+v", d)
	}
	if d := at["GOMODCACHE"]; d.Exists || !d.Writable || d.FS == "" || d.Error != "" {
		t.Errorf("GOMODCACHE %+v", d)
	}
	if d := at["GOBIN"]; !d.Exists || d.IsDir || d.Writable {
		t.Errorf("GOBIN %+v", d)
	}
	if d := at["GOTMPDIR"]; d.Exists || d.Writable || d.Error == "" {
		t.Errorf("GOTMPDIR %+v", d)
	}
	if d := at["GOPATH"]; d.Path != filepath.Join(w.dir, "relative") {
		t.Errorf("GOPATH %+v", d)
	}
	if _, ok := at["TMPDIR"]; ok || at["HOME"].Path != w.home {
		t.Errorf("%+v", at)
	}
	if d := dir("X", "/proc"); !strings.Contains(d.FS, "proc") && d.FS != "" {
		t.Errorf("/proc is %+v", d)
	}
	if os.Getuid() == 0 {
		if err := os.Chown(filepath.Join(w.home, "cache/Entry"), 12345, -1); err != nil {
			t.Fatal(err)
		}
		if d := dir("GOCACHE", w.home+"/cache"); d.Foreign != 1 {
			t.Errorf("foreign: %+v", d)
		}
	} else if d := dir("X", "/etc"); d.Writable || d.Foreign == 0 {
		t.Errorf("/etc: %+v", d)
	}
}

// TestMounts: what a folder's file system forbids is seen; only root can mount.
func TestMounts(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can mount")
	}
	for options, check := range map[string]func(envcheck.Dir) bool{
		"ro":        func(d envcheck.Dir) bool { return d.ReadOnly && !d.Writable && !d.NoExec },
		"noexec":    func(d envcheck.Dir) bool { return d.NoExec && d.Writable && !d.ReadOnly },
		"size=600k": func(d envcheck.Dir) bool { return d.Free > 0 && d.Free <= 600<<10 && d.FS == "tmpfs" },
	} {
		at := t.TempDir()
		var flags uintptr
		data := ""
		switch options {
		case "ro":
			flags = syscall.MS_RDONLY
		case "noexec":
			flags = syscall.MS_NOEXEC
		default:
			data = options
		}
		if err := syscall.Mount("tmpfs", at, "tmpfs", flags, data); err != nil {
			t.Skipf("cannot mount here: %v", err)
		}
		d := dir("GOTMPDIR", filepath.Join(at, "deep/down"))
		if err := syscall.Unmount(at, 0); err != nil {
			t.Error(err)
		}
		if !check(d) {
			t.Errorf("%s: %+v", options, d)
		}
	}
}
