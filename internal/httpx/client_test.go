package httpx

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func fetch(t *testing.T, o Options, rawURL string, headers ...string) (*http.Response, string, error) {
	t.Helper()
	c := New(o)
	defer c.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, rawURL, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := Do(c, req)
	if err != nil {
		return nil, "", err
	}
	body, err := ReadAll(t.Context(), resp.Body, 1<<20)
	return resp, string(body), err
}

func TestAuthorities(t *testing.T) {
	s := mirrortest.New(t, mirrortest.Options{TLS: mirrortest.TLSGood})
	var unknown x509.UnknownAuthorityError
	if _, _, err := fetch(t, Options{}, s.URL(mirrortest.HTML)); !errors.As(err, &unknown) {
		t.Errorf("without the authority: %v", err)
	}
	pool, err := Pool(s.CA())
	if err != nil {
		t.Fatal(err)
	}
	resp, _, err := fetch(t, Options{RootCAs: pool}, s.URL(mirrortest.HTML))
	if err != nil || resp.TLS == nil {
		t.Errorf("with the authority: %v", err)
	}
	if _, err := Pool([]byte("no certificate")); err == nil {
		t.Error("a text without a certificate was accepted")
	}
}

func TestProxies(t *testing.T) {
	plain := mirrortest.New(t, mirrortest.Options{})
	secure := mirrortest.New(t, mirrortest.Options{TLS: mirrortest.TLSGood})
	pool, err := Pool(secure.CA())
	if err != nil {
		t.Fatal(err)
	}
	p := mirrortest.NewProxy(t, mirrortest.ProxyOptions{Closed: true, Hosts: map[string]string{"mirror.test:80": plain.Addr(), "mirror.test:443": secure.Addr()}})
	o := Options{RootCAs: pool, Proxy: ProxyFromEnviron([]string{"HTTPS_PROXY=" + strings.Replace(p.URL(), "//", "//dev:pw@", 1), "http_proxy=" + p.URL(), "NO_PROXY=direct.test"})}
	for _, scheme := range []string{"http", "https"} {
		if _, body, err := fetch(t, o, scheme+"://mirror.test/html"); err != nil || !strings.Contains(body, "Sign in") {
			t.Errorf("%s: %q, %v", scheme, body, err)
		}
	}
	if log := p.Requests(); len(log) != 2 || log[0].Method != http.MethodGet || log[1].Method != http.MethodConnect || log[0].Auth || !log[1].Auth {
		t.Errorf("the proxy saw %+v", log)
	}
	if u, err := o.Proxy(&url.URL{Scheme: "https", Host: "direct.test"}); u != nil || err != nil {
		t.Errorf("NO_PROXY is not heeded: %v, %v", u, err)
	}
	if u, err := ProxyFromEnviron([]string{"HTTP_PROXY=http://p.test:1", "REQUEST_METHOD=GET"})(&url.URL{Scheme: "http", Host: "x.test"}); u != nil || err == nil {
		t.Errorf("inside CGI: %v, %v", u, err)
	}
	for _, status := range []int{403, 407} {
		refusing := mirrortest.NewProxy(t, mirrortest.ProxyOptions{Status: status})
		_, _, err := fetch(t, Options{Proxy: ProxyFromEnviron([]string{"HTTPS_PROXY=" + refusing.URL()})}, "https://mirror.test/")
		var refused *ConnectError
		if !errors.As(err, &refused) || refused.Status != status || refused.Host != "mirror.test:443" || !strings.Contains(msg.In(err, msg.Chinese), "代理返回") {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// The process environment is never read, whatever it says.
func TestEnvironmentIsNotRead(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	s := mirrortest.New(t, mirrortest.Options{})
	p := mirrortest.NewProxy(t, mirrortest.ProxyOptions{Status: 403})
	t.Setenv("http_proxy", p.URL())
	if _, _, err := fetch(t, Options{}, s.URL(mirrortest.HTML)); err != nil || len(p.Requests()) != 0 {
		t.Errorf("%v, the proxy saw %v", err, p.Requests())
	}
}

// hop answers /to?u=URL with a redirect there and anything else with the
// headers that came.
func hop(t *testing.T, start func(http.Handler) *httptest.Server) *httptest.Server {
	s := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("u"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		for name, v := range r.Header {
			_, _ = fmt.Fprintf(w, "%s=%s\n", name, v[0])
		}
	}))
	s.Config.ErrorLog = nil
	t.Cleanup(s.Close)
	return s
}

func through(chain ...string) string {
	u := chain[len(chain)-1]
	for i := len(chain) - 2; i >= 0; i-- {
		u = chain[i] + "/to?u=" + url.QueryEscape(u)
	}
	return u
}

func TestCredentialsStayWithTheirHost(t *testing.T) {
	a, b := hop(t, httptest.NewServer), hop(t, httptest.NewServer)
	headers := []string{"Authorization", "Basic x", "Private-Token", "x", "Cookie", "c=x", "X-Own-Secret", "x", "Accept", "text/plain"}
	for _, tc := range []struct {
		name string
		url  string
		keep bool
	}{
		{"same host", through(a.URL, a.URL), true},
		{"other port", through(a.URL, b.URL), false},
		{"there and back", through(a.URL, b.URL, a.URL), false},
		{"there and on", through(a.URL, b.URL, b.URL), false},
	} {
		_, body, err := fetch(t, Options{UserAgent: "probe/1"}, tc.url, headers...)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		for _, name := range []string{"Authorization", "Private-Token", "Cookie", "X-Own-Secret"} {
			if strings.Contains(body, name+"=") != tc.keep {
				t.Errorf("%s: %s kept should be %v:\n%s", tc.name, name, tc.keep, body)
			}
		}
		if !tc.keep && strings.Contains(body, "Referer=") {
			t.Errorf("%s: the referring URL and its query went along:\n%s", tc.name, body)
		}
		if !strings.Contains(body, "Accept=text/plain") || !strings.Contains(body, "User-Agent=probe/1") {
			t.Errorf("%s: harmless headers are gone:\n%s", tc.name, body)
		}
	}
}

func TestRedirectsThatAreRefused(t *testing.T) {
	a, secure := hop(t, httptest.NewServer), hop(t, httptest.NewTLSServer)
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	long := func(n int) string {
		chain := make([]string, n+1)
		for i := range chain {
			chain[i] = a.URL
		}
		return through(chain...)
	}
	for name, to := range map[string]string{
		"downgrade":       through(secure.URL, a.URL),
		"file":            through(a.URL, "file:///etc/passwd"),
		"metadata":        through(a.URL, "http://169.254.169.254/latest"),
		"aliyun metadata": through(a.URL, "http://100.100.100.200/latest"),
		"mapped":          through(a.URL, "http://[::ffff:169.254.169.254]/"),
		"nat64":           through(a.URL, "http://[64:ff9b::a9fe:a9fe]/"),
		"decimal":         through(a.URL, "http://2852039166/"),
		"hexadecimal":     through(a.URL, "http://0xa9fea9fe/"),
		"unspecified":     through(a.URL, "http://0.0.0.0/"),
		"credentials":     through(a.URL, "http://u:C0FFEE@x.test/"),
		"too many":        long(6),
	} {
		_, _, err := fetch(t, Options{RootCAs: roots}, to)
		var refused *RedirectError
		if !errors.As(err, &refused) || refused.Why.ZH == "" || strings.Contains(err.Error(), "C0FFEE") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, tc := range map[string]struct {
		o  Options
		to string
	}{
		"five":    {Options{}, long(5)},
		"two":     {Options{MaxRedirects: 2}, long(2)},
		"upgrade": {Options{RootCAs: roots}, through(a.URL, secure.URL)},
	} {
		if _, _, err := fetch(t, tc.o, tc.to); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := fetch(t, Options{MaxRedirects: 2}, long(3)); err == nil {
		t.Error("three redirects of two were followed")
	}
	if resp, _, err := fetch(t, Options{MaxRedirects: -1}, long(1)); err != nil || resp.StatusCode != http.StatusFound {
		t.Errorf("not following: %v, %v", resp, err)
	}
}

func TestGuard(t *testing.T) {
	none, loopback := RefuseInternal(nil, nil), netip.MustParsePrefix("127.0.0.0/8")
	for addr, refuse := range map[string]bool{
		"127.0.0.1": true, "10.1.2.3": true, "172.31.0.1": true, "192.168.1.1": true, "169.254.169.254": true, "100.100.100.200": true, "0.0.0.0": true,
		"::1": true, "::": true, "::ffff:10.0.0.1": true, "fe80::1": true, "fd00::1": true, "64:ff9b::7f00:1": true, "224.0.0.1": true, "255.255.255.255": true,
		"8.8.8.8": false, "172.32.0.1": false, "198.18.0.7": false, "2001:db8::1": false, "100.128.0.1": false, "64:ff9b::808:808": false,
	} {
		err := none("x.test:443", netip.AddrPortFrom(netip.MustParseAddr(addr), 443))
		var refused *GuardError
		if errors.As(err, &refused) != refuse {
			t.Errorf("%s: %v", addr, err)
		}
	}

	s := mirrortest.New(t, mirrortest.Options{})
	_, port, _ := net.SplitHostPort(s.Addr())
	for _, tc := range []struct {
		guard Guard
		url   string
		ok    bool
	}{
		{nil, s.URL(mirrortest.HTML), true},
		{none, s.URL(mirrortest.HTML), false},
		{none, "http://[::ffff:127.0.0.1]:" + port + "/html", false},
		{RefuseInternal(nil, []netip.Prefix{loopback}), s.URL(mirrortest.HTML), true},
		{RefuseInternal([]string{s.Addr()}, nil), s.URL(mirrortest.HTML), true},
		{RefuseInternal([]string{"127.0.0.1"}, nil), s.URL(mirrortest.HTML), true},
		{RefuseInternal([]string{"127.0.0.1:1"}, nil), s.URL(mirrortest.HTML), false},
	} {
		_, _, err := fetch(t, Options{Guard: tc.guard}, tc.url)
		var refused *GuardError
		if (err == nil) != tc.ok || !tc.ok && !errors.As(err, &refused) {
			t.Errorf("%s: %v, want fine %v", tc.url, err, tc.ok)
		}
	}
	if c, err := Dial(t.Context(), Options{Guard: none}, "tcp", s.Addr()); err == nil {
		_ = c.Close()
		t.Error("Dial does not ask the guard")
	}
	c, err := Dial(t.Context(), Options{}, "tcp4", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
}

func TestLimits(t *testing.T) {
	s := mirrortest.New(t, mirrortest.Options{Modules: mirrortest.Modules{"example.com/x@v1.0.0": {"x.go": "package x\n"}}})
	_, _, err := fetch(t, Options{FirstByte: 50 * time.Millisecond}, s.URL(mirrortest.Slow)+"/example.com/x/@v/list")
	var late net.Error
	if !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("first byte: %v", err)
	}
	// A server that accepts and says nothing is no TLS server.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, _, err = fetch(t, Options{TLSHandshake: 50 * time.Millisecond}, "https://"+l.Addr().String())
	if !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("handshake: %v", err)
	}
}

func TestReadAll(t *testing.T) {
	body := func(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }
	if b, err := ReadAll(t.Context(), body("four"), 4); err != nil || string(b) != "four" {
		t.Errorf("at the limit: %q, %v", b, err)
	}
	var large *TooLargeError
	if b, err := ReadAll(t.Context(), body("fives"), 4); !errors.As(err, &large) || string(b) != "five" || !strings.Contains(msg.In(err, msg.Chinese), "超过 4 字节") {
		t.Errorf("above the limit: %q, %v", b, err)
	}

	// One byte a second ends with the reader's own context, not the request's.
	s := mirrortest.New(t, mirrortest.Options{Modules: mirrortest.Modules{"example.com/x@v1.0.0": {"x.go": "package x\n"}}})
	c := New(Options{})
	defer c.CloseIdleConnections()
	resp, err := c.Get(s.URL(mirrortest.Drip) + "/example.com/x/@v/list")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	b, err := ReadAll(ctx, resp.Body, 1<<20)
	if !errors.Is(err, context.DeadlineExceeded) || len(b) == 0 {
		t.Errorf("%q, %v", b, err)
	}
}

// Connections gives each request its own connection, and keeps that many.
func TestConnections(t *testing.T) {
	const at = 20
	for _, tc := range []struct {
		o     Options
		proto string
		most  int32
	}{{Options{}, "HTTP/2.0", 1 + at}, {Options{Connections: at}, "HTTP/1.1", at}} { // HTTP/2 dials more than it keeps, at first
		var here sync.WaitGroup
		var opened atomic.Int32
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			here.Done()
			here.Wait() // all of them, or it hangs
			_, _ = io.WriteString(w, r.Proto)
		}))
		srv.EnableHTTP2 = true
		srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
			if s == http.StateNew {
				opened.Add(1)
			}
		}
		srv.StartTLS()
		defer srv.Close()
		roots := x509.NewCertPool()
		roots.AddCert(srv.Certificate())
		tc.o.RootCAs = roots
		c := New(tc.o)
		defer c.CloseIdleConnections()
		for range 3 {
			here.Add(at)
			var done sync.WaitGroup
			for range at {
				done.Go(func() {
					resp, err := c.Get(srv.URL)
					if err != nil {
						t.Error(err)
						here.Done()
						return
					}
					if b, err := ReadAll(t.Context(), resp.Body, 100); string(b) != tc.proto || err != nil {
						t.Errorf("%s, %v, want %s", b, err, tc.proto)
					}
				})
			}
			done.Wait()
		}
		if n := opened.Load(); n > tc.most {
			t.Errorf("%s: %d connections for %d requests at a time", tc.proto, n, at)
		}
	}
}

