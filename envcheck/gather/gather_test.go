package gather

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestSnapshot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "GOPROXY=https://goproxy.cn,direct", "EDITOR=vi")
	w.envFile("GOFLAGS=-mod=mod\nGOTOOLCHAIN=go1.99.0+auto\n")
	w.write("go.mod", "module example.com/m\n\ngo 1.99.0\n")
	s := w.look()
	if s.Schema != 1 || s.Dir != w.dir || s.Home != w.home || s.Taken.IsZero() {
		t.Errorf("head: %+v", s)
	}
	if slices.Contains(s.Environ, "EDITOR=vi") || !slices.Contains(s.Environ, "GOPROXY=https://goproxy.cn,direct") {
		t.Errorf("environment: %q", s.Environ)
	}
	// A go.mod for a newer Go downloads nothing, and the user's own GOTOOLCHAIN is
	// told all the same.
	if s.GoError != "" || s.GoEnv["GOFLAGS"] != "-mod=mod" || s.GoEnv["GOTOOLCHAIN"] != "go1.99.0+auto" || s.GoEnv["GOMOD"] != filepath.Join(w.dir, "go.mod") || s.GoEnv["GOENV"] != s.EnvFile.Path {
		t.Errorf("go env: %q %+v", s.GoError, s.GoEnv)
	}
	if len(s.Gos) == 0 || s.Gos[0].Version == "" || s.Gos[0].Arch == "" || s.Goroot.From != "command" || !s.Goroot.Tools || s.Goroot.Version == "" || s.Goroot.OwnPath != s.GoEnv["GOROOT"] || s.Goroot.Path != s.GoEnv["GOROOT"] {
		t.Errorf("go: %+v, %+v", s.Gos, s.Goroot)
	}
	if !s.EnvFile.Exists || !s.EnvFile.Writable || s.EnvFile.Chosen || s.EnvFile.Off {
		t.Errorf("env file: %+v", s.EnvFile)
	}
	if s.Execs > 3 || len(s.Missing) != 0 {
		t.Errorf("%d commands, missing %v", s.Execs, s.Missing)
	}
	if s.Machine.OS != runtime.GOOS || s.Machine.UID != os.Getuid() {
		t.Errorf("machine: %+v", s.Machine)
	}
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back envcheck.Snapshot
	if err := json.Unmarshal(b, &back); err != nil || back.GoEnv["GOFLAGS"] != "-mod=mod" {
		t.Errorf("a snapshot does not survive JSON: %v", err)
	}
}

// TestLeavesNothing: after a look at a home it is as empty as before; the go
// command by itself leaves telemetry there.
func TestLeavesNothing(t *testing.T) {
	t.Parallel()
	if !xdg {
		t.Skip("telemetry has its place elsewhere here")
	}
	w := newWorld(t)
	w.look()
	for _, d := range []string{w.home, w.dir} {
		err := filepath.WalkDir(d, func(p string, _ fs.DirEntry, err error) error {
			if p != d {
				t.Errorf("%s was made", p)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestSnapshotErrors(t *testing.T) {
	t.Parallel()
	if _, err := Snapshot(t.Context(), Options{Dir: filepath.Join(t.TempDir(), "none")}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a project that is not there: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Snapshot(ctx, Options{Dir: t.TempDir()}); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}

// TestGoEnvAgrees: what is derived without go is what go says.
func TestGoEnvAgrees(t *testing.T) {
	t.Parallel()
	for name, environ := range map[string][]string{
		"plain": nil, "GOPATH": {"GOPATH={}/a:{}/b"}, "GOBIN": {"GOBIN={}/bin"}, "cache": {"XDG_CACHE_HOME={}/cache", "GOMODCACHE={}/mod"},
		"config": {"XDG_CONFIG_HOME={}/config"}, "GOENV": {"GOENV={}/env"}, "off": {"GOENV=off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for _, kv := range environ {
				w.set(strings.ReplaceAll(kv, "{}", w.home))
			}
			w.noTelemetry()
			s := w.look()
			cmd := exec.Command(realGo(t), "env", "-json", "GOCACHE", "GOMODCACHE", "GOPATH", "GOENV", "GOROOT")
			cmd.Env, cmd.Dir = append(slices.Clone(w.environ), "GOTOOLCHAIN=local"), w.dir
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			var real map[string]string
			if err := json.Unmarshal(out, &real); err != nil {
				t.Fatal(err)
			}
			for k, v := range real {
				if s.GoEnv[k] != v {
					t.Errorf("%s: asked without telemetry go says %q, by itself %q", k, s.GoEnv[k], v)
				}
			}
			for _, d := range s.Dirs {
				if v, _, _ := strings.Cut(real[d.Name], ":"); v != "" && v != d.Path {
					t.Errorf("%s: derived %q, go says %q", d.Name, d.Path, v)
				}
			}
		})
	}
}

func TestSettingsElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(filepath.Join(w.home, ".bashrc"), "export GOPROXY=https://goproxy.cn|direct\nalias x='curl -u a:b'\n")
	w.write(filepath.Join(w.home, ".config/fish/config.fish"), "set -x GOSUMDB off\n")
	w.write(filepath.Join(w.home, ".config/environment.d/10-go.conf"), "GOFLAGS=-v\n")
	w.write("Dockerfile", "ENV GOROOT=/usr/local/go\n")
	w.write(".gitlab-ci.yml", "cache:\nkey: x\npaths:\n  - $HOME/go/pkg/mod/\n")
	w.write("Jenkinsfile", "environment { GO111MODULE = 'on' }")
	w.write(".env", "GOBIN=/x\n")
	w.write("notes.md", "```sh\nexport GOINSECURE=*\n```\n")
	s := w.look("notes.md", "absent.sh", ".")
	type place struct{ key, origin, file string }
	var got []place
	for _, x := range s.Settings {
		if !strings.HasPrefix(x.Place.File, "/etc/") {
			got = append(got, place{x.Key, x.Place.Origin, filepath.Base(x.Place.File)})
		}
	}
	want := []place{
		{"GOPROXY", "shell", ".bashrc"}, {"GOSUMDB", "shell", "config.fish"}, {"GOFLAGS", "shell", "10-go.conf"},
		{"GOBIN", "shell", ".env"}, {"GOROOT", "dockerfile", "Dockerfile"}, {"GO111MODULE", "jenkinsfile", "Jenkinsfile"}, {"GOINSECURE", "script", "notes.md"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("settings %v\nwant %v", got, want)
	}
	var kinds []string
	for _, f := range s.CIFiles {
		kinds = append(kinds, f.Kind)
		if f.Kind == envcheck.FromGitLab && !slices.Equal(f.Caches, []envcheck.CIPath{{Path: "$HOME/go/pkg/mod/", Line: 4}}) {
			t.Errorf("caches: %+v", f)
		}
	}
	if !slices.Equal(kinds, []string{"gitlab-ci", "dockerfile", "jenkinsfile", "script"}) {
		t.Errorf("files: %q", kinds)
	}
	if len(s.Missing) != 2 {
		t.Errorf("named files that cannot be read: %+v", s.Missing)
	}
}
