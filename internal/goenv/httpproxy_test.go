package goenv

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// childClient asks for each URL with net/http's own reading of the environment,
// and prints where it connected to. Only loopback is really dialled.
func childClient(urls []string) {
	for _, u := range urls {
		var dialled string
		tr := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			dialled = addr
			if host, _, _ := net.SplitHostPort(addr); net.ParseIP(host).IsLoopback() {
				return (&net.Dialer{}).DialContext(ctx, network, addr)
			}
			return nil, errors.New("not dialled")
		}}
		resp, err := (&http.Client{Transport: tr}).Get(u)
		if err == nil {
			resp.Body.Close()
		}
		if dialled == "" {
			dialled = "nothing"
		}
		fmt.Println(dialled)
	}
}

// TestProxyVarsAgainstHTTP compares For with where a real client connects to.
func TestProxyVarsAgainstHTTP(t *testing.T) {
	var log []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log = append(log, r.Method+" "+r.RequestURI)
		if r.Method == http.MethodConnect {
			http.Error(w, "no", http.StatusForbidden)
		}
	}))
	defer proxy.Close()
	addr := strings.TrimPrefix(proxy.URL, "http://")
	both := func(no string) []string {
		return []string{"HTTP_PROXY=" + proxy.URL, "https_proxy=" + addr, "NO_PROXY=" + no}
	}
	environs := [][]string{
		nil, both(""), {"HTTP_PROXY=" + proxy.URL, "http_proxy=http://lower.test:1"}, {"http_proxy=http://lower.test:1"}, {"HTTP_PROXY=", "http_proxy=" + addr},
		{"ALL_PROXY=" + proxy.URL}, {"HTTP_PROXY=htp://odd.test:3128"}, {"HTTP_PROXY=socks5://socks.test:1080", "HTTPS_PROXY=socks5h://socks.test:1081"},
		{"HTTP_PROXY=http://[::1"}, {"HTTP_PROXY=:3128"}, {"HTTP_PROXY=http://a b"}, {"HTTP_PROXY=" + proxy.URL, "REQUEST_METHOD=GET"}, {"HTTPS_PROXY=https://tls.test:3129"},
	}
	for _, no := range noProxyCorpus {
		environs = append(environs, both(no))
	}
	urls := []string{"http://foo.com/", "https://foo.com/", "https://bar.foo.com/x", "http://foo.com:8080/", "http://192.168.1.7/", "http://10.0.0.5:81/", "http://localhost:1/", "http://127.0.0.9:1/", "http://[2001:db8::1]/", "http://FOO.com./"}
	viaProxy := 0
	for _, environ := range environs {
		cmd := exec.Command(os.Args[0], urls...)
		cmd.Env = append(slices.Clone(environ), "YINGZAO_GOENV_CHILD=client", "GORACE=atexit_sleep_ms=0")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", environ, err, out)
		}
		v := Resolve(Sources{Environ: environ}).HTTPProxies()
		got := strings.Fields(string(out))
		for i, raw := range urls {
			u, _ := url.Parse(raw)
			p, err := v.For(u)
			want := hostPort(u)
			switch {
			case err != nil:
				want = "nothing"
			case p != nil:
				want = hostPort(p)
			}
			if got[i] != want {
				t.Errorf("%q %s: the client connects to %s, we say %s (%v)", environ, raw, got[i], want, err)
			}
			if got[i] == addr {
				viaProxy++
			}
		}
	}
	if viaProxy != len(log) || viaProxy < 50 {
		t.Errorf("%d connections to the proxy, %d requests in its log", viaProxy, len(log))
	}
	t.Logf("%d environments, %d requests, %d through the proxy", len(environs), len(environs)*len(urls), viaProxy)
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443"}[u.Scheme]
	}
	if port == "" {
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

var noProxyCorpus = []string{"foo.com", ".foo.com", "*.foo.com", "FOO.com", "foo.com:8080", "*", "bar.test,*", "192.168.0.0/16", "192.168.1.7", "10.0.0.5:81", "10.0.0.5:82", "2001:db8::1", "[2001:db8::1]:80", "2001:db8::/32",
	"https://foo.com", "foo.com;bar.com", "bar.com foo.com", `^foo\.com$`, `.*\.foo\.com`, "*.foo.com/*", "foo.com/", "192.168.1.0/33", "192.168.*", "192.168.1.*", "*foo.com", "foo.*", "foo.com.", "foo.com:http", ":8080", "192.168", "192.168.", "192.168.1.1-192.168.1.9", "[2001:db8::1]", " foo.com , x", ",", "."}

func TestProxyAddress(t *testing.T) {
	for value, want := range map[string]string{"": "", "http://[::1": "http://http://[::1", "a b": "a%20b", "%zz": "", "proxy.test:3128": "http://proxy.test:3128", "socks5://s.test": "socks5://s.test", "htp://x.test": "htp://x.test", "user:pw@p.test:1": "http://user:pw@p.test:1"} {
		got := ""
		if u := ProxyAddress(value); u != nil {
			got = u.String()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}
