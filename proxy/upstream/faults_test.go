package upstream

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// P5. Redirects to a metadata address, another scheme, from https to http, or
// without end are not followed; the next mirror is asked.
func TestP5Redirects(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	to := func(where string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, where, http.StatusFound) }
	}
	secure := httptest.NewTLSServer(to(s.URL(mirrortest.OK) + "/example.com/!hello/@v/list"))
	t.Cleanup(secure.Close)
	ca := secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	for _, bad := range []string{
		handler(t, to("http://169.254.169.254/latest/meta-data/")), handler(t, to("http://[fd00:ec2::254]/")), handler(t, to("http://2852039166/")),
		handler(t, to("file:///etc/passwd")), handler(t, to("gopher://127.0.0.1/")), s.URL(mirrortest.Loop), secure.URL,
	} {
		s.Forget()
		alone := pool(t, Options{HTTP: httpx.Options{RootCAs: ca}}, bad)
		if _, err := alone.Versions(t.Context(), hello); !errors.Is(err, proxy.ErrUnavailable) || mirror.ClassOf(err) != mirror.Redirect {
			t.Errorf("%s: %v", bad, err)
		}
		if n := len(s.Requests()); n > 6 {
			t.Errorf("%s: %d hops", bad, n)
		}
		both := pool(t, Options{HTTP: httpx.Options{RootCAs: ca}}, bad, s.URL(mirrortest.OK))
		if list, err := both.Versions(t.Context(), hello); err != nil || len(list) == 0 {
			t.Errorf("%s, then a good one: %v", bad, err)
		}
	}
}

// P9. A zip that is cut is not taken for whole where a length was announced; over
// HTTP/1.0 without a length nobody can know here: no size is told.
func TestP9Truncated(t *testing.T) {
	data := noise(300<<10, 9)
	cut := handler(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		_, _ = w.Write(data[:100<<10])
		panic(http.ErrAbortHandler)
	})
	old := raw(t, func(c net.Conn) {
		_, _ = fmt.Fprintf(c, "HTTP/1.0 200 OK\r\nContent-Type: application/zip\r\n\r\n%s", data[:100<<10])
	})
	d, got := file(t, nil)
	err := pool(t, Options{Rounds: 1}, cut).Fetch(t.Context(), helloZip, d)
	if !errors.Is(err, proxy.ErrUnavailable) || mirror.ClassOf(err) != mirror.Truncated || d.Offset() != 100<<10 || d.Size() != int64(len(data)) {
		t.Errorf("with a length: %v, %d of %d", err, d.Offset(), d.Size())
	}
	// The size that the first mirror told makes the second one's end visible.
	if err := pool(t, Options{Rounds: 1}, old).Fetch(t.Context(), helloZip, d); !errors.Is(err, proxy.ErrUnavailable) || mirror.ClassOf(err) != mirror.Truncated {
		t.Errorf("without one, after one with: %v", err)
	}
	if !bytes.Equal(got(), data[:100<<10]) {
		t.Error("what came is not what was sent")
	}
	d, _ = file(t, nil)
	if err := pool(t, Options{}, old).Fetch(t.Context(), helloZip, d); err != nil || d.Size() != -1 || d.Offset() != 100<<10 {
		t.Errorf("without a length: %v, %d of %d", err, d.Offset(), d.Size())
	}
}

// raw is a mirror that speaks by itself, after it has read the request's header.
func raw(t testing.TB, answer func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 4<<10))
			answer(c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return "http://" + l.Addr().String()
}

// P18. A mirror that sends a byte a second is left after the window, and the next one
// goes on behind its bytes; nothing is left running, or the bubble would not end.
func TestP18OneByteASecond(t *testing.T) {
	bubble(t, func(t *testing.T) {
		want := noise(10_000, 18)
		n := network{"drip.test": dripping(want), "good.test": listing(want)}
		p := n.pool(t, Options{Stall: 5500 * time.Millisecond}, "drip.test", "good.test")
		d, got := file(t, nil)
		begin := time.Now()
		if err := p.Fetch(t.Context(), helloZip, d); err != nil || !bytes.Equal(got(), want) {
			t.Fatalf("%v, %d bytes", err, d.Offset())
		}
		if took := time.Since(begin); took != 5500*time.Millisecond {
			t.Errorf("took %v", took)
		}
		if pieces := d.Pieces(); len(pieces) != 2 || pieces[0].Bytes != 6 {
			t.Errorf("%+v", pieces)
		}
		if h := p.Health(); h[0].LastError+h[1].LastError != mirror.Slow {
			t.Errorf("%+v", h)
		}
		alone := n.pool(t, Options{Rounds: 2}, "drip.test")
		d, _ = file(t, nil)
		if err := alone.Fetch(t.Context(), helloZip, d); !errors.Is(err, proxy.ErrUnavailable) || mirror.ClassOf(err) != mirror.Slow {
			t.Error(err)
		}
		// Small files: the next one is asked when the usual time is over.
		begin = time.Now()
		if list, err := n.pool(t, Options{}, "drip.test", "good.test").Versions(t.Context(), hello); err != nil || len(list) == 0 || time.Since(begin) != time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
	})
}

