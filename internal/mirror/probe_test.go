package mirror

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

func options(s *mirrortest.Server, mode mirrortest.Mode) Options {
	return Options{Base: s.URL(mode), Pins: pins(s), GOOS: "linux", GOARCH: "loong64", StepTimeout: patience(mode)}
}

// verdict is the ten steps in short: "." for ok, "-" skipped, else the class,
// with a "?" when incomplete.
func verdict(r Report) string {
	var out []string
	for _, s := range r.Steps {
		switch s.Status {
		case StatusOK:
			out = append(out, ".")
		case StatusSkipped:
			out = append(out, "-")
		case StatusIncomplete:
			out = append(out, string(s.Class)+"?")
		default:
			out = append(out, string(s.Class))
		}
	}
	return strings.Join(out, " ")
}

func all(class Class) string { // every step that asks fails alike; M7 follows M6, an address has one family
	return strings.TrimSpace(strings.Repeat(string(class)+" ", 6)) + fmt.Sprintf(" - %s %[1]s -", class)
}

func TestProbeModes(t *testing.T) {
	t.Parallel()
	s := serve(t, mirrortest.Options{})
	for _, tc := range []struct {
		mode mirrortest.Mode
		want string
	}{ //                      M1 M2 M3 M4 M5 M6 M7 M8 M9 M10
		{mirrortest.OK, ". . . . . . . . . -"},
		{mirrortest.Redirect, ". . . . . . . . . -"},
		{mirrortest.RedirectZip, ". . . . . . . . . -"},
		{mirrortest.BadMod, "wrong-content . . . . . . . . -"},
		{mirrortest.Stale, ". . wrong-content . . . . . . -"},
		{mirrortest.NoRange, ". . . no-range . . . . . -"},
		{mirrortest.AllForbidden, ". . . . denied . . . . -"},
		{mirrortest.NoSumDB, ". . . . . not-found - . . -"},
		{mirrortest.BadKey, ". . . . . wrong-content - . . -"},
		{mirrortest.BadRecord, ". . . . . . wrong-content . . -"},
		{mirrortest.NotFound, "not-found not-found not-found not-found . not-found - not-found . -"},
		{mirrortest.Forbidden, "denied denied denied denied denied denied - denied . -"},
		{mirrortest.ServerError, "server server server server server server - server . -"},
		{mirrortest.HTML, "html html html html html html - html . -"},
		{mirrortest.Login, "login login login login login login - login . -"},
		{mirrortest.Loop, all(Redirect)},
		{mirrortest.Slow, all(Timeout)},
		{mirrortest.Reset, all(Reset)},
		{mirrortest.Truncated, "truncated truncated truncated truncated . truncated - . . -"},
	} {
		r, err := Probe(t.Context(), options(s, tc.mode))
		if err != nil {
			t.Fatal(err)
		}
		if got := verdict(r); got != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.mode, got, tc.want)
			for _, st := range r.Steps {
				t.Logf("   %s %v", st.Code, st.Detail)
			}
		}
		if !r.Complete() {
			t.Errorf("%s: incomplete", tc.mode)
		}
		for _, st := range r.Steps {
			if st.Detail.EN == "" || st.Detail.ZH == "" || strings.Contains(st.Detail.EN+st.Detail.ZH, "%!") {
				t.Errorf("%s %s says %+v", tc.mode, st.Code, st.Detail)
			}
			if (st.Status == StatusFailed) != (st.Err != nil) {
				t.Errorf("%s %s: %s with error %v", tc.mode, st.Code, st.Status, st.Err)
			}
		}
	}
}

