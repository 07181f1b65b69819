package lint

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

var update = flag.Bool("update", false, "write the rule tables in README.md")

// vendored is a project with a vendor folder.
var vendored = fstest.MapFS{"go.mod": {}, "vendor/modules.txt": {}}

// nameOf names a file whose content is to be seen for what it is.
func nameOf(src string) string {
	for _, sign := range []string{"node {", "pipeline {", "goRelease", "def ", "sh '", "@Library"} {
		if strings.Contains(src, sign) && !strings.Contains(src, "script:\n") {
			return "Jenkinsfile"
		}
	}
	return "pipeline.yml"
}

func check(t *testing.T, src string) []Finding {
	t.Helper()
	out, err := Check(t.Context(), nameOf(src), []byte(src), Options{Project: vendored})
	if err != nil {
		t.Fatalf("%v in\n%s", err, src)
	}
	return out
}

// codes are the findings as "line CODE".
func codes(findings []Finding) []string {
	out := []string{}
	for _, f := range findings {
		out = append(out, fmt.Sprintf("%d %s", f.Line, f.Code))
	}
	return out
}

func TestRulesAreDocumented(t *testing.T) {
	form := regexp.MustCompile(`^PPL\d{3}$`)
	var seen []string
	for _, r := range Rules() {
		if !form.MatchString(r.Code) {
			t.Errorf("rule %q", r.Code)
		}
		seen = append(seen, r.Code)
		for _, text := range []msg.Text{r.Title, r.Why, r.Fix} {
			han := strings.ContainsFunc(text.ZH, func(c rune) bool { return unicode.Is(unicode.Han, c) })
			latin := !strings.ContainsFunc(text.EN, func(c rune) bool { return unicode.Is(unicode.Han, c) })
			if text.EN == "" || !han || !latin {
				t.Errorf("%s: %+v is not in both languages", r.Code, text)
			}
		}
		if strings.HasSuffix(r.Title.EN, ".") || strings.HasSuffix(r.Title.ZH, "。") {
			t.Errorf("%s: punctuation", r.Code)
		}
		if r.Before == "" || r.After == "" || r.Since == "" || r.Severity == "" || (r.find == nil) != (r.Code == "PPL090") {
			t.Errorf("%s: something is missing", r.Code)
		}
		if found, ok := FindRule(r.Code); !ok || found.Title != r.Title {
			t.Errorf("%s is not found", r.Code)
		}
		has := func(src string) bool {
			return slices.ContainsFunc(check(t, src), func(f Finding) bool { return f.Code == r.Code && f.Severity == r.Severity })
		}
		if !has(r.Before) {
			t.Errorf("%s is not found in its own example", r.Code)
		}
		for _, f := range check(t, r.After) {
			t.Errorf("%s: its mended example has %s: %s", r.Code, f.Code, f.Message.EN)
		}
	}
	if !slices.IsSorted(seen) || len(slices.Compact(slices.Clone(seen))) != len(Rules()) || len(seen) < 20 {
		t.Errorf("codes are not in order, each once: %v", seen)
	}
	if _, ok := FindRule("PPL999"); ok {
		t.Error("a rule that does not exist")
	}
}

