package trace

import (
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/sumdb/note"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/gather"
)

// choice is one value of one dimension of the corpus.
type choice struct {
	name  string
	env   map[string]string
	files map[string]string
}

func env(name string, kv ...string) choice {
	c := choice{name: name, env: map[string]string{}}
	for _, s := range kv {
		k, v, _ := strings.Cut(s, "=")
		c.env[k] = v
	}
	return c
}

// ownKey is a verifier key of a private database; nobody has its other half.
func ownKey() string {
	key, err := note.NewEd25519VerifierKey("sum.corp.example", make([]byte, ed25519.PublicKeySize))
	if err != nil {
		panic(err)
	}
	return key
}

var (
	goproxies = []choice{
		env("mirror,direct", "GOPROXY=https://goproxy.cn,direct"),
		env("default"),
		env("two|mirrors,direct", "GOPROXY=https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct"),
		env("two,mirrors", "GOPROXY=https://a.example,https://b.example/go/"),
		env("mirror,off", "GOPROXY=https://a.example,off"),
		env("mirror|direct", "GOPROXY=https://a.example|direct"),
		env("direct", "GOPROXY=direct"),
		env("off", "GOPROXY=off"),
		env("no scheme, spaces", "GOPROXY= goproxy.cn , direct"),
		env("dead entry", "GOPROXY=https://a.example,direct,https://b.example"),
		env("port and house", "GOPROXY=http://mirror.corp.example:8081/go|https://a.example,direct"),
		env("folder first", "GOPROXY=file:///nonexistent/mirror,https://a.example"),
		env("broken", "GOPROXY=Direct"),
		env("only separators", "GOPROXY=,"),
	}
	privates = []choice{
		env("nothing private"),
		env("host", "GOPRIVATE=git.corp.example"),
		env("trailing space", "GOPRIVATE=git.corp.example "),
		env("inner space", "GOPRIVATE=git.other.example, git.corp.example"),
		env("scheme", "GOPRIVATE=https://git.corp.example"),
		env("port", "GOPRIVATE=git.corp.example:8443"),
		env("wildcard", "GOPRIVATE=*.corp.example,github.com/Corp"),
		env("two levels", "GOPRIVATE=git.corp.example/*"),
		env("group", "GOPRIVATE=git.corp.example/team/"),
		env("upper case", "GOPRIVATE=GIT.corp.example"),
		env("broken glob", "GOPRIVATE=[git.corp.example"),
		env("none", "GOPRIVATE=git.corp.example", "GONOPROXY=none"),
		env("sumdb only", "GONOSUMDB=git.corp.example"),
		env("proxy only", "GONOPROXY=git.corp.example", "GONOSUMDB=none"),
		env("empty falls through", "GOPRIVATE=git.corp.example", "GONOPROXY="),
		env("everything", "GOPRIVATE=*"),
		{name: "env file with CRLF", files: map[string]string{"../home/.config/go/env": "GOPRIVATE=git.corp.example\r\n"}},
		{name: "env file", files: map[string]string{"../home/.config/go/env": "GOPRIVATE=git.corp.example\nGOFLAGS=-mod=mod\n"}},
	}
	sumdbs = []choice{
		env("public"),
		env("off", "GOSUMDB=off"),
		env("alias", "GOSUMDB=sum.golang.google.cn"),
		env("own address", "GOSUMDB=sum.golang.org https://sum.corp.example/db"),
		env("broken", "GOSUMDB=goproxy.cn"),
		env("own key", "GOSUMDB="+ownKey()),
		env("own key at an address", "GOSUMDB="+ownKey()+" https://sums.else.example/db"),
	}
	head   = "module git.corp.example/team/app\n\ngo 1.25\n\n"
	sumTwo = "git.corp.example/team/lib v1.0.0 h1:x=\ngit.corp.example/team/lib v1.0.0/go.mod h1:x=\n"
	shapes = []choice{
		project1("require", head+"require (\n\tgit.corp.example/team/lib v1.0.0\n\tgithub.com/Corp/Lib v1.2.0\n\tgo.uber.org/zap v1.27.0\n)\n", ""),
		project1("go.sum with all lines", head+"require git.corp.example/team/lib v1.0.0\n", sumTwo),
		project1("go.sum with half the lines", head+"require (\n\tgit.corp.example/team/lib v1.0.0\n\texample.com/a v1.0.0\n)\n", "git.corp.example/team/lib v1.0.0/go.mod h1:x=\n"+"example.com/a v1.0.0/go.mod h1:x=\nexample.com/a v1.0.0 h1:x=\n"),
		project1("go.sum of another version", head+"require git.corp.example/team/lib v1.1.0\n", sumTwo),
		project1("replaced by a module", head+"require git.corp.example/team/lib v1.0.0\n\nreplace git.corp.example/team/lib => git.fork.example/lib v1.0.1\n", ""),
		project1("replaced by a folder", head+"require git.corp.example/team/lib v1.0.0\n\nreplace git.corp.example/team/lib => ./lib\n", "", "lib/go.mod", "module git.corp.example/team/lib\n"),
		project1("a version replaced", head+"require (\n\tgit.corp.example/team/lib v1.0.0\n\tgit.corp.example/team/other v1.0.0\n)\n\nreplace git.corp.example/team/lib v1.0.0 => ./lib\n\nreplace git.corp.example/team/other v0.9.0 => ./lib\n", "", "lib/go.mod", "module git.corp.example/team/lib\n"),
		project1("tool of a required module", head+"tool git.corp.example/team/lib/cmd/gen\n\nrequire git.corp.example/team/lib v1.0.0\n", ""),
		project1("tool of nobody", head+"tool git.tools.example/group/gen/v2/cmd\n", ""),
		project1("tool of the project", head+"tool git.corp.example/team/app/cmd/gen\n", "", "cmd/gen/main.go", "package main\n\nfunc main() {}\n"),
		project1("the project itself, required by others", head+"require git.corp.example/team/lib v1.0.0\n", sumTwo+"git.corp.example/team/app v0.9.0/go.mod h1:x=\n"),
		project1("no host", head+"require corp/lib v1.0.0\n", ""),
		project1("pseudo-version and +incompatible", head+"require (\n\tgit.corp.example/team/lib v0.0.0-20240501080000-0123456789ab\n\texample.com/old v2.0.0+incompatible\n\tgopkg.in/yaml.v3 v3.0.1\n)\n", ""),
		project1("newer Go", strings.Replace(head, "1.25", "1.99", 1)+"toolchain go1.99.1\n\nrequire git.corp.example/team/lib v1.0.0\n", ""),
		project1("vendored", head+"require git.corp.example/team/lib v1.0.0\n", "", "vendor/modules.txt", "# git.corp.example/team/lib v1.0.0\n## explicit\n"),
		{name: "workspace", files: map[string]string{
			"go.work":  "go 1.25\n\nuse ./a\n\nuse ./b\n\nreplace git.corp.example/team/x => git.fork.example/x v1.0.0\n",
			"a/go.mod": "module git.corp.example/team/a\n\ngo 1.25\n\nrequire (\n\tgit.corp.example/team/b v1.0.0\n\tgit.corp.example/team/lib v1.0.0\n)\n",
			"b/go.mod": "module git.corp.example/team/b\n\ngo 1.25\n\nrequire git.corp.example/team/x v1.0.0\n",
		}},
	}
)

