package server

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/fill"
)

const forever = "public, max-age=31536000, immutable"

// Every file is answered the same the first time, and the second time, which is
// from memory where it is small.
func TestFiles(t *testing.T) {
	f := files(t)
	s, base, _ := started(t, Options{Files: f, Cache: f.c})
	for _, tc := range []struct{ path, body, kind string }{
		{infoPath, info, "application/json"},
		{modPath, modFile, "text/plain; charset=UTF-8"},
		{zipPath, string(small), "application/zip"},
		{bigPath, string(big), "application/zip"},
	} {
		var tag string
		for i := range 3 {
			a := get(t, base+tc.path)
			if a.StatusCode != 200 || a.body != tc.body || a.Header.Get("Content-Type") != tc.kind || a.Header.Get("Cache-Control") != forever || a.ContentLength != int64(len(tc.body)) {
				t.Errorf("%s, time %d: %s %d bytes %v", tc.path, i, a.Status, len(a.body), a.Header)
			}
			now := a.Header.Get("ETag")
			if !strings.HasPrefix(now, `"`) || tag != "" && now != tag {
				t.Errorf("%s: ETag %s, before %s", tc.path, now, tag)
			}
			tag = now
			if _, err := http.ParseTime(a.Header.Get("Last-Modified")); err != nil {
				t.Error(err)
			}
		}
		half := strconv.Itoa(len(tc.body) / 2)
		for name, c := range map[string]struct {
			header []string
			status int
			body   string
		}{
			"same":        {[]string{"If-None-Match", tag}, 304, ""},
			"weakly same": {[]string{"If-None-Match", "W/" + tag}, 304, ""},
			"other":       {[]string{"If-None-Match", `"x"`}, 200, tc.body},
			"rest":        {[]string{"Range", "bytes=" + half + "-"}, 206, tc.body[len(tc.body)/2:]},
			"rest of it":  {[]string{"Range", "bytes=" + half + "-", "If-Range", tag}, 206, tc.body[len(tc.body)/2:]},
			"of another":  {[]string{"Range", "bytes=" + half + "-", "If-Range", `"x"`}, 200, tc.body},
			"behind":      {[]string{"Range", "bytes=99999999-"}, 416, ""},
			"if match":    {[]string{"If-Match", `"x"`}, 412, ""},
			// RFC 9110, 14.2: a unit that is not understood is as if nobody had asked.
			"unit":            {[]string{"Range", "lines=1-2"}, 200, tc.body},
			"unit, upper":     {[]string{"Range", "BYTES=0-1"}, 200, tc.body},
			"the last none":   {[]string{"Range", "bytes=-0"}, 200, tc.body},
			"some, last none": {[]string{"Range", "bytes=0-1, -00"}, 200, tc.body},
		} {
			a := get(t, base+tc.path, c.header...)
			if a.StatusCode != c.status || c.status < 300 && a.body != c.body {
				t.Errorf("%s, %s: %s, %d bytes", tc.path, name, a.Status, len(a.body))
			}
		}
		if a := do(t, "HEAD", base+tc.path); a.StatusCode != 200 || a.body != "" || a.ContentLength != int64(len(tc.body)) {
			t.Errorf("HEAD %s: %s %d", tc.path, a.Status, a.ContentLength)
		}
		if a := do(t, "HEAD", base+tc.path, "Range", "bytes=0-1"); a.StatusCode != 200 || a.ContentLength != int64(len(tc.body)) { // ranges are GET's
			t.Errorf("HEAD %s of a range: %s %d", tc.path, a.Status, a.ContentLength)
		}
	}
	if n := s.hot.count.Load(); n != 4 {
		t.Errorf("%d answers are kept, want all", n)
	}
	if f.gets != 4 {
		t.Errorf("%d times was the filler asked", f.gets)
	}
}

func TestTexts(t *testing.T) {
	f := files(t)
	_, base, log := started(t, Options{Files: f, Cache: f.c})
	for _, tc := range []struct{ path, body, kind, caching, stale, cache string }{
		{"/example.com/hello/@v/list", "v1.0.0\n", textPlain, "public, max-age=60", "", "miss"},
		{"/example.com/hello/@latest", info, jsonType, "public, max-age=60", "", "hit"},
		{"/example.com/hello/@v/main.info", info, jsonType, "public, max-age=0", "32400", "stale"},
	} {
		a := get(t, base+tc.path)
		if a.StatusCode != 200 || a.body != tc.body || a.Header.Get("Content-Type") != tc.kind || a.Header.Get("Cache-Control") != tc.caching || a.Header.Get("X-Stale") != tc.stale {
			t.Errorf("%s: %s %q %v", tc.path, a.Status, a.body, a.Header)
		}
		if (a.Header.Get("Warning") != "") != (tc.stale != "") {
			t.Errorf("%s: Warning %q", tc.path, a.Header.Get("Warning"))
		}
		if b := get(t, base+tc.path, "If-None-Match", a.Header.Get("ETag")); b.StatusCode != 304 {
			t.Errorf("%s: %s", tc.path, b.Status)
		}
		for deadline := time.Now().Add(time.Minute); !strings.Contains(log.String(), `"cache":"`+tc.cache+`"`) && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		if !strings.Contains(log.String(), `"cache":"`+tc.cache+`"`) {
			t.Errorf("%s: no %s in the log:\n%s", tc.path, tc.cache, log)
		}
	}
}

