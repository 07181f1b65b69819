package rules

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

const needsHello = "module app.example/app\n\ngo 1.24\n\nrequire example.com/hello v1.0.0\n"

// looksAtCache fills what gather learns about the module cache, for a cache that
// is empty.
func looksAtCache(_ *testing.T, s *envcheck.Snapshot) {
	s.Module.CacheMissing = []string{"example.com/hello@v1.0.0"}
}

// looksAtFolders fills what gather learns about file:// mirrors.
func looksAtFolders(t *testing.T, s *envcheck.Snapshot) {
	ps, _ := goenv.ParseProxies(os.Expand("$GOPROXY", func(k string) string { return lookEnv(s, k) }))
	for _, p := range ps.Mirrors() {
		if p.URL.Scheme != "file" {
			continue
		}
		m := envcheck.FileMirror{URL: p.URL.String(), Path: p.URL.Path, IsDir: isFolder(p.URL.Path)}
		for _, below := range []string{".", "cache/download", "pkg/mod/cache/download"} {
			if found, err := filepath.Glob(filepath.Join(m.Path, below, "*", "*", "@v")); err != nil {
				t.Fatal(err)
			} else if len(found) > 0 && m.Layout == "" {
				m.Layout = below
			}
		}
		s.FileMirrors = append(s.FileMirrors, m)
	}
}

func isFolder(p string) bool {
	info, err := os.Stat(p)
	return err == nil && info.IsDir()
}

// lookEnv is a variable of the snapshot's process.
func lookEnv(s *envcheck.Snapshot, key string) string {
	v, _ := goenv.Resolve(goenv.Sources{OS: s.Machine.OS, Environ: s.Environ}).Process(key)
	return v
}

