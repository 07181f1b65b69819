package vcs

import (
	"context"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// canary is the secret that must be seen nowhere.
const canary = "canary-5up3r-s3cret"

// told checks an error for the canary and for both languages.
func told(t *testing.T, err error, class error) {
	t.Helper()
	if !errors.Is(err, class) {
		t.Errorf("want %v, got %v", class, err)
	}
	if err == nil {
		return
	}
	zh := msg.In(err, msg.Chinese)
	hint := msg.Hint(err)
	for _, s := range []string{err.Error(), zh, hint.EN, hint.ZH} {
		if strings.Contains(s, canary) {
			t.Errorf("the secret is in %q", s)
		}
	}
	t.Logf("%v (%s)", err, hint.EN)
}

func secretFile(t testing.TB, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// simple publishes a repository with one version.
func simple(t testing.TB, root string, names ...string) *work {
	w := newWork(t)
	w.put(map[string]string{"go.mod": mod("git.example.test/team/simple"), "a.go": "package simple\n"}).commit("v1.0.0")
	for _, name := range names {
		w.publish(root, name)
	}
	return w
}

func TestTokenOverHTTPS(t *testing.T) {
	s := newGitServer(t, true)
	simple(t, s.root, "team/simple")
	s.user, s.password = "oauth2", canary
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o644); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	with := func(change func(*Repo), more ...func(*Options)) *Git {
		return s.open(t, append(more, func(o *Options) {
			o.Repos[0].CAFile = ca
			o.Log = logTo(&log)
			o.Getenv = func(name string) string {
				return map[string]string{"GIT_TOKEN": canary + "\n", "OLD_TOKEN": canary + "-old"}[name]
			}
			change(&o.Repos[0])
		})...)
	}
	module := "git.example.test/team/simple"
	for name, auth := range map[string]Auth{
		"file": {TokenFile: secretFile(t, canary+"\n")}, "env": {TokenEnv: "GIT_TOKEN"}, "user": {User: "oauth2", TokenEnv: "GIT_TOKEN"},
	} {
		g := with(func(r *Repo) { r.Auth = auth })
		if list, err := g.Versions(t.Context(), module); err != nil || string(list) != "v1.0.0\n" {
			t.Errorf("%s: %q, %v", name, list, err)
		}
		info, err := g.Info(t.Context(), module, "v1.0.0")
		if err != nil || strings.Contains(string(info), canary) {
			t.Errorf("%s: %s, %v", name, info, err)
		}
	}
	open := filepath.Join(t.TempDir(), "open")
	if err := os.WriteFile(open, []byte(canary), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, auth := range map[string]Auth{
		"nobody": {}, "wrong": {TokenEnv: "OLD_TOKEN"}, "unset": {TokenEnv: "NO_TOKEN"}, "other user": {User: "me", TokenEnv: "GIT_TOKEN"},
		"readable by others": {TokenFile: open}, "no file": {TokenFile: open + "-no"}, "two lines": {TokenFile: secretFile(t, canary+"\n"+canary)},
	} {
		_, err := with(func(r *Repo) { r.Auth = auth }).Versions(t.Context(), module)
		t.Log(name)
		told(t, err, proxy.ErrUnavailable)
	}
	_, err := with(func(r *Repo) { r.CAFile = ""; r.Auth = Auth{TokenEnv: "GIT_TOKEN"} }).Versions(t.Context(), module)
	told(t, err, proxy.ErrUnavailable)
	if strings.Contains(log.String(), canary) {
		t.Errorf("the secret is in the log:\n%s", &log)
	}
}

func TestP21RedirectTakesNoCredentials(t *testing.T) {
	elsewhere := newGitServer(t, false)
	simple(t, elsewhere.root, "team/simple")
	var leaked atomic.Int64
	elsewhere.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") != "" || strings.Contains(r.URL.String(), canary) {
			leaked.Add(1)
		}
		return false
	}
	s := newGitServer(t, false)
	s.user, s.password = "oauth2", canary
	s.before = func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, elsewhere.URL+r.URL.String(), http.StatusTemporaryRedirect)
		return true
	}
	g := s.open(t, func(o *Options) {
		o.Repos[0].Auth.TokenFile = secretFile(t, canary)
		o.HTTP.Guard = httpx.RefuseInternal([]string{"127.0.0.1"}, nil)
	})
	info, err := g.Info(t.Context(), "git.example.test/team/simple", "v1.0.0")
	if err != nil || leaked.Load() > 0 || elsewhere.fetches.Load() == 0 {
		t.Fatalf("%s, %v; %d of %d requests elsewhere had the token", info, err, leaked.Load(), elsewhere.fetches.Load()+elsewhere.lists.Load())
	}
}

