package rules

import (
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// prvState is a project on a recorded machine whose settings are all in the env
// file, so that every fix can be applied.
func prvState(envFile string) *envcheck.Snapshot {
	s := &envcheck.Snapshot{Schema: 1, Dir: "/home/dev/app", Home: "/home/dev", Machine: envcheck.Machine{OS: "linux", Umask: -1}, Environ: []string{"CI_SERVER_HOST=git.corp.example"}}
	s.EnvFile.TextFile = envcheck.TextFile{Path: "/home/dev/.config/go/env", Exists: true, Data: []byte("GOPROXY=https://goproxy.cn,direct\nGOSUMDB=sum.golang.org\n" + envFile)}
	s.Module.GoMod = envcheck.TextFile{Path: "/home/dev/app/go.mod", Exists: true, Data: []byte(`module git.corp.example/team/app

go 1.26

require (
	git.corp.example/team/lib v1.0.0
	code.corp.example/other/lib v1.0.0
	github.com/spf13/cobra v1.10.2
)
`)}
	return s
}

// TestPRVFixesMeet applies every fix of the area, in the order in which they are
// found, and looks again: they lead to one value and contradict each other
// nowhere.
func TestPRVFixesMeet(t *testing.T) {
	policy := envcheck.Policy{Private: []string{"*.secret.example"}}
	for _, tc := range []struct{ file, want string }{
		{"", "*.corp.example,*.secret.example"},
		{"GOPRIVATE=git.corp.example \n", "git.corp.example,code.corp.example,*.secret.example"},
		{"GOPRIVATE=git.corp.example, github.com/corp\r\n", "git.corp.example,github.com/corp,code.corp.example,*.secret.example"},
		{"GOPRIVATE=https://git.corp.example/;GIT.other.example:8443\n", "git.corp.example,git.other.example,code.corp.example,*.secret.example"},
		{"GOPRIVATE=.corp.example\n", "corp.example,*.corp.example,*.secret.example"},
		{"GOPRIVATE=corp.example\n", "corp.example,*.corp.example,*.secret.example"},
		{"GOPRIVATE=git.corp.example/...，git@code.corp.example:other/lib.git\n", "git.corp.example,code.corp.example/other/lib,*.secret.example"},
		{"GOPRIVATE=[git.corp.example\n", "*.corp.example,*.secret.example"},
		{"GOPRIVATE=git.corp.example\nGONOPROXY=none\nGONOSUMDB=code.corp.example\n", "git.corp.example,code.corp.example,*.secret.example"},
	} {
		s := prvState(tc.file)
		look := func() (out []envcheck.Finding) {
			return envcheck.Check(s, prvRules(), envcheck.Options{Policy: policy}).Findings
		}
		found := look()
		if len(found) == 0 {
			t.Errorf("%q: nothing found", tc.file)
		}
		file := goenv.ParseFile(s.EnvFile.Data)
		for _, f := range found {
			if f.Fix == nil || len(f.Fix.Changes) == 0 {
				t.Errorf("%q: %s has no fix", tc.file, f.Code)
				continue
			}
			for _, c := range f.Fix.Changes {
				switch c.Kind {
				case envcheck.SetEnv:
					file.Set(c.Key, c.Value)
				case envcheck.UnsetEnv:
					file.Unset(c.Key)
				default:
					t.Errorf("%q: %s changes %s", tc.file, f.Code, c.Kind)
				}
			}
		}
		s.EnvFile.Data = file.Bytes()
		for _, f := range look() {
			t.Errorf("%q: after the fixes %s remains: %s\n%s", tc.file, f.Code, f.Message.EN, file.Bytes())
		}
		if got, _ := file.Get("GOPRIVATE"); got.Value != tc.want {
			t.Errorf("%q: GOPRIVATE=%s, want %s", tc.file, got.Value, tc.want)
		}
		if _, set := file.Get("GONOPROXY"); set {
			t.Errorf("%q: GONOPROXY remains: %s", tc.file, file.Bytes())
		}
	}
}

// A pattern that stands in somebody's file is judged there, and mended by a
// person.
func TestPRVElsewhere(t *testing.T) {
	s := prvState("GOPRIVATE=*.corp.example\n")
	s.Settings = []envcheck.Setting{{Key: "GOPRIVATE", Value: "https://git.corp.example", Place: envcheck.Place{Origin: envcheck.FromDocker, File: "/home/dev/app/Dockerfile", Line: 7}}}
	found := envcheck.Check(s, prvRules(), envcheck.Options{}).Findings
	if len(found) != 1 || found[0].Code != "PRV003" || found[0].Where.Line != 7 {
		t.Fatalf("found %+v", found)
	}
	if f := found[0].Fix; len(f.Changes) != 0 || !strings.HasSuffix(f.Note.EN, "the value git.corp.example") {
		t.Errorf("fix %+v", f)
	}
}

// TestPRVHundreds: many patterns and many modules are no reason to be slow or to
// say everything a hundred times.
func TestPRVHundreds(t *testing.T) {
	var patterns []string
	for range 500 {
		patterns = append(patterns, "git"+string(rune('a'+len(patterns)%26))+strings.Repeat("x", len(patterns)/26)+".corp.example ")
	}
	s := prvState("GOPRIVATE=" + strings.Join(patterns, ",") + "\n")
	found := envcheck.Check(s, prvRules(), envcheck.Options{}).Findings
	if len(found) > 6 {
		t.Errorf("%d findings", len(found))
	}
}
