package goenv

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/module"
)

// recorder is a module proxy on loopback. The first element of the path says how
// it answers: a status, or ok. It keeps what it was asked.
type recorder struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // "404/n example.test/x/@v/list": the mode and the name, then the rest
}

func newRecorder(t testing.TB) *recorder {
	r := &recorder{}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.Close)
	return r
}

func (r *recorder) serve(w http.ResponseWriter, req *http.Request) {
	parts := strings.SplitN(strings.TrimPrefix(req.URL.Path, "/"), "/", 3)
	if len(parts) < 3 {
		http.NotFound(w, req)
		return
	}
	r.mu.Lock()
	r.asked = append(r.asked, parts[0]+"/"+parts[1]+" "+parts[2])
	r.mu.Unlock()
	switch parts[0] {
	case "404":
		http.NotFound(w, req)
	case "403":
		http.Error(w, "no", http.StatusForbidden)
	case "500":
		http.Error(w, "no", http.StatusInternalServerError)
	case "ok":
		r.module(w, req, parts[2])
	}
}

// module serves any module path at v1.0.0, and no checksum database.
func (r *recorder) module(w http.ResponseWriter, req *http.Request, rest string) {
	escaped, file, found := strings.Cut(rest, "/@v/")
	path, err := module.UnescapePath(escaped)
	if !found || err != nil {
		http.NotFound(w, req)
		return
	}
	switch filepath.Ext(file) {
	case ".info":
		fmt.Fprint(w, `{"Version":"v1.0.0","Time":"2026-01-01T00:00:00Z"}`)
	case ".mod":
		fmt.Fprintf(w, "module %s\n", path)
	case ".zip":
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		f, _ := z.Create(path + "@v1.0.0/x.go")
		fmt.Fprint(f, "package x\n")
		z.Close()
		w.Write(b.Bytes())
	default:
		http.NotFound(w, req)
	}
}

