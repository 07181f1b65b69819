package preflight

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// good is an input that breaks no rule.
func good() Input {
	return Input{
		Dir:   "/src/app",
		Git:   &Git{Found: true, Commit: "c", Tag: "v1.2.3", Summary: "v1.2.3"},
		GoEnv: map[string]string{"GOSUMDB": "sum.golang.google.cn", "GOVERSION": "go1.26.8", "GOWORK": "", "GONOSUMDB": "git.example.cn", "GOPRIVATE": "git.example.cn", "GOFLAGS": "-modcacherw -p=2"},
	}
}

func goMod(t testing.TB, text string) *modfile.File {
	t.Helper()
	f, err := modfile.Parse("go.mod", []byte("module example.cn/app\n"+text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func codes(found []Finding) string {
	var c []string
	for _, f := range found {
		c = append(c, f.Code)
	}
	return strings.Join(c, " ")
}

func TestEachRule(t *testing.T) {
	env := func(kv ...string) func(*Input) {
		return func(in *Input) {
			for i := 0; i < len(kv); i += 2 {
				in.GoEnv[kv[i]] = kv[i+1]
			}
		}
	}
	mod := func(text string) func(*Input) {
		return func(in *Input) { in.GoMod, in.GoModPath = goMod(t, text), "/src/app/go.mod" }
	}
	for _, tc := range []struct {
		name                      string
		break_                    func(*Input)
		plain, snapshot, versions string // codes plainly, with --snapshot, with --version
		evidence                  string
	}{
		{"good", func(*Input) {}, "", "", "", ""},
		{"no repository", func(in *Input) { in.Git = nil }, "PRE001", "", "", ""},
		{"no commit", func(in *Input) { in.Git = &Git{Found: true} }, "PRE002", "", "", ""},
		{"dirty", func(in *Input) { in.Git.Dirty, in.Git.Changed, in.Git.ChangedCount = true, []string{"a b", "c"}, 23 }, "PRE003", "", "PRE003", "a b, c, … +21"},
		{"shallow", func(in *Input) { in.Git.Shallow, in.Git.Tag = true, "" }, "PRE004", "", "", ""},
		{"shallow with odd tag", func(in *Input) {
			in.Git.Shallow, in.Git.Tag = true, ""
			in.Git.IgnoredTags = []IgnoredTag{{Name: "nightly"}}
		}, "PRE004", "", "", ""},
		{"shallow at the tag", func(in *Input) { in.Git.Shallow = true }, "", "", "", ""},
		{"no tag", func(in *Input) { in.Git.Tag = "" }, "PRE005", "", "", ""},
		{"after the tag", func(in *Input) { in.Git.Tag, in.Git.PreviousTag, in.Git.Summary = "", "v1.2.3", "v1.2.3-4-gabc" }, "PRE006", "", "", "v1.2.3-4-gabc"},
		{"odd tag", func(in *Input) {
			in.Git.Tag, in.Git.IgnoredTags = "", []IgnoredTag{{Name: "release-7"}, {Name: "lib/v1.0.0", Semver: true}}
		}, "PRE007", "", "", "release-7"},
		{"other project's tag", func(in *Input) { in.Git.Tag, in.Git.IgnoredTags = "", []IgnoredTag{{Name: "lib/v1.0.0", Semver: true}} }, "PRE005", "", "", ""},
		{"odd tag beside a good one", func(in *Input) { in.Git.IgnoredTags = []IgnoredTag{{Name: "latest"}} }, "", "", "", ""},
		{"local replace", mod("replace a.cn/x => ../x\nreplace a.cn/y => a.cn/z v1.0.0\n"), "PRE010", "PRE010", "PRE010", "go.mod:2: a.cn/x => ../x"},
		{"go.work", env("GOWORK", "/src/go.work"), "PRE011", "PRE011", "PRE011", "../go.work"},
		{"go.work off", env("GOWORK", "off"), "", "", "", ""},
		{"go line", mod("go 1.99\n"), "PRE012", "PRE012", "PRE012", "go.mod:2: go 1.99, GOVERSION=go1.26.8"},
		{"go line met", mod("go 1.26.1\ntoolchain default\n"), "", "", "", ""},
		{"toolchain line", func(in *Input) {
			mod("go 1.26\ntoolchain go1.27.1\n")(in)
			in.GoEnv["GOTOOLCHAIN"], in.GoEnv["GOVERSION"] = "local", "go1.26.8 X:loopvar"
		}, "PRE013", "PRE013", "PRE013", "GOTOOLCHAIN=local"},
		{"GOSUMDB", env("GOSUMDB", "off"), "PRE020", "PRE020", "PRE020", "GOSUMDB=off"},
		{"GONOSUMDB all", env("GONOSUMDB", "git.example.cn,*"), "PRE021", "PRE021", "PRE021", "GONOSUMDB=* (github.com)"},
		{"GOPRIVATE host", env("GONOSUMDB", "github.com", "GOPRIVATE", "github.com"), "PRE021", "PRE021", "PRE021", "GOPRIVATE=github.com (github.com)"},
		{"GOPRIVATE wild", env("GONOSUMDB", "*.com/*", "GOPRIVATE", "*.com/*"), "PRE021", "PRE021", "PRE021", "GOPRIVATE=*.com/* (github.com)"},
		{"GOPRIVATE organisation", env("GONOSUMDB", "github.com/yourorg,*.example.cn", "GOPRIVATE", "github.com/yourorg,*.example.cn"), "", "", "", ""},
		{"GOFLAGS", env("GOFLAGS", "-mod=mod -buildvcs=false -insecure -modcacherw"), "PRE022", "PRE022", "PRE022", "-mod=mod, -buildvcs=false, -insecure"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, mode := range []struct {
				set  func(*Input)
				want string
			}{
				{func(*Input) {}, tc.plain},
				{func(in *Input) { in.Snapshot = true }, tc.snapshot},
				{func(in *Input) { in.Version = "1.2.3" }, tc.versions},
			} {
				in := good()
				tc.break_(&in)
				mode.set(&in)
				found := Check(in)
				if got := codes(found); got != mode.want {
					t.Errorf("snapshot %v, version %q: %s, want %s", in.Snapshot, in.Version, got, mode.want)
				}
				if len(found) > 0 && !strings.Contains(strings.Join(found[0].Evidence, ", "), tc.evidence) {
					t.Errorf("evidence %q lacks %q", found[0].Evidence, tc.evidence)
				}
			}
		})
	}
}

func TestRulesAreDocumented(t *testing.T) {
	var last string
	for _, r := range Rules() {
		if r.Code <= last || !strings.HasPrefix(r.Code, "PRE") || len(r.Code) != 6 {
			t.Errorf("code %q after %q", r.Code, last)
		}
		last = r.Code
		for what, s := range map[string]msg.Text{"title": r.Title, "why": r.Why, "fix": r.Fix} {
			if s.EN == "" || s.ZH == "" || s.EN == s.ZH || !strings.ContainsFunc(s.ZH, func(r rune) bool { return r > 0x2e80 }) {
				t.Errorf("%s: %s %+v", r.Code, what, s)
			}
		}
		if strings.Contains(r.Fix.EN, "GOSUMDB=off") {
			t.Errorf("%s advises to switch the checksum database off", r.Code)
		}
		if (r.Snapshot || r.Version) && r.Severity != Error {
			t.Errorf("%s: relaxing a %s", r.Code, r.Severity)
		}
	}
}

// A missing tag is refused with all ways out named.
func TestMissingTagNamesEveryRemedy(t *testing.T) {
	in := good()
	in.Git.Tag = ""
	fix := Check(in)[0].Fix
	for _, word := range []string{"git tag", "--version", "--snapshot"} {
		if !strings.Contains(fix.EN, word) || !strings.Contains(fix.ZH, word) {
			t.Errorf("%+v does not name %s", fix, word)
		}
	}
}

func TestErr(t *testing.T) {
	if err := Err(nil); err != nil {
		t.Errorf("nothing found: %v", err)
	}
	in := good()
	in.GoEnv["GOFLAGS"] = "-mod=mod"
	if err := Err(Check(in)); err != nil {
		t.Errorf("a note refuses the release: %v", err)
	}
	in.Git.Dirty, in.Git.Changed, in.Git.ChangedCount = true, []string{"100% new.go"}, 1
	in.GoEnv["GOSUMDB"] = "off"
	err := Err(Check(in))
	if msg.KindOf(err) != msg.Failed {
		t.Errorf("kind %v", msg.KindOf(err))
	}
	en, zh := msg.In(err, msg.English), msg.In(err, msg.Chinese)
	for _, want := range []string{"2 preflight finding(s)", "PRE003 the working tree is dirty: 100% new.go", "fix: commit", "PRE020", "go env -u GOSUMDB"} {
		if !strings.Contains(en, want) {
			t.Errorf("English lacks %q:\n%s", want, en)
		}
	}
	for _, want := range []string{"2 个问题", "PRE003 工作区有未提交的改动：100% new.go", "解决办法：", "PRE020"} {
		if !strings.Contains(zh, want) {
			t.Errorf("Chinese lacks %q:\n%s", want, zh)
		}
	}
	if strings.Contains(en, "PRE022") {
		t.Error("the note is listed among the errors")
	}
}

func TestRulesAreTheCallers(t *testing.T) {
	r := Rules()
	r[0].Code = "X"
	if slices.ContainsFunc(Rules(), func(r Rule) bool { return r.Code == "X" }) {
		t.Error("the list can be changed from outside")
	}
}
