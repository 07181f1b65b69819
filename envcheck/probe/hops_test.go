package probe

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// silent accepts connections and says nothing, or one thing and no more.
func silent(t *testing.T, says string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
			if says != "" {
				_, _ = io.WriteString(c, says)
				_ = c.Close()
			}
		}
	}()
	return l.Addr().String()
}

// patient is a plain proxy that waits for the end of the line, whatever comes: a
// TLS handshake gets no answer, as with tinyproxy.
func patient(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
			go func() {
				first := make([]byte, 1)
				if _, err := c.Read(first); err == nil && first[0] == 'C' { // CONNECT
					_, _ = io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n")
				}
			}()
		}
	}()
	return l.Addr().String()
}

func TestHops(t *testing.T) {
	s := serve(t, mirrortest.Options{TLS: mirrortest.TLSGood})
	through := func(o mirrortest.ProxyOptions) *mirrortest.Proxy {
		o.Hosts, o.Closed = map[string]string{"mirror.test:443": s.Addr()}, true
		return mirrortest.NewProxy(t, o)
	}
	good := through(mirrortest.ProxyOptions{})
	secure := httptest.NewUnstartedServer(good)
	secure.TLS = &tls.Config{}
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(func() { secure.CloseClientConnections(); secure.Close() })
	host := func(url string) string { _, h, _ := strings.Cut(url, "://"); return h }

	for _, tc := range []struct {
		name, proxy, class, mirror string
		missing                    bool
	}{
		{"lets us through", good.URL(), "ok", "ok", false},
		{"without a scheme", host(good.URL()), "ok", "ok", false},
		{"an unknown scheme is http", strings.Replace(good.URL(), "http:", "htp:", 1), "ok", "ok", false},
		{"wants a password", through(mirrortest.ProxyOptions{Status: http.StatusProxyAuthRequired}).URL(), "auth", "hop", false},
		{"forbids", through(mirrortest.ProxyOptions{Status: http.StatusForbidden}).URL(), "denied", "hop", false},
		{"its own way out is dead", mirrortest.NewProxy(t, mirrortest.ProxyOptions{Closed: true}).URL(), "broken", "hop", false},
		{"https to a plain one", strings.Replace(good.URL(), "http:", "https:", 1), "plain", "hop", false},
		{"https to a plain one that waits", "https://" + patient(t), "plain", "hop", false},
		{"https to one that forbids", strings.Replace(through(mirrortest.ProxyOptions{Status: http.StatusForbidden}).URL(), "http:", "https:", 1), "plain", "hop", false},
		{"speaks TLS with a certificate of its own", secure.URL, "broken", "hop", false},
		{"nobody listens", "http://" + closedPort(t), "refused", "hop", false},
		{"nobody listens for TLS", "https://" + closedPort(t), "refused", "hop", false},
		{"never answers", "http://" + silent(t, ""), "timeout", "timeout", false},
		{"never answers to TLS", "https://" + silent(t, ""), "timeout", "hop", false},
		{"is no proxy", "http://" + silent(t, "SSH-2.0-OpenSSH_9.2\r\n"), "broken", "", false},
		{"does not resolve", "http://no..such.example:3128", "dns", "hop", false},
		{"SOCKS5, nobody listens", "socks5://" + closedPort(t), "refused", "hop", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := view("GOPROXY=https://mirror.test/ok,off", "GOSUMDB="+s.SumDBKey(), "https_proxy="+tc.proxy, trusting(t, s))
			o := Options{View: v, Pins: pins(s)}
			if tc.class == "timeout" || strings.HasSuffix(tc.name, "waits") {
				o.StepTimeout = hangs
			}
			n, missing := run(t, o)
			if len(n.Proxies) != 1 {
				t.Fatalf("%+v", n.Proxies)
			}
			h := n.Proxies[0]
			_, bare, ok := strings.Cut(tc.proxy, "://")
			if !ok {
				bare = tc.proxy
			}
			if h.Variable != "https_proxy" || h.Host != bare || h.Class != tc.class || (h.Detail == "") != (tc.class == "ok") || len(missing) > 0 {
				t.Errorf("%+v, missing %v", h, missing)
			}
			if tc.mirror != "" && n.Mirrors[0].Class != tc.mirror {
				t.Errorf("the mirror is %q: %+v", n.Mirrors[0].Class, n.Mirrors[0].Steps)
			}
			// The proxy resolves the name, so nothing is said about that here.
			if m := hostNamed(n, "mirror.test"); m.Class != "" || m.TLS != "" {
				t.Errorf("%+v", m)
			}
			if tlsOf := hostNamed(n, "127.0.0.1").TLS; tlsOf != map[bool]string{true: "unknown-authority"}[tc.proxy == secure.URL] {
				t.Errorf("TLS with the proxy: %q", tlsOf)
			}
		})
	}
}

