package rules

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

func TestPRV(t *testing.T) { reproduceAll(t, prvReproductions()) }

const (
	corpMod  = "module example.com/app\n\ngo 1.26\n\nrequire git.corp.example/team/lib v1.0.0\n"
	corpPath = "/ok/git.corp.example/team/lib/"
	lookup   = "/ok/sumdb/sum.mirror.test/lookup/git.corp.example/team/lib@"
)

var download = []string{"mod", "download", "git.corp.example/team/lib@v1.0.0"}

// stranger lets the loopback mirror appear as goproxy.cn, by an HTTP proxy in
// between: a mirror on loopback would be one of the house.
func stranger(t *testing.T, w *world) {
	p := mirrortest.NewProxy(t, mirrortest.ProxyOptions{Hosts: map[string]string{"goproxy.cn:80": w.mirror.Addr()}, Closed: true})
	w.environ = append(w.environ, "HTTP_PROXY="+p.URL(), "HTTPS_PROXY="+p.URL())
}

// asks asserts whether the mirror was asked for paths that begin so.
func asks(prefix string, want bool) func(*testing.T, *world, string) {
	return func(t *testing.T, w *world, out string) {
		t.Helper()
		got := slices.ContainsFunc(w.mirror.Requests(), func(r mirrortest.Request) bool { return strings.HasPrefix(r.Path, prefix) })
		if got != want {
			t.Errorf("the mirror was asked for %s: %v, want %v; log %v; go says\n%s", prefix, got, want, w.mirror.Requests(), out)
		}
	}
}

// corp is a project that needs a module of git.corp.example, which is private
// because the CI server is there, and has a stranger's mirror.
func corp(code, name string, clean bool, settings ...string) reproduction {
	r := reproduction{code: code, name: name, clean: clean, files: map[string]string{"go.mod": corpMod}, prepare: stranger,
		environ: map[string]string{"GOPROXY": "http://goproxy.cn/ok", "GOSUMDB": "{sumdb}", "CI_SERVER_HOST": "git.corp.example"}}
	for _, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		r.environ[key] = value
	}
	return r
}

// leaking is such a project in which the real go command names the module to
// the mirror; sealed one in which it does not.
func leaking(code, name string, settings ...string) reproduction {
	r := corp(code, name, false, settings...)
	r.run, r.verify = download, asks(corpPath, true)
	return r
}

func sealed(code, name string, settings ...string) reproduction {
	r := corp(code, name, true, settings...)
	r.run, r.fails, r.verify = download, true, asks(corpPath, false)
	return r
}