// A name that a redirect led to is judged by what it resolves to.
func TestRedirectToANameForMetadata(t *testing.T) {
	hook := Options{}.dialer().ControlContext
	after := context.WithValue(t.Context(), redirected{}, true)
	for _, tc := range []struct {
		ctx    context.Context
		addr   string
		refuse bool
	}{
		{after, "169.254.169.254:80", true}, {after, "100.100.100.200:80", true}, {after, "[fe80::1%1]:80", true}, {after, "[::ffff:169.254.0.23]:80", true},
		{after, "10.0.0.1:80", false}, {t.Context(), "169.254.169.254:80", false},
	} {
		var refused *GuardError
		if err := hook(tc.ctx, "tcp", tc.addr, nil); errors.As(err, &refused) != tc.refuse {
			t.Errorf("%s: %v", tc.addr, err)
		}
	}
	var seen []any
	tr := &transport{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		seen = append(seen, ctx.Value(redirected{}))
		return nil, errors.New("no further")
	}}}
	first := httptest.NewRequest(http.MethodGet, "http://a.test/", nil)
	for _, to := range []string{"http://a.test/x", "http://b.test/x"} {
		r := httptest.NewRequest(http.MethodGet, to, nil)
		r.Response = &http.Response{Request: first}
		if _, err := tr.RoundTrip(r); err == nil {
			t.Error("it went further")
		}
	}
	if len(seen) != 2 || seen[0] != nil || seen[1] != true {
		t.Errorf("the dialer was told %v", seen)
	}
}

// FuzzNumeric: an address is never taken for a name, nor a name for a number.
func FuzzNumeric(f *testing.F) {
	for _, s := range []string{"2852039166", "0xa9fea9fe", "a.0x1", "169.254.43518", "x.test", "", ".", "0x", "1.2.3.4."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, host string) {
		if _, err := netip.ParseAddr(host); err == nil && !strings.Contains(host, ":") && !numeric(host) {
			t.Errorf("the address %q is no number", host)
		}
		if strings.ContainsAny(host, "ghijklmnopqrstuvwyz-_") && numeric(host+".test") {
			t.Errorf("%q is a number", host+".test")
		}
	})
}
