//go:build unix

package bootstrap

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// site is a mirror with SDKs and modules, and a checksum database of its own.
type site struct {
	*mirrortest.Server
	url  string
	page bool // answers everything with a login page
}

const toolMod, toolVersion = "tool.example/hello", "v1.2.3"

func newSite(t *testing.T, versions ...string) *site {
	t.Helper()
	logged, zips := map[string]string{}, map[string][]byte{}
	for _, v := range versions {
		data, h1 := packed(t, demo(v), fakeSDK(v))
		m := demo(v).Module()
		logged[m.String()] = h1
		zips["/golang.org/toolchain/@v/"+m.Version+".zip"] = data
	}
	s := &site{Server: mirrortest.New(t, mirrortest.Options{SumDB: "sum.corp.test", Logged: logged, Modules: mirrortest.Modules{
		toolMod + "@" + toolVersion: {"go.mod": "module " + toolMod + "\n\ngo 1.21\n", "main.go": "package main\n\nfunc main() { println(\"hello\") }\n"},
	}})}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.page {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html>please log in"))
			return
		}
		if data, ok := zips[r.URL.Path]; ok {
			http.ServeContent(w, r, "", now, bytes.NewReader(data))
			return
		}
		http.Redirect(w, r, s.Server.URL(mirrortest.OK)+r.URL.Path, http.StatusFound)
	}))
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

func (s *site) org() *Org {
	return &Org{GOPROXY: s.url, GOSUMDB: s.SumDBKey() + " " + s.SumDBURL(), Go: OrgGo{Archives: []string{}}}
}

// From a mirror, proven by the database; B8: a login page in place of everything
// is refused; B13: whatever the umask, others can read it.
func TestFromMirror(t *testing.T) {
	s := newSite(t, "go1.26.8")
	dir := home(t, "dev")
	w := Wanted{Org: s.org(), Newest: "1.26.8"}
	p, err := plan(t, look(t, dir), w)
	if err != nil || p.SDK.By != "checksum-database" || p.SDK.Size == 0 || !strings.HasPrefix(p.SDK.Source, s.url) {
		t.Fatalf("%v %+v", err, p)
	}
	s.page = true
	if err := p.Apply(context.Background(), now); err == nil || exists(filepath.Join(dir, ".profile")) {
		t.Errorf("a login page: %v", err)
	}
	s.page = false
	defer umask(0o077)()
	apply(t, look(t, dir), w)
	d := look(t, dir)
	for _, f := range []string{d.Root, d.join("go"), d.join("go", "go1.26.8"), d.join("go", "go1.26.8", "bin", "go")} {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("%s: %v %v", f, info.Mode(), err)
		}
	}
	// What was proven once needs no network.
	if p, err := plan(t, d, Wanted{Org: w.Org, Newest: "1.26.8", Offline: true}); err != nil || !p.Empty() {
		t.Errorf("offline: %v %+v", err, p)
	}
	if _, err := plan(t, d, Wanted{Org: w.Org, Go: "1.26.9"}); msg.KindOf(err) != msg.Incomplete {
		t.Errorf("a release that is none: %v", err)
	}
	if _, err := plan(t, d, Wanted{Org: w.Org, Go: "latest"}); msg.KindOf(err) != msg.Usage {
		t.Errorf("no version: %v", err)
	}
}

// A tool is built by the SDK from the mirror; a wrong pin is refused; the second
// time it is there.
func TestTools(t *testing.T) {
	s := newSite(t, "go1.26.8")
	dir := home(t, "dev")
	write(t, filepath.Join(dir, ".config", "go", "telemetry", "mode"), "off\n") // a process of its own would write it still while the home is removed
	caches := append(goCaches(t), "GOMODCACHE="+filepath.Join(t.TempDir(), "mod"))
	zip, _ := s.Sums(toolMod, toolVersion)
	w := Wanted{Org: s.org(), Newest: "1.26.8"}
	w.Org.Tools = []Tool{{Module: toolMod, Version: toolVersion, H1: "h1:" + strings.Repeat("A", 43) + "="}}
	p, err := plan(t, look(t, dir, caches...), w)
	if err != nil || p.Tools[0].Ready {
		t.Fatal(err)
	}
	if err := p.Apply(context.Background(), now); msg.KindOf(err) != msg.Findings || !p.Applied {
		t.Errorf("a wrong pin: %v", err)
	}
	if entries, _ := os.ReadDir(look(t, dir).join("bin")); len(entries) != 0 {
		t.Errorf("left %v", entries)
	}
	w.Org.Tools[0].H1 = zip
	apply(t, look(t, dir, caches...), w)
	if out, err := exec.Command(look(t, dir).join("bin", "hello")).CombinedOutput(); err != nil || string(out) != "hello\n" {
		t.Errorf("%q %v", out, err)
	}
	if p, err := plan(t, look(t, dir, caches...), w); err != nil || !p.Empty() || !p.Tools[0].Ready {
		t.Errorf("%v %+v", err, p.Tools)
	}
	clean := exec.Command(realGo(), "clean", "-modcache")
	clean.Env = append(environ(dir), caches...)
	if out, err := clean.CombinedOutput(); err != nil {
		t.Errorf("%s %v", out, err)
	}
}