// Each class has its status; only what is certain is 404 (P19), and the reason is
// text that the go command prints.
func TestP19Statuses(t *testing.T) {
	f := files(t)
	_, base, _ := started(t, Options{Files: f, Cache: f.c})
	cause := msg.Errorf("the reason", "原因")
	for class, want := range map[error]struct {
		status  int
		caching string
	}{
		proxy.ErrNotFound:        {404, "public, max-age=60"},
		proxy.ErrBlocked:         {403, noStore},
		proxy.ErrContent:         {403, noStore},
		proxy.ErrUnavailable:     {503, noStore},
		context.DeadlineExceeded: {503, noStore},
		context.Canceled:         {503, noStore},
		io.ErrUnexpectedEOF:      {500, noStore},
	} {
		f.fails["example.com/a/@v/v1.0.0.zip"] = fmt.Errorf("%w: %w", class, cause)
		f.fails["example.com/a/@v/list"] = f.fails["example.com/a/@v/v1.0.0.zip"]
		for _, path := range []string{"/example.com/a/@v/v1.0.0.zip", "/example.com/a/@v/list"} {
			a := get(t, base+path)
			if a.StatusCode != want.status || a.Header.Get("Cache-Control") != want.caching || !strings.Contains(a.body, "the reason") || !strings.Contains(a.body, "原因") {
				t.Errorf("%v: %s %q %v", class, a.Status, a.body, a.Header)
			}
			if (a.Header.Get("Retry-After") != "") != (want.status == 503) || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/plain; charset=utf-8") {
				t.Errorf("%v: %v", class, a.Header)
			}
		}
	}
}

// raw sends a path as it is, which clients of net/http would not.
func raw(t testing.TB, base, path string) (status int, body string) {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path)
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b)
}

// P1: nothing outside of the tree, however it is written. P2: what
// module.UnescapePath refuses. P27: nothing of diagnostics.
func TestP1P2P27Paths(t *testing.T) {
	f := files(t)
	secret := f.c.Dir() + "/../secret"
	put(t, secret, []byte("canary"))
	put(t, f.c.Dir()+"/.yingzao/records/x", []byte("canary"))
	_, base, _ := started(t, Options{Files: f, Cache: f.c, Archives: nil})
	for _, path := range []string{
		"/../secret", "/%2e%2e/secret", "/%2e%2e%2fsecret", "/..%5csecret", "/example.com/%2e%2e/%2e%2e/secret",
		"/example.com/hello/@v/%2e%2e/%2e%2e/%2e%2e/%2e%2e/secret", "/example.com/hello/@v/..%2f..%2f..%2f..%2fsecret.info",
		"/example.com/hello/@v/v1.0.0.zip%00", "/example.com//hello/@v/list", "//example.com/hello/@v/list", "/./example.com/hello/@v/list",
		"/.yingzao/records/x", "/example.com/hello/@v/v1.0.0.ziphash", "/example.com/hello/@v/", "/example.com/hello/@v/v1.0.0.zip/",
		"/" + strings.Repeat("a", 5000) + ".com/@v/list", "/file:///etc/passwd/@v/list", "/-x.com/@v/list",
		"/example.com/Hello/@v/list", "/example.com/!!hello/@v/list", "/example.com/!Hello/@v/list", "/example.com/hello!/@v/list",
		"/example.com/hello/@v/V1.0.0.info", "/example.com/hello/@v/v1.0.0+incompatible.zip",
		"/debug", "/debug/", "/debug/pprof", "/debug/pprof/heap", "/debug/vars", "/debug/flight", "/metrics", "/readyz", "/status.json", "/purge",
		"/sumdb/", "/sumdb/sum.golang.org/supported", "/dl/", "/dl/../x", "/favicon.ico",
		"/example.com/hello?go-get=1", "/example.com/hello/@v/?go-get=1", // not a proxy's to answer
	} {
		status, body := raw(t, base, path)
		if status != 404 && status != 400 || strings.Contains(body, "canary") {
			t.Errorf("%.60s: %d %q", path, status, body)
		}
	}
	if status, body := raw(t, base, "/example%2ecom/hello/%40v/v1.0.0.info"); status != 200 || body != info {
		t.Errorf("a path that is only written oddly: %d %q", status, body)
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
		if a := do(t, method, base+infoPath); a.StatusCode != 405 || a.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %s", method, a.Status)
		}
	}
}

