package envcheck

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// rule makes a rule that finds these.
func rule(code string, severity Severity, causes []string, findings ...Finding) Rule {
	return Rule{Code: code, Severity: severity, Title: msg.Text{EN: "title of " + code, ZH: code + " 的标题"}, Causes: causes,
		Find: func(*View) []Finding { return findings }}
}

func codes(r *Report) string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Code)
	}
	for _, s := range r.Silenced {
		out = append(out, s.Code+"<"+s.By)
	}
	return strings.Join(out, " ")
}

func TestCausesSilenceAtTheSamePlace(t *testing.T) {
	here := Place{Origin: string(goenv.FromFile), File: "env", Line: 3}
	process := Place{Origin: string(goenv.FromProcess)}
	docker := Place{Origin: FromDocker, File: "Dockerfile", Line: 1}
	otherDocker := Place{Origin: FromDocker, File: "sub/Dockerfile", Line: 1}
	for _, c := range []struct {
		name        string
		cause, then Place
		want        string
	}{
		{"both in force", here, process, "ENV010 PRX001<ENV010"},
		{"same file", docker, Place{Origin: FromDocker, File: "Dockerfile", Line: 9}, "ENV010 PRX001<ENV010"},
		{"another file", docker, otherDocker, "ENV010 PRX001"},
		{"cause elsewhere", docker, here, "ENV010 PRX001"},
		{"consequence elsewhere", here, docker, "ENV010 PRX001"},
	} {
		r := Check(&Snapshot{}, []Rule{
			rule("PRX001", Error, []string{"ENV010"}, Finding{Where: c.then}),
			rule("ENV010", Error, nil, Finding{Where: c.cause}),
		}, Options{})
		if got := codes(r); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestPolicyProfileAndBaseline(t *testing.T) {
	now := time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC)
	rules := []Rule{
		rule("PRX001", Error, nil, Finding{Subject: "GOPROXY"}),
		rule("PRX002", Warning, nil, Finding{Subject: "GOPROXY"}),
		rule("PRX003", Info, nil, Finding{Subject: "a"}, Finding{Subject: "b"}),
		rule("SUM001", Security, nil, Finding{Subject: "GOSUMDB"}),
		{Code: "NET014", Online: true, Find: func(*View) []Finding { panic("run without the network's answers") }},
	}
	base := &Baseline{Accept: []Accepted{
		{Code: "PRX003", Subject: "b", Reason: "known", Until: "2026-11-20"},
		{Code: "PRX001", Reason: "expired", Until: "2026-11-19"},
	}}
	r := Check(&Snapshot{Taken: now}, rules, Options{
		Policy:   Policy{Rules: map[string]string{"PRX002": "off"}},
		Profile:  Profile{Severity: map[string]Severity{"PRX003": Warning}},
		Baseline: base,
	})
	if got, want := codes(r), "PRX001 PRX003 SUM001 PRX002<policy PRX003<baseline"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if r.Findings[1].Severity != Warning || r.Worst != Security || r.Rules != (RuleCount{Run: 4, Skipped: 1}) {
		t.Errorf("severity %s, worst %s, rules %+v", r.Findings[1].Severity, r.Worst, r.Rules)
	}
	only := Check(&Snapshot{Taken: now}, rules, Options{Only: []string{"prx"}, Skip: []string{"PRX003"}})
	if got := codes(only); got != "PRX001 PRX002" {
		t.Errorf("only PRX without PRX003: %s", got)
	}
}

func TestMissingMessagesAndEvidenceAreComplete(t *testing.T) {
	r := Check(&Snapshot{}, []Rule{rule("PRX001", Error, nil, Finding{})}, Options{})
	if r.Findings[0].Message.EN != "title of PRX001" {
		t.Errorf("message %v", r.Findings[0].Message)
	}
	b, err := json.Marshal(r)
	for _, list := range []string{"silenced", "exposures", "missing"} {
		if !strings.Contains(string(b), `"`+list+`":[]`) {
			t.Errorf("%s is not an empty list in %s", list, b)
		}
	}
	if err != nil || !strings.Contains(string(b), `"message":{"en":"title of PRX001","zh":"PRX001 的标题"}`) {
		t.Errorf("%s %v", b, err)
	}
}

func TestBaselineFile(t *testing.T) {
	for data, want := range map[string]string{
		"version: 1\naccept:\n  - {code: PRX001, reason: why, until: 2027-01-31}\n": "",
		"version: 2\n": "version 2",
		"version: 1\naccept:\n  - {code: PRX001, until: 2027-01-31}\n":         "entry 1",
		"version: 1\naccept:\n  - {code: PRX001, reason: x, until: someday}\n": "entry 1",
		"version: 1\nacept: []\n": "accept",
	} {
		_, err := ParseBaseline("b.yaml", []byte(data))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error()+msg.Hint(err).EN, want)) {
			t.Errorf("%q: %v, want %q", data, err, want)
		}
	}
	b := NewBaseline(&Report{Dir: "/home/dev/app", Findings: []Finding{{Code: "A1", Subject: "x", Where: Place{File: "/home/dev/app/sub/Dockerfile", Line: 3}}, {Code: "A1", Subject: "x", Where: Place{File: "/home/dev/app/sub/Dockerfile", Line: 9}}, {Code: "B1"}}}, "legacy", time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC))
	data, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseBaseline("b.yaml", data)
	if err != nil || len(again.Accept) != 2 || again.Accept[0] != (Accepted{Code: "A1", Subject: "x", Where: "sub/Dockerfile", Reason: "legacy", Until: "2027-01-31"}) {
		t.Errorf("%s → %+v %v", data, again, err)
	}
}

