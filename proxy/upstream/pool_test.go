package upstream

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

func TestNew(t *testing.T) {
	for _, bad := range [][]string{
		nil, {""}, {"direct"}, {"off"}, {"file:///srv/modules"}, {"https://a.example,https://b.example"}, {"ftp://a.example"},
		{"http://u:C0FFEE@a.example"}, {"https://u:C0FFEE%zz@a.example"}, {"https://a.example", "https://a.example/"}, {"https://u:C0FFEE@a.example", "a.example"},
	} {
		p, err := New(Options{Mirrors: bad})
		if err == nil {
			p.Close()
		}
		if err == nil || strings.Contains(err.Error()+msg.In(err, msg.Chinese), "C0FFEE") || msg.In(err, msg.Chinese) == err.Error() {
			t.Errorf("%v: %v", bad, err)
		}
	}
	p := pool(t, Options{}, "goproxy.cn", "https://u:C0FFEE@mirror.test/x/")
	if h := p.Health(); len(h) != 2 || h[0].URL != "https://goproxy.cn" || h[1].URL != "https://mirror.test/x" || h[0].State != Up || h[0].Success != 1 || p.Name() != "mirrors" {
		t.Errorf("%+v", h)
	}
}

func TestTheFiveRequests(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	p := pool(t, Options{}, s.URL(mirrortest.OK))
	if list, err := p.Versions(t.Context(), hello); err != nil || string(list) != "v1.0.0\nv1.2.0\n" {
		t.Errorf("%q, %v", list, err)
	}
	for query, want := range map[string]string{"latest": `"v1.2.0"`, "v1.0.0": `"v1.0.0"`} {
		if info, err := p.Info(t.Context(), hello, query); err != nil || !strings.Contains(string(info), want) {
			t.Errorf("%s: %s, %v", query, info, err)
		}
	}
	for _, f := range []proxy.File{helloMod, helloZip, toolchain} {
		d, data := file(t, nil)
		if err := p.Fetch(t.Context(), f, d); err != nil || d.Size() != d.Offset() || len(data()) == 0 || d.Pieces()[0].From != s.URL(mirrortest.OK) {
			t.Errorf("%v: %v, %d of %d, %v", f, err, d.Offset(), d.Size(), d.Pieces())
		}
	}
	if h := p.Health()[0]; h.Requests != 6 || h.Failures != 0 || h.Bytes == 0 || h.Latency == 0 {
		t.Errorf("%+v", h)
	}
	// What has no escaped form, or is no file, is never asked for.
	s.Forget()
	for _, query := range []string{"feature/x", "a!b"} {
		if _, err := p.Info(t.Context(), hello, query); !errors.Is(err, proxy.ErrNotFound) {
			t.Errorf("%s: %v", query, err)
		}
	}
	d, _ := file(t, nil)
	if err := p.Fetch(t.Context(), proxy.File{Kind: proxy.List, Module: hello}, d); !errors.Is(err, proxy.ErrUnavailable) {
		t.Error(err)
	}
	if len(s.Requests()) != 0 {
		t.Errorf("asked %v", s.Requests())
	}
}

// What a mirror says about another version, or in no JSON, is its failure; the
// next mirror's answer comes as it is, with what stands in it besides.
func TestInfoIsChecked(t *testing.T) {
	wrong := []string{`{"Version":"v9.9.9"}`, `{}`, `[]`, `not JSON`, ``, `null`}
	var mu sync.Mutex
	at := 0
	bad := handler(t, func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprint(w, wrong[at])
	})
	const origin = `{"Version":"v1.0.0","Time":"2024-05-01T08:00:00Z","Origin":{"VCS":"git"}}`
	good := handler(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, origin) })
	for i := range wrong {
		mu.Lock()
		at = i
		mu.Unlock()
		if data, err := pool(t, Options{}, bad, good).Info(t.Context(), hello, "v1.0.0"); err != nil || string(data) != origin {
			t.Errorf("%s: %s, %v", wrong[i], data, err)
		}
		if _, err := pool(t, Options{}, bad).Info(t.Context(), hello, "v1.0.0"); !errors.Is(err, proxy.ErrUnavailable) || mirror.ClassOf(err) != mirror.WrongContent {
			t.Errorf("%s alone: %v", wrong[i], err)
		}
	}
}

// The guard lets pass what the administrator wrote down as an address, no more.
func TestInside(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	port := s.Addr()[strings.LastIndex(s.Addr(), ":"):]
	byName := "http://localhost" + port + "/ok"
	for name, tc := range map[string]struct {
		o    Options
		want mirror.Class
	}{
		"an address":     {Options{Mirrors: []string{s.URL(mirrortest.OK)}}, ""},
		"elsewhere":      {Options{Mirrors: []string{s.URL(mirrortest.RedirectZip)}}, mirror.Guarded},
		"a name":         {Options{Mirrors: []string{byName}}, mirror.Guarded},
		"an allowed one": {Options{Mirrors: []string{byName}, AllowHosts: []string{"localhost"}}, ""},
		"a range":        {Options{Mirrors: []string{byName}, AllowNets: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}}, ""},
		"through a proxy": {Options{Mirrors: []string{"http://mirror.test/ok"}, HTTP: httpx.Options{Proxy: httpx.ProxyFromEnviron([]string{
			"HTTP_PROXY=" + mirrortest.NewProxy(t, mirrortest.ProxyOptions{Hosts: map[string]string{"mirror.test:80": s.Addr()}, Closed: true}).URL()})}}, ""},
	} {
		p, err := New(tc.o)
		if err != nil {
			t.Fatal(err)
		}
		d, _ := file(t, nil)
		if err := p.Fetch(t.Context(), helloZip, d); mirror.ClassOf(err) != tc.want || (err != nil) != errors.Is(err, proxy.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
		p.Close()
	}
}

// P21. What belongs to one mirror reaches neither where it redirects to nor the
// next mirror, and stands in no error.
func TestP21CredentialsStayWithTheirMirror(t *testing.T) {
	s := serve(t, mirrortest.Options{TLS: mirrortest.TLSGood})
	ca, err := httpx.Pool(s.CA())
	if err != nil {
		t.Fatal(err)
	}
	secret := func(m mirrortest.Mode) string { return strings.Replace(s.URL(m), "://", "://dev:C0FFEE@", 1) }
	p := pool(t, Options{HTTP: httpx.Options{RootCAs: ca}, Rounds: 1}, secret(mirrortest.Unavailable), secret(mirrortest.RedirectZip), s.URL(mirrortest.OK))
	d, _ := file(t, nil)
	if err := p.Fetch(t.Context(), helloZip, d); err != nil {
		t.Fatal(err)
	}
	other, _ := url.Parse(s.OtherURL())
	for _, r := range s.Requests() {
		if mine := r.Host != other.Host && !strings.HasPrefix(r.Path, "/ok/"); r.Auth != mine {
			t.Errorf("authorization %v sent to %s%s", r.Auth, r.Host, r.Path)
		}
	}
	if len(s.Requests()) != 3 {
		t.Errorf("%v", s.Requests())
	}
	bad := pool(t, Options{HTTP: httpx.Options{RootCAs: ca}, Rounds: 1}, secret(mirrortest.Forbidden), secret(mirrortest.HTML), secret(mirrortest.Reset))
	_, err = bad.Versions(t.Context(), hello)
	if all := fmt.Sprint(err, msg.In(err, msg.Chinese), bad.Health(), d.Pieces(), p.Health()); err == nil || strings.Contains(all, "C0FFEE") || strings.Contains(all, "dev") {
		t.Error(all)
	}
}
