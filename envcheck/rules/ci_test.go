package rules

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestCI(t *testing.T) { reproduceAll(t, ciReproductions()) }

func ciReproductions() []reproduction {
	return slices.Concat(ciCacheReproductions(), ciJobReproductions(), ciImageReproductions(), ciInstallReproductions())
}

// gitlabCI is a .gitlab-ci.yml: variables as K=V, cache paths as "cache PATH",
// keywords astray as "stray KEY", all else is script. Each stands on a line.
func gitlabCI(lines ...string) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) {
		const path = "/home/dev/app/.gitlab-ci.yml"
		f := envcheck.CIFile{Path: path, Kind: envcheck.FromGitLab}
		for i, l := range lines {
			key, value, set := strings.Cut(l, "=")
			cache, isCache := strings.CutPrefix(l, "cache ")
			stray, isStray := strings.CutPrefix(l, "stray ")
			switch {
			case isCache:
				f.Caches = append(f.Caches, envcheck.CIPath{Path: cache, Line: i + 1})
			case isStray:
				f.Strays = append(f.Strays, envcheck.CILine{Text: stray, Line: i + 1})
			case set && !strings.Contains(key, " "):
				s.Settings = append(s.Settings, envcheck.Setting{Key: key, Value: value, Place: envcheck.Place{Origin: f.Kind, File: path, Line: i + 1}})
			default:
				f.Lines = append(f.Lines, envcheck.CILine{Text: l, Line: i + 1})
			}
		}
		s.CIFiles = append(s.CIFiles, f)
	}
}

// dockerfile has one instruction a line; another kind is another file of lines.
func dockerfile(lines ...string) func(*testing.T, *envcheck.Snapshot) {
	return ciFile("/home/dev/app/Dockerfile", envcheck.FromDocker, lines...)
}

func ciFile(path, kind string, lines ...string) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) {
		f := envcheck.CIFile{Path: path, Kind: kind}
		for i, l := range lines {
			f.Lines = append(f.Lines, envcheck.CILine{Text: l, Line: i + 1})
		}
		s.CIFiles = append(s.CIFiles, f)
	}
}

func onLine(n int) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		t.Helper()
		if f.Where.Line != n || f.Where.File == "" {
			t.Errorf("found at %+v, want line %d", f.Where, n)
		}
	}
}

