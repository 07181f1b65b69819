package rules

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/release/inspect"
)

func TestBIN(t *testing.T) { reproduceAll(t, binReproductions()) }

// inspected reads a program as the command does, and looks for the paths of the
// world in it.
func inspected(t *testing.T, path, dir string) envcheck.Binary {
	t.Helper()
	f, err := inspect.File(path)
	if err != nil {
		return envcheck.Binary{Path: path, Error: err.Error()}
	}
	b := envcheck.Binary{Path: path, OS: f.OS, Arch: f.Arch, Static: f.Static(), Interp: f.Interp, Needed: f.Needed, PIE: f.Type == inspect.PIE, Settings: map[string]string{}}
	if g := f.Go; g != nil {
		b.GoVersion, b.Settings = g.Version, g.Settings
		b.Main = strings.TrimSpace(g.Module + " " + g.ModuleVersion)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if i := bytes.Index(data, []byte(dir+"/")); i >= 0 {
		b.Paths = append(b.Paths, string(data[i:i+len(dir)+1]))
	}
	return b
}

// built builds the world's module into name with the real go command, settings
// as K=V before the arguments, and lets the snapshot have it.
func built(name string, args ...string) func(*testing.T, *envcheck.Snapshot) {
	return func(t *testing.T, s *envcheck.Snapshot) {
		build(t, s, name, args...)
		s.Binaries = append(s.Binaries, inspected(t, filepath.Join(s.Dir, name), s.Dir))
	}
}

func build(t *testing.T, s *envcheck.Snapshot, name string, args ...string) {
	t.Helper()
	env := append(os.Environ(), "GOENV=off", "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local", "CGO_ENABLED=0")
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		env, args = append(env, args[0]), args[1:]
	}
	cmd := exec.CommandContext(t.Context(), s.Gos[0].Path, append(append([]string{"build", "-o", name}, args...), ".")...)
	cmd.Dir, cmd.Env = s.Dir, env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %v: %v\n%s", args, err, out)
	}
}

// then spoils what was built and reads it again.
func then(make func(*testing.T, *envcheck.Snapshot), spoil func(t *testing.T, path string)) func(*testing.T, *envcheck.Snapshot) {
	return func(t *testing.T, s *envcheck.Snapshot) {
		make(t, s)
		path := s.Binaries[0].Path
		spoil(t, path)
		s.Binaries = []envcheck.Binary{inspected(t, path, s.Dir)}
	}
}

// facts changes what was read of a real program: other versions of Go are not
// at hand.
func facts(change func(*envcheck.Binary)) func(*testing.T, *envcheck.Snapshot) {
	return func(t *testing.T, s *envcheck.Snapshot) {
		built("app", "-trimpath")(t, s)
		change(&s.Binaries[0])
	}
}

// purego loads a library without cgo, as purego does.
const purego = "package main\n\n//go:cgo_import_dynamic _ _ \"libc.so.6\"\n\nfunc main() { println(\"started\") }\n"

// firstCommit makes the world's project a repository with one commit.
func firstCommit(t *testing.T, w *world) {
	git := needs(t, "git")
	w.write(t, filepath.Join(w.dir, ".gitignore"), "app\n")
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=dev", "-c", "user.email=dev@corp.example", "commit", "-qm", "first"}} {
		if out, failed := w.exec(t, w.environ, append([]string{git}, args...)...); failed {
			t.Fatalf("git %v: %s", args, out)
		}
	}
}