func TestNoPipeline(t *testing.T) {
	for name, c := range map[string]struct{ file, src, en string }{
		"GBK":             {".gitlab-ci.yml", "# a\nbuild: {script: [\xb2\xe2\xca\xd4]}", "lint .gitlab-ci.yml:2:18: not UTF-8"},
		"GBK Jenkinsfile": {"Jenkinsfile", "// \xb2\xe2\xca\xd4", "lint Jenkinsfile:1:4: not UTF-8"},
		"UTF-16":          {".gitlab-ci.yml", "\xff\xfea\x00", "lint .gitlab-ci.yml: the file is UTF-16"},
		"prose":           {"x", "Dear reader,\nthis is no pipeline.\n", "lint x: this is no pipeline"},
		"empty":           {"x.yml", "", "lint x.yml: this is no pipeline"},
		"compose":         {"x.yml", "services:\n  a:\n    image: b\nversion: '3'\n", "lint x.yml: this is no pipeline"},
		"GitHub":          {"x.yml", "on: push\njobs:\n  a:\n    runs-on: b\n", "lint x.yml: this is no pipeline"},
		"Gitee Go":        {"x.yml", "version: '1.0'\nname: a\nstages: []\n", "lint x.yml: this is no pipeline"},
		"syntax":          {".gitlab-ci.yml", "a:\n  b: [\n", "lint .gitlab-ci.yml:"},
		"a list":          {".gitlab-ci.yml", "- a\n", "lint .gitlab-ci.yml:1:1: expected keys and values"},
		"bomb":            {".gitlab-ci.yml", "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d]\n", "lint .gitlab-ci.yml:"},
		"open string":     {"Jenkinsfile", "node {\n sh 'a\n}", "lint Jenkinsfile:2: the string"},
		"open comment":    {"Jenkinsfile", "/* a", "lint Jenkinsfile:1: the comment"},
		"large":           {"Jenkinsfile", strings.Repeat("x ", 200_000), "lint Jenkinsfile: 400000 bytes"},
		"deep":            {"Jenkinsfile", strings.Repeat("{", 300), "lint Jenkinsfile:1: nested"},
	} {
		_, err := Check(t.Context(), c.file, []byte(c.src), Options{})
		if err == nil || !strings.HasPrefix(err.Error(), c.en) || msg.KindOf(err) != msg.Usage || !strings.HasPrefix(msg.In(err, msg.Chinese), "检查 ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Check(ctx, ".gitlab-ci.yml", []byte("a:\n  script: b\n"), Options{}); err == nil {
		t.Error("cancelled, and no error")
	}
}

// The form of a file makes no difference: a byte order mark, CRLF, the name.
func TestForms(t *testing.T) {
	for _, src := range []string{
		"build:\n  image: golang\n  script:\n    - |\n      echo a\n      curl https://a.example | sh\n",
		"node {\n  sh '''\n    echo a\n    curl https://a.example | sh\n  '''\n  docker.image('golang').inside { sh 'make' }\n}\n",
	} {
		want := codes(check(t, src))
		if len(want) != 2 {
			t.Fatalf("%v in %s", want, src)
		}
		if got := codes(check(t, "\ufeff"+strings.ReplaceAll(src, "\n", "\r\n"))); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	for name, want := range map[string]kind{
		".gitlab-ci.yml": gitlab, "ci/x.gitlab-ci.yml": gitlab, "Jenkinsfile": jenkins, "Jenkinsfile.release": jenkins, "vars/x.groovy": jenkins, ".ci/a.yml": bkci, `a\.ci\b.yml`: bkci, "x.yml": "",
	} {
		if got := kindOf(name, nil); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	for src, want := range map[string]kind{
		"stages: [a]": gitlab, "a:\n  script: b": gitlab, "version: v3.0\nstages: []": bkci, "pipeline {\n}": jenkins, "@Library('a') _\ngoRelease()": jenkins, "node('a') {": jenkins, "spec:\n  inputs:": gitlab,
	} {
		if got := kindOf("-", splitLines(src)); got != want {
			t.Errorf("%s: %q", src, got)
		}
	}
}

// The tables in the README files come from the rules.
func TestReadme(t *testing.T) {
	for lang, name := range map[msg.Lang]string{msg.English: "README.md", msg.Chinese: "README.zh-CN.md"} {
		have, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		const begin, end = "<!-- rules -->\n", "<!-- /rules -->"
		before, rest, ok := strings.Cut(string(have), begin)
		_, after, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Fatalf("%s has no place for the table", name)
		}
		want := before + begin + "\n" + table(lang) + "\n" + end + after
		if *update {
			if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if string(have) != want {
			t.Errorf("%s is not what the rules say; go test ./pipelines/lint -update writes it", name)
		}
	}
}

func table(lang msg.Lang) string {
	var b strings.Builder
	head := msg.Text{EN: "| Code | Severity | What is wrong | What to do |", ZH: "| 代码 | 级别 | 问题 | 处理办法 |"}
	severity := map[Severity]msg.Text{Error: {EN: "error", ZH: "错误"}, Warning: {EN: "warning", ZH: "警告"}, Note: {EN: "note", ZH: "说明"}}
	fmt.Fprintf(&b, "%s\n|---|---|---|---|\n", head.In(lang))
	for _, r := range Rules() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.Code, severity[r.Severity].In(lang), r.Title.In(lang), strings.ReplaceAll(r.Fix.In(lang), "|", `\|`))
	}
	return b.String()
}
