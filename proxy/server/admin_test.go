package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/fill"
)

// database is a fake one.
type database map[string]string

func (d database) Answer(_ context.Context, path string) ([]byte, bool, error) {
	body, ok := d[path]
	if !ok {
		return nil, false, proxy.Fail(proxy.ErrUnavailable, path, nil)
	}
	return []byte(body), path != "/latest" && path != "/supported", nil
}

func (d database) Head() (int64, time.Time) { return 71_769_961, time.Now() }

var sums = database{"/supported": "", "/latest": "go.sum database tree\n", "/lookup/example.com/hello@v1.0.0": "record\n", "/tile/8/0/000": "\x00\x01"}

// Below /sumdb both names of the public database are answered, private names are
// not asked about (P20), and what never changes stays in memory.
func TestP20Sums(t *testing.T) {
	f := files(t)
	s, base, _ := started(t, Options{Files: f, Cache: f.c, Databases: map[string]Database{"sum.golang.org": sums, alias: sums},
		Routes: proxy.Routes{{Pattern: "git.corp.test", Private: true}, {Pattern: "evil.test", Block: "no"}, {Pattern: "*"}}})
	for _, name := range []string{"sum.golang.org", "sum.golang.google.cn"} {
		for _, tc := range []struct {
			path   string
			status int
			body   string
			cache  string
			kind   string
		}{
			{"/supported", 200, "", "public, max-age=60", textPlain},
			{"/latest", 200, "go.sum database tree\n", "public, max-age=60", textPlain},
			{"/lookup/example.com/hello@v1.0.0", 200, "record\n", forever, textPlain},
			{"/tile/8/0/000", 200, "\x00\x01", forever, "application/octet-stream"},
			{"/lookup/git.corp.test/team/secret@v1.0.0", 403, "", noStore, ""},
			{"/lookup/evil.test/x@v1.0.0", 403, "", noStore, ""},
			{"/lookup/example.com/Hello@v1.0.0", 404, "", "public, max-age=60", ""},
			{"/lookup/example.com/hello", 404, "", "public, max-age=60", ""},
			{"/tile/8/1/000", 503, "", noStore, ""},
		} {
			for range 2 {
				a := get(t, base+"/sumdb/"+name+tc.path)
				if a.StatusCode != tc.status || tc.status == 200 && (a.body != tc.body || a.Header.Get("Content-Type") != tc.kind) || a.Header.Get("Cache-Control") != tc.cache {
					t.Errorf("%s%s: %s %q %v", name, tc.path, a.Status, a.body, a.Header)
				}
			}
		}
	}
	if n := s.hot.count.Load(); n != 4 {
		t.Errorf("%d answers in memory, want a record and a tile under two names", n)
	}
	if a := get(t, base+"/sumdb/other.example/supported"); a.StatusCode != 404 {
		t.Error(a.Status)
	}
}

