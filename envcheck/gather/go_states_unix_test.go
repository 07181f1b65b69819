//go:build unix

package gather

import (
	"context"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// TestGoStates: whatever stands for go, there is a snapshot.
func TestGoStates(t *testing.T) {
	t.Parallel()
	type state struct {
		name  string
		setup func(*world, string) // the second is an empty folder, first on PATH, alone
		check func(*testing.T, *world, *envcheck.Snapshot)
	}
	for _, c := range []state{
		{"none", func(*world, string) {}, func(t *testing.T, _ *world, s *envcheck.Snapshot) {
			if len(s.Gos) != 0 || s.GoEnv != nil || s.GoError != "" || s.Goroot.Path != "" || s.Execs > 1 || s.Dirs[0].Name != "GOCACHE" {
				t.Errorf("%+v", s)
			}
		}},
		{"broken link", func(w *world, bin string) { link(w.t, "/home/dev/nowhere/go", filepath.Join(bin, "go")) }, func(t *testing.T, _ *world, s *envcheck.Snapshot) {
			if len(s.Gos) != 1 || s.Gos[0].Resolved != "" || s.Gos[0].Error == "" || s.GoEnv != nil || s.GoError != "" {
				t.Errorf("%+v %q", s.Gos, s.GoError)
			}
		}},
		{"link to itself", func(w *world, bin string) { link(w.t, "go", filepath.Join(bin, "go")) }, func(t *testing.T, _ *world, s *envcheck.Snapshot) {
			if len(s.Gos) != 1 || s.Gos[0].Error == "" || s.GoEnv != nil {
				t.Errorf("%+v", s.Gos)
			}
		}},
		{"not executable", func(w *world, bin string) {
			if err := os.Chmod(w.write(filepath.Join(bin, "go"), "x"), 0o644); err != nil {
				w.t.Fatal(err)
			}
		}, func(t *testing.T, _ *world, s *envcheck.Snapshot) {
			if len(s.Gos) != 1 || s.Gos[0].Error != "not executable" || s.GoEnv != nil {
				t.Errorf("%+v", s.Gos)
			}
		}},
		{"no program", func(w *world, bin string) { w.write(filepath.Join(bin, "go"), "\x7fELF nonsense") }, func(t *testing.T, _ *world, s *envcheck.Snapshot) {
			if len(s.Gos) != 1 || s.Gos[0].Error == "" || s.GoEnv != nil || s.GoError == "" {
				t.Errorf("%+v %q", s.Gos, s.GoError)
			}
		}},
		{"a shell script", func(w *world, bin string) {
			w.noTelemetry()
			w.write(filepath.Join(bin, "go"), "#!/bin/sh\nexec "+realGo(w.t)+" \"$@\"\n")
		}, func(t *testing.T, _ *world, s *envcheck.Snapshot) {
			if len(s.Gos) != 1 || s.Gos[0].Version != "" || s.Gos[0].Error == "" || s.GoEnv["GOVERSION"] == "" {
				t.Errorf("%+v %q %v", s.Gos, s.GoError, s.GoEnv)
			}
		}},
		{"an old one that knows no -json", func(w *world, bin string) {
			w.write(filepath.Join(bin, "go"), "#!/bin/sh\necho 'flag provided but not defined: -json' >&2\nexit 2\n")
		}, func(t *testing.T, _ *world, s *envcheck.Snapshot) {
			if s.GoEnv != nil || s.GoError != "flag provided but not defined: -json" {
				t.Errorf("%q %v", s.GoError, s.GoEnv)
			}
		}},
		{"talks without end", func(w *world, bin string) { w.write(filepath.Join(bin, "go"), "#!/bin/sh\nexec yes\n") }, func(t *testing.T, _ *world, s *envcheck.Snapshot) {
			if s.GoEnv != nil || s.GoError != errEndless.Error() {
				t.Errorf("%q %v", s.GoError, s.GoEnv)
			}
		}},
		{"a secret in its words", func(w *world, bin string) {
			w.write(filepath.Join(bin, "go"), "#!/bin/sh\necho >&2\necho 'go: bad https://me:hunter2@x.example' >&2\nexit 1\n")
		}, func(t *testing.T, _ *world, s *envcheck.Snapshot) {
			if s.GoError != "go: bad https://***@x.example" {
				t.Errorf("%q", s.GoError)
			}
		}},
		{"a pipe", func(w *world, bin string) {
			if err := syscall.Mkfifo(filepath.Join(bin, "go"), 0o755); err != nil {
				w.t.Skip(err)
			}
		}, func(t *testing.T, _ *world, s *envcheck.Snapshot) {
			if len(s.Gos) != 1 || s.Gos[0].Error == "" || s.GoEnv != nil {
				t.Errorf("%+v", s.Gos)
			}
		}},
		{"of another architecture", func(w *world, bin string) { w.write(filepath.Join(bin, "go"), foreignProgram(w.t)) }, func(t *testing.T, _ *world, s *envcheck.Snapshot) {
			if len(s.Gos) != 1 || !strings.Contains(s.Gos[0].Error, "not the go command") {
				t.Errorf("%+v", s.Gos)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			bin := t.TempDir()
			w.set("PATH=" + bin)
			if c.name == "a shell script" || c.name == "talks without end" {
				w.set("PATH=" + bin + ":/usr/bin:/bin")
			}
			c.setup(w, bin)
			s := w.look()
			if c.name == "a shell script" || c.name == "talks without end" {
				s.Gos = s.Gos[:1]
			}
			c.check(t, w, s)
		})
	}
}

func link(t testing.TB, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Fatal(err)
	}
}

// foreignProgram is a Go program for a machine that this one is not, and is not
// the go command either.
func foreignProgram(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	src := filepath.Join(dir, "main.go")
	if err := os.WriteFile(src, []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(realGo(t), "build", "-o", "out", src)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOOS=linux", "GOARCH=riscv64", "CGO_ENABLED=0", "GOFLAGS=", "GO111MODULE=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("cannot build for another machine: %s", out)
	}
	f, err := elf.Open(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Machine != elf.EM_RISCV {
		t.Fatalf("built for %s", f.Machine)
	}
	b, err := os.ReadFile(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestOrderOnPath: the first is the one that runs; those that cannot stand last.
func TestOrderOnPath(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b, c := t.TempDir(), t.TempDir(), t.TempDir()
	link(t, "/home/dev/nowhere", filepath.Join(a, "go"))
	link(t, realGo(t), filepath.Join(b, "go"))
	link(t, filepath.Join(b, "go"), filepath.Join(c, "go"))
	s := w.set("PATH=" + strings.Join([]string{a, b, c, b, "", "relative"}, ":")).look()
	if len(s.Gos) != 3 || s.Gos[0].Path != filepath.Join(b, "go") || s.Gos[0].Resolved != s.Gos[1].Resolved || s.Gos[2].Error == "" {
		t.Errorf("%+v", s.Gos)
	}
	if s.GoEnv == nil || s.Goroot.Path != s.GoEnv["GOROOT"] {
		t.Errorf("root by a link: %+v, go says %q %s", s.Goroot, s.GoEnv["GOROOT"], s.GoError)
	}
}

// TestBricked: an env file that stops go itself.
func TestBricked(t *testing.T) {
	t.Parallel()
	for line, says := range map[string]string{
		"GOROOT=/home/dev/nowhere":       "go: cannot find GOROOT directory: /home/dev/nowhere",
		"GOTOOLCHAIN=foo":                "", // told apart by the files: go env runs with local
		"GOFLAGS=-bogus":                 "", // go env goes on
		"GOROOT=https://me:hunter2@x.cn": "go: cannot find GOROOT directory: https:/***",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.envFile(line + "\n")
			s := w.look()
			if says == "" {
				if s.GoEnv == nil || s.GoError != "" {
					t.Errorf("go env failed: %q", s.GoError)
				}
				return
			}
			if s.GoEnv != nil || !strings.HasPrefix(says, "go: cannot find GOROOT directory: https") && s.GoError != says {
				t.Errorf("%q, want %q; %v", s.GoError, says, s.GoEnv)
			}
			if strings.Contains(s.GoError, "hunter2") {
				t.Errorf("a secret in %q", s.GoError)
			}
			if s.Goroot.From != "env-file" || s.Goroot.Exists || s.Goroot.OwnPath == "" {
				t.Errorf("%+v", s.Goroot)
			}
		})
	}
}

// TestTwoRoots: go.env is read from the env file's root, programs from the
// process's.
func TestTwoRoots(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "GOROOT=/home/dev/process")
	w.write(filepath.Join(w.home, "own/go.env"), "GOPROXY=off\n")
	w.write(filepath.Join(w.home, "own/VERSION"), "go1.2.3\ntime x\n")
	w.envFile("GOROOT=" + w.home + "/own\n")
	s := w.look()
	if s.Goroot.Path != "/home/dev/process" || s.Goroot.From != "process" || s.Goroot.GoEnv.Path != w.home+"/own/go.env" || !s.Goroot.GoEnv.Exists {
		t.Errorf("%+v", s.Goroot)
	}
	w.unset("GOROOT")
	if s = w.look(); s.Goroot.Version != "go1.2.3" || s.Goroot.Tools || !s.Goroot.Exists {
		t.Errorf("%+v", s.Goroot)
	}
}

// TestHung: commands that do not answer are ended with their children.
func TestHung(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bin := t.TempDir()
	seconds := strconv.Itoa(100000 + os.Getpid()) // of this run alone
	script := "#!/bin/sh\n/bin/sleep " + seconds + " &\n/bin/sleep " + seconds + "\n"
	w.write(filepath.Join(bin, "go"), script)
	w.write(filepath.Join(bin, "git"), script)
	w.set("PATH=" + bin)
	w.patience = 2 * time.Second
	s := w.look()
	if len(s.Missing) != 2 || s.Missing[0].What != "git config" || s.Missing[1].What != "go env" || s.GoEnv != nil || s.GoError == "" || s.Git.Error == "" {
		t.Errorf("missing %+v", s.Missing)
	}
	for end := time.Now().Add(time.Minute); sleeping(seconds) > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) { // who is killed may need a moment to go
			t.Fatalf("%d children are left", sleeping(seconds))
		}
	}
}

// sleeping counts the processes of TestHung.
func sleeping(seconds string) int {
	n := 0
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, l := range lines {
		if b, err := os.ReadFile(l); err == nil && strings.Contains(string(b), "sleep\x00"+seconds) {
			n++
		}
	}
	return n
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bin := t.TempDir()
	w.write(filepath.Join(bin, "go"), "#!/bin/sh\n/bin/sleep 86424\n")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := Snapshot(ctx, Options{Dir: w.dir, Environ: append(w.environ, "PATH="+bin)})
	if d := time.Since(start); err == nil || d > 30*time.Second {
		t.Errorf("%v after %s", err, d)
	}
}