// names returns what was asked since the last call: who, in order, each once,
// with some file of a module.
func (r *recorder) names() (out []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.asked {
		if name, _, _ := strings.Cut(a, " "); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	r.asked = nil
	return out
}

// goModules is a folder and an environment for the real go without any cache.
type goModules struct {
	exe, dir string
	environ  []string
}

func newGoModules(t testing.TB) goModules {
	exe, _ := realGo(t)
	home := quietHome(t, t.TempDir())
	dir := filepath.Join(home, "m")
	write(t, filepath.Join(dir, "go.mod"), "module here.test/m\n\ngo 1.21\n")
	return goModules{exe: exe, dir: dir, environ: []string{"HOME=" + home, "GOENV=off", "GOTOOLCHAIN=local", "GOPATH=" + filepath.Join(home, "go"), "GOCACHE=" + filepath.Join(home, "cache"), "PATH=/home/dev/empty", "GOFLAGS=-modcacherw", "GOSUMDB=off", "GOVCS=*:off",
		// What is meant for the network, be it a name to look up, ends here.
		"HTTP_PROXY=http://127.0.0.1:1", "HTTPS_PROXY=http://127.0.0.1:1"}}
}

func (g goModules) run(settings []string, args ...string) (string, error) {
	_, stderr, err := runGo(g.dir, g.exe, append(slices.Clone(g.environ), settings...), args...)
	return stderr, err
}

// TestProxiesAgainstGo gives generated lists to the real go and to ParseProxies:
// the error is of the same class, and the mirrors are asked in the order of the
// live entries, as far as "," and "|" let go on.
func TestProxiesAgainstGo(t *testing.T) {
	mirror, g := newRecorder(t), newGoModules(t)
	rnd := rand.New(rand.NewPCG(7, 7))
	lists := []string{",", " ", "|,|", "off", "direct", "Direct", "direct/", "htp://x.test", "/abs/path", "a b", "https://", "//host/x",
		"file://host/x", "file:///home/dev/none", "ftp://u:pw@h.test/?token=s3cret", "http:foo", "https://[::1", "off,Direct", "direct,htp://x", "mirror",
		mirror.URL + "/404/a;" + mirror.URL + "/404/b", mirror.URL + "/404/a,off", " " + mirror.URL + "/500/a | " + mirror.URL + "/404/b\t,\n off \r"}
	for range 40 {
		var b strings.Builder
		for i := range 1 + rnd.IntN(4) {
			if i > 0 {
				b.WriteString([]string{",", "|", ", ", ",,", "|"}[rnd.IntN(5)])
			}
			switch rnd.IntN(12) {
			case 0:
				b.WriteString([]string{"off", "direct", "OFF", "direct/", "htp://x.test", "", "file:///home/dev/none"}[rnd.IntN(7)])
			default:
				fmt.Fprintf(&b, "%s/%s/m%d", mirror.URL, []string{"404", "404", "403", "500", "ok"}[rnd.IntN(5)], i)
			}
		}
		lists = append(lists, b.String())
	}
	refused, asked := 0, 0
	for i, list := range lists {
		mod := fmt.Sprintf("example.test/x%d", i)
		stderr, runErr := g.run([]string{"GOPROXY=" + list}, "mod", "download", mod+"@v1.0.0")
		got := mirror.names()
		ps, err := ParseProxies(list)
		if err != nil {
			refused++
			if runErr == nil || !strings.Contains(stderr, goText(t, err)) {
				t.Errorf("GOPROXY=%q: we say %q, go says %q", list, err, stderr)
			}
			if len(got) > 0 {
				t.Errorf("GOPROXY=%q is refused, yet asks %q", list, got)
			}
			continue
		}
		for _, text := range []string{"invalid proxy URL", "contains no entries"} {
			if strings.Contains(stderr, text) {
				t.Errorf("GOPROXY=%q: we accept it, go says %q", list, stderr)
			}
		}
		if want := order(ps, mirror.URL); !slices.Equal(got, want) {
			t.Errorf("GOPROXY=%q asked %q, the list means %q\n%s", list, got, want, stderr)
		}
		asked += len(got)
	}
	t.Logf("%d lists: %d refused, %d mirrors asked", len(lists), refused, asked)
	if refused < 10 || asked < 40 {
		t.Errorf("only %d refused, %d asked: the test has lost its subject", refused, asked)
	}
}

// goText is the part of our error that the go command prints as well.
func goText(t *testing.T, err error) string {
	if errors.Is(err, ErrNoProxies) {
		return err.Error()
	}
	for _, class := range []string{"invalid proxy URL missing scheme", "invalid proxy URL scheme (must be https, http, file)", "invalid file:// proxy URL with non-path elements"} {
		if strings.HasPrefix(err.Error(), class) {
			return class
		}
	}
	if strings.HasPrefix(err.Error(), "invalid proxy URL: ") {
		return "parse " // go prints the error of net/url with the whole URL
	}
	t.Errorf("an error of no known class: %v", err)
	return "?"
}

// order is who must be asked for a module, by the meaning of the separators.
func order(ps Proxies, base string) (out []string) {
	for _, p := range ps.Live() {
		name, mine := strings.CutPrefix(strings.TrimSpace(p.Raw), base+"/")
		switch {
		case p.Word != "":
			return out
		case p.URL.Scheme == "file":
			continue // an empty folder: the module is not there
		case !mine:
			if !p.Fallback() {
				return out
			}
			continue
		}
		part := strings.SplitN(name, "/", 3) // a semicolon and what follows is a path to go
		if name = part[0] + "/" + part[1]; !slices.Contains(out, name) {
			out = append(out, name)
		}
		if mode := part[0]; mode == "ok" || mode != "404" && !p.Fallback() {
			return out
		}
	}
	return out
}

// TestPatternsAgainstGo asks the real go for a module under many values of
// GOPRIVATE, GONOPROXY and GONOSUMDB, and looks into the log of the mirror: was
// it told the path, was the checksum database asked for it.
func TestPatternsAgainstGo(t *testing.T) {
	mirror, g := newRecorder(t), newGoModules(t)
	patterns := []string{"", "git.corp.test", "*.corp.test", "*.corp.test/*", "git.corp.test/", "git.corp.test/team/*", "git.corp.tes?", "*", "https://git.corp.test", "git.corp.test:8443",
		"corp.test", ".corp.test", "*.corp.test/.*", "git.corp.test/team/...", "git.corp.test//", " git.corp.test", "git.corp.test ", "x y", "x;git.corp.test", "GIT.corp.test", "[", "none",
		"[,git.corp.test", "a, git.corp.test", "a,git.corp.test,", "git.corp.test/team/r*/sub", "git.corp.test\r", "/", "git.corp.test/team/repo.git"}
	rnd := rand.New(rand.NewPCG(3, 3))
	told := 0
	for i := range 70 {
		private, noproxy, nosumdb := patterns[i%len(patterns)], "", ""
		if i >= len(patterns) {
			noproxy, nosumdb = patterns[rnd.IntN(len(patterns))], patterns[rnd.IntN(len(patterns))]
		}
		path := fmt.Sprintf("git.corp.test/team/repo%d", i)
		settings := []string{"GOPRIVATE=" + private, "GONOPROXY=" + noproxy, "GONOSUMDB=" + nosumdb, "GOPROXY=" + mirror.URL + "/ok/m,off",
			"GOSUMDB=" + PublicSumDB + " " + mirror.URL + "/404/sumdb"}
		stderr, _ := g.run(settings, "mod", "download", path+"@v1.0.0")
		mirror.mu.Lock()
		log := strings.Join(mirror.asked, "\n")
		mirror.asked = nil
		mirror.mu.Unlock()
		e := Resolve(Sources{Environ: settings})
		byPass, unchecked := MatchPatterns(e.Get("GONOPROXY"), path), MatchPatterns(e.Get("GONOSUMDB"), path)
		if got := strings.Contains(log, "ok/m "+path); got == byPass {
			t.Errorf("%q: the mirror was told: %v, by the patterns it must not: %v\n%s\n%s", settings, got, byPass, log, stderr)
		} else if got {
			told++
		}
		if byPass {
			continue // nothing is downloaded, so nothing is verified
		}
		if got := strings.Contains(log, "404/sumdb lookup/"+path); got == unchecked {
			t.Errorf("%q: the database was asked: %v, by the patterns it must not: %v\n%s\n%s", settings, got, unchecked, log, stderr)
		}
	}
	if told < 10 || told > 65 {
		t.Errorf("%d of 70 told: the test has lost its subject", told)
	}
}

// TestSumDBAgainstGo compares the errors of GOSUMDB.
func TestSumDBAgainstGo(t *testing.T) {
	mirror, g := newRecorder(t), newGoModules(t)
	key := PublicSumDBKey
	for i, value := range []string{"sum.golang.google.cn ", "off ", "OFF", "https://sum.golang.org", "goproxy.cn", "a,b", "sum.golang.google.cn https://sum.golang.google.cn",
		"sum.golang.org+https://gocenter.io/sumdb/sum.golang.org", strings.Replace(key, "033de0ae", "033de0af", 1), key[:len(key)-4], key + " https://a.test b", " \t", "sum.golang.org https://[::1", "sum.golang.org\r",
		"sum.golang.org\r" + "http://127.0.0.1:1", key + " http://127.0.0.1:1", "sum.golang.org", PublicSumDBAlias} {
		if _, err := ParseSumDB(value); err == nil {
			stderr, runErr := g.run([]string{"GOSUMDB=" + value, "GOPROXY=" + mirror.URL + "/ok/m"}, "mod", "download", fmt.Sprintf("db.test/x%d@v1.0.0", i))
			if runErr == nil || strings.Contains(stderr, "GOSUMDB") {
				t.Errorf("GOSUMDB=%q: we accept it, go says %q", value, stderr)
			}
			continue
		} else {
			stderr, runErr := g.run([]string{"GOSUMDB=" + value, "GOPROXY=" + mirror.URL + "/ok/m"}, "mod", "download", fmt.Sprintf("db.test/x%d@v1.0.0", i))
			want := err.Error()
			if strings.HasPrefix(want, "invalid GOSUMDB URL: ") {
				want = "invalid GOSUMDB URL: "
			}
			if runErr == nil || !strings.Contains(stderr, want) {
				t.Errorf("GOSUMDB=%q: we say %q, go says %q", value, err, stderr)
			}
		}
	}
}

// TestProxyErrorsKeepSecrets plants secrets in every part of an address.
func TestProxyErrorsKeepSecrets(t *testing.T) {
	for _, v := range []string{"ftp://u:s3cret@h.test", "ftp://s3cret@h.test", "//s3cret@h.test/", "ftp://h.test/?token=s3cret", "file://h.test/#s3cret", "https://u:s3/cret@h.test", "https://u:s3%zzcret@h.test",
		"https://h.test:port?x=s3cret", "x:s3cret@h.test", "u:s3cret@h.test", "ftp:u:s3cret@h"} {
		_, err := ParseProxies(v)
		if accepted := strings.HasSuffix(v, "@h.test") && !strings.Contains(v, "//") || v == "ftp:u:s3cret@h"; accepted != (err == nil) {
			t.Errorf("%q: %v", v, err) // the go command puts https:// before it
		} else if err != nil && (strings.Contains(err.Error(), "s3") || strings.Contains(err.Error(), "cret")) {
			t.Errorf("%q: %v", v, err)
		}
		if _, err := ParseSumDB("sum.golang.org " + v); err != nil && strings.Contains(err.Error(), "s3") {
			t.Errorf("GOSUMDB %q: %v", v, err)
		}
	}
}