func whole(t testing.TB, s *mirrortest.Server) []byte {
	t.Helper()
	d, got := file(t, nil)
	if err := pool(t, Options{}, s.URL(mirrortest.OK)).Fetch(t.Context(), helloZip, d); err != nil {
		t.Fatal(err)
	}
	s.Forget()
	return got()
}

// P19. "Not there" is said only when every mirror said so; whatever else one of
// them says makes it unknown, and an answer that will not change is not asked for again.
func TestP19CertainAndUnknown(t *testing.T) {
	expired := serve(t, mirrortest.Options{TLS: mirrortest.TLSExpired})
	const absent = "example.com/absent"
	for _, tc := range []struct {
		modes    string
		want     error
		requests int // for a list; 0 = not counted
	}{
		{"404", proxy.ErrNotFound, 1},
		{"410", proxy.ErrNotFound, 1},
		{"404 410 ok", proxy.ErrNotFound, 3},
		{"404 500", proxy.ErrUnavailable, 4},
		{"500 404", proxy.ErrUnavailable, 4},
		{"404 403", proxy.ErrUnavailable, 2},
		{"allforbidden ok", proxy.ErrUnavailable, 2},
		{"401 404", proxy.ErrUnavailable, 2},
		{"404 html", proxy.ErrUnavailable, 2},
		{"404 login", proxy.ErrUnavailable, 0},
		{"404 503 410", proxy.ErrUnavailable, 5},
		{"404 reset", proxy.ErrUnavailable, 0},
		{"404 tls", proxy.ErrUnavailable, 0},
		{"404 refused", proxy.ErrUnavailable, 1},
	} {
		t.Run(tc.modes, func(t *testing.T) {
			t.Parallel()
			s := serve(t, mirrortest.Options{})
			var mirrors []string
			for _, mode := range strings.Fields(tc.modes) {
				switch mode {
				case "tls":
					mirrors = append(mirrors, expired.URL(mirrortest.OK))
				case "refused":
					mirrors = append(mirrors, refused)
				default:
					mirrors = append(mirrors, s.URL(mirrortest.Mode(mode)))
				}
			}
			p := pool(t, Options{}, mirrors...)
			_, err := p.Versions(t.Context(), absent)
			if !errors.Is(err, tc.want) {
				t.Errorf("%s: %v", tc.modes, err)
			}
			if n := len(s.Requests()); tc.requests != 0 && n != tc.requests {
				t.Errorf("%s: %d requests, want %d", tc.modes, n, tc.requests)
			}
			if notExist := errors.Is(err, fs.ErrNotExist); notExist != (tc.want == proxy.ErrNotFound) {
				t.Errorf("%s: fs.ErrNotExist %v", tc.modes, notExist)
			}
			if msg.In(err, msg.Chinese) == err.Error() {
				t.Errorf("%s: no Chinese", tc.modes)
			}
			// The same rule for a body.
			d, _ := file(t, nil)
			if err := p.Fetch(t.Context(), proxy.File{Kind: proxy.Zip, Module: absent, Version: "v1.0.0"}, d); !errors.Is(err, tc.want) {
				t.Errorf("%s: zip: %v", tc.modes, err)
			}
		})
	}
}

