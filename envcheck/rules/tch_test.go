package rules

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestTCH(t *testing.T) { reproduceAll(t, tchReproductions()) }

func tchReproductions() []reproduction {
	env := func(kv ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i]] = kv[i+1]
		}
		return m
	}
	newer, chain := app("go 1.99\n"), app("toolchain go1.99.0\n")
	ours := func(constraints ...string) envcheck.Policy {
		return envcheck.Policy{Go: constraints, File: ".yingzao.yaml"}
	}
	return []reproduction{
		{code: "TCH001", environ: env("GOTOOLCHAIN", "local"), files: newer, run: []string{"build"}, fails: true, says: "go: go.mod requires go >= 1.99 (running go"},
		{code: "TCH001", name: "go.env says local", goEnv: "GOTOOLCHAIN=local\n", files: newer, run: []string{"build"}, fails: true, says: "GOTOOLCHAIN=local)", finding: sets("GOTOOLCHAIN", "auto")},
		{code: "TCH001", name: "workspace", environ: env("GOTOOLCHAIN", "local"), files: plus(app(""), "go.work", "go 1.99\n\nuse .\n"), run: []string{"build"}, fails: true, says: "go: go.work requires go >= 1.99"},
		{code: "TCH001", name: "a newer toolchain line is not enforced", clean: true, environ: env("GOTOOLCHAIN", "local"), files: chain, run: []string{"build"}},
		{code: "TCH001", name: "it may switch", clean: true, environ: env("GOTOOLCHAIN", "auto"), files: newer},
		{code: "TCH001", name: "without modules", clean: true, environ: env("GOTOOLCHAIN", "local", "GO111MODULE", "off"), files: newer, run: []string{"build"}},

		{code: "TCH002", name: "off", environ: env("GOPROXY", "off"), files: newer, run: []string{"build"}, fails: true, says: "toolchain not available"},
		{code: "TCH002", name: "direct", environ: env("GOPROXY", "direct"), files: newer, run: []string{"build"}, fails: true, says: "go: download go1.99.0 for "},
		{code: "TCH002", name: "toolchain line", environ: env("GOPROXY", "off"), files: chain, run: []string{"build"}, fails: true, says: "toolchain not available"},
		{code: "TCH002", name: "path", environ: env("GOTOOLCHAIN", "path"), files: newer, run: []string{"build"}, fails: true, says: `cannot find "go1.99.0" in PATH`},
		{code: "TCH002", name: "it is in the module cache", clean: true, environ: env("GOPROXY", "off"), files: newer, change: func(_ *testing.T, s *envcheck.Snapshot) {
			s.Toolchains = []envcheck.ReadyToolchain{{Name: "go1.99.0", From: "cache"}}
		}},
		{code: "TCH002", name: "a mirror can be asked", clean: true, environ: env("GOPROXY", "{mirror}/ok,direct"), files: newer},
		{code: "TCH002", name: "this Go will do", clean: true, environ: env("GOPROXY", "off"), files: app(""), run: []string{"build"}},

		{code: "TCH003", name: "go line", files: app("go 1.25.0.1\n"), run: []string{"build"}, fails: true, says: "go.mod:3: invalid go version '1.25.0.1'", finding: at(3)},
		{code: "TCH003", name: "toolchain line", files: app("toolchain foo\n"), run: []string{"build"}, fails: true, says: `invalid toolchain "foo" in go.mod`, finding: at(4)},
		{code: "TCH003", name: "workspace", files: plus(app(""), "go.work", "go one\n\nuse .\n"), run: []string{"build"}, fails: true, says: "invalid go version 'one'"},
		{code: "TCH003", name: "another line is wrong", clean: true, files: app("require x\n")},
		{code: "TCH003", clean: true, files: app("go 1.24rc1\n\ntoolchain default\n")},

		{code: "TCH004", environ: env("GOPROXY", "off", "PATH", "{home}/bin:{goroot}/bin:/usr/bin:/bin"), files: newer, prepare: shim("go1.99.0"), run: []string{"build"}, says: "shim build"},
		{code: "TCH004", name: "another version", clean: true, environ: env("GOPROXY", "{mirror}/404", "PATH", "{home}/bin:{goroot}/bin:/usr/bin:/bin"), files: newer, prepare: shim("go1.99"), run: []string{"build"}, fails: true, silent: "shim"},

		{code: "TCH005", name: "out of support", change: runs("go1.24.4")},
		{code: "TCH005", name: "cannot even switch", change: runs("go1.19.13")},
		{code: "TCH005", name: "lacks fixes", change: runs("go1.26.2")},
		{code: "TCH005", name: "release candidate", change: runs("go1.27rc1")},
		{code: "TCH005", name: "GOTOOLCHAIN names an old one", environ: env("GOTOOLCHAIN", "go1.23.1"), change: runs("go1.26.8")},
		{code: "TCH005", clean: true, change: runs("go1.26.8")},
		{code: "TCH005", name: "go.mod switches to a newer one", clean: true, files: app("go 1.27.1\n"), change: runs("go1.26.2")},
		{code: "TCH005", name: "newer than the table", clean: true, change: runs("go1.40.0")},

		{code: "TCH006", policy: ours(">=1.26.6"), change: runs("go1.25.13")},
		{code: "TCH006", name: "all must hold", policy: ours(">=1.26", "<1.27"), change: runs("go1.27.0")},
		{code: "TCH006", name: "a release candidate comes before", policy: ours(">=1.27"), change: runs("go1.27rc3")},
		{code: "TCH006", clean: true, policy: ours(">=1.25.13", "!=1.26.1"), change: runs("go1.26.8")},
		{code: "TCH006", name: "nobody asks", clean: true, change: runs("go1.18")},
		{code: "TCH006", name: "a version that is no number", clean: true, policy: ours(">=1.26"), change: runs("devel +abc")},

		{code: "TCH007", environ: env("GOTOOLCHAIN", "1.26.8"), run: []string{"version"}, fails: true, says: `go: invalid GOTOOLCHAIN "1.26.8"`, finding: command("export GOTOOLCHAIN=go1.26.8")},
		{code: "TCH007", name: "latest", environ: env("GOTOOLCHAIN", "latest"), run: []string{"version"}, fails: true, says: `invalid GOTOOLCHAIN "latest"`, finding: command("unset GOTOOLCHAIN")},
		{code: "TCH007", name: "in a CI file", change: setting(envcheck.FromGitLab, ".gitlab-ci.yml", 4, "GOTOOLCHAIN", "1.26")},
		{code: "TCH007", clean: true, environ: env("GOTOOLCHAIN", "local+path"), run: []string{"version"}, change: setting(envcheck.FromGitLab, ".gitlab-ci.yml", 4, "GOTOOLCHAIN", "go$GO_VERSION")},

		{code: "TCH010", name: "toolchain line", environ: env("GOTOOLCHAIN", "local"), files: chain, run: []string{"build", "-o", "app"}, verify: func(t *testing.T, w *world, _ string) {
			if out, failed := w.runGo(t, "version", "app"); failed || out == "app: go1.99.0\n" {
				t.Errorf("built by %s", out)
			}
		}},
		{code: "TCH010", name: "modules are fetched all the same", environ: env("GOTOOLCHAIN", "local", "GOPROXY", "{mirror}/ok", "GONOSUMDB", "*"), change: setting(envcheck.FromGitLab, ".gitlab-ci.yml", 4, "GOTOOLCHAIN", "local"), run: []string{"mod", "download", "example.com/hello@v1.0.0"}, verify: func(t *testing.T, w *world, _ string) {
			if len(w.mirror.Requests()) == 0 {
				t.Error("nothing was fetched")
			}
		}},
		{code: "TCH010", name: "local where nothing depends on it", clean: true, environ: env("GOTOOLCHAIN", "local"), files: app("")},
		{code: "TCH010", name: "an error already", clean: true, environ: env("GOTOOLCHAIN", "local"), files: newer},
	}
}

// runs makes the first go one of another version.
func runs(version string) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) { s.Gos[0].Version, s.Goroot.Version = version, version }
}

// at asserts the line that a finding names.
func at(line int) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		if f.Where.Line != line || filepath.Base(f.Where.File) != "go.mod" {
			t.Errorf("found at %+v, want go.mod line %d", f.Where, line)
		}
	}
}

// shim puts a script of a toolchain's name into {home}/bin.
func shim(name string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		p := filepath.Join(w.home, "bin", name)
		w.write(t, p, "#!/bin/sh\necho shim \"$@\"\n")
		if err := os.Chmod(p, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}
