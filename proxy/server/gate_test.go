package server

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/proxy"
)

func tokens(pairs ...string) map[string]proxy.TokenHash {
	out := map[string]proxy.TokenHash{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = sha256.Sum256([]byte(pairs[i+1]))
	}
	return out
}

// asked is a request as a handler sees it.
func asked(from string, secure bool, header ...string) *http.Request {
	r := httptest.NewRequest("GET", "http://localhost:8081/", nil)
	r.RemoteAddr = from + ":4711"
	if strings.Contains(from, ":") {
		r.RemoteAddr = "[" + from + "]:4711"
	}
	r.TLS = nil
	if secure {
		r.TLS = &tls.ConnectionState{}
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func TestAdmit(t *testing.T) {
	routes := proxy.Routes{
		{Name: "private", Pattern: "git.corp.test/pay", Private: true, Tokens: tokens("pay", "pay-token")},
		{Name: "inner", Pattern: "git.corp.test", Private: true},
		{Name: "public", Pattern: "*"},
	}
	for _, tc := range []struct {
		name   string
		all    map[string]proxy.TokenHash
		path   string
		r      *http.Request
		status int
		who    string
	}{
		{"public, open", nil, "example.com/a", asked("10.0.0.9", false), 0, ""},
		{"public, open, with some token", nil, "example.com/a", asked("10.0.0.9", false, "Authorization", "Bearer x"), 0, ""},
		{"public, closed, without", tokens("ci", "ci-token"), "example.com/a", asked("10.0.0.9", false), 401, ""},
		{"public, closed, bearer", tokens("ci", "ci-token"), "example.com/a", asked("10.0.0.9", false, "Authorization", "Bearer ci-token"), 0, "ci"},
		{"public, closed, .netrc", tokens("ci", "ci-token"), "example.com/a", asked("10.0.0.9", false, "Authorization", basic("anybody", "ci-token")), 0, "ci"},
		{"public, closed, lower case", tokens("ci", "ci-token"), "example.com/a", asked("10.0.0.9", false, "Authorization", "bearer ci-token"), 0, "ci"},
		{"public, closed, a route's token", tokens("ci", "ci-token"), "example.com/a", asked("10.0.0.9", false, "Authorization", "Bearer pay-token"), 0, "pay"},
		{"public, closed, token as user", tokens("ci", "ci-token"), "example.com/a", asked("10.0.0.9", false, "Authorization", basic("ci-token", "x")), 401, ""},
		{"public, closed, empty", tokens("ci", ""), "example.com/a", asked("10.0.0.9", false, "Authorization", "Bearer "), 401, ""},
		{"public, closed, two headers", tokens("ci", "ci-token"), "example.com/a", asked("10.0.0.9", false, "Authorization", "Bearer ci-token", "Authorization", "Bearer ci-token"), 401, ""},
		{"route token", nil, "git.corp.test/pay/x", asked("10.0.0.9", true, "Authorization", "Bearer pay-token"), 0, "pay"},
		{"route token, proxy's is not enough", tokens("ci", "ci-token"), "git.corp.test/pay/x", asked("10.0.0.9", true, "Authorization", "Bearer ci-token"), 401, ""},
		{"route token, none", nil, "git.corp.test/pay/x", asked("10.0.0.9", true), 401, ""},
		{"private without TLS, right token", nil, "git.corp.test/pay/x", asked("10.0.0.9", false, "Authorization", "Bearer pay-token"), 403, ""},
		{"private, loopback", nil, "git.corp.test/a", asked("127.0.0.1", false), 0, ""},
		{"private, loopback IPv6", nil, "git.corp.test/a", asked("::1", false), 0, ""},
		{"private, loopback in IPv6", nil, "git.corp.test/a", asked("::ffff:127.0.0.1", false), 0, ""},
		{"private, a front nobody named", nil, "git.corp.test/a", asked("127.0.0.1", false, "X-Forwarded-For", "1.2.3.4"), 403, ""},
		{"private, a front nobody named says https", nil, "git.corp.test/a", asked("10.0.0.9", false, "X-Forwarded-Proto", "https"), 403, ""},
		{"private, https and http at once", nil, "git.corp.test/a", asked("10.1.0.1", false, "X-Forwarded-Proto", "https", "X-Forwarded-Proto", "http", "X-Forwarded-For", "1.2.3.4"), 403, ""},
		{"private, a front with https", nil, "git.corp.test/a", asked("10.1.0.1", false, "X-Forwarded-Proto", "https", "X-Forwarded-For", "1.2.3.4"), 0, ""},
		{"private, a front without", nil, "git.corp.test/a", asked("10.1.0.1", false, "X-Forwarded-Proto", "http", "X-Forwarded-For", "1.2.3.4"), 403, ""},
		{"private, the front itself", nil, "git.corp.test/a", asked("10.1.0.1", false), 403, ""},
	} {
		g := newGate(tc.all, routes, []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")})
		name, no := g.admit(g.who(tc.r), routes.For(tc.path, ""))
		status := 0
		if no != nil {
			status = no.status
		}
		if status != tc.status || name != tc.who {
			t.Errorf("%s: %d %q, want %d %q", tc.name, status, name, tc.status, tc.who)
		}
	}
}

// Who listens on the loopback interface is asked by every page that a browser there
// shows: by a name of the page's own that leads to 127.0.0.1.
func TestLoopbackByAName(t *testing.T) {
	routes := proxy.Routes{{Pattern: "git.corp.test", Private: true}}
	g := newGate(nil, routes, nil)
	for host, want := range map[string]bool{
		"127.0.0.1:8081": true, "[::1]:8081": true, "localhost": true, "LOCALHOST:8081": true, "go.localhost:8081": true, "desk7:8081": true, "10.0.0.9": true,
		"evil.example:8081": false, "evil.example": false, "127.0.0.1.evil.example:8081": false, "localhost.evil.example": false, "": false, "evil.example.:8081": false,
	} {
		r := asked("127.0.0.1", false)
		r.Host = host
		if _, no := g.admit(g.who(r), &routes[0]); (no == nil) != want {
			t.Errorf("%q: %v, want %v", host, no == nil, want)
		}
	}
}

// The client's address is the last one that no front made up.
func TestOrigin(t *testing.T) {
	g := newGate(nil, nil, []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")})
	for _, tc := range []struct {
		from   string
		header []string
		want   string
	}{
		{"10.0.0.9", []string{"X-Forwarded-For", "1.2.3.4"}, "10.0.0.9"},
		{"10.1.0.1", []string{"X-Forwarded-For", "1.2.3.4"}, "1.2.3.4"},
		{"10.1.0.1", []string{"X-Forwarded-For", "6.6.6.6, 1.2.3.4, 10.1.0.7"}, "1.2.3.4"},
		{"10.1.0.1", []string{"X-Forwarded-For", "6.6.6.6", "X-Forwarded-For", "1.2.3.4"}, "1.2.3.4"},
		{"10.1.0.1", []string{"X-Forwarded-For", "nonsense"}, "10.1.0.1"},
		{"10.1.0.1", nil, "10.1.0.1"},
		{"::ffff:10.1.0.1", []string{"X-Forwarded-For", "2001:db8::1"}, "2001:db8::1"},
	} {
		if got := g.who(asked(tc.from, false, tc.header...)).addr.String(); got != tc.want {
			t.Errorf("%s %v: %s, want %s", tc.from, tc.header, got, tc.want)
		}
	}
}

// What is in memory is not for everybody.
func TestMemoryAsksForTokens(t *testing.T) {
	f := files(t)
	routes := proxy.Routes{{Name: "corp", Pattern: "git.corp.test", Private: true, Tokens: tokens("team", "team-token")}, {Pattern: "*"}}
	s, base, log := started(t, Options{Files: f, Cache: f.c, Routes: routes})
	path := base + "/git.corp.test/team/secret/@v/v1.0.0.info"
	for i := range 2 {
		a := get(t, path, "Authorization", basic("x", "team-token"))
		if a.StatusCode != 200 || a.Header.Get("Cache-Control") != "private, max-age=31536000, immutable" {
			t.Fatalf("%d: %s %v", i, a.Status, a.Header)
		}
	}
	if s.hot.count.Load() != 1 {
		t.Fatal("it is not in memory: this test shows nothing")
	}
	a := get(t, path)
	if a.StatusCode != 401 || !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Basic ") || strings.Contains(a.body, "Version") {
		t.Errorf("%s %v %s", a.Status, a.Header, a.body)
	}
	if a := get(t, path, "Authorization", "Bearer wrong"); a.StatusCode != 401 {
		t.Error(a.Status)
	}
	if a := get(t, path, "X-Forwarded-For", "1.2.3.4", "Authorization", "Bearer team-token"); a.StatusCode != 403 {
		t.Errorf("through a front that nobody named: %s", a.Status)
	}
	if n := len(s.denials.latest()); n != 3 {
		t.Errorf("%d denials", n)
	}
	if strings.Contains(log.String(), "team-token") {
		t.Error("a token is in the log")
	}
}

// A rule holds for what is in the cache and was in memory.
func TestBlockedHits(t *testing.T) {
	f := files(t)
	_, base, _ := started(t, Options{Files: f, Cache: f.c, Routes: proxy.Routes{
		{Name: "bad", Pattern: "example.com/hello", Block: "CVE-2026-1", Versions: []string{"v1.0.0"}}, {Pattern: "*"}}})
	for _, path := range []string{infoPath, modPath, zipPath} {
		for _, header := range [][]string{nil, {"Disable-Module-Fetch", "true"}} {
			if a := get(t, base+path, header...); a.StatusCode != 403 || !strings.Contains(a.body, "CVE-2026-1") || a.Header.Get("Cache-Control") != noStore {
				t.Errorf("%s: %s %q", path, a.Status, a.body)
			}
		}
	}
	if a := get(t, base+"/example.com/hello/@v/list"); a.StatusCode != 200 {
		t.Errorf("the list: %s", a.Status)
	}
}
