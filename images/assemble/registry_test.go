package assemble

import (
	"bytes"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"github.com/yingzao-dev/yingzao/images/sbom"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// hub is a registry in this process that can misbehave and remembers what it was
// asked.
type hub struct {
	*httptest.Server
	host string
	rt   http.RoundTripper

	mu    sync.Mutex
	asked []string
	// fault answers instead of the registry if it returns true.
	fault func(w http.ResponseWriter, r *http.Request) bool
}

func newHub(t testing.TB, options ...registry.Option) *hub {
	t.Helper()
	t.Setenv("HOME", t.TempDir()) // nobody's docker credentials
	t.Setenv("DOCKER_CONFIG", t.TempDir())
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("REGISTRY_AUTH_FILE", "")
	h := &hub{}
	inner := registry.New(append(options, registry.Logger(log.New(io.Discard, "", 0)))...)
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		h.asked = append(h.asked, r.Method+" "+r.URL.Path)
		fault := h.fault
		h.mu.Unlock()
		if fault == nil || !fault(w, r) {
			inner.ServeHTTP(w, r)
		}
	}))
	h.host = strings.TrimPrefix(h.URL, "http://")
	client := httpx.New(httpx.Options{})
	h.rt = client.Transport
	t.Cleanup(func() { client.CloseIdleConnections(); h.Close() })
	return h
}

func (h *hub) misbehave(fault func(w http.ResponseWriter, r *http.Request) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fault, h.asked = fault, nil
}

// count is how many requests there were of a method whose path holds the word.
func (h *hub) count(method, word string) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range h.asked {
		if strings.HasPrefix(a, method+" ") && strings.Contains(a, word) {
			n++
		}
	}
	return n
}

// give puts an image or index of others' making into the registry.
func (h *hub) give(t testing.TB, ref string, what remote.Taggable) {
	t.Helper()
	tag, err := name.NewTag(h.host + "/" + ref)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Push(tag, what, remote.WithTransport(h.rt)); err != nil {
		t.Fatal(err)
	}
}

func (h *hub) source(ref string) Source { return Source{Kind: Registry, Ref: h.host + "/" + ref} }

func twoArchs(t testing.TB) v1.ImageIndex {
	t.Helper()
	return mutate.AppendManifests(empty.Index,
		mutate.IndexAddendum{Add: imageOf(t, "amd64", debianRoot("amd64")...), Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "amd64"}}},
		mutate.IndexAddendum{Add: imageOf(t, "arm64", debianRoot("arm64")...), Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "arm64", Variant: "v8"}}},
		mutate.IndexAddendum{Add: imageOf(t, "loongarch64", debianRoot("loong64")...), Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "loongarch64"}}},
	)
}

func digestOf(t testing.TB, d interface{ Digest() (v1.Hash, error) }) string {
	t.Helper()
	h, err := d.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return h.String()
}

func (h *hub) check(t testing.TB, s Source, n Need) (*Facts, error) {
	t.Helper()
	return Check(t.Context(), CheckOptions{Base: s, Need: n, Cache: t.TempDir(), Transport: h.rt})
}