func adminOf(t testing.TB, s *Server) string {
	srv := httptest.NewServer(s.Admin())
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestMetricsAndStatus(t *testing.T) {
	f := files(t)
	var problem error
	s, base, _ := started(t, Options{Files: f, Cache: f.c, Version: "v9.9.9", Databases: map[string]Database{"sum.golang.org": sums, alias: sums},
		Ready: func(context.Context) error { return problem },
		Mirrors: func() []Mirror {
			return []Mirror{{Name: "https://goproxy.cn", State: "up", Latency: 42 * time.Millisecond, Success: 0.987}, {Name: "https://dead.example", State: mirrorDown, Error: "timeout"}}
		}})
	admin := adminOf(t, s)
	for _, path := range []string{infoPath, infoPath, zipPath, "/example.com/hello/@v/list", "/example.com/none/@v/v1.0.0.zip", "/x"} {
		get(t, base+path)
	}
	for deadline := time.Now().Add(time.Minute); s.count.totals().Requests < 6 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	s.count.Observe(fill.Event{What: fill.Fetched, File: proxy.File{Kind: proxy.Zip}, Pieces: []proxy.Piece{{From: "https://goproxy.cn", Bytes: 1234}}})
	s.count.Observe(fill.Event{What: fill.Quarantined, File: proxy.File{Kind: proxy.Zip}})
	text := get(t, admin+"/metrics").body
	for _, line := range []string{
		`yingzao_proxy_requests_total{cache="memory",kind="info",status="200"} 1`,
		`yingzao_proxy_requests_total{cache="hit",kind="zip",status="200"} 1`,
		`yingzao_proxy_requests_total{cache="none",kind="invalid",status="404"} 1`,
		`yingzao_proxy_response_bytes_total{kind="zip"} 84`,
		`yingzao_proxy_request_seconds_count{kind="info"} 2`,
		`yingzao_proxy_fill_events_total{kind="zip",what="quarantined"} 1`,
		`yingzao_proxy_fetched_bytes_total{source="https://goproxy.cn"} 1234`,
		`yingzao_proxy_mirror_up{mirror="https://goproxy.cn",state="up"} 1`,
		`yingzao_proxy_mirror_up{mirror="https://dead.example",state="down"} 0`,
		`yingzao_proxy_mirror_latency_seconds{mirror="https://goproxy.cn"} 0.042`,
		`yingzao_proxy_sumdb_head_records{database="sum.golang.org"} 7.1769961e+07`,
		"yingzao_proxy_cache_bytes ", "yingzao_proxy_memory_entries 2", "go_goroutines ", "go_memstats_",
	} {
		if !strings.Contains(text, "\n"+line) {
			t.Errorf("no %s in\n%s", line, text)
		}
	}
	var st status
	if err := json.Unmarshal([]byte(get(t, admin+"/status.json").body), &st); err != nil {
		t.Fatal(err)
	}
	if st.Schema != 1 || !st.Ready || st.Mode != "online" || len(st.Mirrors) != 2 || len(st.Databases) != 1 || st.Totals.Requests != 6 || st.Totals.Ratio() != 75 || st.Bad != 1 {
		t.Errorf("%+v", st)
	}
	if a := get(t, admin+"/readyz"); a.StatusCode != 200 || !strings.Contains(a.body, `"ready": true`) {
		t.Errorf("%s %s", a.Status, a.body)
	}
	problem = errors.New("bucket out of reach")
	if a := get(t, admin+"/readyz"); a.StatusCode != 503 || !strings.Contains(a.body, "bucket out of reach") {
		t.Errorf("%s %s", a.Status, a.body)
	}
	for lang, want := range map[string]string{"en": "Answered without network", "zh": "无需联网的应答"} {
		a := get(t, admin+"/?lang="+lang)
		for _, part := range []string{want, "https://goproxy.cn", "42 ms", "99 %", "timeout", "71769961", "v9.9.9", "75 %"} {
			if !strings.Contains(a.body, part) {
				t.Errorf("%s: no %q on the page", lang, part)
			}
		}
		if !strings.Contains(a.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Error(a.Header)
		}
	}
	if a := get(t, admin+"/healthz"); a.body != "ok\n" {
		t.Error(a.body)
	}
}

const canary = "canary-0123456789-0123456789-0123456789"

func TestDiagnostics(t *testing.T) {
	f := files(t)
	name := filepath.Join(t.TempDir(), "token")
	put(t, name, []byte(canary+"\n"))
	if err := os.Chmod(name, 0o600); err != nil {
		t.Fatal(err)
	}
	hash, err := ReadToken(name)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s := New(Options{Files: f, Cache: f.c, Token: &hash, Log: slog.New(slog.NewTextHandler(&log, nil))})
	admin := adminOf(t, s)
	all := []string{"/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/goroutine", "/debug/pprof/allocs", "/debug/pprof/block", "/debug/pprof/mutex", "/debug/pprof/profile?seconds=0.05", "/debug/pprof/trace?seconds=0.05"}
	for _, path := range append(all, "/debug/flight") {
		for name, header := range map[string][]string{"none": nil, "wrong": {"Authorization", "Bearer wrong"}, "basic": {"Authorization", basic("x", canary)}, "bare": {"Authorization", canary}} {
			if a := get(t, admin+path, header...); a.StatusCode != 401 || !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s with %s: %s", path, name, a.Status)
			}
		}
		separator := "?"
		if strings.Contains(path, "?") {
			separator = "&"
		}
		if a := get(t, admin+path+separator+"token="+canary); a.StatusCode != 401 {
			t.Errorf("%s with the token in the query: %s", path, a.Status)
		}
	}
	for _, path := range append(all, "/debug/pprof/goroutine?debug=1", "/debug/pprof/heap?gc=1") {
		if a := get(t, admin+path, "Authorization", "Bearer "+canary); a.StatusCode != 200 || len(a.body) < 20 {
			t.Errorf("%s: %s, %d bytes", path, a.Status, len(a.body))
		}
	}
	for _, path := range []string{"/debug/pprof/gc", "/debug/pprof/cmdline", "/debug/vars", "/debug/flight"} {
		if a := get(t, admin+path, "Authorization", "Bearer "+canary); a.StatusCode != 404 {
			t.Errorf("%s: %s", path, a.Status)
		}
	}
	public := httptest.NewServer(s.Public())
	defer public.Close()
	get(t, public.URL+infoPath)
	if a := do(t, "POST", admin+"/purge"); a.StatusCode != 401 || s.hot.count.Load() != 1 {
		t.Errorf("%s, %d in memory", a.Status, s.hot.count.Load())
	}
	if a := do(t, "POST", admin+"/purge", "Authorization", "Bearer "+canary); a.StatusCode != 204 || s.hot.count.Load() != 0 || s.hot.bytes.Load() != 0 {
		t.Errorf("%s, %d in memory", a.Status, s.hot.count.Load())
	}
	if strings.Contains(log.String(), "canary") {
		t.Errorf("%s", log.String())
	}
	off := adminOf(t, New(Options{Files: f}))
	if a := get(t, off+"/debug/pprof/heap", "Authorization", "Bearer "); a.StatusCode != 404 {
		t.Errorf("without a token file: %s", a.Status)
	}
}