func goCaches(t *testing.T) []string {
	out, err := exec.Command(realGo(), "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return []string{"GOCACHE=" + strings.TrimSpace(string(out))}
}

// B6: from a bundle, without a network; what it does not prove is refused. That a
// bundle whose sums are wrong is refused is tested in package bundle.
func TestBundle(t *testing.T) {
	s := newSite(t, "go1.26.7", "go1.26.8")
	sdks, _ := sdkDir(t, "go1.26.7", "go1.26.8")
	var proof bytes.Buffer
	remote := func(ctx context.Context, path string) ([]byte, error) { return get(ctx, s.SumDBURL()+path) }
	if err := gosdk.WriteProof(context.Background(), &proof, gosdk.ProofOptions{Remote: remote, Key: s.SumDBKey(), Releases: []gosdk.Release{demo("go1.26.8")}}); err != nil {
		t.Fatal(err)
	}
	b := &Bundle{Go: "1.26.8", SDKs: sdks, Sequence: 3, Proof: func(ctx context.Context, key string) (gosdk.Log, error) {
		p, err := gosdk.OpenProof(ctx, bytes.NewReader(proof.Bytes()), int64(proof.Len()))
		if err != nil {
			return nil, err
		}
		return gosdk.NewLog(key, p.ReadRemote)
	}}
	o := &Org{GOSUMDB: s.SumDBKey()}
	h := home(t, "dev")
	s.Forget()
	if p := apply(t, look(t, h), Wanted{Org: o, Bundle: b, Newest: "1.20"}); p.SDK.By != "proof-file" || p.SDK.Version != "go1.26.8" {
		t.Errorf("%+v", p.SDK)
	}
	if _, err := plan(t, look(t, h), Wanted{Org: o, Bundle: b, Go: "1.26.7", AllowDowngrade: true}); msg.KindOf(err) != msg.Incomplete {
		t.Errorf("a version without a proof: %v", err)
	}
	b.Tools = []Tool{{Package: toolMod, Version: toolVersion}}
	p, err := plan(t, look(t, h), Wanted{Org: o, Bundle: b})
	if err != nil || len(p.Tools) != 1 {
		t.Fatal(p, err)
	}
	if err := p.Apply(context.Background(), now); msg.KindOf(err) != msg.Incomplete {
		t.Errorf("tools without modules: %v", err)
	}
	b.Sequence = 2
	if _, err := plan(t, look(t, h), Wanted{Org: o, Bundle: b}); msg.KindOf(err) != msg.Findings {
		t.Errorf("an older bundle: %v", err)
	}
	if r := s.Requests(); len(r) > 0 {
		t.Errorf("asked the network: %v", r)
	}
}

func get(ctx context.Context, url string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer a.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(a.Body)
	return b.Bytes(), err
}

// With a bundle the tools ask it for the database's answers: an address of the
// database's own, as a site has it, would lead to a network.
func TestToolsAskTheBundle(t *testing.T) {
	sdks, h1 := sdkDir(t, "go1.26.8")
	for gosumdb, alone := range map[string]string{
		"sum.corp.test+5a1e4d5c+AbcdEFGH http://127.0.0.1:1/db": "sum.corp.test+5a1e4d5c+AbcdEFGH",
		"sum.golang.google.cn": "sum.golang.org",
	} {
		for _, b := range []*Bundle{nil, {Go: "1.26.8", SDKs: sdks, Proxy: "file:///media/modules"}} {
			p, err := plan(t, look(t, home(t, "dev"), "GOSUMDB="+gosumdb), Wanted{SDK: sdks, Bundle: b, Offline: true, Pins: pins(h1), Newest: "1.26.8"})
			if err != nil {
				t.Fatal(err)
			}
			env, err := p.toolEnv(t.TempDir())
			want := "GOSUMDB=" + gosumdb
			if b != nil {
				want = "GOSUMDB=" + alone
			}
			if err != nil || !slices.Contains(env, want) {
				t.Errorf("%s, bundle %v: %v %q", gosumdb, b != nil, err, env)
			}
		}
	}
}