func TestBaseFromRegistry(t *testing.T) {
	h := newHub(t)
	index := twoArchs(t)
	h.give(t, "os/debian:12", index)
	single := imageOf(t, "amd64", debianRoot("amd64")...)
	h.give(t, "os/single:1", single)

	f, err := h.check(t, h.source("os/debian:12"), Need{Arch: "arm64"})
	if err != nil || f.OS != "debian" || f.Index != digestOf(t, index) || len(f.Warnings) != 1 || f.Warnings[0].Code != "base-unpinned" {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := h.check(t, h.source("os/debian:12"), Need{Arch: "loong64"}); err != nil || f.Arch != "loong64" {
		t.Errorf("named as the kernel does: %+v, %v", f, err)
	}
	for where, s := range map[string]Source{"index": h.source("os/debian@" + f.Index), "manifest": h.source("os/debian@" + f.Digest)} {
		if f, err := h.check(t, s, Need{Arch: "arm64"}); err != nil || len(f.Warnings) != 0 {
			t.Errorf("by digest of the %s: %+v, %v", where, f, err)
		}
	}
	for _, locked := range []string{f.Index, f.Digest} {
		if f, err := h.check(t, h.source("os/debian:12"), Need{Arch: "arm64", Digest: locked}); err != nil || len(f.Warnings) != 0 {
			t.Errorf("locked to %s: %+v, %v", locked, f, err)
		}
	}
	_, err = h.check(t, h.source("os/single:1"), Need{Arch: "arm64"})
	refused(t, err, "for linux/amd64, not linux/arm64")
	if n := h.count("GET", "/blobs/"+digestOf(t, single)); n != 0 {
		t.Error("layers were fetched for the wrong machine")
	}
	_, err = h.check(t, h.source("os/none:1"), Need{Arch: "arm64"})
	refused(t, err, "does not have it")

	// The vendor rebuilt the tag: the locked image is still what is used.
	h.give(t, "os/debian:12", single)
	if g, err := h.check(t, h.source("os/debian:12"), Need{Arch: "arm64", Digest: f.Digest}); err != nil || g.Digest != f.Digest {
		t.Errorf("after the tag moved: %+v, %v", g, err)
	}
	// And a lock that names nothing there is an error that says what is there.
	_, err = h.check(t, h.source("os/debian:12"), Need{Arch: "amd64", Digest: someDigest})
	refused(t, err, "it is "+digestOf(t, single)+", and "+someDigest+" is locked")
}

func TestBaseLayersAreFetchedOnce(t *testing.T) {
	h := newHub(t)
	h.give(t, "os/debian:12", twoArchs(t))
	o := options(t, Platform{Base: h.source("os/debian:12"), SDK: fakeSDK("arm64", nil)})
	o.Transport = h.rt
	first := build(t, o)
	h.misbehave(nil)
	second := build(t, o)
	if n := h.count("GET", "/blobs/"+first.Platforms[0].Layers[0].Digest); n != 0 || second.Digest != first.Digest || !second.Platforms[0].Layers[0].Reused {
		t.Errorf("fetched again %d times; %+v", n, second.Platforms[0].Layers)
	}
	config, err := openIndex(t, o.Output.Path, "latest").Image(hashMust(t, first.Platforms[0].Digest))
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.ConfigFile()
	if err != nil || c.Config.Labels["org.opencontainers.image.base.name"] != h.host+"/os/debian:12" || c.Config.Env[0] != "LANG=C" {
		t.Errorf("%+v, %v", c, err)
	}
}

func hashMust(t testing.TB, s string) v1.Hash {
	t.Helper()
	h, err := v1.NewHash(s)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestPush(t *testing.T) {
	for sort, h := range map[string]*hub{"referrers API": newHub(t, registry.WithReferrersSupport(true)), "fallback tag": newHub(t)} {
		o := options(t, threeArchs(t)...)
		o.Output, o.Transport = Output{Kind: Registry, Ref: h.host + "/team/go:1.26"}, h.rt
		r := build(t, o)
		tag, err := name.NewTag(o.Output.Ref)
		if err != nil {
			t.Fatal(err)
		}
		index, err := remote.Index(tag, remote.WithTransport(h.rt))
		if err != nil || digestOf(t, index) != r.Digest || r.Tag != "1.26" {
			t.Fatalf("%s: %v", sort, err)
		}
		if err := validate.Index(index); err != nil {
			t.Errorf("%s: %v", sort, err)
		}
		for _, p := range r.Platforms {
			referrers, err := remote.Referrers(tag.Context().Digest(p.Digest), remote.WithTransport(h.rt))
			if err != nil {
				t.Fatal(sort, err)
			}
			m, err := referrers.IndexManifest()
			if err != nil || len(m.Manifests) != 1 || m.Manifests[0].Digest.String() != p.SBOM ||
				sort == "fallback tag" && m.Manifests[0].ArtifactType != sbom.MediaType { // this server's API gives the config's type
				t.Errorf("%s: referrers of %s: %+v, %v", sort, p.Platform, m, err)
			}
		}
		var size int64
		seen := map[string]bool{} // platforms share layers
		for _, p := range r.Platforms {
			for _, l := range p.Layers {
				if !seen[l.Digest] {
					size += l.Size
				}
				seen[l.Digest] = true
			}
		}
		if r.Sent != size {
			t.Errorf("%s: sent %d, layers have %d", sort, r.Sent, size)
		}

		// Another tag sends no layer again.
		h.misbehave(nil)
		o.Output.Ref = h.host + "/team/go:latest"
		if again := build(t, o); again.Sent != 0 || again.Digest != r.Digest || h.count("POST", "/blobs/uploads") != 0 {
			t.Errorf("%s: sent %d bytes again", sort, again.Sent)
		}
	}
}

// cut ends the connection in the middle of an answer or a request.
func cut(w http.ResponseWriter) bool {
	c, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf of it")
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
	return true
}

func answer(status int) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(status)
		io.WriteString(w, `{"errors":[{"code":"DENIED","message":"no"}]}`)
		return true
	}
}