func ciCacheReproductions() []reproduction {
	return []reproduction{
		{code: "CI001", name: "the article's", change: gitlabCI("image: golang", "cache $HOME/go/pkg/mod/"), finding: onLine(2)},
		{code: "CI001", name: "absolute", change: gitlabCI("cache /go/pkg/mod"), finding: messageHas("/go/pkg/mod is not below CI_PROJECT_DIR")},
		{code: "CI001", name: "the image's GOPATH", change: gitlabCI("cache ${GOPATH}/pkg/mod")},
		{code: "CI001", name: "above", change: gitlabCI("cache ../cache")},
		{code: "CI001", name: "a tilde", change: gitlabCI("cache ~/.cache/go-build")},
		{code: "CI001", name: "by a variable of the file", change: gitlabCI("GOMODCACHE=$GOPATH/pkg/mod", "GOPATH=/go", "cache $GOMODCACHE")},
		{code: "CI001", name: "Windows", change: gitlabCI(`cache C:\Users\runner\go`)},
		{code: "CI001", name: "programs are CI006's", clean: true, change: gitlabCI("cache $HOME/go/bin/")},
		{code: "CI001", name: "in the project", clean: true, change: gitlabCI("GOPATH=$CI_PROJECT_DIR/.go", "cache $GOPATH/pkg/mod", "cache .cache/go-build", "cache $CI_PROJECT_DIR/x", "cache /builds/team/app/.go")},
		{code: "CI001", name: "a variable of somebody else", clean: true, change: gitlabCI("cache $CACHE_DIR/go")},
		{code: "CI001", name: "variables in a circle", clean: true, change: gitlabCI("GOPATH=$GOBIN", "GOBIN=$GOPATH", "cache $GOPATH")},
		{code: "CI001", name: "another file's variable does not count", change: func(t *testing.T, s *envcheck.Snapshot) {
			gitlabCI("cache $GOPATH/pkg/mod")(t, s)
			elsewhere(envcheck.FromDocker, "Dockerfile", "GOPATH=$CI_PROJECT_DIR/.go")(t, s)
		}},

		{code: "CI006", name: "the article's", change: gitlabCI("cache $HOME/go/bin/"), finding: messageHas("$HOME/go/bin/ holds programs")},
		{code: "CI006", name: "in the project", change: gitlabCI("GOPATH=$CI_PROJECT_DIR/.go", "cache .go/bin"), finding: onLine(2)},
		{code: "CI006", name: "where GOBIN points", change: gitlabCI("GOBIN=$CI_PROJECT_DIR/tools", "cache tools/")},
		{code: "CI006", name: "GOBIN itself", change: gitlabCI("cache ${GOBIN}")},
		{code: "CI006", clean: true, change: gitlabCI("GOMODCACHE=$CI_PROJECT_DIR/.cache/go-mod", "cache .cache/go-mod", "cache $HOME/go/pkg/mod", "cache bin/", "cache cargo/bin", "cache node_modules/.bin")},

		{code: "CI007", change: gitlabCI("cache .cache/go-mod", "stray key: go"), finding: onLine(2)},
		{code: "CI007", clean: true, change: gitlabCI("cache .cache/go-mod")},

		{code: "CI013", change: func(_ *testing.T, s *envcheck.Snapshot) {
			s.CIFiles = []envcheck.CIFile{{Path: "/home/dev/app/.gitlab-ci.yml", Kind: envcheck.FromGitLab, Error: "yaml: line 3: did not find expected key"}}
		}, finding: messageHas("line 3: did not find expected key")},
		{code: "CI013", clean: true, change: func(t *testing.T, s *envcheck.Snapshot) {
			gitlabCI("go build")(t, s)
			s.CIFiles = append(s.CIFiles, envcheck.CIFile{Path: "/home/dev/x.sh", Kind: envcheck.FromScript, Error: "permission denied"})
		}},

		{code: "CI012", change: gitlabCI("cache .go/pkg/mod/"), finding: messageHas(".go/pkg/mod/ is cached, but nothing")},
		{code: "CI012", name: "the other cache is set", change: gitlabCI("GOMODCACHE=$CI_PROJECT_DIR/.cache/go-mod", "cache .cache/go-build"), finding: messageHas(".cache/go-build")},
		{code: "CI012", name: "set", clean: true, change: gitlabCI("GOPATH=$CI_PROJECT_DIR/.go", "GOCACHE=$PWD/.cache/go-build", "cache .go/pkg/mod/", "cache .cache/go-build")},
		{code: "CI012", name: "the parent is cached", clean: true, change: gitlabCI("GOMODCACHE=${CI_PROJECT_DIR}/.go/mod", "cache .go")},
		{code: "CI012", name: "HOME moved", clean: true, change: gitlabCI("HOME=$CI_PROJECT_DIR", "cache go/pkg/mod")},
		{code: "CI012", name: "nothing of Go's", clean: true, change: gitlabCI("cache node_modules/", "cache $HOME/go/pkg/mod", "cache vendor/")},
	}
}