func prvReproductions() []reproduction {
	in := func(r reproduction, change func(*reproduction)) reproduction { change(&r); return r }
	house := func(r *reproduction) {
		r.prepare = nil
		r.environ["GOPROXY"] = "{mirror}/ok"
		r.run, r.fails = download, false
	}
	out := []reproduction{
		in(leaking("PRV001", ""), func(r *reproduction) {
			r.finding = func(t *testing.T, f envcheck.Finding) {
				if f.Subject != "git.corp.example" || f.Where.Line != 5 || !strings.Contains(f.Message.EN, "goproxy.cn") || f.Fix.Command != "go env -w GOPRIVATE=git.corp.example" {
					t.Errorf("finding %+v, fix %+v", f, f.Fix)
				}
			}
		}),
		in(leaking("PRV001", "keeps what is there"), func(r *reproduction) {
			r.envFile = "GOPRIVATE=git.other.example,github.com/corp\n"
			r.finding = func(t *testing.T, f envcheck.Finding) {
				if f.Fix.Changes[0].Value != "git.other.example,github.com/corp,git.corp.example" {
					t.Errorf("fix %+v", f.Fix)
				}
			}
		}),
		leaking("PRV001", "GONOPROXY=none", "GOPRIVATE=git.corp.example", "GONOPROXY=none"),
		in(corp("PRV001", "many modules, one finding", false), func(r *reproduction) {
			r.files = map[string]string{"go.mod": "module example.com/app\n\ngo 1.26\n\nrequire (\n" + strings.Repeat("\tgit.corp.example/team/a%d v1.0.0\n", 13) + ")\n"}
			for i := range 13 {
				r.files["go.mod"] = strings.Replace(r.files["go.mod"], "%d", string(rune('a'+i)), 1)
			}
			r.finding = func(t *testing.T, f envcheck.Finding) {
				if last := f.Evidence[len(f.Evidence)-1]; len(f.Evidence) != 11 || last.Value != "+3" {
					t.Errorf("evidence %+v", f.Evidence)
				}
			}
		}),
		in(corp("PRV001", "several hosts of a domain", false), func(r *reproduction) {
			r.files = map[string]string{"go.mod": "module example.com/app\n\ngo 1.26\n\nrequire (\n\tgit.corp.example/a v1.0.0\n\tcode.corp.example/b v1.0.0\n)\n"}
			r.finding = func(t *testing.T, f envcheck.Finding) {
				if f.Fix.Changes[0].Value != "*.corp.example" {
					t.Errorf("fix %+v", f.Fix)
				}
			}
		}),
		sealed("PRV001", "", "GOPRIVATE=git.corp.example"),
		in(corp("PRV001", "the house's own mirror", true), house),
		in(corp("PRV001", "replaced by a folder", true), func(r *reproduction) {
			r.files = map[string]string{"go.mod": corpMod + "\nreplace git.corp.example/team/lib => ./lib\n", "lib/go.mod": "module git.corp.example/team/lib\n", "lib/lib.go": "package lib\n"}
			r.run, r.verify = []string{"list", "-m", "all"}, asks(corpPath, false)
		}),
		in(corp("PRV001", "a public host", true), func(r *reproduction) {
			r.files = map[string]string{"go.mod": strings.ReplaceAll(corpMod, "git.corp.example/team/lib", "github.com/corp/lib")}
		}),

		in(corp("PRV002", "", false), func(r *reproduction) { house(r); r.verify = asks(lookup, true) }),
		in(corp("PRV002", "clean", true, "GONOSUMDB=git.corp.example"), func(r *reproduction) { house(r); r.verify = asks(lookup, false) }),
		corp("PRV002", "GOPRIVATE", true, "GOPRIVATE=git.corp.example"),
		corp("PRV002", "GOSUMDB=off", true, "GOSUMDB=off", "GONOPROXY=git.corp.example"),

		leaking("PRV003", "", "GOPRIVATE=https://git.corp.example"),
		leaking("PRV004", "trailing space", "GOPRIVATE=git.corp.example "),
		leaking("PRV004", "after the comma", "GOPRIVATE=git.other.example, git.corp.example"),
		in(leaking("PRV004", "carriage return"), func(r *reproduction) { r.envFile = "GOPRIVATE=git.corp.example\r\n" }),
		leaking("PRV005", "semicolon", "GOPRIVATE=git.corp.example;git.other.example"),
		leaking("PRV005", "space", "GOPRIVATE=git.corp.example git.other.example"),
		leaking("PRV005", "full-width comma", "GOPRIVATE=git.corp.example，git.other.example"),
		leaking("PRV006", "", "GOPRIVATE=git.corp.example:8443"),
		leaking("PRV007", "...", "GOPRIVATE=git.corp.example/team/..."),
		leaking("PRV007", "//", "GOPRIVATE=git.corp.example//"),
		leaking("PRV007", ".git", "GOPRIVATE=git.corp.example/team/lib.git"),
		leaking("PRV007", "regular expression", "GOPRIVATE=*.corp.example/.*"),
		leaking("PRV007", "clone address", "GOPRIVATE=git@git.corp.example:team"),
		leaking("PRV008", "the domain", "GOPRIVATE=corp.example"),
		leaking("PRV008", "a leading dot", "GOPRIVATE=.corp.example"),
		sealed("PRV008", "wildcard", "GOPRIVATE=*.corp.example"),
		in(corp("PRV008", "the domain itself has modules", true, "GOPRIVATE=corp.example"), func(r *reproduction) {
			r.files = map[string]string{"go.mod": strings.ReplaceAll(corpMod, "git.corp.example", "corp.example")}
		}),
		leaking("PRV009", "", "GOPRIVATE=Git.Corp.example"),
		leaking("PRV009", "in the group", "GOPRIVATE=git.corp.example/Team"),
		corp("PRV009", "upper case where the module has it", true, "GOPRIVATE=github.com/Azure"),
		leaking("PRV010", "", "GOPRIVATE=[git.corp.example"),
		corp("PRV010", "a good bracket", true, "GOPRIVATE=git[12].corp.example"),

		leaking("PRV011", "GONOPROXY", "GOPRIVATE=git.corp.example", "GONOPROXY=git.other.example"),
		corp("PRV011", "GONOSUMDB", false, "GOPRIVATE=git.corp.example", "GONOSUMDB=git.other.example"),
		sealed("PRV011", "wider", "GOPRIVATE=git.corp.example", "GONOPROXY=*.corp.example"),
		in(corp("PRV011", "GONOPROXY=none with the house's mirror", true, "GOPRIVATE=git.corp.example", "GONOPROXY=none"), func(r *reproduction) {
			house(r)
			r.verify = asks(corpPath, true)
		}),

		in(corp("PRV012", "a top-level domain", false, "GONOSUMDB=*.com"), func(r *reproduction) {
			house(r)
			r.environ["GOPROXY"] = "{mirror}/badzip"
			r.run = []string{"mod", "download", "example.com/hello@v1.0.0"} // accepted although it was tampered with
			r.verify = asks("/badzip/sumdb/", false)
		}),
		corp("PRV012", "everything", false, "GOPRIVATE=*"),
		corp("PRV012", "a public host", false, "GOPRIVATE=github.com"),
		corp("PRV012", "all of a country's companies", false, "GOPRIVATE=*.com.cn"),
		in(corp("PRV012", "clean", true, "GOPRIVATE=git.corp.example,*.corp.example,github.com/corp"), func(r *reproduction) {
			house(r)
			r.environ["GOPROXY"] = "{mirror}/badzip"
			r.run = []string{"mod", "download", "example.com/hello@v1.0.0"}
			r.fails, r.says = true, "SECURITY ERROR"
		}),

		in(corp("PRV013", "", false, "GOPROXY=off", "GOPRIVATE=git.corp.example"), func(r *reproduction) {
			r.run, r.fails, r.says = download, true, "git.corp.example/team/lib?go-get=1"
		}),
		in(corp("PRV013", "GONOPROXY=none", true, "GOPROXY=off", "GOPRIVATE=git.corp.example", "GONOPROXY=none"), func(r *reproduction) {
			r.run, r.fails, r.says = download, true, "GOPROXY=off"
		}),
		corp("PRV013", "mirror before off", true, "GOPROXY=http://goproxy.cn/ok,off", "GOPRIVATE=git.corp.example"),

		corp("PRV014", "everything", false, "GOINSECURE=*"),
		corp("PRV014", "a public host", false, "GOINSECURE=github.com/corp"),
		corp("PRV014", "clean", true, "GOINSECURE=git.corp.example"),

		{code: "PRV015", files: map[string]string{"go.mod": "module git.corp.internal/team/app\n\ngo 1.26\n"},
			change: func(_ *testing.T, s *envcheck.Snapshot) { s.Git.Origin = "git@github.com:corp/app.git" }},
		{code: "PRV015", clean: true, name: "inside", files: map[string]string{"go.mod": "module git.corp.internal/team/app\n\ngo 1.26\n"},
			change: func(_ *testing.T, s *envcheck.Snapshot) { s.Git.Origin = "https://git.corp.internal/team/app" }},
		{code: "PRV015", clean: true, name: "a program without a host", files: map[string]string{"go.mod": "module app\n\ngo 1.26\n"},
			change: func(_ *testing.T, s *envcheck.Snapshot) { s.Git.Origin = "https://github.com/corp/app" }},

		in(leaking("PRV016", ""), func(r *reproduction) {
			delete(r.environ, "CI_SERVER_HOST")
			r.policy.Private = []string{"git.corp.example", "*.secret.example/group"}
		}),
		in(sealed("PRV016", "", "GOPRIVATE=*.corp.example"), func(r *reproduction) { r.policy.Private = []string{"git.corp.example"} }),

		in(corp("PRV017", "", false), func(r *reproduction) {
			r.files = map[string]string{"go.mod": "module git.corp.example/team/app\n\ngo 1.26\n", "main.go": "package main\n\nimport _ \"git.corp.example/team/app/gen\"\n\nfunc main() {}\n"}
			r.run, r.fails, r.verify = []string{"mod", "tidy"}, true, asks("/ok/git.corp.example/team/app/gen/", true)
		}),
		in(corp("PRV017", "clean", true, "GOPRIVATE=git.corp.example"), func(r *reproduction) {
			r.files = map[string]string{"go.mod": "module git.corp.example/team/app\n\ngo 1.26\n", "main.go": "package main\n\nimport _ \"git.corp.example/team/app/gen\"\n\nfunc main() {}\n"}
			r.run, r.fails, r.verify = []string{"mod", "tidy"}, true, asks("/ok/git.corp.example/", false)
		}),
	}
	for _, code := range []string{"PRV003", "PRV004", "PRV005", "PRV006", "PRV007"} {
		out = append(out, corp(code, "clean", true, "GOPRIVATE=git.corp.example,*.other.example/*,git.third.example/,git.fourth.example/team"),
			corp(code, "filled in later", true, "GOPRIVATE=$CI_SERVER_HOST:$PORT/$(group)"))
	}
	slices.SortStableFunc(out, func(a, b reproduction) int { return cmp.Compare(a.code, b.code) })
	return out
}