func TestBaselineAcceptsOnePlace(t *testing.T) {
	f := Finding{Code: "SUM001", Subject: "GOSUMDB", Where: Place{Origin: FromDocker, File: "/home/dev/app/Dockerfile", Line: 2}}
	b := NewBaseline(&Report{Dir: "/home/dev/app", Findings: []Finding{f}}, "why", time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
	now := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	if _, ok := b.accepts(f, "/home/dev/app", now); !ok {
		t.Error("what was accepted is not")
	}
	f.Where = Place{Origin: string(goenv.FromProcess)}
	if _, ok := b.accepts(f, "/home/dev/app", now); ok {
		t.Error("the same setting elsewhere is accepted too")
	}
}

func TestPolicyFile(t *testing.T) {
	good := "version: 1\ncheck:\n  profile: cn\n  mirrors: [https://goproxy.cn]\n  private: ['*.corp.example']\n  go: ['>=1.25.13']\n  rules: {PRX010: off}\n  fail_on: warning\n"
	p, err := ParsePolicy("p.yaml", []byte(good))
	if err != nil || p.Profile != "cn" || p.File != "p.yaml" || p.Rules["PRX010"] != "off" {
		t.Errorf("%+v %v", p, err)
	}
	if p, err := ParsePolicy("p.yaml", []byte("version: 1\nrelease: {}\n")); err != nil || p.Profile != "" {
		t.Errorf("%+v %v", p, err)
	}
	for data, want := range map[string]string{
		"profile: cnn":             `profile "cnn"`,
		"go: [newest]":             "check.go",
		"private: ['https://a.b']": "check.private",
		"private: ['a.b,c.d']":     "check.private",
		"goproxy: ','":             "check.goproxy",
		"mirrors: [direct]":        "check.mirrors",
		"gosumdb: ['https://a.b']": "check.gosumdb",
		"rules: {PRX001: loud}":    "check.rules.PRX001",
		"fail_on: sometimes":       "check.fail_on",
		"mirorrs: []":              "mirrors",
	} {
		_, err := ParsePolicy("p.yaml", []byte("version: 1\ncheck:\n  "+data+"\n"))
		if err == nil || !strings.Contains(err.Error()+msg.Hint(err).EN, want) {
			t.Errorf("%q: %v, want %q", data, err, want)
		}
	}
}

func TestFixesFitThePlace(t *testing.T) {
	v := NewView(&Snapshot{Machine: Machine{OS: "linux"}, Settings: []Setting{{Key: "GOPROXY", Value: "x", Place: Place{Origin: FromShell, File: "/home/dev/.bashrc", Line: 7}}}}, Profile{}, Policy{})
	inFile := Setting{Key: "GOPROXY", Place: Place{Origin: string(goenv.FromFile)}}
	inProcess := Setting{Key: "GOPROXY", Place: Place{Origin: string(goenv.FromProcess)}}
	if f := v.FixSet(inFile, "a|b,direct", true); f.Command != "go env -w 'GOPROXY=a|b,direct'" || len(f.Changes) != 1 || !f.Safe {
		t.Errorf("%+v", f)
	}
	if f := v.FixSet(inProcess, "a|b", true); f.Command != "export GOPROXY='a|b'" || f.Changes != nil || !strings.Contains(f.Note.EN, ".bashrc line 7") {
		t.Errorf("%+v", f)
	}
	if f := v.FixUnset(Setting{Key: "GOPROXY", Place: Place{Origin: FromDocker, File: "Dockerfile", Line: 2}}, true); f.Command != "" || f.Changes != nil || !strings.Contains(f.Note.ZH, "Dockerfile") {
		t.Errorf("%+v", f)
	}
	w := NewView(&Snapshot{Machine: Machine{OS: "windows"}}, Profile{}, Policy{})
	if f := w.FixSet(inProcess, "a|b", true); f.Command != `set "GOPROXY=a|b"` {
		t.Errorf("%+v", f)
	}
}

func TestAbsurdAmountsAreCut(t *testing.T) {
	many := make([]Finding, 5000)
	for i := range many {
		many[i].Subject = strings.Repeat("x", i)
	}
	r := Check(&Snapshot{}, []Rule{rule("ENV005", Warning, nil, many...)}, Options{})
	if len(r.Findings) != most {
		t.Fatalf("%d findings", len(r.Findings))
	}
	last := r.Findings[most-1]
	if len(last.Evidence) != 1 || last.Evidence[0].Value != "4900 further findings of this rule" || many[most-1].Evidence != nil {
		t.Errorf("the last one says %v", last.Evidence)
	}
	secret := strings.Repeat("a", longest-20) + " https://user:s3cr3t@mirror.example/x " + strings.Repeat("b", longest)
	if got := redact(secret); strings.Contains(got, "s3cr") || len(got) > longest+30 || !strings.Contains(got, "bytes)") {
		t.Errorf("%d bytes: %s", len(got), got[len(got)-100:])
	}
}
