package rules

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

func TestPRX(t *testing.T) { reproduceAll(t, prxReproductions()) }

func prxReproductions() []reproduction {
	return slices.Concat(prxWritten(), prxChosen(), prxAnswered())
}

// hello is what the go command is asked for; the loopback mirror holds it.
var hello = []string{"mod", "download", "example.com/hello@v1.0.0"}

// proxied is an environment with a GOPROXY and the loopback checksum database.
func proxied(list string) map[string]string {
	return map[string]string{"GOPROXY": list, "GOSUMDB": "{sumdb}"}
}

// fixes asserts the value that the remedy writes, in a command or a change.
func fixes(want string) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		t.Helper()
		if f.Fix == nil || !strings.Contains(strings.ReplaceAll(f.Fix.Command, "'", ""), want) {
			t.Errorf("the fix is %+v, want %s", f.Fix, want)
		}
	}
}

// severe asserts the severity where it depends on the state.
func severe(want envcheck.Severity) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		t.Helper()
		if f.Severity != want {
			t.Errorf("severity %s, want %s: %s", f.Severity, want, f.Message.EN)
		}
	}
}

// asked asserts that the mirror was asked for a path that begins so.
func asked(prefix string, want bool) func(*testing.T, *world, string) {
	return func(t *testing.T, w *world, _ string) {
		t.Helper()
		got := slices.ContainsFunc(w.mirror.Requests(), func(r mirrortest.Request) bool { return strings.HasPrefix(r.Path, prefix) })
		if got != want {
			t.Errorf("asked for %s…: %v, want %v; requests: %v", prefix, got, want, w.mirror.Requests())
		}
	}
}

// changed asserts that the go command took the changed bytes of the mode badzip.
func changed(t *testing.T, w *world, _ string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(w.home, "modcache", "example.com", "hello@v1.0.0", "hello.go"))
	if err != nil || !strings.Contains(string(b), "one more line") {
		t.Errorf("the module is as published, or absent: %q, %v", b, err)
	}
}

// named gives the loopback mirror a host name, over plain HTTP.
func named(host string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		p := mirrortest.NewProxy(t, mirrortest.ProxyOptions{Closed: true, Hosts: map[string]string{host + ":80": w.mirror.Addr()}})
		w.environ = append(w.environ, "HTTP_PROXY="+p.URL(), "HTTPS_PROXY="+p.URL())
	}
}

// found adds a setting that was found in a file.
func found(key, value, origin, file string, line int) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) {
		s.Settings = append(s.Settings, envcheck.Setting{Key: key, Value: value, Place: envcheck.Place{Origin: origin, File: file, Line: line}})
	}
}