func TestRegistryThatRefusesOrBreaks(t *testing.T) {
	h := newHub(t)
	h.give(t, "os/debian:12", imageOf(t, "amd64", debianRoot("amd64")...))
	pull := options(t, Platform{Base: h.source("os/debian:12"), SDK: fakeSDK("amd64", nil)})
	push := options(t, Platform{Base: Source{Kind: Scratch}, SDK: fakeSDK("amd64", nil)})
	push.Output = Output{Kind: Registry, Ref: h.host + "/team/go:1.26"}
	on := func(method, word string, fault func(http.ResponseWriter, *http.Request) bool) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			return r.Method == method && strings.Contains(r.URL.Path, word) && fault(w, r)
		}
	}
	for name, tc := range map[string]struct {
		o     Options
		fault func(http.ResponseWriter, *http.Request) bool
		word  string
		kind  msg.Kind
	}{
		"pull unauthorized":   {pull, on("GET", "/manifests/", answer(401)), "refuses", msg.Failed},
		"pull forbidden":      {pull, on("GET", "/manifests/", answer(403)), "refuses", msg.Failed},
		"pull failing":        {pull, on("GET", "/manifests/", answer(500)), "failed", msg.Incomplete},
		"pull manifest cut":   {pull, on("GET", "/manifests/", func(w http.ResponseWriter, _ *http.Request) bool { return cut(w) }), "connection broke", msg.Incomplete},
		"pull layer cut":      {pull, on("GET", "/blobs/", func(w http.ResponseWriter, _ *http.Request) bool { return cut(w) }), "connection broke", msg.Incomplete},
		"pull layer changed":  {pull, on("GET", "/blobs/", func(w http.ResponseWriter, _ *http.Request) bool { io.WriteString(w, "other"); return true }), "", msg.Incomplete},
		"push forbidden":      {push, on("POST", "/uploads/", answer(403)), "refuses", msg.Failed},
		"push cut":            {push, on("PATCH", "/uploads/", func(w http.ResponseWriter, _ *http.Request) bool { return cut(w) }), "connection broke", msg.Incomplete},
		"push manifest fails": {push, on("PUT", "/manifests/", answer(500)), "failed", msg.Incomplete},
	} {
		tc.o.Transport = h.rt
		h.misbehave(tc.fault)
		started := time.Now()
		_, err := Build(t.Context(), tc.o)
		refused(t, err, tc.word)
		if err != nil && msg.KindOf(err) != tc.kind {
			t.Errorf("%s: kind %v: %v", name, msg.KindOf(err), err)
		}
		if d := time.Since(started); d > time.Minute { // a busy machine; to try for ever takes longer
			t.Errorf("%s: took %v to give up", name, d)
		}
		if tc.o.Output.Path != "" {
			nothingIn(t, filepath.Dir(tc.o.Output.Path))
		}
		nothingIn(t, filepath.Join(tc.o.Cache, "tmp"))
	}
	// Nothing was believed: with the registry well again it works.
	h.misbehave(nil)
	pull.Transport, push.Transport = h.rt, h.rt
	build(t, pull)
	build(t, push)
}