func TestHealthAndHome(t *testing.T) {
	f := files(t)
	_, base, _ := started(t, Options{Files: f, Routes: proxy.Routes{{Pattern: "git.corp.test", Private: true}, {Pattern: "*"}}})
	if a := get(t, base+"/healthz"); a.StatusCode != 200 || a.body != "ok\n" {
		t.Errorf("%s %q", a.Status, a.body)
	}
	a := get(t, base+"/")
	if a.StatusCode != 200 || !strings.Contains(a.body, "go env -w GOPROXY="+base) || !strings.Contains(a.body, "GONOPROXY=none GONOSUMDB=") || strings.Contains(a.body, "git.corp.test") {
		t.Errorf("%s %s", a.Status, a.body)
	}
	if a := get(t, base+"/", "Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8"); !strings.Contains(a.body, "模块代理") || a.Header.Get("Content-Language") != "zh" {
		t.Errorf("%s", a.body)
	}
	if a := get(t, base+"/?lang=en", "Accept-Language", "zh-CN"); !strings.Contains(a.body, "A Go module proxy") {
		t.Errorf("%s", a.body)
	}
}

// A client that wants nothing fetched gets what is there.
func TestDisableModuleFetch(t *testing.T) {
	f := files(t)
	if err := f.c.WriteMutable(t.Context(), "example.com/hello/@v/list", []byte("v0.9.0\n")); err != nil {
		t.Fatal(err)
	}
	f.fails["example.com/hello/@v/v1.0.0.zip"] = errors.New("the filler was asked")
	_, base, _ := started(t, Options{Files: f, Cache: f.c})
	for path, want := range map[string]int{zipPath: 200, bigPath: 200, "/example.com/hello/@v/list": 200, "/example.com/hello/@v/v9.0.0.zip": 404, "/example.com/hello/@latest": 404} {
		if a := get(t, base+path, "Disable-Module-Fetch", "true"); a.StatusCode != want {
			t.Errorf("%s: %s %s", path, a.Status, a.body)
		}
	}
	if f.gets != 0 {
		t.Errorf("the filler was asked %d times", f.gets)
	}
}

// The line is enough to tell who got what; queries and tokens are nowhere.
func TestAccessLog(t *testing.T) {
	f := files(t)
	_, base, log := started(t, Options{Files: f, Cache: f.c, Tokens: tokens("ci", "canary-token"), Routes: proxy.Routes{{Pattern: "*", Name: "public"}}})
	for i, token := range []string{"canary-token", "canary-token", "canary-wrong"} {
		get(t, base+zipPath+"?token=canary-query", "Authorization", "Bearer "+token)
		for deadline := time.Now().Add(time.Minute); strings.Count(log.String(), "\n") <= i && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond) // a line is written when the answer is out
		}
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 3 || strings.Contains(log.String(), "canary") {
		t.Fatalf("%s", log)
	}
	for i, want := range []map[string]any{
		{"cache": "hit", "status": 200., "bytes": 84000., "token": "ci"},
		{"cache": "memory", "status": 200., "bytes": 84000., "token": "ci"},
		{"cache": "none", "status": 401., "token": ""},
	} {
		var got map[string]any
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
			t.Fatal(err)
		}
		want["client"], want["method"], want["path"] = "127.0.0.1", "GET", zipPath
		want["route"], want["module"], want["version"] = "public", "example.com/hello", "v1.0.0"
		for k, v := range want {
			if got[k] != v {
				t.Errorf("line %d: %s is %v, want %v", i, k, got[k], v)
			}
		}
		if _, ok := got["ms"].(float64); !ok {
			t.Errorf("line %d: %s", i, lines[i])
		}
	}
}

type presigner struct{ err error }

func (p presigner) Presign(_ context.Context, key string, valid time.Duration) (string, error) {
	return "https://bucket.example.test/" + key + "?valid=" + valid.String(), p.err
}

