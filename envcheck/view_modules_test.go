package envcheck

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/goenv"
)

func text(path, data string) TextFile {
	return TextFile{Path: path, Exists: true, Data: []byte(data)}
}

func TestModules(t *testing.T) {
	s := &Snapshot{}
	s.Module.GoMod = text("/home/dev/app/go.mod", `module git.corp.example/app

go 1.25

require (
	git.corp.example/lib v1.0.0
	git.corp.example/folder v1.0.0
	git.corp.example/forked v1.0.0
	git.corp.example/some v1.1.0
	git.corp.example/half v1.0.0
)

replace git.corp.example/folder => ../folder

replace git.corp.example/forked => git.fork.example/forked v1.0.1

replace git.corp.example/some v1.0.0 => ../some

tool git.corp.example/lib/cmd/gen
`)
	s.Module.GoSum = text("/home/dev/app/go.sum", `git.corp.example/lib v1.0.0 h1:x=
git.corp.example/lib v1.0.0/go.mod h1:x=
git.corp.example/half v1.0.0/go.mod h1:x=
git.corp.example/indirect v0.1.0/go.mod h1:x=
git.corp.example/folder v0.9.0/go.mod h1:x=
git.corp.example/app v0.1.0/go.mod h1:x=
garbage
`)
	var got []string
	for _, m := range NewView(s, Profile{}, Policy{}).Modules() {
		got = append(got, fmt.Sprintf("%s %s %s:%d local=%v verified=%v", m.Why, strings.TrimSuffix(m.Path+"@"+m.Version, "@"), m.File[len("/home/dev/app/"):], m.Line, m.Local, m.Verified))
	}
	want := []string{
		"main git.corp.example/app go.mod:1 local=true verified=false",
		"require git.corp.example/lib@v1.0.0 go.mod:6 local=false verified=true",
		"require git.corp.example/folder@v1.0.0 go.mod:7 local=true verified=false",
		"require git.corp.example/forked@v1.0.0 go.mod:8 local=true verified=false",
		"require git.corp.example/some@v1.1.0 go.mod:9 local=false verified=false",
		"require git.corp.example/half@v1.0.0 go.mod:10 local=false verified=false",
		"tool git.corp.example/lib/cmd/gen go.mod:19 local=false verified=false",
		"replace git.fork.example/forked@v1.0.1 go.mod:15 local=false verified=false",
		"go.sum git.corp.example/indirect@v0.1.0 go.sum:4 local=false verified=true",
		"go.sum git.corp.example/app@v0.1.0 go.sum:6 local=false verified=true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("modules\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestModulesOfAWorkspace(t *testing.T) {
	s := &Snapshot{}
	s.Module.GoMod = text("/home/dev/w/a/go.mod", "module git.corp.example/a\n\ngo 1.25\n\nrequire git.corp.example/b v1.0.0\n")
	s.Module.Members = []TextFile{s.Module.GoMod, text("/home/dev/w/b/go.mod", "module git.corp.example/b\n\ngo 1.25\n"), {Path: "/home/dev/w/c/go.mod"}, text("/home/dev/w/d/go.mod", "garbage")}
	s.Module.GoWork = text("/home/dev/w/go.work", "go 1.25\n\nuse ./a\n\nreplace git.corp.example/x => git.fork.example/x v1.0.0\n")
	var got []string
	for _, m := range NewView(s, Profile{}, Policy{}).Modules() {
		got = append(got, fmt.Sprintf("%s %s %v", m.Why, m.Path, m.Local))
	}
	want := []string{"main git.corp.example/a true", "main git.corp.example/b true", "require git.corp.example/b false", "go.work git.corp.example/x true", "go.work git.fork.example/x false"}
	if !slices.Equal(got, want) {
		t.Errorf("modules %q, want %q", got, want)
	}
}

func TestMeantPatterns(t *testing.T) {
	for value, want := range map[string]string{
		"git.corp.example":                         "git.corp.example",
		"git.corp.example ":                        "git.corp.example",
		"a.example, b.example;c.example，d.example": "a.example b.example c.example d.example",
		"https://git.corp.example:8443/team/":      "git.corp.example/team",
		"git@git.corp.example:team/lib.git":        "git.corp.example/team/lib",
		"Git.Corp.Example/...":                     "git.corp.example",
		"*.corp.example/.*":                        "*.corp.example",
		".corp.example":                            "*.corp.example",
		"*corp.example":                            "*.corp.example",
		`"git.corp.example"`:                       "git.corp.example",
		"git.corp.example//":                       "git.corp.example",
		"[":                                        "",
		"*":                                        "",
		",, ;":                                     "",
	} {
		if got := strings.Join(MeantPatterns(value), " "); got != want {
			t.Errorf("MeantPatterns(%q) = %q, want %q", value, got, want)
		}
	}
}

func FuzzMeantPatterns(f *testing.F) {
	f.Add("https://git@a.example:1/x//y;*.b , [")
	f.Fuzz(func(t *testing.T, value string) {
		for _, p := range MeantPatterns(value) {
			pats := goenv.ParsePatterns(p)
			if len(pats) != 1 || pats[0].Broken || strings.ContainsAny(p, " ,;") {
				t.Errorf("%q gives the pattern %q", value, p)
			}
		}
	})
}

func TestVendored(t *testing.T) {
	for _, tc := range []struct {
		name, gomod, gowork, vendor, flags string
		want                               bool
	}{
		{"folder", "go 1.14", "", "/home/dev/app/vendor/modules.txt", "", true},
		{"no folder", "go 1.25", "", "", "", false},
		{"old language", "go 1.13", "", "/home/dev/app/vendor/modules.txt", "", false},
		{"-mod=mod", "go 1.25", "", "/home/dev/app/vendor/modules.txt", "-mod=mod", false},
		{"-mod=vendor", "go 1.13", "", "", "-mod=vendor", true},
		{"a member's folder in a workspace", "go 1.25", "go 1.25", "/home/dev/app/vendor/modules.txt", "", false},
		{"the workspace's folder", "go 1.25", "go 1.25", "/home/dev/vendor/modules.txt", "", true},
		{"the workspace's folder, old language", "go 1.25", "go 1.21", "/home/dev/vendor/modules.txt", "", false},
	} {
		s := &Snapshot{Environ: []string{"GOFLAGS=" + tc.flags}}
		s.Module.GoMod = text("/home/dev/app/go.mod", "module example.com/app\n\n"+tc.gomod+"\n")
		if tc.gowork != "" {
			s.Module.GoWork = text("/home/dev/go.work", tc.gowork+"\n")
		}
		if tc.vendor != "" {
			s.Module.Vendor = text(tc.vendor, "")
		}
		if got := NewView(s, Profile{}, Policy{}).LeakConfig().Vendored; got != tc.want {
			t.Errorf("%s: vendored is %v", tc.name, got)
		}
	}
}

func TestKnowledge(t *testing.T) {
	s := &Snapshot{Environ: []string{"GOPRIVATE=https://git.corp.example,corp.com,*,github.com", "GONOPROXY=none", "CI_SERVER_HOST=gitlab.corp.example"}, Git: Git{Origin: "git@code.corp.example:team/app.git"}}
	k := NewView(s, Profile{}, Policy{Private: []string{"*.secret.example"}, Public: []string{"open.example"}}).Knowledge()
	if got := strings.Join(k.Private, " "); got != "*.secret.example git.corp.example corp.com *.corp.com none" {
		t.Errorf("private %q", got)
	}
	if got := strings.Join(k.Own, " "); got != "code.corp.example gitlab.corp.example" || k.Public[0] != "open.example" {
		t.Errorf("own %q, public %q", got, k.Public)
	}
}