func TestRegistryThatRecovers(t *testing.T) {
	h := newHub(t)
	h.give(t, "os/debian:12", imageOf(t, "amd64", debianRoot("amd64")...))
	failures := map[string]int{}
	var mu sync.Mutex
	h.misbehave(func(w http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		key := r.Method + r.URL.Path
		if failures[key]++; failures[key] == 1 && (strings.Contains(key, "/os/debian/") && r.Method == "GET" || strings.HasSuffix(key, "/go/manifests/1.26") && r.Method == "PUT") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	})
	o := options(t, Platform{Base: h.source("os/debian:12"), SDK: fakeSDK("amd64", nil)})
	o.Output, o.Transport = Output{Kind: Registry, Ref: h.host + "/team/go:1.26"}, h.rt
	build(t, o)
}

func TestNobodyThere(t *testing.T) {
	h := newHub(t)
	host := h.host
	h.Close()
	_, err := h.check(t, Source{Kind: Registry, Ref: host + "/os/debian:12"}, Need{Arch: "amd64"})
	refused(t, err, "cannot reach the registry")
}

func TestRedirectDownwards(t *testing.T) {
	plain := newHub(t)
	req, _ := http.NewRequest(http.MethodGet, plain.URL, nil)
	first, _ := http.NewRequest(http.MethodGet, "https://registry.example/", nil)
	req.Response = &http.Response{Request: first}
	_, err := upwards{plain.rt}.RoundTrip(req)
	refused(t, err, "redirected from https")
	if len(plain.asked) != 0 {
		t.Error("it was asked all the same")
	}
}

// Cancelling in the middle of whatever is going on leaves nothing and does not
// take long.
func TestCancel(t *testing.T) {
	h := newHub(t)
	h.give(t, "os/debian:12", imageOf(t, "amd64", debianRoot("amd64", entry{name: "big", content: string(bytes.Repeat([]byte("0123456789abcdef"), 1<<14))})...))
	for _, kind := range []Kind{Layout, Tar, DockerArchive, Registry} {
		for _, stage := range []string{"base", "sdk", "write", "push"} {
			if (stage == "push") != (kind == Registry) && (stage == "write" || stage == "push") {
				continue
			}
			o := options(t, Platform{Base: h.source("os/debian:12"), SDK: fakeSDK("amd64", nil)})
			o.Transport = h.rt
			o.Output.Kind = kind
			if kind == Registry {
				o.Output = Output{Kind: Registry, Ref: h.host + "/team/cancel:1"}
			}
			ctx, cancel := context.WithCancel(t.Context())
			var at time.Time
			o.Progress = func(e Event) {
				if e.Stage == stage && at.IsZero() {
					at = time.Now()
					cancel()
				}
			}
			_, err := Build(ctx, o)
			cancel()
			if err == nil || ctx.Err() == nil || at.IsZero() {
				t.Errorf("%s, %s: %v", kind, stage, err)
			}
			if d := time.Since(at); d > 30*time.Second {
				t.Errorf("%s, %s: took %v", kind, stage, d)
			}
			if o.Output.Path != "" {
				nothingIn(t, filepath.Dir(o.Output.Path))
			}
			nothingIn(t, filepath.Join(o.Cache, "tmp"))
		}
	}
}