func TestP5RedirectsThatAreRefused(t *testing.T) {
	for _, to := range []string{"http://169.254.169.254/latest/", "file:///etc/passwd", "http://2852039166/x", "ext::sh"} {
		s := newGitServer(t, false)
		s.before = func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
			return true
		}
		_, err := s.open(t).Versions(t.Context(), "git.example.test/team/simple")
		told(t, err, proxy.ErrUnavailable)
	}
}

func TestP3P4DialGuard(t *testing.T) {
	s := newGitServer(t, false)
	simple(t, s.root, "team/simple")
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	// The host of the setting may be internal; with a guard of one's own it counts.
	for _, test := range []struct {
		url   string
		guard httpx.Guard
		ok    bool
	}{
		{s.URL, nil, true},
		{s.URL, httpx.RefuseInternal(nil, nil), false},
		{"http://localhost" + port, httpx.RefuseInternal([]string{"git.corp.test"}, nil), false}, // a name that resolves to loopback
		{"http://localhost" + port, httpx.RefuseInternal([]string{"localhost"}, nil), true},
		{s.URL, func(string, netip.AddrPort) error { return errors.New("no " + canary[:6]) }, false},
	} {
		g := s.open(t, func(o *Options) { o.HTTP.Guard = test.guard; o.Repos[0].URL = test.url + "/{path}.git" })
		_, err := g.Versions(t.Context(), "git.example.test/team/simple")
		if test.ok != (err == nil) {
			t.Errorf("%s: %v", test.url, err)
		}
		if err != nil {
			told(t, err, proxy.ErrUnavailable)
		}
	}
	// A redirect to an internal host that is not the setting's.
	s2 := newGitServer(t, false)
	s2.before = func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, "http://127.0.0.2"+port+r.URL.String(), http.StatusFound)
		return true
	}
	_, err := s2.open(t).Versions(t.Context(), "git.example.test/team/simple")
	told(t, err, proxy.ErrUnavailable)
	var guard *httpx.GuardError
	if !errors.As(err, &guard) {
		t.Errorf("not the guard's: %v", err)
	}
}

func TestP19StatusesOfServers(t *testing.T) {
	for status, class := range map[int]error{401: proxy.ErrUnavailable, 403: proxy.ErrUnavailable, 404: proxy.ErrUnavailable, 410: proxy.ErrUnavailable, 500: proxy.ErrUnavailable, 200: proxy.ErrUnavailable, 204: proxy.ErrUnavailable, 429: proxy.ErrUnavailable} {
		s := newGitServer(t, false)
		s.before = func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(status)
			if status != 204 {
				w.Write([]byte("<html>login " + canary))
			}
			return true
		}
		g := s.open(t)
		for _, query := range []string{"v1.0.0", "latest"} {
			_, err := g.Info(t.Context(), "git.example.test/team/simple", query)
			told(t, err, class)
			if msg.Hint(err).EN == "" && status < 500 && status != 204 && status != 429 {
				t.Errorf("%d: no hint", status)
			}
		}
		if _, err := g.Versions(t.Context(), "git.example.test/short"); !errors.Is(err, proxy.ErrNotFound) {
			t.Errorf("a path that is too short: %v", err)
		}
		if _, err := g.Versions(t.Context(), "other.example.test/team/simple"); !errors.Is(err, proxy.ErrNotFound) {
			t.Errorf("a path of nobody: %v", err)
		}
	}
}

func TestP18ServerStalls(t *testing.T) {
	release := make(chan struct{})
	s := newGitServer(t, false)
	simple(t, s.root, "team/simple")
	s.before = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, service) {
			return false
		}
		w.Header().Set("Content-Type", "application/x-git-upload-pack-result")
		w.WriteHeader(200)
		w.Write([]byte("0008NAK\n"))
		w.(http.Flusher).Flush()
		<-release
		return true
	}
	g := s.open(t, func(o *Options) { o.Limits.Stall = 100 * time.Millisecond })
	start := time.Now()
	_, err := g.Info(t.Context(), "git.example.test/team/simple", "v1.0.0")
	close(release)
	told(t, err, proxy.ErrUnavailable)
	if d := time.Since(start); d > 25*time.Second { // 30 s are usual
		t.Errorf("it took %v", d)
	}
	if !errors.Is(err, errStalled) {
		t.Errorf("not for the silence: %v", err)
	}
}

