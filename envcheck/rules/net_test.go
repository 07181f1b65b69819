package rules

import (
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestNET(t *testing.T) { reproduceAll(t, netReproductions()) }

func netReproductions() []reproduction {
	var tls, lower, bad, odd, all, only, quoted, denied, auth hop
	return append([]reproduction{
		{code: "NET010", name: "a plain proxy", environ: map[string]string{"GOPROXY": "https://mirror.test/ok"},
			prepare: tls.start(0, "HTTPS_PROXY=https://{addr}"), run: helloDownload, fails: true, says: "first record does not look like a TLS handshake", finding: findingWeighs(envcheck.Error)},
		{code: "NET010", name: "an unknown proxy", environ: map[string]string{"HTTPS_PROXY": "https://secure.corp.example:8443"}, finding: findingWeighs(envcheck.Warning)},
		{code: "NET010", name: "in a Dockerfile", change: inDockerfile("HTTPS_PROXY", "https://127.0.0.1:7890"), finding: findingWeighs(envcheck.Error)},
		{code: "NET010", name: "it does speak TLS", clean: true, environ: map[string]string{"HTTPS_PROXY": "https://secure.corp.example:8443"},
			change: probedHops(envcheck.HopProbe{Variable: "HTTPS_PROXY", Host: "secure.corp.example:8443", Class: "ok"})},
		{code: "NET010", name: "plain http", clean: true, environ: map[string]string{"HTTPS_PROXY": "http://127.0.0.1:7890", "HTTP_PROXY": "127.0.0.1:7890"}},

		{code: "NET011", environ: map[string]string{"GOPROXY": "https://mirror.test/ok", "HTTPS_PROXY": "http://127.0.0.1:1"},
			change: probedHops(envcheck.HopProbe{Variable: "HTTPS_PROXY", Host: "127.0.0.1:1", Class: "refused"}),
			run:    helloDownload, fails: true, says: "proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused", finding: findingSays("nobody listens")},
		{code: "NET011", name: "another class", clean: true, environ: map[string]string{"HTTPS_PROXY": "http://127.0.0.1:1"},
			change: probedHops(envcheck.HopProbe{Variable: "HTTPS_PROXY", Host: "127.0.0.1:1", Class: "ok"})},
		{code: "NET011", name: "not asked", clean: true, environ: map[string]string{"HTTPS_PROXY": "http://127.0.0.1:1"}},

		{code: "NET012", environ: map[string]string{"GOPROXY": "http://mirror.test/ok", "GOSUMDB": "{sumdb}"},
			prepare: lower.start(0, "HTTP_PROXY={proxy}", "http_proxy=http://127.0.0.1:1", "HTTPS_PROXY={proxy}"), run: helloDownload, verify: lower.asked(true)},
		{code: "NET012", name: "equal", clean: true, environ: map[string]string{"HTTP_PROXY": "http://p.example:1", "http_proxy": "http://p.example:1"}},
		{code: "NET012", name: "one alone", clean: true, environ: map[string]string{"https_proxy": "http://p.example:1", "HTTP_PROXY": "http://q.example:1"}},

		{code: "NET013", environ: map[string]string{"GOPROXY": "http://mirror.test/ok"},
			prepare: bad.start(0, "HTTP_PROXY=http://127.0.0.2:7#secret@{addr}", "HTTPS_PROXY={proxy}"), run: helloDownload, fails: true, says: "dial tcp 127.0.0.2:7",
			verify: bad.asked(false), finding: hidesSecret("secret")},
		{code: "NET013", name: "a space", environ: map[string]string{"HTTPS_PROXY": "http://li:pa ss@proxy.corp.example:3128"}, finding: hidesSecret("pa ss")},
		{code: "NET013", name: "escaped", clean: true, environ: map[string]string{"HTTPS_PROXY": "http://li:pa%23ss@proxy.corp.example:3128"}},
		{code: "NET013", name: "harmless characters", clean: true, environ: map[string]string{"HTTPS_PROXY": "http://li:p@s$s!@proxy.corp.example:3128"}},

		{code: "NET014", environ: map[string]string{"GOPROXY": "https://mirror.test/ok"}, prepare: denied.start(403, "HTTPS_PROXY={proxy}"),
			change: probedHops(envcheck.HopProbe{Variable: "HTTPS_PROXY", Host: "proxy.corp.example:3128", Class: "denied"}),
			run:    helloDownload, fails: true, says: "Forbidden", finding: findingSays("must be allowed: mirror.test")},
		{code: "NET014", clean: true, environ: map[string]string{"HTTPS_PROXY": "http://p.example:1"}, change: probedHops(envcheck.HopProbe{Variable: "HTTPS_PROXY", Class: "ok"})},

		{code: "NET020", environ: map[string]string{"GOPROXY": "https://mirror.test/ok"}, prepare: denied.start(502, "HTTPS_PROXY={proxy}"),
			change: probedHops(envcheck.HopProbe{Variable: "HTTPS_PROXY", Host: "proxy.corp.example:3128", Class: "broken"}),
			run:    helloDownload, fails: true, says: "Bad Gateway"},
		{code: "NET020", clean: true, environ: map[string]string{"HTTPS_PROXY": "http://p.example:1"}, change: probedHops(envcheck.HopProbe{Variable: "HTTPS_PROXY", Class: "denied"})},

		{code: "NET015", environ: map[string]string{"GOPROXY": "http://mirror.test/ok", "GOSUMDB": "{sumdb}"},
			prepare: odd.start(0, "HTTP_PROXY=htp://{addr}", "HTTPS_PROXY={proxy}"), run: helloDownload, verify: odd.asked(true)},
		{code: "NET015", name: "socks4", environ: map[string]string{"HTTPS_PROXY": "socks4://127.0.0.1:1080"}, finding: fixSays("socks5h://127.0.0.1:1080")},
		{code: "NET015", clean: true, environ: map[string]string{"HTTPS_PROXY": "socks5://127.0.0.1:1080", "HTTP_PROXY": "proxy.corp.example:3128"}},

		{code: "NET016", environ: map[string]string{"GOPROXY": "http://0.0.0.0", "GOSUMDB": "{sumdb}", "HTTPS_PROXY": ""},
			prepare: all.start(0, "ALL_PROXY={proxy}", "GOPROXY=http://0.0.0.0:{port}/ok"), run: helloDownload, verify: all.asked(false)},
		{code: "NET016", clean: true, environ: map[string]string{"ALL_PROXY": "socks5://127.0.0.1:1080", "https_proxy": "socks5://127.0.0.1:1080"}},

		{code: "NET017", environ: map[string]string{"HTTPS_PROXY": ""}, prepare: only.start(0, "HTTP_PROXY={proxy}", "GOPROXY=https://0.0.0.0:1/ok"),
			run: helloDownload, fails: true, says: "dial tcp 0.0.0.0:1: connect: connection refused", verify: only.asked(false)},
		{code: "NET017", name: "the mirror is plain http", clean: true, environ: map[string]string{"HTTP_PROXY": "http://p.example:1", "GOPROXY": "http://nexus.corp.example/go"}},
		{code: "NET017", name: "excepted", clean: true, environ: map[string]string{"HTTP_PROXY": "http://p.example:1", "GOPROXY": "https://goproxy.cn", "NO_PROXY": "goproxy.cn"}},
		{code: "NET017", name: "both", clean: true, environ: map[string]string{"HTTP_PROXY": "http://p.example:1", "HTTPS_PROXY": "http://p.example:1", "GOPROXY": "https://goproxy.cn"}},

		{code: "NET018", environ: map[string]string{"GOPROXY": "http://0.0.0.0", "GOSUMDB": "{sumdb}"},
			prepare: quoted.start(0, `HTTP_PROXY="{proxy}"`, "HTTPS_PROXY={proxy}", "GOPROXY=http://0.0.0.0:{port}/ok"), run: helloDownload, fails: true, says: `proxyconnect tcp: dial tcp: lookup "http: no such host`, verify: quoted.asked(false)},
		{code: "NET018", name: "no port", environ: map[string]string{"HTTPS_PROXY": "http://proxy.corp.example:port"}},
		{code: "NET018", clean: true, environ: map[string]string{"HTTPS_PROXY": "http://proxy.corp.example:3128/", "HTTP_PROXY": "[::1]:3128"}},

		{code: "NET019", environ: map[string]string{"GOPROXY": "https://mirror.test/ok"}, prepare: auth.start(407, "HTTPS_PROXY={proxy}"),
			change: probedHops(envcheck.HopProbe{Variable: "HTTPS_PROXY", Host: "proxy.corp.example:3128", Class: "auth"}),
			run:    helloDownload, fails: true, says: "Proxy Authentication Required", finding: findingSays("has none")},
		{code: "NET019", clean: true, environ: map[string]string{"HTTPS_PROXY": "http://p.example:1"}, change: probedHops(envcheck.HopProbe{Variable: "HTTPS_PROXY", Class: "denied"})},
	}, append(noProxyReproductions(), dnsReproductions()...)...)
}

// inDockerfile records a setting in a Dockerfile.
func inDockerfile(key, value string) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) {
		s.Settings = append(s.Settings, envcheck.Setting{Key: key, Value: value, Place: envcheck.Place{Origin: envcheck.FromDocker, File: "/home/dev/app/Dockerfile", Line: 3}})
	}
}

// hidesSecret checks that a finding shows no part of a password.
func hidesSecret(secret string) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		for _, text := range append([]string{f.Message.EN, f.Message.ZH, f.Subject}, evidenceValues(f)...) {
			if strings.Contains(text, secret) {
				t.Errorf("the finding shows the secret: %q", text)
			}
		}
	}
}

func evidenceValues(f envcheck.Finding) []string {
	var out []string
	for _, e := range f.Evidence {
		out = append(out, e.Value)
	}
	return out
}

// fixSays checks what a finding would have one type.
func fixSays(part string) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		if f.Fix == nil || !strings.Contains(f.Fix.Command, part) {
			t.Errorf("the fix %+v does not hold %q", f.Fix, part)
		}
	}
}