// Only large files, only for clients that reach the bucket, never what is private.
func TestRedirect(t *testing.T) {
	f := files(t)
	o := Options{Files: f, Cache: f.c, Routes: proxy.Routes{{Pattern: "git.corp.test", Private: true}, {Pattern: "*"}},
		Redirect: Redirect{To: presigner{}, MinSize: 1 << 20, Clients: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}
	_, base, _ := started(t, o)
	a := get(t, base+bigPath)
	if a.StatusCode != 302 || a.Header.Get("Location") != "https://bucket.example.test/example.com/big/@v/v1.0.0.zip?valid=15m0s" || a.Header.Get("Cache-Control") != noStore {
		t.Errorf("%s %v", a.Status, a.Header)
	}
	for _, path := range []string{zipPath, "/git.corp.test/team/secret/@v/v1.0.0.zip"} {
		if a := get(t, base+path); a.StatusCode != 200 {
			t.Errorf("%s: %s", path, a.Status)
		}
	}
	o.Redirect.Clients = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	_, base, _ = started(t, o)
	if a := get(t, base+bigPath); a.StatusCode != 200 {
		t.Errorf("another network: %s", a.Status)
	}
	o.Redirect.Clients, o.Redirect.To = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, presigner{errors.New("no keys")}
	_, base, _ = started(t, o)
	if a := get(t, base+bigPath); a.StatusCode != 200 || a.body != string(big) {
		t.Errorf("no URL to be had: %s", a.Status)
	}
}

// P26: unknown names leave nothing behind here.
func TestP26Flood(t *testing.T) {
	f := files(t)
	s := New(Options{Files: f, Cache: f.c})
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	h := s.Public()
	w := &nowhere{h: http.Header{}}
	run := func(from, to int) {
		for i := from; i < to; i++ {
			for _, path := range []string{"/example.com/m%d/@v/v1.0.0.info", "/example.com/m%d/@v/list", "/Bad%d"} {
				r, _ := http.NewRequest("GET", fmt.Sprintf(path, i), nil)
				h.ServeHTTP(w, r)
				clear(w.h)
			}
		}
	}
	run(0, 1000)
	before := heap()
	run(1000, 31_000)
	if grown := int64(heap()) - int64(before); grown > 1<<20 {
		t.Errorf("90,000 unknown names cost %d bytes", grown)
	}
}

// nowhere is a ResponseWriter that keeps nothing.
type nowhere struct {
	h      http.Header
	status int
	n      int
}

func (w *nowhere) Header() http.Header         { return w.h }
func (w *nowhere) WriteHeader(status int)      { w.status = status }
func (w *nowhere) Write(p []byte) (int, error) { w.n += len(p); return len(p), nil }

// straight looks at what is given to the connection.
type straight struct {
	nowhere
	from io.Reader
}

func (w *straight) ReadFrom(r io.Reader) (int64, error) {
	w.from = r
	return io.Copy(struct{ io.Writer }{&w.nowhere}, r)
}

// A large file goes from the file to the connection by itself: what arrives at the
// connection is the file, the first time and when it was kept open, and where
// nothing is kept it is the file within a limit.
func TestLargeFilesGoStraight(t *testing.T) {
	f := files(t)
	for memory, times := range map[int64]int{0: 3, -1: 1} {
		s := New(Options{Files: f, Cache: f.c, Memory: memory})
		defer s.hot.purge()
		for range times {
			w := &straight{nowhere: nowhere{h: http.Header{}}}
			r, _ := http.NewRequest("GET", bigPath, nil)
			s.Public().ServeHTTP(w, r)
			limited, ok := w.from.(*io.LimitedReader)
			if ok {
				_, ok = limited.R.(*os.File)
			}
			if _, kept := w.from.(*shared); kept != (memory == 0) || ok == kept || w.n != len(big) {
				t.Errorf("memory %d: %T came, %d bytes", memory, w.from, w.n)
			}
		}
	}
}

// Many clients send one open file at the same time, and none gets another's bytes,
// while the memory is emptied under them.
func TestSharedFiles(t *testing.T) {
	f := files(t)
	s := New(Options{Files: f, Cache: f.c})
	r := run(t, s, Listen{})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 10 {
				if a := get(t, r.public+bigPath); a.StatusCode != 200 || a.body != string(big) {
					t.Errorf("%s, %d bytes", a.Status, len(a.body))
				}
				if a := get(t, r.public+bigPath, "Range", "bytes=1000000-1999999"); a.StatusCode != 206 || a.body != string(big[1000000:2000000]) {
					t.Errorf("%s, %d bytes", a.Status, len(a.body))
				}
				if n%3 == i%3 {
					s.hot.purge()
				}
			}
		})
	}
	all.Wait()
}

var _ Files = (*fill.Filler)(nil)
