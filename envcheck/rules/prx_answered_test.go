package rules

import (
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// answers records what the mirrors of GOPROXY said, in their order: the class,
// and after a slash what they said about the checksum database.
func answers(classes ...string) func(*testing.T, *envcheck.Snapshot) {
	return func(t *testing.T, s *envcheck.Snapshot) {
		ps, _ := goenv.ParseProxies(lookEnv(s, "GOPROXY"))
		mirrors := ps.Mirrors()
		if len(mirrors) != len(classes) {
			t.Fatalf("%d answers for %d mirrors", len(classes), len(mirrors))
		}
		s.Network = &envcheck.Network{}
		for i, p := range mirrors {
			class, sumdb, _ := strings.Cut(classes[i], "/")
			m := envcheck.MirrorProbe{URL: p.URL.String(), InUse: true, Class: class, SumDB: sumdb, LatencyMS: 20}
			if class != "ok" {
				m.Steps = []envcheck.ProbeStep{{Code: "M2", Status: "failed", Class: class, Detail: "recorded"}}
			}
			s.Network.Mirrors = append(s.Network.Mirrors, m)
		}
	}
}

// prxAnswered are findings about what mirrors answer. The answers are recorded;
// the go command beside them meets a mirror that behaves so.
func prxAnswered() []reproduction {
	withStep := func(t *testing.T, f envcheck.Finding) {
		t.Helper()
		if last := f.Evidence[len(f.Evidence)-1]; last.Name != "M2" || !strings.HasPrefix(f.Subject, "http://127.0.0.1:") {
			t.Errorf("subject %s, evidence %+v", f.Subject, f.Evidence)
		}
	}
	return []reproduction{
		{code: "PRX016", environ: proxied("{mirror}/html"), change: answers("portal"), run: hello, fails: true, says: "invalid character '<' looking for beginning of value", finding: withStep},
		{code: "PRX016", name: "no pipe helps", environ: proxied("{mirror}/html|{mirror}/ok"), change: answers("portal", "ok"), run: hello, fails: true, says: "verifying"},
		{code: "PRX016", clean: true, environ: proxied("{mirror}/ok"), change: answers("ok"), run: hello},
		{code: "PRX017", name: "401", environ: proxied("{mirror}/auth,{mirror}/ok"), change: answers("denied", "ok"), run: hello, fails: true, says: "401 Unauthorized", finding: withStep},
		{code: "PRX017", name: "403", environ: proxied("{mirror}/403"), change: answers("denied"), run: hello, fails: true, says: "403 Forbidden"},
		{code: "PRX017", clean: true, environ: proxied("{mirror}/ok"), change: answers("ok"), run: hello},
		{code: "PRX018", name: "500", environ: proxied("{mirror}/500,{mirror}/ok"), change: answers("server", "ok"), run: hello, fails: true, says: "500 Internal Server Error", finding: func(t *testing.T, f envcheck.Finding) {
			withStep(t, f)
			if fixes("/ok")(t, f); strings.Contains(f.Fix.Command, "500") {
				t.Errorf("the fix keeps the mirror: %s", f.Fix.Command)
			}
		}},
		{code: "PRX018", name: "refused", environ: proxied("http://127.0.0.1:1/go"), change: answers("refused"), run: hello, fails: true, says: "connection refused"},
		{code: "PRX018", name: "slow", environ: proxied("{mirror}/drip"), change: answers("slow"), finding: func(t *testing.T, f envcheck.Finding) {
			if !strings.Contains(f.Message.EN, "20 ms") || !strings.Contains(f.Message.ZH, "20 毫秒") || f.Fix != nil {
				t.Errorf("%+v, fix %+v", f.Message, f.Fix)
			}
		}},
		{code: "PRX018", name: "timeout", environ: proxied("{mirror}/slow"), change: answers("timeout")},
		{code: "PRX018", clean: true, environ: proxied("{mirror}/ok"), change: answers("ok"), run: hello},
		{code: "PRX018", name: "not in GOPROXY", clean: true, environ: proxied("{mirror}/ok"), run: hello, change: func(t *testing.T, s *envcheck.Snapshot) {
			answers("ok")(t, s)
			s.Network.Mirrors = append(s.Network.Mirrors, envcheck.MirrorProbe{URL: "https://goproxy.io", Class: "timeout"})
		}},
		{code: "PRX019", environ: proxied("{mirror}/badzip"), change: answers("content"), run: hello, fails: true, says: "SECURITY ERROR", finding: fixes("unset GOPROXY")},
		{code: "PRX019", name: "unnoticed without verification", environ: map[string]string{"GOPROXY": "{mirror}/badzip|{mirror}/ok", "GOSUMDB": "off"}, change: answers("content", "ok"), run: hello, verify: changed, finding: fixes("/ok")},
		{code: "PRX019", clean: true, environ: proxied("{mirror}/ok"), change: answers("ok"), run: hello},
	}
}
