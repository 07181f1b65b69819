package lint

import (
	"context"
	"flag"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/lint/linttest"
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

func check(t *testing.T, src string) []lint.Finding {
	t.Helper()
	out, err := Check(t.Context(), nameOf(src), []byte(src), Options{Project: vendored})
	if err != nil {
		t.Fatalf("%v in\n%s", err, src)
	}
	return out
}

func codes(findings []lint.Finding) []string { return linttest.Codes(findings) }

func TestRulesAreDocumented(t *testing.T) {
	linttest.Documented(t, Rules(), "PPL", check)
	for _, r := range Rules() {
		for _, f := range check(t, r.After) {
			t.Errorf("%s: its mended example has %s: %s", r.Code, f.Code, f.Message.EN)
		}
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
	linttest.Readme(t, ".", *update, func(lang msg.Lang) string { return Rules().Table(lang) + "\n" })
}
