package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/joshdk/go-junit"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/envcheck/rules"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/lint/linttest"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var update = flag.Bool("update", false, "write the golden files and the rule tables")

// sample is a report with something of everything.
func sample() *envcheck.Report {
	envFile := envcheck.Place{Origin: "env-file", File: "/home/dev/.config/go/env", Line: 3}
	return &envcheck.Report{
		Schema: 1, Profile: "cn", Dir: "/home/dev/app", Go: "go1.26.8", GoPath: "/usr/lib/go/bin/go", Goroot: "/usr/lib/go",
		Settings: []goenv.Value{{Key: "GOPROXY", Value: "https://goproxy.cn;direct", Origin: goenv.FromFile, Line: 3}, {Key: "GOSUMDB", Value: "", Origin: goenv.BuiltIn}},
		Findings: []envcheck.Finding{
			{Code: "SUM002", Severity: envcheck.Error, Subject: "GOSUMDB", Message: msg.Textf("GOSUMDB is <bad> & worse", "GOSUMDB 有误 <坏>"), Where: envFile,
				Evidence: []envcheck.Evidence{{Name: "GOSUMDB", Value: "x y", Place: envFile}}, Fix: &envcheck.Fix{Command: "go env -u GOSUMDB", Safe: true, Changes: []envcheck.Change{{Kind: envcheck.UnsetEnv, Key: "GOSUMDB"}}}},
			{Code: "PRV001", Severity: envcheck.Security, Subject: "git.corp.example", Message: msg.Textf("goproxy.cn learns git.corp.example/团队/lib", "goproxy.cn 会得知 git.corp.example/团队/lib"),
				Where: envcheck.Place{File: "/home/dev/app/go.mod", Line: 7}},
			{Code: "CI001", Severity: envcheck.Warning, Subject: "cache", Message: msg.Textf("a cache outside the project", "缓存在项目之外"), Where: envcheck.Place{Origin: envcheck.FromGitLab, File: "/home/dev/app/.gitlab-ci.yml", Line: 12}},
			{Code: "CI001", Severity: envcheck.Info, Subject: "cache", Message: msg.Textf("another", "另一个"), Where: envcheck.Place{Origin: envcheck.FromGitLab, File: "/home/dev/app/.gitlab-ci.yml", Line: 19}},
		},
		Silenced:  []envcheck.Silence{{Finding: envcheck.Finding{Code: "SUM003", Message: msg.Textf("a consequence", "后果")}, By: "SUM002"}, {Finding: envcheck.Finding{Code: "PRX010", Message: msg.Textf("known", "已知")}, By: "baseline", Reason: "until the move"}},
		Exposures: []leak.Exposure{{Module: leak.Module{Path: "git.corp.example/团队/lib"}, Class: leak.Private, Reason: msg.Textf("named private", "已声明为私有"), Asks: []leak.Ask{{Kind: "mirror", Host: "goproxy.cn"}, {Kind: "direct", Host: "git.corp.example", Ours: true}}}},
		Missing:   []envcheck.Missing{{What: "git config", Reason: "git did not answer within 3 s"}},
		Network:   &envcheck.Network{Mirrors: []envcheck.MirrorProbe{{URL: "https://goproxy.cn", InUse: true, LatencyMS: 40, Class: "ok", SumDB: "yes"}, {URL: "https://mirrors.aliyun.com/goproxy/", LatencyMS: 120, Class: "ok", SumDB: "no"}}},
		Deep:      &envcheck.Deep{Goroot: envcheck.GorootProof{Path: "/usr/lib/go", Version: "go1.26.8", Verdict: "differs", Files: []string{"changed bin/go"}, H1: "h1:abc", Via: "proof"}},
		Rules:     envcheck.RuleCount{Run: 120, Skipped: 20}, Worst: envcheck.Security,
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (-update writes it):\n%s", name, got)
	}
}

func TestText(t *testing.T) {
	for _, lang := range []msg.Lang{msg.English, msg.Chinese} {
		for _, verbose := range []bool{false, true} {
			var b bytes.Buffer
			if err := Text(&b, sample(), Options{Lang: lang, Rules: some(), Verbose: verbose}); err != nil {
				t.Fatal(err)
			}
			name := "text_" + string(lang)
			if verbose {
				name += "_verbose"
			}
			golden(t, name+".txt", b.Bytes())
		}
	}
}

// some are rules of our own, so that a change of a rule's words is no change here.
func some() []envcheck.Rule {
	text := func(code string) envcheck.Rule {
		return envcheck.Rule{Code: code, Severity: envcheck.Warning, Basis: envcheck.Measured, Since: "0.2.0",
			Title: msg.Text{EN: "title of " + code, ZH: code + " 的标题"}, Why: msg.Text{EN: "why " + code, ZH: code + " 的原因"}, Fix: msg.Text{EN: "mend " + code + " | so", ZH: "修复 " + code}, Before: "A=1", After: "A=2"}
	}
	online := text("NET014")
	online.Online = true
	caused := text("SUM003")
	caused.Causes = []string{"SUM002"}
	return []envcheck.Rule{text("PRV001"), text("SUM002"), caused, text("CI001"), online}
}

