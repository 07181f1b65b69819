package probe

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// onlyLoopback sends everything else to a port where nobody listens, so that no
// packet leaves the machine, not even to a name server.
var onlyLoopback = httpx.Options{Proxy: func(u *url.URL) (*url.URL, error) {
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && ip.IsLoopback() {
		return nil, nil
	}
	return url.Parse("http://127.0.0.1:1")
}}

// The deadline is everybody's: what answered is there, what did not is named and
// no fault of the mirror.
func TestPartialResults(t *testing.T) {
	t.Parallel()
	s := serve(t, mirrortest.Options{})
	v := view("GOPROXY="+s.URL(mirrortest.OK)+"|"+s.URL(mirrortest.Slow), "GOSUMDB="+s.SumDBKey(), "HTTPS_PROXY=http://"+silent(t, ""))
	o := Options{View: v, Pins: pins(s), Timeout: 8 * time.Second, Candidates: []string{"https://other.example"}, HTTP: onlyLoopback}
	n, missing := run(t, o)
	if !n.Deadline || n.Seconds < 8 || n.Seconds > 50 {
		t.Errorf("deadline %v after %v s", n.Deadline, n.Seconds)
	}
	var what []string
	for _, m := range missing {
		what = append(what, m.What)
		if m.Reason != "no answer before the time was up (8s)" {
			t.Errorf("%+v", m)
		}
	}
	if got := strings.Join(what, "; "); !strings.HasPrefix(got, "HTTP proxy 127.0.0.1:") || !strings.Contains(got, "probe "+s.URL(mirrortest.Slow)+" (M1, M2, M3, M4, M5, M6, M7, M8, M9)") || len(what) != 2 {
		t.Error(got)
	}
	if n.Mirrors[0].URL != s.URL(mirrortest.OK) || n.Mirrors[0].Class != "ok" || n.Mirrors[0].SumDB != "yes" || n.Mirrors[0].LatencyMS <= 0 {
		t.Errorf("%+v", n.Mirrors[0])
	}
	for _, m := range n.Mirrors[1:] {
		switch m.URL {
		case s.URL(mirrortest.Slow):
			if m.Class != "" || m.SumDB != "" || m.Steps[0].Status != "incomplete" || m.Steps[2].Detail != "as M1" {
				t.Errorf("%+v", m)
			}
		case "https://other.example":
			if m.Class != "hop" || m.InUse {
				t.Errorf("%+v", m)
			}
		default:
			t.Errorf("%+v", m)
		}
	}
	if n.Proxies[0].Class != "" || len(n.SumDBs) < 2 || n.SumDBs[1].Class != "" {
		t.Errorf("%+v %+v", n.Proxies, n.SumDBs)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	s := serve(t, mirrortest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(8*time.Second, cancel) // the one that answers has done so by then
	n, missing, err := Run(ctx, Options{Timeout: time.Hour, StepTimeout: time.Hour, View: view("GOPROXY="+s.URL(mirrortest.Slow)+"|"+s.URL(mirrortest.OK), "GOSUMDB="+s.SumDBKey()), Pins: pins(s), HTTP: onlyLoopback})
	if !errors.Is(err, context.Canceled) || n.Seconds > 50 {
		t.Errorf("%v after %v s", err, n.Seconds)
	}
	if n.Deadline || n.Mirrors[0].Class != "ok" || len(missing) == 0 || missing[0].Reason != "it was cancelled" {
		t.Errorf("%+v, %v", n, missing)
	}
}

// With nothing to ask nothing is asked, and nothing is missing.
func TestNothingToAsk(t *testing.T) {
	for _, environ := range [][]string{nil, {"GOPROXY=off", "GOSUMDB=off"}, {"GOPROXY=htp://x,direct", "GOSUMDB=off"}, {"GOPROXY=file:///home/dev/mirror", "GOSUMDB=nonsense"}} {
		n, missing := run(t, Options{View: view(environ...)})
		if len(n.Mirrors)+len(n.SumDBs)+len(n.Proxies)+len(n.Hosts)+len(missing) > 0 || n.Deadline || n.Recommend != "" {
			t.Errorf("%v: %+v, %v", environ, n, missing)
		}
	}
}

func TestFastestFirst(t *testing.T) {
	t.Parallel()
	s, late := serve(t, mirrortest.Options{}), serve(t, mirrortest.Options{Delay: 2 * time.Second})
	v := view("GOPROXY="+s.URL(mirrortest.Forbidden)+"|"+late.URL(mirrortest.Slow)+"|"+s.URL(mirrortest.OK), "GOSUMDB=off")
	n, _ := run(t, Options{View: v, Pins: pins(s)})
	var got []string
	for _, m := range n.Mirrors {
		got = append(got, m.URL)
	}
	if want := []string{s.URL(mirrortest.OK), late.URL(mirrortest.Slow), s.URL(mirrortest.Forbidden)}; strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%v, want %v", got, want)
	}
}
