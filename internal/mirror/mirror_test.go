package mirror

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestRequests(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	m := mirrorOf(t, s, mirrortest.OK)
	ctx := t.Context()
	list, err := m.List(ctx, hello)
	if err != nil || !slices.Equal(list, []string{"v1.0.0", "v1.2.0"}) {
		t.Errorf("list %v, %v", list, err)
	}
	if info, err := m.Info(ctx, hello, "v1.0.0"); err != nil || info.Version != "v1.0.0" || info.Time.IsZero() {
		t.Errorf("info %v, %v", info, err)
	}
	if mod, err := m.Mod(ctx, hello, "v1.0.0"); err != nil || string(mod) != "module "+hello+"\n" {
		t.Errorf("mod %q, %v", mod, err)
	}
	const zip = "/example.com/!hello/@v/v1.0.0.zip"
	whole, err := m.Open(ctx, http.MethodGet, zip, nil)
	if err != nil {
		t.Fatal(err)
	}
	all, err := httpx.ReadAll(ctx, whole.Body, 1<<20)
	if err != nil || whole.StatusCode != http.StatusOK {
		t.Errorf("zip: %v, %v", whole.Status, err)
	}
	rest, err := m.Open(ctx, http.MethodGet, zip, http.Header{"Range": {"bytes=10-"}})
	if err != nil {
		t.Fatal(err)
	}
	if tail, err := httpx.ReadAll(ctx, rest.Body, 1<<20); err != nil || rest.StatusCode != http.StatusPartialContent || string(tail) != string(all[10:]) {
		t.Errorf("rest of the zip: %v, %d of %d bytes, %v", rest.Status, len(tail), len(all), err)
	}
	if data, err := m.SumDB(ctx, "sum.mirror.test", "/latest"); err != nil || !strings.HasPrefix(string(data), "go.sum database tree\n") {
		t.Errorf("sumdb %q, %v", data, err)
	}
	var asked []string
	for _, r := range s.Requests() {
		asked = append(asked, r.Path)
	}
	if want := "/ok/example.com/!hello/@v/list /ok/example.com/!hello/@v/v1.0.0.info /ok/example.com/!hello/@v/v1.0.0.mod /ok/example.com/!hello/@v/v1.0.0.zip"; !strings.HasPrefix(strings.Join(asked, " "), want) {
		t.Errorf("asked %v", asked)
	}
}

func TestBadURLsAndNames(t *testing.T) {
	for _, base := range []string{"", "direct", "goproxy.cn", "file:///srv/proxy", "ftp://h.example", "https://", "http://u:C0FFEE@h.example", "https://u:C0FFEE%zz@h.example", "https://u:C0FFEE/x@h.example"} {
		if m, err := New(base, nil); err == nil || strings.Contains(err.Error(), "C0FFEE") || strings.Contains(err.Error(), "%zz") {
			t.Errorf("%q: %v, %v", base, m, err)
		}
	}
	m, err := New("https://u:C0FFEE@h.example/sub/", nil)
	if err != nil || m.String() != "https://h.example/sub" {
		t.Errorf("%v, %v", m, err)
	}
	for _, bad := range [][2]string{{"no spaces", "v1.0.0"}, {"example.com/x", "v1/../../x"}, {"", "v1.0.0"}} {
		if _, err := m.Mod(t.Context(), bad[0], bad[1]); msg.KindOf(err) != msg.Usage {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// Every manner of failing has a class of its own, and both languages speak.
func TestClassesOfAnswers(t *testing.T) {
	t.Parallel()
	s := serve(t, mirrortest.Options{})
	for mode, want := range map[mirrortest.Mode]Class{
		mirrortest.OK: "", mirrortest.Redirect: "", mirrortest.NotFound: NotFound, mirrortest.Gone: NotFound, mirrortest.ServerError: Server, mirrortest.Unavailable: Server,
		mirrortest.Forbidden: Denied, mirrortest.Unauthorized: Denied, mirrortest.Auth: Denied, mirrortest.HTML: HTML, mirrortest.Login: Login, mirrortest.Loop: Redirect,
		mirrortest.Slow: Timeout, mirrortest.Drip: Slow, mirrortest.Truncated: Truncated, mirrortest.Reset: Reset,
	} {
		_, err := mirrorOf(t, s, mode).Info(within(t, patience(mode)), hello, "v1.0.0")
		if got := ClassOf(err); got != want {
			t.Errorf("%s: class %q, want %q: %v", mode, got, want, err)
		}
		if err == nil {
			continue
		}
		var e *Error
		if zh := msg.In(err, msg.Chinese); !errors.As(err, &e) || len(e.Hosts) == 0 || !strings.HasPrefix(zh, "读取 http") {
			t.Errorf("%s: %+v in Chinese: %s", mode, e, zh)
		}
		if errors.Is(err, fs.ErrNotExist) != (want == NotFound) {
			t.Errorf("%s: errors.Is(err, fs.ErrNotExist) of %v", mode, err)
		}
		if incomplete := msg.KindOf(err) == msg.Incomplete; incomplete == (want == NotFound) {
			t.Errorf("%s: kind %v", mode, msg.KindOf(err))
		}
	}
	if e := (*Error)(nil); !errors.As(func() error { _, err := mirrorOf(t, s, mirrortest.Login).List(t.Context(), hello); return err }(), &e) || len(e.Hosts) != 2 || "http://"+e.Hosts[1] != s.OtherURL() {
		t.Errorf("the hosts on the way to the login page: %+v", e)
	}
}

func TestClassesOfTLS(t *testing.T) {
	for kind, want := range map[mirrortest.TLS]Class{
		mirrortest.TLSGood: "", mirrortest.TLSExpired: TLSExpired, mirrortest.TLSNotYet: TLSNotYet, mirrortest.TLSWrongName: TLSName, mirrortest.TLSOld: TLSVersion,
	} {
		s := serve(t, mirrortest.Options{TLS: kind})
		pool, err := httpx.Pool(s.CA())
		if err != nil {
			t.Fatal(err)
		}
		m, err := New(s.URL(mirrortest.OK), client(t, httpx.Options{RootCAs: pool}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.List(t.Context(), hello); ClassOf(err) != want {
			t.Errorf("%s: class %q, want %q: %v", kind, ClassOf(err), want, err)
		}
		if kind != mirrortest.TLSGood {
			continue
		}
		stranger, _ := New(s.URL(mirrortest.OK), client(t, httpx.Options{}))
		if _, err := stranger.List(t.Context(), hello); ClassOf(err) != TLSAuthority {
			t.Errorf("without the authority: %q: %v", ClassOf(err), err)
		}
	}
	plain := serve(t, mirrortest.Options{})
	m, _ := New("https://"+plain.Addr()+"/ok", client(t, httpx.Options{}))
	if _, err := m.List(t.Context(), hello); ClassOf(err) != TLSPlain {
		t.Errorf("plain HTTP on an https port: %q: %v", ClassOf(err), err)
	}
}

func TestClassesOfTheWayThere(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	_ = closed.Close()
	through := func(url string) httpx.Options {
		return httpx.Options{Proxy: httpx.ProxyFromEnviron([]string{"HTTPS_PROXY=" + url, "HTTP_PROXY=" + url})}
	}
	s := serve(t, mirrortest.Options{})
	for name, tc := range map[string]struct {
		base string
		o    httpx.Options
		want Class
	}{
		"nobody listens":    {"http://" + nobody, httpx.Options{}, Refused},
		"proxy says 403":    {"https://mirror.test", through(mirrortest.NewProxy(t, mirrortest.ProxyOptions{Status: 403}).URL()), ProxyDenied},
		"proxy says 407":    {"https://mirror.test", through(mirrortest.NewProxy(t, mirrortest.ProxyOptions{Status: 407}).URL()), ProxyDenied},
		"plain through 407": {"http://mirror.test", through(mirrortest.NewProxy(t, mirrortest.ProxyOptions{Status: 407}).URL()), Denied},
		"no proxy there":    {"https://mirror.test", through("http://" + nobody), Proxy},
		"guarded":           {s.URL(mirrortest.OK), httpx.Options{Guard: httpx.RefuseInternal(nil, nil)}, Guarded},
	} {
		m, err := New(tc.base, client(t, tc.o))
		if err != nil {
			t.Fatal(err)
		}
		_, err = m.List(within(t, time.Minute), hello)
		if got := ClassOf(err); got != tc.want {
			t.Errorf("%s: class %q, want %q: %v", name, got, tc.want, err)
		}
	}
}

// What a caller needs who reads bodies itself.
func TestGetAndFail(t *testing.T) {
	m := mirrorHandler(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/busy":
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/page":
			_, _ = io.WriteString(w, " <html>")
		default:
			_, _ = io.WriteString(w, "v1.0.0\n")
		}
	})
	if data, err := m.Get(t.Context(), "/list", 7); err != nil || string(data) != "v1.0.0\n" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := m.Get(t.Context(), "/list", 6); ClassOf(err) != WrongContent {
		t.Errorf("too large: %v", err)
	}
	if _, err := m.Get(t.Context(), "/page", 100); ClassOf(err) != HTML {
		t.Errorf("a page: %v", err)
	}
	var e *Error
	if _, err := m.Get(t.Context(), "/busy", 100); !errors.As(err, &e) || e.Header().Get("Retry-After") != "7" {
		t.Errorf("the failed answer's header: %v", err)
	}
	if e := m.Fail("", "/x", nil, io.ErrUnexpectedEOF); e.Class != Truncated || e.Header() != nil || msg.KindOf(e) != msg.Incomplete {
		t.Errorf("%+v", e)
	}
	if e := m.Fail(Slow, "/x", nil, errors.New("why")); e.Class != Slow || !strings.HasSuffix(e.Error(), "/x: the answer was not complete in time: why") {
		t.Errorf("%v", e)
	}
}

func TestWrongContent(t *testing.T) {
	answer := ""
	srv := mirrorHandler(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) })
	for _, body := range []string{`{"Version":"v9.9.9"}`, `{}`, `not json`, ``, `[1]`} {
		answer = body
		if _, err := srv.Info(t.Context(), hello, "v1.0.0"); ClassOf(err) != WrongContent {
			t.Errorf("%q: %v", body, err)
		}
	}
	answer = `{"Version":"v1.0.1-0.20240101000000-abcdefabcdef"}`
	if info, err := srv.Info(t.Context(), hello, "main"); err != nil || info.Version == "" {
		t.Errorf("a branch: %v, %v", info, err)
	}
	answer = strings.Repeat("x", maxInfo+1)
	if _, err := srv.Info(t.Context(), hello, "main"); ClassOf(err) != WrongContent {
		t.Errorf("too large: %v", err)
	}
	if ClassOf(nil) != "" || ClassOf(errors.New("x")) != Other {
		t.Error("classes of nothing and of anything")
	}
}

// Without asking a name server, and what Windows calls things.
func TestClassesByType(t *testing.T) {
	wrap := func(err error) error {
		return &url.Error{Op: "Get", URL: "https://mirror.test", Err: &net.OpError{Op: "dial", Net: "tcp", Err: err}}
	}
	for _, tc := range []struct {
		err  error
		want Class
	}{
		{wrap(&net.DNSError{Err: "no such host", IsNotFound: true}), DNS},
		{wrap(&net.DNSError{Err: "i/o timeout", IsTimeout: true}), DNS},
		{wrap(context.DeadlineExceeded), Timeout},
		{wrap(context.Canceled), Canceled},
		{wrap(os.NewSyscallError("connect", syscall.Errno(10061))), Refused},
		{wrap(os.NewSyscallError("connect", syscall.ENETUNREACH)), Unreachable},
		{wrap(os.NewSyscallError("read", syscall.ECONNRESET)), Reset},
		{wrap(x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}), TLS},
		{wrap(tls.RecordHeaderError{Msg: "no TLS"}), TLSPlain},
		{fmt.Errorf("outer: %w", &Error{Class: Login, text: msg.Errorf("x", "某")}), Login},
	} {
		if got := ClassOf(tc.err); got != tc.want {
			t.Errorf("%v: %q, want %q", tc.err, got, tc.want)
		}
	}
}

// A secret in the URL and in redirects is in no error, but arrives.
func TestSecretsStayInside(t *testing.T) {
	s := serve(t, mirrortest.Options{TLS: mirrortest.TLSGood})
	pool, _ := httpx.Pool(s.CA())
	for _, mode := range []mirrortest.Mode{mirrortest.OK, mirrortest.Auth, mirrortest.Forbidden, mirrortest.HTML, mirrortest.Reset, mirrortest.Truncated, mirrortest.Login} {
		m, err := New(strings.Replace(s.URL(mode), "://", "://dev:C0FFEE@", 1), client(t, httpx.Options{RootCAs: pool}))
		if err != nil {
			t.Fatal(err)
		}
		_, err = m.Mod(t.Context(), hello, "v1.0.0")
		if (err == nil) != (mode == mirrortest.OK || mode == mirrortest.Auth) {
			t.Errorf("%s: %v", mode, err)
		}
		if err != nil && strings.Contains(err.Error()+msg.In(err, msg.Chinese), "C0FFEE") {
			t.Errorf("%s: %v", mode, err)
		}
	}
	for _, r := range s.Requests() {
		if r.Auth != (r.Host == s.Addr()) {
			t.Errorf("authorization %v sent to %s%s", r.Auth, r.Host, r.Path)
		}
	}
}

func TestIsPage(t *testing.T) {
	tile, err := hex.DecodeString("3c06e933e5f48614eea2cc813fd589b9e34f5d2c5404dd81df9577be418ab992") // of the public database
	if err != nil {
		t.Fatal(err)
	}
	for data, want := range map[string]bool{
		"<!DOCTYPE html>": true, "\ufeff \r\n<html lang=zh>": true, "<?xml version=\"1.0\"?>": true,
		"<head><title>\xc7\xeb\xb5\xc7\xc2\xbc</title>": true, // GBK
		"": false, "<": false, "v1.0.0\n": false, "{\"Version\":\"v1.0.0\"}": false, "module x\n// <html>\n": false,
		string(tile): false, "<a" + string(tile): false, "< 3\n": false,
	} {
		if got := IsPage([]byte(data)); got != want {
			t.Errorf("IsPage(%q) = %v", data, got)
		}
	}
}
