package rules

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// envProcessReproductions are states of the environment and of the files that
// fill it.
func envProcessReproductions() []reproduction {
	const zsh, rc = "zsh", "/home/dev/.bashrc"
	return []reproduction{
		{code: "ENV001", environ: map[string]string{"GOPRIVATE": "a.corp.example"}, envFile: "GOPRIVATE=b.corp.example\n", run: []string{"env", "-w", "GOPRIVATE=c.corp.example"}, says: "does not override conflicting OS environment variable"},
		{code: "ENV001", name: "the same value", clean: true, environ: map[string]string{"GOPRIVATE": "a.corp.example"}, envFile: "GOPRIVATE=a.corp.example\n"},
		{code: "ENV001", name: "go.env is only the default", clean: true, environ: map[string]string{"GOPROXY": "https://goproxy.cn,direct"}},

		{code: "ENV002", environ: map[string]string{"GOFLAGS": ""}, envFile: "GOFLAGS=-buildvcs=false\n", run: []string{"env", "GOFLAGS"}, says: "-buildvcs=false"},
		{code: "ENV002", name: "nothing below it", clean: true, environ: map[string]string{"GOFLAGS": "", "GOPRIVATE": ""}},

		{code: "ENV008", environ: map[string]string{"HOME": "-", "GOCACHE": "-"}, files: app(""),
			run: []string{"build"}, fails: true, says: "build cache is required, but could not be located: GOCACHE is not defined and neither $XDG_CACHE_HOME nor $HOME are defined"},
		{code: "ENV008", name: "a cache of its own", clean: true, environ: map[string]string{"HOME": "-"}},

		{code: "ENV011", name: "off", environ: map[string]string{"GO111MODULE": "off"}, run: []string{"mod", "tidy"}, fails: true, says: "modules disabled by GO111MODULE=off"},
		{code: "ENV011", name: "upper case", environ: map[string]string{"GO111MODULE": "ON"}, run: []string{"build"}, fails: true, says: "unknown environment setting GO111MODULE=ON"},
		{code: "ENV011", name: "auto", envFile: "GO111MODULE=auto\n", finding: severity(envcheck.Warning)},
		{code: "ENV011", name: "in a Dockerfile", change: setting(envcheck.FromDocker, "Dockerfile", 4, "GO111MODULE", "off")},
		{code: "ENV011", clean: true, environ: map[string]string{"GO111MODULE": "on"}},

		{code: "ENV012", change: shell(zsh, rc, "GOPRIVATE", "git.corp.example"), finding: func(t *testing.T, f envcheck.Finding) {
			if f.Fix == nil || f.Fix.Command != "go env -w GOPRIVATE=git.corp.example" {
				t.Errorf("the fix is %+v", f.Fix)
			}
		}},
		{code: "ENV012", name: "the shell that is used", clean: true, change: shell("bash", rc, "GOPRIVATE", "git.corp.example")},
		{code: "ENV012", name: "a file we do not know", clean: true, change: shell(zsh, "/home/dev/settings.sh", "GOPRIVATE", "git.corp.example")},
		{code: "ENV012", name: "in force all the same", clean: true, environ: map[string]string{"GOPRIVATE": "git.corp.example"}, change: shell(zsh, rc, "GOPRIVATE", "git.corp.example")},

		{code: "ENV013", name: "shell file", change: raw(envcheck.FromShell, rc, "export GOPROXY=https://goproxy.cn|direct")},
		{code: "ENV013", name: "CI script", change: line(envcheck.FromGitLab, ".gitlab-ci.yml", "export GOPROXY=https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct && go build")},
		{code: "ENV013", name: "in front of a command", change: line(envcheck.FromDocker, "Dockerfile", "RUN GOPROXY=https://goproxy.cn|direct go build")},
		{code: "ENV013", name: "quoted", clean: true, change: raw(envcheck.FromShell, rc, `export GOPROXY='https://goproxy.cn|direct'`)},
		{code: "ENV013", name: "half quoted", clean: true, change: raw(envcheck.FromShell, rc, `export GOPROXY=https://goproxy.cn"|"direct`)},
		{code: "ENV013", name: "a pipe that is meant", clean: true, change: line(envcheck.FromGitLab, ".gitlab-ci.yml", "GOFLAGS=-v go build | tee log || GOFLAGS=-x|| true")},
		{code: "ENV013", name: "no shell reads ENV", clean: true, change: line(envcheck.FromDocker, "Dockerfile", "ENV GOPROXY=https://goproxy.cn|direct")},

		{code: "ENV014", name: "GOOS", environ: map[string]string{"GOOS": "linux "}, files: app(""), run: []string{"build"}, fails: true, says: "unsupported GOOS/GOARCH pair linux /"},
		{code: "ENV014", name: "CGO_ENABLED", environ: map[string]string{"CGO_ENABLED": "0 ", "CC": "cc"}, run: []string{"env", "CGO_ENABLED"}, silent: "0", verify: func(*testing.T, *world, string) {}},
		{code: "ENV014", name: "GO111MODULE", environ: map[string]string{"GO111MODULE": "on "}, run: []string{"build"}, fails: true, says: "unknown environment setting GO111MODULE=on "},
		{code: "ENV014", name: "in a batch file", change: setting(envcheck.FromScript, "build.cmd", 2, "GOARCH", "arm64 ")},
		{code: "ENV014", name: "lists that are trimmed, or have rules of their own", clean: true, environ: map[string]string{"GOFLAGS": "-v ", "GOPROXY": "off ", "CGO_CFLAGS": "-O2 "}},

		{code: "ENV030", name: "GOGC", environ: map[string]string{"GOGC": "abc", "GOMAXPROCS": "x"}, run: []string{"version"}, says: "go version go"},
		{code: "ENV030", name: "GOMEMLIMIT", environ: map[string]string{"GOMEMLIMIT": "4GiB"}, run: []string{"version"}, says: "go version go"},
		{code: "ENV030", name: "in the env file it does nothing", clean: true, envFile: "GOGC=off\nGODEBUG=x=1\n"},

		{code: "ENV031", name: "percentage", environ: map[string]string{"GOMEMLIMIT": "80%"}, run: []string{"version"}, fails: true, says: "fatal error: malformed GOMEMLIMIT"},
		{code: "ENV031", name: "unit", environ: map[string]string{"GOMEMLIMIT": "2g"}, run: []string{"version"}, fails: true, says: "fatal error: malformed GOMEMLIMIT"},
		{code: "ENV031", name: "in a Dockerfile", change: setting(envcheck.FromDocker, "Dockerfile", 7, "GOMEMLIMIT", "80%")},
		{code: "ENV031", name: "well formed", clean: true, environ: map[string]string{"GOMEMLIMIT": "512MiB"}, change: setting(envcheck.FromDocker, "Dockerfile", 7, "GOMEMLIMIT", "off")},
		{code: "ENV031", name: "bytes", clean: true, environ: map[string]string{"GOMEMLIMIT": "1073741824"}},
		{code: "ENV031", name: "the env file does nothing", clean: true, envFile: "GOMEMLIMIT=80%\n"},
		{code: "ENV031", name: "filled in by the CI server", clean: true, change: setting(envcheck.FromGitLab, ".gitlab-ci.yml", 7, "GOMEMLIMIT", "${LIMIT}MiB")},

		{code: "ENV032", environ: map[string]string{"GOEXPERIMENT": "arenas,nosuch"}, change: go126, run: []string{"version"}, fails: true, says: "unknown GOEXPERIMENT such"},
		{code: "ENV032", name: "one that exists", clean: true, environ: map[string]string{"GOEXPERIMENT": "arenas,nojsonv2"}, change: go126},
		{code: "ENV032", name: "a Go whose experiments we do not know", clean: true, environ: map[string]string{"GOEXPERIMENT": "future"}, change: func(_ *testing.T, s *envcheck.Snapshot) { s.Gos[0].Version = "go1.40.1" }},
	}
}