// Two variables that name one proxy are one question; HTTP_PROXY alone has no
// tunnel, and what NO_PROXY lists needs none.
func TestWhichHops(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	proxy := mirrortest.NewProxy(t, mirrortest.ProxyOptions{Closed: true, Hosts: map[string]string{"plain.test:80": s.Addr()}})
	auth := mirrortest.NewProxy(t, mirrortest.ProxyOptions{Status: http.StatusProxyAuthRequired})
	connects := func(p *mirrortest.Proxy) (n int) {
		for _, r := range p.Requests() {
			if r.Method == http.MethodConnect {
				n++
			}
		}
		return n
	}
	for _, tc := range []struct {
		name    string
		environ []string
		want    string
	}{
		{"none", nil, ""},
		{"both the same", []string{"GOPROXY=https://mirror.test", "HTTPS_PROXY=" + proxy.URL(), "HTTP_PROXY=" + proxy.URL()}, "HTTPS_PROXY broken, HTTP_PROXY broken"},
		{"a plain mirror", []string{"GOPROXY=http://plain.test/ok", "HTTP_PROXY=" + proxy.URL()}, "HTTP_PROXY ok"},
		{"a plain mirror and a password", []string{"GOPROXY=http://plain.test/ok", "HTTP_PROXY=" + auth.URL()}, "HTTP_PROXY auth"},
		{"HTTP_PROXY does nothing", []string{"GOPROXY=" + s.URL(mirrortest.OK), "HTTP_PROXY=" + auth.URL()}, "HTTP_PROXY ok"},
		{"HTTP_PROXY does nothing and is dead", []string{"GOPROXY=" + s.URL(mirrortest.OK), "HTTP_PROXY=http://" + closedPort(t)}, "HTTP_PROXY refused"},
		{"not for this mirror", []string{"GOPROXY=https://127.0.0.1:1,off", "HTTPS_PROXY=" + auth.URL()}, "HTTPS_PROXY ok"},
		{"inside a CGI program", []string{"GOPROXY=" + s.URL(mirrortest.OK), "HTTP_PROXY=" + proxy.URL(), "REQUEST_METHOD=GET"}, "HTTP_PROXY ok"},
		{"not readable", []string{"GOPROXY=" + s.URL(mirrortest.OK), "HTTPS_PROXY=http://%zz"}, ""},
	} {
		n, _ := run(t, Options{View: view(append(tc.environ, "GOSUMDB="+s.SumDBKey()+" "+s.SumDBURL())...), Pins: pins(s)})
		var got []string
		for _, h := range n.Proxies {
			got = append(got, h.Variable+" "+h.Class)
		}
		if strings.Join(got, ", ") != tc.want {
			t.Errorf("%s: %q, want %q; %+v", tc.name, got, tc.want, n.Proxies)
		}
	}
	if connects(auth) != 0 {
		t.Errorf("a tunnel was asked for in vain: %v", auth.Requests())
	}
}

// A proxy is dialled where net/http would dial it.
func TestHopAddress(t *testing.T) {
	for value, want := range map[string]string{"http://h": "h:80", "https://h": "h:443", "socks5://h": "h:1080", "socks5h://h:9": "h:9", "htp://h": "h:80", "http://[::1]:3128": "[::1]:3128"} {
		p := newProber(Options{View: view("GOPROXY=off", "HTTPS_PROXY="+value)})
		if len(p.hops) != 1 || address(p.hops[0].proxy) != want || p.hops[0].target != nil {
			t.Errorf("%s: %+v, want %s", value, p.hops, want)
		}
	}
}