func ciJobReproductions() []reproduction {
	noCache := map[string]string{"GOCACHE": "-", "CI": "true"}
	with := func(kv ...string) map[string]string {
		out := map[string]string{}
		for k, v := range noCache {
			out[k] = v
		}
		for i := 0; i < len(kv); i += 2 {
			out[kv[i]] = kv[i+1]
		}
		return out
	}
	home := func(d envcheck.Dir) func(*testing.T, *envcheck.Snapshot) {
		return func(_ *testing.T, s *envcheck.Snapshot) {
			d.Name = "HOME"
			s.Dirs = append(slices.DeleteFunc(s.Dirs, func(d envcheck.Dir) bool { return d.Name == "HOME" }), d)
		}
	}
	return []reproduction{
		{code: "CI002", name: "sorted", change: gitlabCI("go version", "env | sort"), finding: onLine(2)},
		{code: "CI002", name: "in Jenkins", change: ciFile("/home/dev/app/Jenkinsfile", envcheck.FromJenkins, "printenv"), finding: messageHas(`"printenv" puts every variable`)},
		{code: "CI002", name: "in an image", change: dockerfile("FROM debian:12", "RUN set -e; apt-get update && env"), finding: onLine(2)},
		{code: "CI002", name: "PowerShell", change: gitlabCI("Get-ChildItem env:*")},
		{code: "CI002", name: "for one command, one variable, or Go's own", clean: true, change: gitlabCI("env GOOS=linux go build", "printenv PATH", "go env", "set -euo pipefail", "export GOFLAGS=-mod=vendor", "echo env", "env -i go version", "./env")},
		{code: "CI002", name: "ENV of a Dockerfile", clean: true, change: dockerfile("FROM debian:12", "ENV X=1", "# env")},

		{code: "CI003", name: "a file", environ: with("HOME", "{dir}/main.go"), files: program(startedMain), change: home(envcheck.Dir{Path: "/home/dev/app/main.go", Exists: true}),
			run: []string{"build", "-o", "app", "."}, fails: true, says: "not a directory", finding: messageHas("which is not a folder")},
		{code: "CI003", name: "as for services", environ: with("HOME", "/nonexistent"), run: []string{"env", "GOCACHE"}, says: "/nonexistent/.cache/go-build"},
		{code: "CI003", name: "root folder", environ: with("HOME", "/"), finding: messageHas("HOME is / in this job")},
		{code: "CI003", name: "not writable", environ: noCache, change: home(envcheck.Dir{Path: "/srv/agent", Exists: true, IsDir: true}), finding: messageHas("cannot write to")},
		{code: "CI003", name: "not there", environ: noCache, profile: "ci", change: home(envcheck.Dir{Path: "/srv/agent"}), finding: messageHas("does not exist")},
		{code: "CI003", name: "fine", clean: true, environ: noCache, change: home(envcheck.Dir{Path: "/srv/agent", Exists: true, IsDir: true, Writable: true})},
		{code: "CI003", name: "not needed", clean: true, environ: with("HOME", "/nonexistent", "GOCACHE", "{dir}/.cache", "GOPATH", "{dir}/.go")},
		{code: "CI003", name: "on a desk", clean: true, environ: map[string]string{"HOME": "/nonexistent", "GOCACHE": "-", "CI": "-"}},
	}
}