func TestP9CutOffPackIsNotKept(t *testing.T) {
	s := newGitServer(t, false)
	simple(t, s.root, "team/simple")
	handler := s.Config.Handler
	var tries, cuts atomic.Int64
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, service) || tries.Add(1) > cuts.Load() {
			handler.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, r)
		body := rec.Body.Bytes()
		w.Header().Set("Content-Type", rec.Header().Get("Content-Type"))
		w.Write(body[:len(body)*2/3])
	})
	g := s.open(t)
	cuts.Store(10)
	_, err := g.Info(t.Context(), "git.example.test/team/simple", "v1.0.0")
	told(t, err, proxy.ErrUnavailable)
	if n := tries.Load(); n != int64(1+len(pauses)) {
		t.Errorf("%d tries", n)
	}
	left, _ := filepath.Glob(filepath.Join(g.o.Dir, "*", "objects", "pack", "*"))
	if len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	cuts.Store(tries.Load() + 1)
	if _, err := g.Info(t.Context(), "git.example.test/team/simple", "v1.0.0"); err != nil {
		t.Errorf("cut once: %v", err)
	}
}

// TestP6WithoutGit does everything with no program to be found.
func TestP6WithoutGit(t *testing.T) {
	w, c := hostile(t)
	s := newGitServer(t, false)
	w.publish(s.root, "team/hostile", "uploadpack.allowFilter", "true")
	g := s.open(t, func(o *Options) { o.Repos[0].LFS = LFSPointer })
	t.Setenv("PATH", t.TempDir())
	for _, query := range []string{"v1.0.0", "main", c["unnamed"], "latest"} {
		if _, _, err := ours(t, g, base+"hostile.git", query); err != nil {
			t.Error(query, err)
		}
	}
}

// TestLargeGoModIsRefused: a go.mod larger than x/mod/zip allows.
func TestLargeGoModIsRefused(t *testing.T) {
	w := newWork(t)
	m := "git.example.test/team/huge"
	w.put(map[string]string{"go.mod": mod(m) + strings.Repeat("// padding\n", maxGoMod/11+1)}).commit("v1.0.0")
	s := newGitServer(t, false)
	w.publish(s.root, "team/huge")
	_, err := s.open(t).Info(t.Context(), m, "v1.0.0")
	told(t, err, proxy.ErrContent)
}

// TestP8Bomb: a file of zeros, which travels as a quarter of a megabyte.
func TestP8Bomb(t *testing.T) {
	w := newWork(t)
	m := "git.example.test/team/bomb"
	w.put(map[string]string{"go.mod": mod(m), "a.go": "package a\n", "zeros": "x"})
	if err := os.Truncate(filepath.Join(w.dir, "zeros"), maxObject+1); err != nil {
		t.Fatal(err)
	}
	w.commit("v1.0.0")
	s := newGitServer(t, false)
	w.publish(s.root, "team/bomb")
	before := highWater(t)
	g := s.open(t)
	_, err := g.Info(t.Context(), m, "v1.0.0")
	told(t, err, proxy.ErrBlocked)
	if grown := highWater(t) - before; grown > 64 {
		t.Errorf("%.0f MB more memory for %d bytes from the server", grown, s.bytes.Load())
	}
	if left, _ := filepath.Glob(filepath.Join(g.o.Dir, "*", "objects", "pack", "*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if s.fetches.Load() != 1 {
		t.Errorf("asked %d times for it", s.fetches.Load())
	}
}

func TestP12ManyClientsOneFetch(t *testing.T) {
	s := newGitServer(t, false)
	simple(t, s.root, "team/simple")
	g := s.open(t, func(o *Options) { o.Limits.Fresh = time.Minute })
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if _, err := g.Info(context.Background(), "git.example.test/team/simple", "v1.0.0"); err != nil {
				t.Error(err)
			}
			if _, err := g.Versions(context.Background(), "git.example.test/team/simple"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if s.fetches.Load() != 1 || s.lists.Load() != 1 {
		t.Errorf("%d packs and %d lists for 200 requests", s.fetches.Load(), s.lists.Load())
	}
}

func TestP13WaitersGoOnWhenTheFirstLeaves(t *testing.T) {
	s := newGitServer(t, false)
	simple(t, s.root, "team/simple")
	entered := make(chan struct{}, 8)
	release := make(chan struct{})
	s.before = func(http.ResponseWriter, *http.Request) bool {
		entered <- struct{}{}
		<-release
		return false
	}
	g := s.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error)
	go func() {
		_, err := g.Versions(ctx, "git.example.test/team/simple")
		first <- err
	}()
	<-entered
	second := make(chan error)
	go func() {
		_, err := g.Versions(context.Background(), "git.example.test/team/simple")
		second <- err
	}()
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(release)
	if err := <-second; err != nil {
		t.Error(err)
	}
}
