package rules

import (
	"net/url"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

func noProxyReproductions() []reproduction {
	var glob, apex, inner, good hop
	corp := map[string]string{"GOPRIVATE": "git.corp.example", "HTTPS_PROXY": "http://proxy.corp.example:3128"}
	private := map[string]string{"go.mod": "module example.com/app\n\ngo 1.21\n\nrequire git.corp.example/team/lib v1.0.0\n"}
	tunnel := map[string]string{"GOPROXY": "https://goproxy.cn,direct", "HTTPS_PROXY": "http://127.0.0.1:7890"}
	return []reproduction{
		{code: "NET030", environ: map[string]string{"GOPROXY": "http://mirror.test/ok", "GOSUMDB": "{sumdb}", "NO_PROXY": "http://mirror.test;mirror.test/*"},
			prepare: glob.start(0, "HTTP_PROXY={proxy}", "HTTPS_PROXY={proxy}"), run: helloDownload, verify: glob.asked(true), finding: fixSays("mirror.test,mirror.test")},
		{code: "NET030", name: "a network by asterisk", environ: map[string]string{"NO_PROXY": "localhost,192.168.*"}, finding: fixSays("localhost,192.168.0.0/16")},
		{code: "NET030", name: "a regular expression", environ: map[string]string{"no_proxy": `192\.168\..*`}, finding: fixSays("192.168.0.0/16")},
		{code: "NET030", name: "in a Dockerfile", change: inDockerfile("NO_PROXY", "10.*"), finding: func(t *testing.T, f envcheck.Finding) {
			if f.Where.Line != 3 || !strings.Contains(f.Fix.Note.EN, "10.0.0.0/8") {
				t.Errorf("%+v", f)
			}
		}},
		{code: "NET030", clean: true, environ: map[string]string{"NO_PROXY": " localhost, 127.0.0.1,::1,[::1]:80,10.0.0.0/8,.corp.example,*.a.example,b.example:8080,192.168.1.5:81"}},
		{code: "NET030", name: "everything", clean: true, environ: map[string]string{"NO_PROXY": "*"}},

		{code: "NET031", environ: map[string]string{"GOPROXY": "http://mirror.test/ok", "GOSUMDB": "{sumdb}", "NO_PROXY": ".mirror.test"},
			prepare: apex.start(0, "HTTP_PROXY={proxy}", "HTTPS_PROXY={proxy}"), run: helloDownload, verify: apex.asked(true), finding: fixSays("NO_PROXY=mirror.test")},
		{code: "NET031", name: "a subdomain is needed", clean: true, environ: map[string]string{"GOPROXY": "http://nexus.mirror.test/ok", "HTTP_PROXY": "http://p.example:1", "NO_PROXY": ".mirror.test"}},
		{code: "NET031", name: "both are named", clean: true, environ: map[string]string{"GOPROXY": "http://mirror.test/ok", "HTTP_PROXY": "http://p.example:1", "NO_PROXY": ".mirror.test,mirror.test"}},

		{code: "NET032", environ: map[string]string{"GOPROXY": "http://nexus.mirror.test/ok", "GOSUMDB": "{sumdb}", "GOPRIVATE": "*.mirror.test"},
			prepare: inner.start(0, "HTTP_PROXY={proxy}", "HTTPS_PROXY={proxy}"), run: helloDownload, verify: inner.asked(true), finding: fixSays("NO_PROXY=nexus.mirror.test")},
		{code: "NET032", name: "by address", environ: map[string]string{"GOPROXY": "http://10.1.2.3/go", "http_proxy": "http://p.example:1", "no_proxy": "git.example"}, finding: fixSays("no_proxy=git.example,10.1.2.3")},
		{code: "NET032", name: "excepted", clean: true, environ: map[string]string{"GOPROXY": "http://10.1.2.3/go", "HTTP_PROXY": "http://p.example:1", "NO_PROXY": "10.0.0.0/8"}},
		{code: "NET032", name: "a public mirror through the company's proxy", clean: true, environ: map[string]string{"GOPROXY": "https://goproxy.cn,direct", "HTTPS_PROXY": "http://proxy.corp.example:3128"}},
		{code: "NET032", name: "loopback", clean: true, environ: map[string]string{"GOPROXY": "http://127.0.0.1:3000", "HTTP_PROXY": "http://p.example:1"},
			prepare: good.start(0, "HTTP_PROXY={proxy}")},

		{code: "NET033", environ: corp, files: private, finding: findingSays("git.corp.example")},
		{code: "NET033", name: "vendored", clean: true, environ: map[string]string{"GOPRIVATE": "git.corp.example", "HTTPS_PROXY": "http://p.example:1", "GOFLAGS": "-mod=vendor"}, files: private},
		{code: "NET033", name: "excepted", clean: true, environ: map[string]string{"GOPRIVATE": "git.corp.example", "HTTPS_PROXY": "http://p.example:1", "NO_PROXY": "corp.example"}, files: private},
		{code: "NET033", name: "no proxy", clean: true, environ: map[string]string{"GOPRIVATE": "git.corp.example"}, files: private},

		{code: "NET034", profile: "cn", environ: tunnel, finding: findingWeighs(envcheck.Info)},
		{code: "NET034", name: "another profile", clean: true, environ: tunnel},
		{code: "NET034", name: "the company's proxy", clean: true, profile: "cn", environ: map[string]string{"GOPROXY": "https://goproxy.cn,direct", "HTTPS_PROXY": "http://proxy.corp.example:3128"}},
	}
}

func dnsReproductions() []reproduction {
	return []reproduction{
		{code: "NET040", change: probedHosts(envcheck.HostProbe{Host: "goproxy.cm", Class: "dns"})},
		{code: "NET040", clean: true, change: probedHosts(envcheck.HostProbe{Host: "goproxy.cn", Class: "ok", Addresses: []string{"203.0.113.9"}})},
		{code: "NET041", change: probedHosts(envcheck.HostProbe{Host: "sum.golang.org", Class: "blocked", Addresses: []string{"0.0.0.0"}}), finding: findingSays("0.0.0.0")},
		{code: "NET041", clean: true, change: probedHosts(envcheck.HostProbe{Host: "localhost", Class: "blocked", Addresses: []string{"127.0.0.1"}})},
		{code: "NET042", change: probedHosts(envcheck.HostProbe{Host: "goproxy.cn", Class: "private", Addresses: []string{"198.18.0.7"}})},
		{code: "NET042", name: "a host of the house", clean: true, policy: envcheck.Policy{Private: []string{"*.corp.example"}},
			change: probedHosts(envcheck.HostProbe{Host: "goproxy.corp.example", Class: "private", Addresses: []string{"10.0.0.7"}})},
		{code: "NET042", name: "a bare name", clean: true, change: probedHosts(envcheck.HostProbe{Host: "nexus", Class: "private", Addresses: []string{"10.0.0.7"}})},
	}
}

// What we mend Go understands, and it matches what was meant.
func TestMendNoProxy(t *testing.T) {
	for _, tc := range []struct{ in, want, bypass string }{
		{"192.168.*", "192.168.0.0/16", "192.168.7.1"},
		{"192.168.", "192.168.0.0/16", "192.168.7.1"},
		{"10.*.*.*", "10.0.0.0/8", "10.2.3.4"},
		{"172.16.5.*", "172.16.5.0/24", "172.16.5.9"},
		{`^192\.168\..*$`, "192.168.0.0/16", "192.168.7.1"},
		{"a.example;b.example", "a.example,b.example", "x.b.example"},
		{"a.example，b.example", "a.example,b.example", "b.example"},
		{"a.example b.example", "a.example,b.example", "b.example"},
		{"https://git.corp.example/", "git.corp.example", "git.corp.example"},
		{"git.corp.example/*", "git.corp.example", "git.corp.example"},
		{"corp.example.", "corp.example", "git.corp.example"},
		{`"localhost,.corp.example"`, "localhost,.corp.example", "git.corp.example"},
		{"git*.corp.example", "", ""},
		{"(a|b).example", "", ""},
		{" , ", "", ""},
	} {
		got, ok := mendNoProxy(tc.in)
		if got != tc.want || ok != (tc.want != "") {
			t.Errorf("%q becomes %q, %v; want %q", tc.in, got, ok, tc.want)
		}
		if tc.bypass == "" {
			continue
		}
		for list, through := range map[string]bool{tc.in: true, got: false} {
			env := goenv.Resolve(goenv.Sources{Environ: []string{"HTTPS_PROXY=http://p.example:1", "NO_PROXY=" + list}})
			u, err := env.HTTPProxies().For(&url.URL{Scheme: "https", Host: tc.bypass})
			if err != nil || (u != nil) != through {
				t.Errorf("NO_PROXY=%q: %s through the proxy: %v, want %v", list, tc.bypass, u != nil, through)
			}
		}
	}
}

func FuzzMendNoProxy(f *testing.F) {
	for _, seed := range []string{"192.168.*", `10\..*`, "a;b c", "[::1]:80,::1/128", "https://x/*,.y", "*", "1.2.3.4/33"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		mended, ok := mendNoProxy(value)
		if !ok {
			return
		}
		for entry := range strings.SplitSeq(mended, ",") {
			if fault := noProxyFault(strings.TrimSpace(entry)); fault != "" {
				t.Errorf("%q was mended to %q, where %q has the fault %s", value, mended, entry, fault)
			}
		}
	})
}