func project1(name, gomod, gosum string, more ...string) choice {
	c := choice{name: name, files: map[string]string{"go.mod": gomod}}
	if gosum != "" {
		c.files["go.sum"] = gosum
	}
	for i := 0; i < len(more); i += 2 {
		c.files[more[i]] = more[i+1]
	}
	return c
}

// corpus is every value of every dimension against the plainest of the others,
// and a number of mixtures that are the same in every run.
func corpus() [][]choice {
	dims := [][]choice{goproxies, privates, sumdbs, shapes}
	var out [][]choice
	for d, dim := range dims {
		for i := range dim {
			if d > 0 && i == 0 {
				continue
			}
			c := []choice{goproxies[0], privates[0], sumdbs[0], shapes[0]}
			c[d] = dim[i]
			out = append(out, c)
		}
	}
	r := rand.New(rand.NewPCG(1103, 1))
	for range 25 {
		var c []choice
		for _, dim := range dims {
			c = append(c, dim[r.IntN(len(dim))])
		}
		out = append(out, c)
	}
	return out
}

// lay writes a configuration out and returns its folder and environment.
func lay(t *testing.T, cs []choice) (dir string, environ []string) {
	t.Helper()
	base := t.TempDir()
	dir = filepath.Join(base, "app")
	environ = []string{"HOME=" + filepath.Join(base, "home"), "PATH=" + os.Getenv("PATH"), "GOTOOLCHAIN=local", "GOMODCACHE=" + filepath.Join(base, "modcache"),
		"CI_SERVER_HOST=git.corp.example", "LANG=C"}
	// The telemetry that go starts in a new home would still write while the test
	// cleans up.
	cs = append(slices.Clone(cs), choice{files: map[string]string{"../home/.config/go/telemetry/mode": "off"}})
	for _, c := range cs {
		for k, v := range c.env {
			environ = append(environ, k+"="+v)
		}
		for name, data := range c.files {
			name = filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir, environ
}

// view is the configuration as check sees it.
func view(t *testing.T, dir string, environ []string) *envcheck.View {
	t.Helper()
	s, err := gather.Snapshot(t.Context(), gather.Options{Dir: dir, Environ: environ, Patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if s.Module.Members == nil && s.Module.GoWork.Exists {
		w, err := modfile.ParseWork("go.work", s.Module.GoWork.Data, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range w.Use {
			name := filepath.Join(dir, u.Path, "go.mod")
			data, _ := os.ReadFile(name)
			s.Module.Members = append(s.Module.Members, envcheck.TextFile{Path: name, Exists: data != nil, Data: data})
		}
	}
	return envcheck.NewView(s, envcheck.Profile{}, envcheck.Policy{})
}

// TestCorpus is the promise of the leak simulation: whoever the real go command
// asks was foreseen.
func TestCorpus(t *testing.T) {
	configs := corpus()
	var mu sync.Mutex
	var asked, unforeseen, unasked, runs int
	reasons := map[string]int{}
	t.Run("all", func(t *testing.T) {
		for i, cs := range configs {
			var names []string
			for _, c := range cs {
				names = append(names, c.name)
			}
			t.Run(fmt.Sprintf("%02d %s", i, strings.Join(names, " / ")), func(t *testing.T) {
				t.Parallel()
				dir, environ := lay(t, cs)
				v := view(t, dir, environ)
				r, err := Trace(t.Context(), Options{Dir: dir, Environ: environ, Simulated: v.Exposures})
				if err != nil {
					t.Fatal(err)
				}
				for _, a := range slices.Concat(r.Unforeseen, r.Unnamed) {
					t.Errorf("%s %s was asked about %q, which was not foreseen", a.Kind, a.Host, a.Path)
				}
				if t.Failed() || os.Getenv("TRACE_VERBOSE") != "" {
					for _, run := range r.Runs {
						t.Logf("%+v", run)
					}
					t.Logf("asked %v\nunasked %v", r.Asked, r.Unasked)
				}
				mu.Lock()
				defer mu.Unlock()
				asked, unforeseen, unasked, runs = asked+len(r.Asked), unforeseen+len(r.Unforeseen)+len(r.Unnamed), unasked+len(r.Unasked), runs+len(r.Runs)
				for _, a := range r.Unasked {
					reasons[a.Kind+" ("+cs[3].name+", "+cs[0].name+", "+cs[1].name+")"]++
				}
			})
		}
	})
	t.Logf("%d configurations, %d runs of go: %d asks, %d not foreseen, %d foreseen and not asked", len(configs), runs, asked, unforeseen, unasked)
	var keys []string
	for k, n := range reasons {
		keys = append(keys, fmt.Sprintf("%3d %s", n, k))
	}
	slices.Sort(keys)
	t.Logf("not asked:\n%s", strings.Join(keys, "\n"))
	// What is foreseen and not asked lies behind a host that cannot be reached
	// here (a module that comes directly is not verified), is a prefix of a tool's
	// path that no mirror knows, or a line of go.sum that nothing needs.
	// Without git nothing comes directly from a code host.
	if _, err := exec.LookPath("git"); err == nil && unasked*10 > asked {
		t.Errorf("%d of %d are foreseen and not asked", unasked, asked)
	}
	if asked < 3*len(configs) {
		t.Errorf("%d asks in all: the recorder sees too little to prove anything", asked)
	}
}