// prxWritten are values that are wrong by themselves.
func prxWritten() []reproduction {
	const none = "GOPROXY list is not the empty string, but contains no entries"
	clean := func(code, list string) reproduction {
		return reproduction{code: code, clean: true, name: "clean " + list, environ: proxied(list), run: hello}
	}
	return []reproduction{
		{code: "PRX001", environ: proxied(","), run: hello, fails: true, says: none},
		{code: "PRX001", name: "spaces", environ: proxied("  "), run: hello, fails: true, says: none},
		{code: "PRX001", name: "empty in the env file", envFile: "GOPROXY=\nGOSUMDB={sumdb}\n", run: hello, fails: true, says: none,
			finding: func(t *testing.T, f envcheck.Finding) {
				if f.Where.Line != 1 || f.Fix == nil || len(f.Fix.Changes) != 1 || f.Fix.Changes[0].Kind != envcheck.UnsetEnv {
					t.Errorf("%+v, fix %+v", f.Where, f.Fix)
				}
			}},
		{code: "PRX001", name: "an empty variable is the default", clean: true, environ: map[string]string{"GOPROXY": ""}, run: []string{"env", "GOPROXY"}, silent: none},
		clean("PRX001", ",{mirror}/ok,"),

		{code: "PRX002", environ: proxied("{mirror}/ok,Direct"), run: hello, fails: true, says: "invalid proxy URL missing scheme: Direct", finding: fixes("/ok,direct")},
		{code: "PRX002", name: "none", environ: proxied("none"), run: hello, fails: true, says: "invalid proxy URL missing scheme: none", finding: fixes("unset GOPROXY")},
		{code: "PRX002", name: "mistyped", environ: proxied("{mirror}/ok,driect"), run: hello, fails: true, says: "missing scheme: driect", finding: fixes("/ok,direct")},
		{code: "PRX002", name: "in a Dockerfile", environ: proxied("{mirror}/ok"), change: found("GOPROXY", "https://goproxy.cn,DIRECT", envcheck.FromDocker, "Dockerfile", 3),
			finding: func(t *testing.T, f envcheck.Finding) {
				if f.Where.File != "Dockerfile" || f.Where.Line != 3 || f.Fix == nil || !strings.Contains(f.Fix.Note.EN, "https://goproxy.cn,direct") {
					t.Errorf("%+v, fix %+v", f.Where, f.Fix)
				}
			}},
		{code: "PRX002", name: "a variable in a CI file is not a word", clean: true, environ: proxied("{mirror}/ok"), change: found("GOPROXY", "$CORP_PROXY,direct", envcheck.FromGitLab, ".gitlab-ci.yml", 3)},
		clean("PRX002", "{mirror}/ok, direct "),
		clean("PRX002", "{mirror}/ok,off,Direct"), // never read, so never refused

		{code: "PRX003", environ: proxied("{mirror}/404,direct/"), run: hello, fails: true, says: `Get "https://direct/example.com/hello/`, finding: fixes("/404,direct")},
		{code: "PRX003", name: "semicolon behind", environ: proxied("{mirror}/ok,direct;"), run: hello, fails: true, says: "invalid proxy URL missing scheme: direct;", finding: fixes("/ok,direct")},
		{code: "PRX003", name: "with a scheme", environ: proxied("https://direct"), run: hello, fails: true, says: `Get "https://direct/`, finding: fixes("GOPROXY=direct")},
		clean("PRX003", "{mirror}/ok,direct"),

		{code: "PRX004", environ: proxied("{mirror}/ok;direct"), run: hello, fails: true, says: "404 Not Found", verify: asked("/ok;direct/", true), finding: fixes("/ok,direct")},
		{code: "PRX004", name: "space", environ: proxied("{mirror}/ok direct"), run: hello, fails: true, says: "/ok%20direct/", verify: asked("/ok direct/", true), finding: fixes("/ok,direct")},
		{code: "PRX004", name: "full-width comma", environ: proxied("{mirror}/ok，direct"), run: hello, fails: true, says: "/ok%EF%BC%8Cdirect/", verify: asked("/ok，direct/", true), finding: fixes("/ok,direct")},
		{code: "PRX004", name: "slash", environ: proxied("{mirror}/ok/direct"), run: hello, fails: true, says: "/ok/direct/", verify: asked("/ok/direct/", true), finding: fixes("/ok,direct")},
		{code: "PRX004", name: "at the end", environ: proxied("{mirror}/ok;"), run: hello, fails: true, says: "/ok;/", finding: fixes("/ok")},
		clean("PRX004", "{mirror}/ok, direct"),
		clean("PRX004", "{mirror}/500|{mirror}/ok,direct"),

		{code: "PRX005", envFile: "GOPROXY=\"{mirror}/ok,direct\"\nGOSUMDB={sumdb}\n", run: hello, fails: true, says: "first path segment in URL cannot contain colon", finding: fixes("/ok,direct")},
		{code: "PRX005", name: "as cmd.exe sets it", environ: proxied(`"{mirror}/ok"`), run: hello, fails: true, says: "first path segment", finding: fixes("/ok")},
		clean("PRX005", "{mirror}/ok"),

		{code: "PRX006", name: "scheme", environ: proxied("htps://goproxy.cn"), run: hello, fails: true, says: "invalid proxy URL scheme (must be https, http, file): htps://goproxy.cn"},
		{code: "PRX006", name: "file with a host", environ: proxied("file://srv/go"), run: hello, fails: true, says: "invalid file:// proxy URL with non-path elements"},
		{code: "PRX006", name: "no host", environ: proxied("https:///goproxy"), run: hello, fails: true, says: "no Host in request URL"},
		{code: "PRX006", name: "a Windows path", environ: proxied(`C:\go\mirror`), run: hello, fails: true, says: "invalid port"},
		{code: "PRX006", name: "behind off", clean: true, environ: proxied("{mirror}/ok,off,htps://x"), run: hello},
		{code: "PRX006", name: "without a scheme", clean: true, environ: proxied("{mirror}/ok,goproxy.cn"), run: hello},

		{code: "PRX007", environ: proxied("{mirror}/404,off,{mirror}/ok"), run: hello, fails: true, says: "module lookup disabled by GOPROXY=off", verify: asked("/ok/", false), finding: fixes("/404,off")},
		clean("PRX007", "{mirror}/404,{mirror}/ok,off"),
		{code: "PRX008", environ: proxied("direct,{mirror}/ok"), run: hello, fails: true, says: `https fetch: Get "https://example.com/hello?go-get=1"`, verify: asked("/ok/", false), finding: fixes("/ok,direct")},
		clean("PRX008", "{mirror}/ok,direct"),
		{code: "PRX007", name: "wrong order is another matter", clean: true, environ: proxied("direct,{mirror}/ok")},

		{code: "PRX014", environ: proxied("http://mirror.test/ok"), prepare: named("mirror.test"), run: hello, silent: "insecure", verify: asked("/ok/example.com/hello/", true), finding: fixes("https://mirror.test/ok")},
		{code: "PRX014", name: "in a private network", environ: proxied("http://10.1.2.3:8081/go"), finding: severe(envcheck.Warning)},
		{code: "PRX014", name: "public", environ: proxied("http://goproxy.cn"), finding: severe(envcheck.Security)},
		{code: "PRX014", name: "this machine", clean: true, environ: proxied("{mirror}/ok,http://localhost:3000"), run: hello},

		{code: "PRX015", environ: proxied("http://build:s3cret@127.0.0.1:9/go"), run: hello, fails: true, says: "refusing to pass credentials to insecure URL", finding: func(t *testing.T, f envcheck.Finding) {
			for _, e := range append(f.Evidence, envcheck.Evidence{Value: f.Message.EN + f.Message.ZH + f.Fix.Command}) {
				if strings.Contains(e.Value, "s3cret") {
					t.Errorf("the password stands in %+v", e)
				}
			}
			fixes("http://127.0.0.1:9/go")(t, f)
		}},
		{code: "PRX015", name: "https", environ: proxied("https://build:s3cret@mirror.test/go"), finding: fixes("https://mirror.test/go")},
		{code: "PRX015", name: "an at sign in a path", clean: true, environ: proxied("{mirror}/ok,https://mirror.test/@team"), run: hello},

		{code: "PRX026", environ: proxied("https://mirrors.aliyun.com,direct"), finding: fixes("https://mirrors.aliyun.com/goproxy/,direct")},
		{code: "PRX026", name: "the whole address", clean: true, environ: proxied("https://mirrors.aliyun.com/goproxy/,direct")},
	}
}