// P24. A certificate that seems to be of another time is named as what it may well
// be: the clock.
func TestP24Clock(t *testing.T) {
	for kind, want := range map[mirrortest.TLS]string{mirrortest.TLSExpired: "clock is ahead", mirrortest.TLSNotYet: "clock is behind"} {
		s := serve(t, mirrortest.Options{TLS: kind})
		ca, err := httpx.Pool(s.CA())
		if err != nil {
			t.Fatal(err)
		}
		p := pool(t, Options{HTTP: httpx.Options{RootCAs: ca}, Now: newClock().Now}, s.URL(mirrortest.OK))
		for range 7 { // with the breaker closed, then open
			_, err = p.Versions(t.Context(), hello)
			if !errors.Is(err, proxy.ErrUnavailable) || !strings.Contains(err.Error(), want) || !strings.Contains(msg.In(err, msg.Chinese), "时钟") {
				t.Errorf("%s: %v", kind, err)
			}
			if hint := msg.Hint(err); !strings.Contains(hint.EN, "2026-05-01T08:00:00Z") || !strings.Contains(hint.ZH, "本机时钟") {
				t.Errorf("%s: hint %v", kind, hint)
			}
		}
	}
}

// P25. Mirrors that are there by IPv4 or by IPv6 alone.
func TestP25OneKindOfAddress(t *testing.T) {
	for network, addr := range map[string]string{"tcp4": "127.0.0.1:0", "tcp6": "[::1]:0"} {
		l, err := net.Listen(network, addr)
		if err != nil {
			t.Logf("%s is not there: %v", network, err)
			continue
		}
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "v1.0.0") }))
		_ = srv.Listener.Close()
		srv.Listener = l
		srv.Start()
		t.Cleanup(srv.Close)
		_, port, _ := net.SplitHostPort(l.Addr().String())
		for _, url := range []string{srv.URL, "http://localhost:" + port} {
			if network == "tcp6" && !resolvesTo6(t) && strings.Contains(url, "localhost") {
				t.Log("localhost has no IPv6 address here")
				continue
			}
			p := pool(t, Options{AllowHosts: []string{"localhost"}}, url)
			if list, err := p.Versions(t.Context(), hello); err != nil || string(list) != "v1.0.0\n" {
				t.Errorf("%s: %v", url, err)
			}
		}
	}
}

func resolvesTo6(t *testing.T) bool {
	addrs, err := net.DefaultResolver.LookupNetIP(t.Context(), "ip6", "localhost")
	return err == nil && len(addrs) > 0 && addrs[0].Is6() && !addrs[0].Is4In6()
}

// Nobody may send more than a module may have, announced or not.
func TestTooMuch(t *testing.T) {
	var sent atomic.Int64
	endless := func(header func(http.Header)) string {
		return handler(t, func(w http.ResponseWriter, r *http.Request) {
			header(w.Header())
			_, _ = w.Write([]byte("PK\x03\x04"))
			for chunk := make([]byte, 1<<20); ; {
				n, err := w.Write(chunk)
				sent.Add(int64(n))
				if err != nil {
					return
				}
			}
		})
	}
	said := endless(func(h http.Header) { h.Set("Content-Length", fmt.Sprint(maxZip+1)) })
	d, _ := file(t, nil)
	if err := pool(t, Options{}, said).Fetch(t.Context(), helloZip, d); !errors.Is(err, proxy.ErrContent) || d.Offset() != 0 {
		t.Errorf("announced: %v after %d bytes", err, d.Offset())
	}
	silent := endless(func(http.Header) {})
	for _, f := range []proxy.File{helloMod, helloZip} {
		if f.Kind == proxy.Zip && testing.Short() {
			continue
		}
		d := proxy.NewDownload(nowhere{}, 0)
		if err := pool(t, Options{}, silent).Fetch(t.Context(), f, d); !errors.Is(err, proxy.ErrContent) || d.Offset() > maxZip {
			t.Errorf("%v: %v after %d bytes", f, err, d.Offset())
		}
	}
	// Lists are held in memory, several at a time.
	sent.Store(0)
	if _, err := pool(t, Options{}, silent).Versions(t.Context(), hello); !errors.Is(err, proxy.ErrContent) || sent.Load() > 32<<20 {
		t.Errorf("list: %v after %d bytes", err, sent.Load())
	}
	// One that is honest helps.
	s := serve(t, mirrortest.Options{})
	d, _ = file(t, nil)
	if err := pool(t, Options{}, said, s.URL(mirrortest.OK)).Fetch(t.Context(), helloZip, d); err != nil {
		t.Error(err)
	}
}

type nowhere struct{}

func newNowhere() *proxy.Download { return proxy.NewDownload(nowhere{}, 0) }

func (nowhere) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }
