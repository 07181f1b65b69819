package probe

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// Every manner of failing has words of its own, whatever the certificate.
func TestEveryFault(t *testing.T) {
	for _, tc := range []struct {
		name    string
		mode    mirrortest.Mode
		options mirrortest.Options
		class   string
		sumDB   string
		tls     string
		strange bool // the server's authority is not trusted
		scheme  string
		steps   string // those that failed
	}{
		{name: "well", mode: mirrortest.OK, class: "ok", sumDB: "yes"},
		{name: "well over TLS", mode: mirrortest.OK, options: mirrortest.Options{TLS: mirrortest.TLSGood}, class: "ok", sumDB: "yes"},
		{name: "hangs", mode: mirrortest.Slow, class: "timeout", sumDB: "timeout", steps: "M1"},
		{name: "login page", mode: mirrortest.Login, class: "portal", sumDB: "portal", steps: "M1"},
		{name: "a page", mode: mirrortest.HTML, class: "portal", sumDB: "portal", steps: "M1"},
		{name: "403", mode: mirrortest.Forbidden, class: "denied", sumDB: "denied", steps: "M1"},
		{name: "401", mode: mirrortest.Unauthorized, class: "denied", sumDB: "denied", steps: "M1"},
		{name: "500", mode: mirrortest.ServerError, class: "server", sumDB: "server", steps: "M1"},
		{name: "redirects for ever", mode: mirrortest.Loop, class: "server", sumDB: "server", steps: "M1"},
		{name: "resets", mode: mirrortest.Reset, class: "refused", sumDB: "refused", steps: "M1"},
		{name: "one byte a second", mode: mirrortest.Drip, class: "slow", sumDB: "slow", steps: "M1"},
		{name: "ends early", mode: mirrortest.Truncated, class: "server", sumDB: "server", steps: "M1"},
		{name: "404 for everything", mode: mirrortest.NotFound, class: "absent", sumDB: "no", steps: "M1"},
		{name: "unknown authority", mode: mirrortest.OK, options: mirrortest.Options{TLS: mirrortest.TLSGood}, strange: true, class: "tls", sumDB: "tls", tls: "unknown-authority", steps: "M1"},
		{name: "expired", mode: mirrortest.OK, options: mirrortest.Options{TLS: mirrortest.TLSExpired}, class: "tls", sumDB: "tls", tls: "expired", steps: "M1"},
		{name: "not yet valid", mode: mirrortest.OK, options: mirrortest.Options{TLS: mirrortest.TLSNotYet}, class: "tls", sumDB: "tls", tls: "not-yet-valid", steps: "M1"},
		{name: "other name", mode: mirrortest.OK, options: mirrortest.Options{TLS: mirrortest.TLSWrongName}, class: "tls", sumDB: "tls", tls: "hostname", steps: "M1"},
		{name: "TLS 1.1", mode: mirrortest.OK, options: mirrortest.Options{TLS: mirrortest.TLSOld}, class: "tls", sumDB: "tls", tls: "version", steps: "M1"},
		{name: "no TLS behind https", mode: mirrortest.OK, scheme: "https", class: "tls", sumDB: "tls", tls: "plain", steps: "M1"},
		{name: "their clock is ahead", mode: mirrortest.OK, options: mirrortest.Options{Skew: time.Hour}, class: "clock", sumDB: "yes", steps: "M9"},
		{name: "other bytes", mode: mirrortest.BadMod, class: "content", sumDB: "yes", steps: "M1"},
		{name: "database signed by a stranger", mode: mirrortest.BadKey, class: "ok", sumDB: "content", steps: "M6"},
		{name: "records that are not in the tree", mode: mirrortest.BadRecord, class: "ok", sumDB: "content", steps: "M7"},
		{name: "no database", mode: mirrortest.NoSumDB, class: "ok", sumDB: "no", steps: "M6"},
		{name: "403 for what is not there", mode: mirrortest.AllForbidden, class: "ok", sumDB: "yes", steps: "M5"},
		{name: "no list", mode: mirrortest.Stale, class: "ok", sumDB: "yes", steps: "M3"},
		{name: "no ranges", mode: mirrortest.NoRange, class: "ok", sumDB: "yes", steps: "M4"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, tc.options)
			url := s.URL(tc.mode)
			if tc.scheme != "" {
				url = strings.Replace(url, "http://", tc.scheme+"://", 1)
			}
			environ := []string{"GOPROXY=" + url + ",off", "GOSUMDB=" + s.SumDBKey()}
			if s.CA() != nil && !tc.strange {
				environ = append(environ, trusting(t, s))
			}
			o := Options{View: view(environ...), Pins: pins(s)}
			if tc.mode == mirrortest.Slow || tc.mode == mirrortest.Drip {
				o.StepTimeout = hangs
			}
			n, missing := run(t, o)
			if len(n.Mirrors) != 1 || len(n.SumDBs) != 1 || len(missing) > 0 || n.Deadline {
				t.Fatalf("%+v, missing %v", n, missing)
			}
			m, h := n.Mirrors[0], hostNamed(n, "127.0.0.1")
			var failed []string
			for _, st := range m.Steps {
				if st.Status == "failed" {
					failed = append(failed, st.Code)
				}
			}
			if m.Class != tc.class || m.SumDB != tc.sumDB || h.TLS != tc.tls || h.Class != "ok" || strings.Join(failed, " ") != tc.steps {
				t.Errorf("class %q, sumdb %q, TLS %q, failed %v\nwant  %q, %q, %q, %s", m.Class, m.SumDB, h.TLS, failed, tc.class, tc.sumDB, tc.tls, tc.steps)
			}
			if (m.LatencyMS > 0) != (m.Class == "ok" || m.Class == "clock" || m.Class == "content") || len(m.Steps) != 10 || !m.InUse || m.URL != url {
				t.Errorf("%+v", m)
			}
			if skew := tc.options.Skew.Seconds(); math.Abs(h.SkewSeconds-skew) > 60 {
				t.Errorf("their clock less ours is %v, want %v", h.SkewSeconds, skew)
			}
			d := n.SumDBs[0]
			if d.Through != url || d.URL != url+"/sumdb/sum.mirror.test" || (d.Class == "ok") != (tc.sumDB == "yes") || d.Verified && d.Size != int64(len(modules)) {
				t.Errorf("%+v", d)
			}
		})
	}
}

func TestDatabaseStatus(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	for mode, want := range map[mirrortest.Mode]envcheck.SumDBProbe{
		mirrortest.OK:        {Status: 200, Class: "ok", Verified: true, Size: int64(len(modules))},
		mirrortest.NoSumDB:   {Status: 404, Class: "no"},
		mirrortest.Gone:      {Status: 410, Class: "no"},
		mirrortest.Forbidden: {Status: 403, Class: "denied"},
		mirrortest.HTML:      {Status: 200, Class: "portal"},
		mirrortest.BadKey:    {Status: 200, Class: "content"},
		mirrortest.BadRecord: {Status: 200, Class: "content", Verified: true, Size: int64(len(modules))},
	} {
		n, _ := run(t, Options{View: view("GOPROXY="+s.URL(mode), "GOSUMDB="+s.SumDBKey()+" "+s.SumDBURL()), Pins: pins(s)})
		if len(n.SumDBs) != 2 {
			t.Fatalf("%+v", n.SumDBs)
		}
		want.URL, want.Through = s.URL(mode)+"/sumdb/sum.mirror.test", s.URL(mode)
		got := n.SumDBs[0]
		if got.MS = 0; got != want {
			t.Errorf("%s:\n got %+v\nwant %+v", mode, got, want)
		}
		if d := n.SumDBs[1]; d.Through != "" || d.URL != s.SumDBURL() || d.Class != "ok" || d.Status != 200 || !d.Verified || d.Size != int64(len(modules)) {
			t.Errorf("direct: %+v", d)
		}
	}
}

// The database's own address is dialled only where the go command could end up
// there.
func TestDirectDatabase(t *testing.T) {
	const public, alias = "https://sum.golang.org", "https://sum.golang.google.cn"
	for _, tc := range []struct {
		gosumdb, goproxy string
		airgap           bool
		want             string
	}{
		{"sum.golang.org", "https://goproxy.cn,direct", false, public + " " + alias},
		{"sum.golang.org", "https://goproxy.cn", false, public + " " + alias},
		{"sum.golang.org", "direct", false, public + " " + alias},
		{"sum.golang.org", "https://goproxy.cn,off", false, ""},
		{"sum.golang.org", "https://goproxy.cn,direct", true, ""},
		{"sum.golang.google.cn", "https://goproxy.cn,off", true, alias},
		{"off", "https://goproxy.cn,direct", false, ""},
		{"https://sum.golang.org", "https://goproxy.cn,direct", false, ""},
		{"sum.golang.org https://u:C0FFEE@sum.corp.example/x", "https://goproxy.cn,direct", false, "https://u:C0FFEE@sum.corp.example/x"},
	} {
		v := view("GOSUMDB="+tc.gosumdb, "GOPROXY="+tc.goproxy)
		v.Profile.AirGap = tc.airgap
		if got := strings.Join(newProber(Options{View: v}).direct, " "); got != tc.want {
			t.Errorf("%+v: %q", tc, got)
		}
	}
}

// Candidates are asked like the others, unless the policy forbids them; each
// mirror is asked once.
func TestWhoIsAsked(t *testing.T) {
	v := view("GOPROXY=https://goproxy.cn/,https://GOPROXY.cn|file:///home/dev/mirror,http://u:p@plain.example,corp.example/proxy,direct,https://dead.example")
	urls := func(p *prober) string {
		var out []string
		for _, t := range p.targets {
			out = append(out, map[bool]string{true: "*"}[t.inUse]+t.url.String())
		}
		return strings.Join(out, " ")
	}
	o := Options{View: v, Candidates: []string{"https://goproxy.cn", "https://mirrors.aliyun.com/goproxy/", "direct", "htp://x", "", "goproxy.io"}}
	if got := urls(newProber(o)); got != "*https://goproxy.cn/ *https://corp.example/proxy https://mirrors.aliyun.com/goproxy/ https://goproxy.io" {
		t.Error(got)
	}
	v.Policy.Mirrors = []string{"https://mirrors.aliyun.com"}
	if got := urls(newProber(o)); got != "*https://goproxy.cn/ *https://corp.example/proxy https://mirrors.aliyun.com/goproxy/" {
		t.Error(got)
	}
}

// Nothing that a URL hides comes to light, and everything stands in the JSON.
func TestNoSecrets(t *testing.T) {
	s := serve(t, mirrortest.Options{TLS: mirrortest.TLSGood})
	proxy := mirrortest.NewProxy(t, mirrortest.ProxyOptions{Status: 407})
	secret := func(url string) string { return strings.Replace(url, "://", "://dev:C0FFEE@", 1) }
	for _, environ := range [][]string{
		{"GOPROXY=" + secret(s.URL(mirrortest.Forbidden)) + "|" + secret(s.URL(mirrortest.OK)), trusting(t, s)},
		{"GOPROXY=" + secret("https://mirror.test/ok"), "HTTPS_PROXY=" + secret(proxy.URL()), "HTTP_PROXY=http://dev:C0FFEE@127.0.0.1:1"},
	} {
		n, missing := run(t, Options{View: view(append(environ, "GOSUMDB="+s.SumDBKey()+" "+secret(s.SumDBURL()))...), Pins: pins(s)})
		data, err := json.Marshal([]any{n, missing})
		if err != nil || strings.Contains(string(data), "C0FFEE") || !strings.Contains(string(data), `"M10"`) {
			t.Errorf("%s, %v", data, err)
		}
		if n.Recommend != "" {
			t.Errorf("recommends %q", n.Recommend)
		}
	}
}
