package lint

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/yingzao-dev/yingzao/internal/lint"
)

// The pipelines in testdata are of the kinds that people have. Those without a line
// here have nothing wrong with them that a rule knows.
var pipelinesWant = map[string][]string{
	"article.gitlab-ci.yml": {
		"2 PPL050 golang:latest", "5 PPL013 GOPROXY", "7 PPL014 GOSUMDB",
		"24 PPL001 key:", "25 PPL001 paths:", "26 PPL002 $HOME/go/pkg/mod/",
	},
	"careless.gitlab-ci.yml": {
		"2 PPL050 golang", "5 PPL012 GOFLAGS", "6 PPL010 GOMODCACHE", "7 PPL020 NEXUS_PASSWORD", "8 PPL014 GONOSUMDB", "12 PPL002 /go/pkg/mod",
		"16 PPL052 raw.git.example", "17 PPL051 gotest.tools/gotestsum", "20 PPL030 tags", "25 PPL022 test", "32 PPL004 files", "34 PPL033 variables", "38 PPL021 release",
	},
	"component.gitlab-ci.yml":    {"8 PPL040 publsh_when", "9 PPL041 offline", "10 PPL041 profile"},
	"template.gitlab-ci.yml":     {"21 PPL032 component"},
	"shell-runner.gitlab-ci.yml": {"3 PPL011 GOMODCACHE"},
	"Jenkinsfile.library":        {"4 PPL040 credentialId", "5 PPL041 publishWhen"},
	"Jenkinsfile.careless": {
		"2 PPL050 golang:latest", "7 PPL014 GOSUMDB", "8 PPL020 HARBOR_PASSWORD", "13 PPL065 BRANCH", "14 PPL051 honnef.co/go/tools/cmd/staticcheck",
		"16 PPL022 junit", "18 PPL062 File", "19 PPL061 m", "20 PPL060 for", "30 PPL064 PASS", "32 PPL021 goreleaser",
	},
	"bkci-careless.yml": {
		"7 PPL014 GOSUMDB", "8 PPL013 GOPROXY", "9 PPL020 COS_SECRET_KEY", "17 PPL050 golang", "21 PPL052 get.corp.example", "23 PPL021 goreleaser",
		"26 PPL041 stage", "27 PPL040 publish_to",
	},
}

func TestPipelines(t *testing.T) {
	files, err := os.ReadDir("testdata/pipelines")
	if err != nil || len(files) < 12 {
		t.Fatal(err, len(files))
	}
	clean, total := 0, 0
	for _, f := range files {
		src, err := os.ReadFile(filepath.Join("testdata/pipelines", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out, err := Check(t.Context(), f.Name(), src, Options{Project: vendored})
		if err != nil {
			t.Error(err)
		}
		got := []string{}
		for _, x := range out {
			got = append(got, fmt.Sprintf("%d %s %s", x.Line, x.Code, x.Subject))
		}
		if !slices.Equal(got, pipelinesWant[f.Name()]) {
			t.Errorf("%s:\ngot  %q\nwant %q", f.Name(), got, pipelinesWant[f.Name()])
		}
		if total += len(got); len(got) == 0 {
			clean++
		}
	}
	t.Logf("%d pipelines, %d of them clean, %d findings", len(files), clean, total)
}

// What we generate and show has no finding.
func TestShipped(t *testing.T) {
	checked := 0
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		slash := filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (slash == "../lint" || d.Name() == "testdata" || strings.HasPrefix(slash, "../jenkins/test")):
			return filepath.SkipDir
		case d.IsDir() || d.Name() == "step.yaml" || d.Name() == "params.yaml" || strings.HasPrefix(slash, "../gitee/"):
			return nil
		}
		ext := filepath.Ext(name)
		if ext != ".yml" && ext != ".yaml" && ext != ".groovy" && !strings.HasPrefix(d.Name(), "Jenkinsfile") {
			return nil
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		out, err := Check(t.Context(), slash, src, Options{Project: os.DirFS(filepath.Dir(name))})
		if err != nil {
			t.Error(err)
		}
		for _, f := range out {
			t.Errorf("%s:%d: %s %s: %s", slash, f.Line, f.Code, f.Subject, f.Message.EN)
		}
		checked++
		return nil
	})
	if err != nil || checked == 0 {
		t.Error(err, checked)
	}
	t.Log(checked, "files")
}