func TestProbeFigures(t *testing.T) {
	s := serve(t, mirrortest.Options{TLS: mirrortest.TLSGood})
	pool, _ := httpx.Pool(s.CA())
	o := options(s, mirrortest.RedirectZip)
	o.HTTP.RootCAs = pool
	r, err := Probe(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Ranges || r.BytesPerSecond <= 0 || r.TreeSize != int64(len(modules)) || r.TLSVersion != "TLS 1.3" || !strings.Contains(r.Issuer, "mirrortest authority") || r.CertEnds.Before(time.Now()) || r.Skew.Abs() > time.Minute || r.Took <= 0 {
		t.Errorf("%+v", r)
	}
	if got := r.Step("M4").Hosts; len(got) != 2 || "https://"+got[1] != s.OtherURL() || len(r.Hosts()) != 2 {
		t.Errorf("hosts of the zip %v, of all %v", got, r.Hosts())
	}
	data, err := json.Marshal(r)
	if err != nil || !strings.Contains(string(data), `"code":"M10","status":"skipped"`) {
		t.Errorf("%s, %v", data, err)
	}
	// Each step once, nothing twice but the three of M2.
	count := map[string]int{}
	for _, q := range s.Requests() {
		count[q.Method+" "+q.Path]++
	}
	for what, n := range count {
		if limit := map[bool]int{true: 3, false: 1}[strings.HasSuffix(what, ".info")]; n > limit && !strings.HasSuffix(what, "v1.0.0.mod") {
			t.Errorf("%s was asked %d times", what, n)
		}
	}
}

func TestProbeClock(t *testing.T) {
	for skew, want := range map[time.Duration]Status{-time.Hour: StatusFailed, time.Hour: StatusFailed, time.Minute: StatusOK} { // a minute that a busy machine takes does not matter
		s := serve(t, mirrortest.Options{Skew: skew})
		r, err := Probe(t.Context(), options(s, mirrortest.OK))
		if err != nil {
			t.Fatal(err)
		}
		if m9 := r.Step("M9"); m9.Status != want || want == StatusFailed && m9.Class != Clock || (r.Skew+skew).Abs() > time.Minute {
			t.Errorf("%v: %+v, measured %v", skew, m9, r.Skew)
		}
	}
	cached := mirrorHandler(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
		w.Header().Set("Age", "3600")
	})
	r, err := Probe(t.Context(), Options{Base: cached.base.String(), StepTimeout: time.Minute})
	if err != nil || r.Step("M9").Status != StatusOK {
		t.Errorf("an answer from a cache: %+v, %v", r.Step("M9"), err)
	}
}

func TestProbeTLSFaults(t *testing.T) {
	for kind, want := range map[mirrortest.TLS]Class{mirrortest.TLSExpired: TLSExpired, mirrortest.TLSNotYet: TLSNotYet, mirrortest.TLSWrongName: TLSName, mirrortest.TLSOld: TLSVersion, mirrortest.TLSGood: TLSAuthority} {
		s := serve(t, mirrortest.Options{TLS: kind})
		o := options(s, mirrortest.OK)
		if kind != mirrortest.TLSGood { // the good one is not trusted here
			o.HTTP.RootCAs, _ = httpx.Pool(s.CA())
		}
		r, err := Probe(t.Context(), o)
		if err != nil || verdict(r) != all(want) {
			t.Errorf("%s: %s, %v", kind, verdict(r), err)
		}
	}
}

// The deadline of the caller is not a fault of the mirror, and what was found
// before it is kept.
func TestProbeKeepsPartialResults(t *testing.T) {
	t.Parallel()
	s := serve(t, mirrortest.Options{Delay: time.Minute})
	o := options(s, mirrortest.Slow)
	o.StepTimeout = time.Minute
	r, err := Probe(within(t, 200*time.Millisecond), o)
	if err != nil || verdict(r) != "timeout? timeout? timeout? timeout? timeout? timeout? timeout? timeout? timeout? -" || r.Complete() {
		t.Errorf("%s, %v", verdict(r), err)
	}
	m := mirrorHandler(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/list") {
			_, _ = w.Write([]byte("v1.0.0\n"))
			return
		}
		<-r.Context().Done()
	})
	o.Base = m.base.String()
	r, err = Probe(within(t, 2*time.Second), o)
	if err != nil || r.Step("M3").Status != StatusOK || r.Step("M1").Status != StatusIncomplete {
		t.Errorf("%s, %v", verdict(r), err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := Probe(canceled, o); err != nil || r.Step("M1").Status != StatusIncomplete || r.Step("M1").Class != Canceled {
		t.Errorf("%s, %v", verdict(r), err)
	}
}

func TestProbeDripEndsInTime(t *testing.T) {
	t.Parallel()
	s := serve(t, mirrortest.Options{})
	r, err := Probe(t.Context(), options(s, mirrortest.Drip))
	if err != nil || r.Step("M1").Class != Slow || r.Step("M4").Class != Slow {
		t.Errorf("%s, %v", verdict(r), err)
	}
}

func TestProbeDialsBothFamilies(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	v4, v6 := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")
	o := options(s, mirrortest.OK)
	for name, tc := range map[string]struct {
		addrs []netip.Addr
		proxy string
		want  Status
		class Class
	}{
		"only IPv4":      {addrs: []netip.Addr{v4}, want: StatusSkipped},
		"IPv6 is broken": {addrs: []netip.Addr{v6, v4}, want: StatusFailed, class: IPv6},
		"both broken":    {addrs: []netip.Addr{netip.MustParseAddr("127.0.0.77"), v6}, want: StatusFailed, class: Refused},
		"behind a proxy": {addrs: []netip.Addr{v6, v4}, proxy: "http://127.0.0.1:1", want: StatusSkipped},
	} {
		o := o
		o.LookupIP = func(context.Context, string) ([]netip.Addr, error) { return tc.addrs, nil }
		if tc.proxy != "" {
			o.Base = "http://mirror.test/ok"
			o.HTTP.Proxy = httpx.ProxyFromEnviron([]string{"HTTP_PROXY=" + tc.proxy})
		}
		r, err := Probe(t.Context(), o)
		if m10 := r.Step("M10"); err != nil || m10.Status != tc.want || m10.Class != tc.class && name != "both broken" {
			t.Errorf("%s: %+v, %v", name, m10, err)
		}
	}
}

// A password in the URL is in no part of the report, whatever happens.
func TestProbeReportHasNoSecrets(t *testing.T) {
	t.Parallel()
	s := serve(t, mirrortest.Options{TLS: mirrortest.TLSGood})
	pool, _ := httpx.Pool(s.CA())
	for _, mode := range []mirrortest.Mode{mirrortest.OK, mirrortest.Forbidden, mirrortest.Login, mirrortest.Slow, mirrortest.RedirectZip} {
		o := options(s, mode)
		o.Base = strings.Replace(o.Base, "://", "://dev:C0FFEE@", 1)
		o.HTTP.RootCAs = pool
		r, err := Probe(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := json.Marshal(r)
		if text := fmt.Sprintf("%s %+v", data, r); strings.Contains(text, "C0FFEE") || strings.Contains(text, "signed-for-this-request") {
			t.Errorf("%s: %s", mode, text)
		}
	}
	for _, base := range []string{"direct", "https://u:C0FFEE@h.example:x"} {
		if _, err := Probe(t.Context(), Options{Base: base}); err == nil || strings.Contains(err.Error(), "C0FFEE") {
			t.Errorf("%s: %v", base, err)
		}
	}
	o := options(s, mirrortest.OK)
	o.Pins.Key = "sum.golang.google.cn"
	if _, err := Probe(t.Context(), o); err == nil {
		t.Error("a key that is none was accepted")
	}
}

// The pinned hashes are well formed; that they are true was seen online.
func TestDefaultPins(t *testing.T) {
	p := DefaultPins()
	if name, err := databaseName(p.Key); err != nil || name != "sum.golang.org" {
		t.Errorf("%q, %v", name, err)
	}
	for _, sum := range []string{p.ModSum, p.ZipSum} {
		if len(sum) != 47 || !strings.HasPrefix(sum, "h1:") {
			t.Errorf("%q is no hash", sum)
		}
	}
}