// prxChosen are lists that are well formed and unwise.
func prxChosen() []reproduction {
	folder := map[string]string{
		"{home}/mirror/cache/download/example.com/hello/@v/list":        "v1.0.0\n",
		"{home}/mirror/cache/download/example.com/hello/@v/v1.0.0.info": `{"Version":"v1.0.0"}`,
		"{home}/mirror/cache/download/example.com/hello/@v/v1.0.0.mod":  "module example.com/hello\n",
	}
	private := envcheck.Policy{Private: []string{"git.corp.example"}}
	needsLib := map[string]string{"go.mod": "module app.example/app\n\ngo 1.24\n\nrequire git.corp.example/team/lib v1.0.0\n"}
	lib := []string{"mod", "download", "git.corp.example/team/lib@v1.0.0"}
	return []reproduction{
		{code: "PRX009", environ: proxied("http://goproxy.cn/404"), prepare: named("goproxy.cn"), policy: private, files: needsLib,
			run: lib, fails: true, says: "404 Not Found", verify: asked("/404/git.corp.example/team/lib/", true), finding: fixes("GOPRIVATE=git.corp.example")},
		{code: "PRX009", name: "with direct", clean: true, environ: proxied("http://goproxy.cn/404,direct"), policy: private, files: needsLib},
		{code: "PRX009", name: "a mirror of the house", clean: true, environ: proxied("{mirror}/ok"), policy: private, files: needsLib, run: lib},
		{code: "PRX009", name: "covered", clean: true, environ: map[string]string{"GOPROXY": "http://goproxy.cn/404", "GOPRIVATE": "git.corp.example"}, policy: private, files: needsLib},

		{code: "PRX010", environ: proxied("{mirror}/500,{mirror}/ok"), run: hello, fails: true, says: "500 Internal Server Error", verify: asked("/ok/", false), finding: fixes("/500|")},
		{code: "PRX010", name: "a single public mirror", environ: proxied("https://goproxy.cn,direct"), finding: fixes(envcheck.MirrorsCN)},
		{code: "PRX010", name: "pipe", clean: true, environ: proxied("{mirror}/500|{mirror}/ok"), run: hello, verify: asked("/ok/", true)},
		{code: "PRX010", name: "what comes with Go", clean: true},
		{code: "PRX010", name: "one mirror of the house", clean: true, environ: proxied("{mirror}/ok,direct"), run: hello},

		{code: "PRX011", environ: proxied("{mirror}/500|direct"), run: hello, fails: true, says: `https fetch: Get "https://example.com/hello?go-get=1"`, finding: fixes("/500,direct")},
		{code: "PRX011", name: "comma", clean: true, environ: proxied("{mirror}/500,direct"), run: hello, fails: true, says: "500 Internal Server Error", silent: "go-get=1"},
		{code: "PRX011", name: "what we recommend", clean: true, profile: "cn", environ: proxied(envcheck.MirrorsCN)},

		{code: "PRX012", profile: "cn", run: []string{"env", "GOPROXY"}, verify: goesByDefault, finding: func(t *testing.T, f envcheck.Finding) {
			if f.Fix == nil || len(f.Fix.Changes) != 1 || f.Fix.Changes[0].Value != envcheck.MirrorsCN {
				t.Errorf("fix %+v", f.Fix)
			}
		}},
		{code: "PRX012", name: "elsewhere it is fine", clean: true, run: []string{"env", "GOPROXY"}, verify: goesByDefault},
		{code: "PRX012", name: "another was chosen", clean: true, profile: "cn", environ: proxied("{mirror}/ok"), run: hello},
		{code: "PRX012", name: "a distribution chose another", clean: true, profile: "cn", goEnv: "GOPROXY=https://goproxy.cn,direct\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=local\n"},

		{code: "PRX013", environ: proxied("https://gocenter.io,direct"), finding: fixes("unset GOPROXY")},
		{code: "PRX013", name: "another host of that name", clean: true, environ: proxied("https://notgocenter.io,direct")},

		{code: "PRX020", environ: proxied("off"), files: map[string]string{"go.mod": needsHello}, change: looksAtCache, run: hello, fails: true, says: "module lookup disabled by GOPROXY=off"},
		{code: "PRX020", name: "private ones come from their host", clean: true, environ: map[string]string{"GOPROXY": "off", "GOPRIVATE": "example.com"}, files: map[string]string{"go.mod": needsHello}, change: looksAtCache},
		{code: "PRX020", name: "vendored", clean: true, environ: proxied("off"), files: map[string]string{"go.mod": needsHello, "vendor/modules.txt": "# example.com/hello v1.0.0\n## explicit\n"}, change: looksAtCache},
		{code: "PRX020", name: "all is there", clean: true, environ: proxied("off"), files: map[string]string{"go.mod": needsHello,
			"{home}/go/pkg/mod/cache/download/example.com/hello/@v/v1.0.0.info": "{}", "{home}/go/pkg/mod/cache/download/example.com/hello/@v/v1.0.0.mod": "module example.com/hello\n", "{home}/go/pkg/mod/cache/download/example.com/hello/@v/v1.0.0.zip": "x"}},

		{code: "PRX021", environ: proxied("file://{home}/none"), change: looksAtFolders, run: hello, fails: true, says: "no such file or directory"},
		{code: "PRX021", name: "too high", environ: map[string]string{"GOPROXY": "file://{home}/mirror", "GOSUMDB": "{sumdb}"}, files: folder, change: looksAtFolders,
			run: []string{"list", "-m", "example.com/hello@v1.0.0"}, fails: true, says: "no such file or directory", finding: fixes("/mirror/cache/download")},
		{code: "PRX021", name: "empty", environ: proxied("file://{home}"), change: looksAtFolders, run: hello, fails: true, says: "no such file or directory"},
		{code: "PRX021", name: "a folder of modules", clean: true, environ: map[string]string{"GOPROXY": "file://{home}/mirror/cache/download", "GOSUMDB": "{sumdb}"}, files: folder, change: looksAtFolders,
			run: []string{"list", "-m", "example.com/hello@v1.0.0"}, says: "example.com/hello v1.0.0"},

		{code: "PRX022", profile: "airgap", environ: proxied("{mirror}/404,direct"), run: hello, fails: true, says: `https fetch: Get "https://example.com/hello?go-get=1"`, finding: func(t *testing.T, f envcheck.Finding) {
			severe(envcheck.Error)(t, f)
			fixes("/404,off")(t, f)
		}},
		{code: "PRX022", name: "what comes with Go", profile: "airgap", finding: fixes("GOPROXY=off")},
		{code: "PRX022", name: "off", clean: true, profile: "airgap", environ: proxied("{mirror}/404,off"), run: hello, fails: true, says: "module lookup disabled by GOPROXY=off"},
		{code: "PRX022", name: "with a way out", clean: true, environ: proxied("{mirror}/404,direct")},

		{code: "PRX023", environ: proxied("http://goproxy.loongnix.cn:3000"), finding: severe(envcheck.Security)},
		{code: "PRX023", name: "on the old world", environ: proxied("http://goproxy.loongnix.cn:3000"), finding: severe(envcheck.Warning),
			change: func(_ *testing.T, s *envcheck.Snapshot) { s.Machine.LoongWorld = "old" }},
		{code: "PRX023", clean: true, environ: proxied("https://goproxy.cn,direct")},

		{code: "PRX024", environ: proxied("https://goproxy.io,direct"), policy: envcheck.Policy{Mirrors: []string{"https://go.corp.example/proxy"}}, finding: fixes("GOPROXY=https://go.corp.example/proxy,direct")},
		{code: "PRX024", name: "a neighbour of one that is allowed", environ: proxied("https://go.corp.example/proxy2"), policy: envcheck.Policy{Mirrors: []string{"https://go.corp.example/proxy"}, GOPROXY: "https://go.corp.example/proxy,off"},
			finding: fixes("GOPROXY=https://go.corp.example/proxy,off")},
		{code: "PRX024", name: "what comes with Go", policy: envcheck.Policy{Mirrors: []string{"https://go.corp.example/proxy"}}},
		{code: "PRX024", name: "below one that is allowed", clean: true, environ: proxied("https://go.corp.example/proxy/eu/,direct"), policy: envcheck.Policy{Mirrors: []string{"https://go.corp.example/proxy"}}},
		{code: "PRX024", name: "no policy", clean: true, environ: proxied("https://goproxy.io,direct")},

		{code: "PRX025", profile: "cn", environ: proxied("direct"), run: hello, fails: true, says: `https fetch: Get "https://example.com/hello?go-get=1"`, finding: func(t *testing.T, f envcheck.Finding) {
			severe(envcheck.Warning)(t, f)
			fixes(envcheck.MirrorsCN)(t, f)
		}},
		{code: "PRX025", name: "elsewhere", environ: proxied("direct"), finding: severe(envcheck.Info)},
		{code: "PRX025", name: "in a script", environ: proxied("{mirror}/ok"), change: found("GOPROXY", "direct", envcheck.FromScript, "build.sh", 2)},
		{code: "PRX025", name: "a mirror before", clean: true, profile: "cn", environ: proxied("{mirror}/ok,direct"), run: hello},
		{code: "PRX025", name: "a distribution's choice", clean: true, goEnv: "GOPROXY=direct\nGOSUMDB=off\nGOTOOLCHAIN=local\n"},
	}
}

// goesByDefault asserts that the go command uses the mirror that stands in
// GOROOT/go.env.
func goesByDefault(t *testing.T, w *world, out string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(w.goroot, "go.env"))
	if err != nil {
		t.Fatal(err)
	}
	a, _ := goenv.ParseFile(b).Get("GOPROXY")
	if u, err := url.Parse(strings.Split(a.Value, ",")[0]); err != nil || u.Host == "" || strings.TrimSpace(out) != a.Value {
		t.Errorf("go.env says %q, go env %q", a.Value, out)
	}
}