// Every clean pipeline gets findings when it is spoilt.
func TestSpoilt(t *testing.T) {
	for _, m := range []struct{ file, code, old, new string }{
		{"simple.gitlab-ci.yml", "PPL001", "  paths:\n    - .cache/go-mod/", "paths:\n    - .cache/go-mod/"},
		{"simple.gitlab-ci.yml", "PPL002", "    - .cache/go-mod/", "    - ~/go/pkg/mod"},
		{"simple.gitlab-ci.yml", "PPL010", "$CI_PROJECT_DIR/.cache/go-mod", "$CI_PROJECT_DIR/cache/go-mod"},
		{"simple.gitlab-ci.yml", "PPL013", "goproxy.cn|", "goproxy.cn,"},
		{"elaborate.gitlab-ci.yml", "PPL022", "  artifacts:\n    when: always\n    reports:\n      junit", "  artifacts:\n    reports:\n      junit"},
		{"elaborate.gitlab-ci.yml", "PPL021", "  extends: .rules-release\n", ""},
		{"elaborate.gitlab-ci.yml", "PPL020", "POSTGRES_PASSWORD: app", "DEPLOY_TOKEN: app1f9c"},
		{"elaborate.gitlab-ci.yml", "PPL030", "tags: [docker]", "tags: []"},
		{"monorepo.gitlab-ci.yml", "PPL021", "  only:\n    - tags\n", ""},
		{"monorepo.gitlab-ci.yml", "PPL050", "goreleaser:v2.15.2", "goreleaser"},
		{"Jenkinsfile.declarative", "PPL022", "            post {\n                always { junit 'report.xml' }", "            post {\n                always { echo 'x' }"},
		{"Jenkinsfile.declarative", "PPL064", `sh 'ossutil -i "$OSS_USR" -k "$OSS_PSW" cp`, `sh "ossutil -i $OSS_USR -k $OSS_PSW cp`},
		{"Jenkinsfile.declarative", "PPL065", "go vet ./...'", "go vet ./...' + params.NOTE"},
		{"Jenkinsfile.scripted", "PPL063", "String target = targets[i]\n        branches[target] = {", "branches[targets[i]] = {\n            String target = targets[i]"},
		{"Jenkinsfile.scripted", "PPL061", "@NonCPS\ndef slug(String t) {", "def slug(String t) {\n    build 'x'"},
		{"Jenkinsfile.scripted", "PPL061", "/)[0][1]", "/)"},
		{"Jenkinsfile.scripted", "PPL022", ", returnStatus: true", ""},
		{"bkci-release.yml", "PPL021", "yingzao pipeline run build", "goreleaser release # "},
		{"bkci-release.yml", "PPL041", "stage: publish", "stage: publich"},
		{"bkci-release.yml", "PPL020", "${{ settings.cos.secretKey }}", "kZ7example0secret"},
	} {
		src, err := os.ReadFile("testdata/pipelines/" + m.file)
		if err != nil {
			t.Fatal(err)
		}
		spoilt := strings.Replace(string(src), m.old, m.new, 1)
		if m.code == "PPL021" && m.file == "bkci-release.yml" {
			spoilt = strings.Replace(spoilt, "  tag:\n    tags: [v*]", "  push:\n    branches: [main]", 1)
		}
		if m.file == "Jenkinsfile.scripted" && strings.Contains(m.new, "build 'x'") {
			spoilt = strings.Replace(spoilt, "    return m ?", "    echo t\n    return m ?", 1)
		}
		out, err := Check(t.Context(), m.file, []byte(spoilt), Options{Project: vendored})
		if err != nil || spoilt == string(src) || !slices.ContainsFunc(out, func(f lint.Finding) bool { return f.Code == m.code }) {
			t.Errorf("%s: %s is not found: %v %v", m.file, m.code, codes(out), err)
		}
	}
}

// limit is generous, for loaded machines: what grows with the square of the file
// takes minutes.
const limit = 10 * time.Second