// TestProxyFixes writes each remedy into the env file and looks again: the
// finding must be gone and the value be the one that was promised.
func TestProxyFixes(t *testing.T) {
	for _, c := range []struct{ code, profile, value, want string }{
		{"PRX001", "", ",", "-"},
		{"PRX001", "cn", " , ", envcheck.MirrorsCN},
		{"PRX002", "", "https://goproxy.cn,OFF", "https://goproxy.cn,off"},
		{"PRX002", "", "https://goproxy.cn,DIRECT|OFF", "https://goproxy.cn,direct|off"},
		{"PRX002", "cn", "none", envcheck.MirrorsCN},
		{"PRX003", "", "https://goproxy.cn|https://direct/", "https://goproxy.cn|direct"},
		{"PRX004", "", "https://goproxy.cn;https://goproxy.io、direct", "https://goproxy.cn,https://goproxy.io,direct"},
		{"PRX004", "", ";", "-"},
		{"PRX005", "", "“https://goproxy.cn”,direct", "https://goproxy.cn,direct"},
		{"PRX007", "", "https://goproxy.cn|https://goproxy.io,direct,off", "https://goproxy.cn|https://goproxy.io,direct"},
		{"PRX008", "", "direct,https://goproxy.cn|https://goproxy.io", "https://goproxy.cn|https://goproxy.io,direct"},
		{"PRX010", "", "https://goproxy.cn,direct", envcheck.MirrorsCN},
		{"PRX010", "", "https://goproxy.cn,https://goproxy.io,direct", "https://goproxy.cn|https://goproxy.io,direct"},
		{"PRX011", "", "https://goproxy.cn|https://goproxy.io|direct", "https://goproxy.cn|https://goproxy.io,direct"},
		{"PRX013", "", "https://gocenter.io,direct", "-"},
		{"PRX013", "", "https://goproxy.cn|https://gocenter.io,direct", "https://goproxy.cn,direct"},
		{"PRX013", "cn", "https://gocenter.io", envcheck.MirrorsCN},
		{"PRX014", "", "http://goproxy.cn,direct", "https://goproxy.cn,direct"},
		{"PRX014", "", "http://goproxy.cn|http://goproxy.io,direct", "https://goproxy.cn|https://goproxy.io,direct"},
		{"PRX022", "airgap", "https://goproxy.cn|https://go.corp.example/proxy,direct", "https://go.corp.example/proxy,off"},
		{"PRX022", "airgap", "direct", "off"},
		{"PRX023", "", "http://goproxy.loongnix.cn:3000", "-"},
		{"PRX025", "cn", "direct", envcheck.MirrorsCN},
		{"PRX026", "", "mirrors.aliyun.com/,direct", "mirrors.aliyun.com/goproxy/,direct"},
	} {
		fixOnce(t, c.code, c.profile, "GOPROXY", c.value, c.want)
	}
}