func ciInstallReproductions() []reproduction {
	const archive = "https://mirrors.aliyun.com/golang/go1.26.8.linux-amd64.tar.gz"
	mirror := map[string]string{"GOPROXY": "{mirror}/ok", "GOSUMDB": "{sumdb}"}
	return []reproduction{
		{code: "CI008", name: "piped", change: gitlabCI("curl -sSL " + archive + " | tar -C /usr/local -xz"), finding: messageHas("straight from the network into tar")},
		{code: "CI008", name: "piped, though another line checks something", change: gitlabCI("sha256sum -c other.sum", "wget -qO- https://golang.google.cn/dl/go${GO_VERSION}.linux-amd64.tar.gz | sudo tar xz")},
		{code: "CI008", name: "stored", change: dockerfile("FROM debian:12", "RUN curl -fsSLO "+archive+" && tar -C /usr/local -xzf go1.26.8.linux-amd64.tar.gz"), finding: onLine(2)},
		{code: "CI008", name: "ADD", change: dockerfile("FROM debian:12", "ADD "+archive+" /tmp/")},
		{code: "CI008", name: "in a script", change: ciFile("/home/dev/install.sh", envcheck.FromScript, "wget https://mirrors.aliyun.com/golang/go1.21.6.linux-amd64.tar.gz")},
		{code: "CI008", name: "checked", clean: true, change: dockerfile("FROM debian:12", "RUN curl -fsSLo go.tgz "+archive+` && echo "${SUM} go.tgz" | sha256sum -c - && tar -C /usr/local -xzf go.tgz`)},
		{code: "CI008", name: "checked on the next line", clean: true, change: gitlabCI("curl -sSLO "+archive, `echo "$SUM go1.26.8.linux-amd64.tar.gz" | sha256sum -c`, "tar xf go1.26.8.linux-amd64.tar.gz")},
		{code: "CI008", name: "Docker checks", clean: true, change: dockerfile("FROM debian:12", "ADD --checksum=sha256:"+strings.Repeat("0f", 32)+" "+archive+" /tmp/")},
		{code: "CI008", name: "other archives", clean: true, change: gitlabCI("curl -sSL https://repo.example/golangci-lint-2.1.0-linux-amd64.tar.gz | tar xz", "curl -sSL https://repo.example/cargo1.0.linux-amd64.tar.gz | tar xz")},

		{code: "CI009", name: "the newest of today", environ: mirror, change: gitlabCI("go install example.com/cmd/hello@latest"),
			run: []string{"install", "example.com/cmd/hello@latest"}, verify: func(t *testing.T, w *world, _ string) {
				if out, _ := w.runGo(t, "version", "-m", filepath.Join(w.home, "go", "bin", "hello")); !strings.Contains(out, "v1.1.0") {
					t.Errorf("@latest did not mean v1.1.0: %s", out)
				}
			}, finding: messageHas("example.com/cmd/hello is installed as @latest")},
		{code: "CI009", name: "a branch", change: dockerfile("FROM golang:1.26", `RUN set -x && go install -v -tags=x "example.com/cmd/hello@master" && rm -rf /home/dev/.cache`), finding: messageHas("as @master")},
		{code: "CI009", name: "go run", change: ciFile("/home/dev/app/Jenkinsfile", envcheck.FromJenkins, "go run example.com/cmd/hello@latest ./...")},
		{code: "CI009", name: "what does not exist is CI011's", clean: true, change: gitlabCI("go install golang.org/x/tools/cmd/goenv@latest")},
		{code: "CI009", name: "with a version", clean: true, change: gitlabCI("go install example.com/cmd/hello@v1.0.0", "go install ./...", "go get example.com/hello@v1.1.0", "docker pull golang@latest", "npm install x@latest", "go install example.com/hello@latest-fix.example")},

		{code: "CI010", name: "GitLab", change: gitlabCI("go env -w GOPRIVATE=git.corp.example"),
			run: []string{"env", "-w", "GOPRIVATE=git.corp.example"}, verify: func(t *testing.T, w *world, _ string) {
				other := *w
				other.dir = t.TempDir()
				if out, _ := other.runGo(t, "env", "GOPRIVATE"); strings.TrimSpace(out) != "git.corp.example" {
					t.Errorf("another project has GOPRIVATE=%s", out)
				}
			}, finding: messageHas("go env -w GOPRIVATE outlives the job")},
		{code: "CI010", name: "Jenkins", change: ciFile("/home/dev/app/Jenkinsfile", envcheck.FromJenkins, "go env -w GOSUMDB=off && make"), finding: func(t *testing.T, f envcheck.Finding) {
			if !strings.Contains(f.Fix.Note.EN, "take the line out") {
				t.Errorf("the fix moves the setting elsewhere: %s", f.Fix.Note.EN)
			}
		}},
		{code: "CI010", name: "lost after USER", change: dockerfile("FROM golang:1.26", "RUN go env -w GOPROXY=https://goproxy.cn,direct", "USER dev"), finding: messageHas("before USER dev")},
		{code: "CI010", name: "the image's only user", clean: true, change: dockerfile("FROM golang:1.26", "RUN go env -w GOPROXY=https://goproxy.cn,direct", "FROM debian:12", "USER dev")},
		{code: "CI010", name: "reading, and variables", clean: true, change: gitlabCI("GOPROXY=https://goproxy.cn,direct", "go env GOPROXY", "go env -u GOPROXY")},
		{code: "CI010", name: "a person's script", clean: true, change: ciFile("/home/dev/setup.sh", envcheck.FromScript, "go env -w GOPROXY=https://goproxy.cn,direct")},

		{code: "CI011", name: "the article's", environ: mirror, change: gitlabCI("go install golang.org/x/tools/cmd/goenv@latest"),
			run: []string{"install", "golang.org/x/tools/cmd/goenv@latest"}, fails: true, says: "does not contain package golang.org/x/tools/cmd/goenv", finding: messageHas("there is no program golang.org/x/tools/cmd/goenv")},
		{code: "CI011", name: "also with a version", change: dockerfile("FROM golang:1.26", "RUN go install golang.org/x/tools/cmd/goenv@v0.30.0"), finding: onLine(2)},
		{code: "CI011", name: "one that exists", clean: true, environ: mirror, change: gitlabCI("go install golang.org/x/tools/cmd/goimports@v0.1.0", "echo golang.org/x/tools/cmd/goenv")},
	}
}