// A file made to keep us busy is answered in time.
func TestHostile(t *testing.T) {
	many := func(n int, f string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, f, i)
		}
		return b.String()
	}
	chain := ".j0: {script: [go build]}\n"
	for i := 1; i < 600; i++ {
		chain += fmt.Sprintf(".j%d: {extends: [.j%d, .j%d, .j%d], script: [goreleaser release]}\nr%d: {extends: [.j%d], artifacts: {reports: {junit: x}}}\n", i, i-1, i/2, i/3, i, i)
	}
	for name, src := range map[string]string{
		"jobs":            many(700, "j%d: {script: [goreleaser release, 'go test'], artifacts: {reports: {junit: a}}, cache: {paths: [$HOME]}}\n"),
		"extends":         chain,
		"itself":          "a: {extends: a, script: [goreleaser release]}\nb: {extends: [c], script: !reference [b, script]}\nc: {extends: [b]}\n",
		"references":      ".a: {rules: !reference [.a, rules]}\nb: {script: [goreleaser release], rules: !reference [.a, rules]}\n",
		"merges":          ".m: &m {a: b}\n" + many(600, ".m%d: &m%[1]d {<<: [*m, *m]}\nj%[1]d: {<<: [*m%[1]d, *m%[1]d], script: [goreleaser release]}\n"),
		"variables":       "variables:\n" + many(1900, "  V%d: $V%[1]d/x\n") + "a: {script: [x], cache: {paths: [$V1]}}\n",
		"pipes":           "a:\n  script:\n    - x" + strings.Repeat(" | sh", 5000) + "\n",
		"lines":           "a:\n  script:\n" + many(9000, "    - go install a%d@latest || true\n"),
		"ignores":         "a:\n  script:\n" + many(6000, "    # yingzao:ignore PPL051 x%d\n    - go install a@latest\n"),
		"parentheses":     "a:\n  script: ['" + strings.Repeat("$(", 5000) + "']\n",
		"includes":        "include: [ci/self.yml]\na: {script: [x]}\n",
		"groovy braces":   "node {" + strings.Repeat("{\n}\n", 50_000) + "}",
		"groovy dollars":  "node { sh \"" + strings.Repeat("${", 100_000) + "\" }",
		"groovy slashes":  strings.Repeat("(/", 100_000),
		"groovy division": "x = 1" + strings.Repeat(" / 2", 50_000),
		"groovy loops":    strings.Repeat("for (x in y) { ", 190) + "sh 'x'" + strings.Repeat("}", 190),
		"groovy matchers": "node {\n" + strings.Repeat("def m = a =~ /b/\n", 5_000) + "}",
		"groovy junit":    "node {\n" + strings.Repeat("sh 'go test'\njunit 'x'\n", 8_000) + "}",
		"groovy strings":  "node {\n" + strings.Repeat("sh \"a ${params.X} ${TOKEN}\"\n", 8_000) + "}",
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			file := ".gitlab-ci.yml"
			if strings.HasPrefix(name, "groovy") {
				file = "Jenkinsfile"
			}
			self := fstest.MapFS{"ci/self.yml": {Data: []byte("include: [ci/self.yml, ci/self.yml]\n")}}
			out, err := Check(t.Context(), file, []byte(src), Options{Project: self})
			if took := time.Since(begin); took > limit {
				t.Errorf("%s (%d, %v)", took, len(out), err)
			} else {
				t.Log(took.Round(time.Millisecond), len(out), err)
			}
		})
	}
}

func FuzzCheck(f *testing.F) {
	for _, c := range slices.Concat(cases, jenkinsCases) {
		f.Add(nameOf(c.src), []byte(c.src))
	}
	files, _ := filepath.Glob("testdata/pipelines/*")
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(filepath.Base(name), src)
	}
	f.Fuzz(func(t *testing.T, name string, src []byte) {
		out, err := Check(t.Context(), name, src, Options{Project: vendored})
		lines := strings.Count(string(src), "\n") + 1
		for _, x := range out {
			if err != nil || x.Line < 1 || x.Line > lines || x.Code == "" || x.Message.EN == "" || x.Message.ZH == "" {
				t.Errorf("%+v %v", x, err)
			}
		}
	})
}