func TestJSONIsTheSameInEveryLanguage(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", b.Bytes())
	var back envcheck.Report
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || len(back.Findings) != 4 || back.Findings[1].Message.ZH == "" {
		t.Errorf("%v %+v", err, back)
	}
}

// Two independent readers: what we write is what they see.
func TestJUnitIsReadByOthers(t *testing.T) {
	r := sample()
	r.Network = nil
	var b bytes.Buffer
	if err := JUnit(&b, r, some(), envcheck.Warning); err != nil {
		t.Fatal(err)
	}
	golden(t, "junit.xml", b.Bytes())
	suites, err := junit.Ingest(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	status := map[string]junit.Status{}
	failed := 0
	for _, s := range suites {
		for _, c := range s.Tests {
			status[c.Name] = c.Status
			if c.Status == junit.StatusFailed {
				failed++
			}
		}
	}
	for name, want := range map[string]junit.Status{"SUM002 title of SUM002": "failed", "PRV001 title of PRV001": "failed", "CI001 title of CI001": "failed", "SUM003 title of SUM003": "passed", "NET014 title of NET014": "skipped", "git config": "skipped"} {
		if status[name] != want {
			t.Errorf("%s is %q, want %q", name, status[name], want)
		}
	}
	if failed != 3 {
		t.Errorf("%d failed", failed)
	}
	b.Reset()
	if err := JUnit(&b, r, some(), ""); err != nil {
		t.Fatal(err)
	}
	if suites, _ := junit.Ingest(b.Bytes()); len(suites) == 0 || suites[0].Totals.Failed != 0 {
		t.Error("something failed although nothing may")
	}
}

func TestSARIFIsValid(t *testing.T) {
	var b bytes.Buffer
	if err := SARIF(&b, sample(), some(), "1.2.3"); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.sarif", b.Bytes())
	read, err := sarif.FromBytes(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := linttest.SARIFSchema(t).Validate(doc); err != nil {
		t.Errorf("not valid by the schema of SARIF 2.1.0: %v", err)
	}
	doc.(map[string]any)["version"] = "2.0"
	if linttest.SARIFSchema(t).Validate(doc) == nil {
		t.Error("the schema accepts anything")
	}
	if n := len(read.Runs[0].Results); n != 4 {
		t.Fatalf("%d results", n)
	}
	at := read.Runs[0].Results[1].Locations[0].PhysicalLocation
	if *at.ArtifactLocation.URI != "go.mod" || *at.Region.StartLine != 7 {
		t.Errorf("location %v", at)
	}
	if uri := *read.Runs[0].Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI; uri != "file:///home/dev/.config/go/env" {
		t.Errorf("env file is %s", uri)
	}
}

func TestCodeQualityAsGitLabReadsIt(t *testing.T) {
	var b bytes.Buffer
	if err := CodeQuality(&b, sample()); err != nil {
		t.Fatal(err)
	}
	golden(t, "codequality.json", b.Bytes())
	var issues []struct {
		Description, Fingerprint, Severity string
		CheckName                          string `json:"check_name"`
		Location                           struct {
			Path  string
			Lines struct{ Begin int }
		}
	}
	if err := json.Unmarshal(b.Bytes(), &issues); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, i := range issues {
		if i.Description == "" || i.CheckName == "" || i.Location.Path == "" || i.Location.Lines.Begin < 1 || seen[i.Fingerprint] {
			t.Errorf("%+v", i)
		}
		if !strings.Contains(" info minor major critical blocker ", " "+i.Severity+" ") {
			t.Errorf("severity %q", i.Severity)
		}
		seen[i.Fingerprint] = true
	}
	if len(issues) != 4 {
		t.Errorf("%d issues", len(issues))
	}
	b.Reset()
	if err := CodeQuality(&b, &envcheck.Report{}); err != nil || strings.TrimSpace(b.String()) != "[]" {
		t.Errorf("an empty report is %s", b.String())
	}
}

func TestExplain(t *testing.T) {
	var b bytes.Buffer
	for _, lang := range []msg.Lang{msg.English, msg.Chinese} {
		if err := Explain(&b, some()[2], lang, Options{}.Style); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "explain.txt", b.Bytes())
}

// The tables in the folder's README come from the rules.
func TestCatalogueInReadme(t *testing.T) {
	linttest.Readme(t, "..", *update, func(lang msg.Lang) string {
		var b strings.Builder
		if err := Catalogue(&b, rules.All(), lang); err != nil {
			t.Fatal(err)
		}
		return b.String()
	})
}