func binReproductions() []reproduction {
	plain := program(startedMain)
	show := []string{"version", "-m", "app"}
	dirty := func(t *testing.T, w *world) {
		firstCommit(t, w)
		w.write(t, filepath.Join(w.dir, "stray.txt"), "not committed\n")
	}
	cgo := func(t *testing.T, _ *world) { needs(t, "gcc") }
	oldOne := func(version string) func(*testing.T, *envcheck.Snapshot) {
		return facts(func(b *envcheck.Binary) { b.GoVersion = version })
	}
	return []reproduction{
		{code: "BIN001", name: "cgo", files: program(cgoMain), prepare: cgo, change: built("app", "CGO_ENABLED=1"), run: show, says: "CGO_ENABLED=1", finding: messageHas("libc.so.6")},
		{code: "BIN001", name: "-s -w does not make it static", files: program(cgoMain), prepare: cgo, change: built("app", "CGO_ENABLED=1", "-trimpath", "-ldflags=-s -w")},
		{code: "BIN001", name: "as purego does it", files: program(purego), change: built("app", "GOOS=linux", "GOARCH=amd64"), run: show, says: "CGO_ENABLED=0",
			finding: messageHas("built with CGO_ENABLED=0, and yet to start it needs /lib64/ld-linux-x86-64.so.2 libc.so.6")},
		{code: "BIN001", name: "static", clean: true, files: plain, change: built("app")},
		{code: "BIN001", name: "static and stripped", clean: true, files: plain, change: built("app", "-trimpath", "-ldflags=-s -w -buildid=")},
		{code: "BIN001", name: "Windows needs its own libraries only", clean: true, files: program(resolverMain), change: built("app.exe", "GOOS=windows", "GOARCH=amd64")},

		{code: "BIN002", files: plain, change: built("app", "-ldflags=-s -w"), run: show, says: "-ldflags=\"-s -w\"", silent: "-trimpath=true", finding: func(t *testing.T, f envcheck.Finding) {
			if len(f.Evidence) != 1 || !strings.HasSuffix(f.Evidence[0].Value, "/project/") {
				t.Errorf("the project's folder was not seen: %+v", f.Evidence)
			}
		}},
		{code: "BIN002", name: "by -X", files: program("package main\n\nvar home string\n\nfunc main() { println(home) }\n"), change: func(t *testing.T, s *envcheck.Snapshot) {
			built("app", "-trimpath", "-ldflags=-X main.home="+s.Dir+"/x")(t, s)
		}, run: show, says: "-trimpath=true", finding: messageHas("built with -trimpath, and yet")},
		{code: "BIN002", clean: true, files: plain, change: built("app", "-trimpath"), run: show, says: "-trimpath=true"},

		{code: "BIN003", files: plain, change: then(built("app", "-trimpath"), withoutInfo), run: []string{"version", "app"}, says: "not a Go executable"},
		{code: "BIN003", name: "stripped keeps it", clean: true, files: plain, change: built("app", "-ldflags=-s -w -buildid="), run: show, says: "go1."},

		{code: "BIN004", name: "the GOARCH that was not exported", files: plain, change: built("app_linux_arm64", "GOOS=linux", "GOARCH=amd64"), run: []string{"version", "-m", "app_linux_arm64"}, says: "GOARCH=amd64",
			finding: messageHas("the name says linux/arm64, the file is for linux/amd64")},
		{code: "BIN004", name: "in the folder's name, by another word", files: plain, change: built("dist/app_1.0_x86_64/app", "GOOS=linux", "GOARCH=arm64")},
		{code: "BIN004", name: "not for this machine", files: plain, change: built("app", "GOOS=linux", "GOARCH="+foreignArch), finding: func(t *testing.T, f envcheck.Finding) {
			if f.Severity != envcheck.Info {
				t.Errorf("severity %s", f.Severity)
			}
		}},
		{code: "BIN004", name: "as promised", clean: true, files: plain, change: built("app-aarch64-linux", "GOOS=linux", "GOARCH=arm64")},
		{code: "BIN004", name: "for this machine", clean: true, files: plain, change: built("app")},

		{code: "BIN005", files: plain, prepare: dirty, change: built("app", "-buildvcs=true"), run: show, says: "vcs.modified=true", finding: messageHas("the work tree was not clean")},
		{code: "BIN005", clean: true, files: plain, prepare: firstCommit, change: built("app", "-buildvcs=true"), run: show, says: "vcs.modified=false"},

		{code: "BIN006", name: "by the policy", files: plain, change: built("app"), policy: envcheck.Policy{Go: []string{">=1.99"}}, run: []string{"version", "app"}, says: "app: go1.", finding: messageHas("the policy asks for >=1.99")},
		{code: "BIN006", name: "out of support", files: plain, change: oldOne("go1.21.6"), finding: messageHas("which gets no fixes")},
		{code: "BIN006", name: "before a security fix", files: plain, change: oldOne("go1.26.2"), finding: messageHas("go1.26.6 has them mended")},
		{code: "BIN006", clean: true, files: plain, change: oldOne("go1.26.8"), policy: envcheck.Policy{Go: []string{">=1.26.6", "not a constraint"}}},

		{code: "BIN007", name: "no version control", files: plain, change: built("app", "-buildvcs=false"), run: show, says: "(devel)", finding: messageHas("which version of example.com/app it is")},
		{code: "BIN007", name: "a Go that is no release", files: plain, change: oldOne("go1.27-devel_0f0f0f Tue Jul 1 2026"), finding: messageHas("not a release of Go")},
		{code: "BIN007", name: "a release candidate", files: plain, change: oldOne("go1.27rc2")},
		{code: "BIN007", clean: true, files: plain, change: facts(func(b *envcheck.Binary) { b.Main = "example.com/app v1.2.3" })},

		{code: "BIN008", files: plain, change: built("app", "-buildmode=pie"), run: show, says: "-buildmode=pie", finding: messageHas("it uses no library, but does not start without /lib")},
		{code: "BIN008", name: "the default", clean: true, files: plain, change: built("app")},
		{code: "BIN008", name: "libraries are BIN001", clean: true, files: program(cgoMain), prepare: cgo, change: built("app", "CGO_ENABLED=1", "-buildmode=pie")},

		{code: "BIN009", name: "a page", files: plain, change: then(built("app"), func(t *testing.T, path string) { overwrite(t, path, []byte("<!DOCTYPE html>\n")) }), run: []string{"version", "app"}, says: "unrecognized file format"},
		{code: "BIN009", name: "cut off", files: plain, change: then(built("app"), func(t *testing.T, path string) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			overwrite(t, path, data[:len(data)/3])
		})},
		{code: "BIN009", name: "not there", change: func(t *testing.T, s *envcheck.Snapshot) {
			s.Binaries = []envcheck.Binary{inspected(t, filepath.Join(s.Dir, "none"), s.Dir)}
		}},
		{code: "BIN009", clean: true, files: plain, change: built("app")},
	}
}

// withoutInfo makes Go's mark unrecognisable, as packers and obfuscators do.
func withoutInfo(t *testing.T, path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	overwrite(t, path, bytes.ReplaceAll(data, []byte("\xff Go buildinf:"), []byte("\xff no buildinf:")))
}

func overwrite(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestPromised(t *testing.T) {
	for path, want := range map[string]string{
		"app_linux_amd64": "linux/amd64", "dist/app_linux_arm64_v8.0/app": "linux/arm64", "app-1.2.3-aarch64.deb": "/arm64", "app_Linux_x86_64": "linux/amd64",
		`C:\dist\app_windows_386.exe`: "windows/386", "app-macos-arm64": "darwin/arm64", "app": "/", "loong64": "/loong64", "app_loongarch64": "/loong64",
		"x/amd64-to-arm64/app": "/", "amd64tool": "/", "/linux/amd64/deep/app": "/", "linux-windows-amd64": "/", "": "/",
	} {
		if os, arch := promised(path); os+"/"+arch != want {
			t.Errorf("%s: %s/%s, want %s", path, os, arch, want)
		}
	}
}