// fixOnce checks a machine whose env file gives a setting a value, applies the
// remedy of one rule, and checks again. want "-" means that the line is gone.
func fixOnce(t *testing.T, code, profile, key, value, want string) {
	t.Helper()
	p, err := envcheck.ProfileNamed(profile)
	if err != nil {
		t.Fatal(err)
	}
	look := func(line string) []envcheck.Finding {
		s := &envcheck.Snapshot{Machine: envcheck.Machine{OS: "linux"}, EnvFile: envcheck.EnvFile{TextFile: envcheck.TextFile{Path: "/home/dev/.config/go/env", Exists: true, Data: []byte(line)}},
			Goroot: envcheck.Goroot{GoEnv: envcheck.TextFile{Path: "/home/dev/go/go.env", Exists: true, Data: []byte("GOPROXY=https://default.example,direct\nGOSUMDB=sum.golang.org\n")}}}
		return envcheck.Check(s, All(), envcheck.Options{Profile: p, Only: []string{code}}).Findings
	}
	before := look(key + "=" + value + "\n")
	if len(before) == 0 || before[0].Fix == nil || len(before[0].Fix.Changes) != 1 {
		t.Errorf("%s %s=%q: no finding with a change: %+v", code, key, value, before)
		return
	}
	c, line, got := before[0].Fix.Changes[0], "", "-"
	if c.Kind == envcheck.SetEnv {
		line, got = c.Key+"="+c.Value+"\n", c.Value
	}
	if got != want || c.Key != key {
		t.Errorf("%s %s=%q becomes %s=%q, want %q", code, key, value, c.Key, got, want)
	}
	if after := look(line); len(after) > 0 {
		t.Errorf("%s %s=%q: after the fix (%q) it is still found: %s", code, key, value, line, after[0].Message.EN)
	}
}

// FuzzProxyRules: no value of GOPROXY or GOSUMDB upsets a rule, and a remedy that
// calls itself safe is one: applied, the same is not found again.
func FuzzProxyRules(f *testing.F) {
	for _, s := range []string{",", "Direct,OFF", "direct/", "https://goproxy.cn;direct", `"x"`, "|,direct,https://goproxy.cn", "https://u:p@h/direct", "off ", "sum.golang.google.cn x", "http://goproxy.cn|http://goproxy.io"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if strings.ContainsAny(value, "\r\n\x00") {
			return
		}
		find := func(rule envcheck.Rule, key, value string) []envcheck.Finding {
			s := &envcheck.Snapshot{Machine: envcheck.Machine{OS: "linux"}, EnvFile: envcheck.EnvFile{TextFile: envcheck.TextFile{Path: "/home/dev/.config/go/env", Exists: true, Data: []byte(key + "=" + value + "\n")}}}
			return rule.Find(envcheck.NewView(s, envcheck.Profile{}, envcheck.Policy{}))
		}
		for _, rule := range slices.Concat(prxRules(), sumRules()) {
			for _, key := range []string{"GOPROXY", "GOSUMDB"} {
				if rule.Online {
					continue
				}
				for _, found := range find(rule, key, value) {
					if found.Fix == nil || !found.Fix.Safe || len(found.Fix.Changes) != 1 || found.Fix.Changes[0].Kind != envcheck.SetEnv {
						continue
					}
					for _, again := range find(rule, key, found.Fix.Changes[0].Value) {
						if again.Message == found.Message {
							t.Errorf("%s: %q becomes %q, and is found again: %s", rule.Code, value, found.Fix.Changes[0].Value, again.Message.EN)
						}
					}
				}
			}
		}
	})
}