func TestReadToken(t *testing.T) {
	dir := t.TempDir()
	for name, tc := range map[string]struct {
		body string
		mode os.FileMode
		ok   bool
	}{
		"good":      {canary, 0o600, true},
		"read only": {canary + "\n", 0o400, true},
		"open":      {canary, 0o644, false},
		"group":     {canary, 0o640, false},
		"short":     {canary[:31], 0o600, false},
		"two words": {canary + " " + canary, 0o600, false},
		"empty":     {"", 0o600, false},
		"huge":      {strings.Repeat("x", 5000), 0o600, false},
	} {
		file := filepath.Join(dir, name)
		put(t, file, []byte(tc.body))
		if err := os.Chmod(file, tc.mode); err != nil {
			t.Fatal(err)
		}
		_, err := ReadToken(file)
		if runtime.GOOS == "windows" && (name == "open" || name == "group") {
			continue
		}
		if (err == nil) != tc.ok || err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadToken(filepath.Join(dir, "absent")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := ReadToken(dir); err == nil {
		t.Error("a directory")
	}
}

// someonesMux is the default multiplexer as a library may leave it.
var someonesMux = sync.OnceFunc(func() {
	http.DefaultServeMux.HandleFunc("/debug/canary", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) })
})

// Nothing that this program is made of hangs diagnostics onto the default
// multiplexer, and nothing here serves that.
func TestNoDefaultMux(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "../../cmd/yingzao").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if len(deps) < 100 || slices.Contains(deps, "net/http/pprof") || slices.Contains(deps, "golang.org/x/net/trace") {
		t.Errorf("net/http/pprof or the like is linked (%d packages)", len(deps))
	}
	someonesMux()
	s := New(Options{Files: files(t)})
	for _, base := range []string{adminOf(t, s), func() string { srv := httptest.NewServer(s.Public()); t.Cleanup(srv.Close); return srv.URL }()} {
		if a := get(t, base+"/debug/canary"); a.StatusCode != 404 {
			t.Errorf("the default multiplexer is served: %s", a.Status)
		}
	}
}

func TestFlight(t *testing.T) {
	dir := t.TempDir()
	log := &lockedBuffer{}
	f, err := newFlight(dir, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.stop()
	ctx, cancel := context.WithCancel(t.Context())
	signals := make(chan os.Signal)
	done := make(chan struct{})
	go func() { defer close(done); f.run(ctx, signals) }()
	f.slow(29 * time.Second)
	for i := range 7 {
		if i%2 == 0 {
			f.slow(31 * time.Second)
		} else {
			signals <- os.Interrupt
		}
		for deadline := time.Now().Add(time.Minute); strings.Count(log.String(), "dumped") <= i && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
	}
	cancel()
	<-done
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(names) != 5 || filepath.Base(names[0]) != "flight-3.trace" {
		t.Errorf("%q", names)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil || !bytes.HasPrefix(b, []byte("go 1.")) {
			t.Errorf("%s is no trace: %.20q %v", name, b, err)
		}
	}
	var none *flight
	none.slow(time.Hour)
	none.stop()
}