// app is a program whose go.mod says more.
func app(more string) map[string]string {
	if !strings.HasPrefix(more, "go ") {
		more = "go 1.24\n" + more
	}
	return map[string]string{"go.mod": "module example.com/app\n\n" + more, "main.go": "package main\n\nimport \"os\"\n\nfunc main() { os.Exit(0) }\n"}
}

// go126 makes the first go one whose experiments are known, whatever runs here.
func go126(_ *testing.T, s *envcheck.Snapshot) { s.Gos[0].Version = "go1.26.8" }

// shell makes a user of one shell with a setting in a start file.
func shell(name, file, key, value string) func(*testing.T, *envcheck.Snapshot) {
	return func(t *testing.T, s *envcheck.Snapshot) {
		s.Machine.Shell, s.Settings = name, nil
		setting(envcheck.FromShell, file, 1, key, value)(t, s)
	}
}

func raw(origin, file, text string) func(*testing.T, *envcheck.Snapshot) {
	return func(t *testing.T, s *envcheck.Snapshot) {
		setting(origin, file, 1, "GOPROXY", "https://goproxy.cn")(t, s)
		s.Settings[len(s.Settings)-1].Raw = text
	}
}

// line adds a CI file with one line.
func line(kind, file, text string) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) {
		s.CIFiles = append(s.CIFiles, envcheck.CIFile{Path: file, Kind: kind, Lines: []envcheck.CILine{{Text: text, Line: 5}}})
	}
}

// The shell does to the command what ENV013 says.
func TestShellCutsAtPipe(t *testing.T) {
	for command, want := range map[string]string{
		"export GOPROXY=https://a.example|true; echo [$GOPROXY]":   "[]",
		"export GOPROXY='https://a.example|true'; echo [$GOPROXY]": "[https://a.example|true]",
	} {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
		cmd.Env = []string{"PATH=/usr/bin:/bin"}
		out, err := cmd.Output()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %q, %v; want %q", command, out, err, want)
		}
		if key, _ := piped(command); (key != "") != (want == "[]") {
			t.Errorf("%s: piped says %q", command, key)
		}
	}
}

// FuzzPiped: whatever a line holds, piped ends, and what it finds stands in it.
func FuzzPiped(f *testing.F) {
	for _, s := range []string{"export GOPROXY=a|b", `GOFLAGS='a|b' go build | tee`, `GOPROXY="a\"|b`, "GOPROXY=a|", "GOPROXY=\\", "(GOPROXY=a|b)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, command string) {
		key, value := piped(command)
		if key != "" && (!strings.Contains(command, key+"="+value) || !strings.Contains(value, "|")) {
			t.Errorf("piped(%q) = %q, %q", command, key, value)
		}
	})
}
