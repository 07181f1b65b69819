package provenance

import (
	"fmt"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Problem is a place where a statement and the release it is about disagree.
type Problem struct {
	Subject string   `json:"subject"` // the file that is meant
	Text    msg.Text `json:"text"`
}

// Check holds a provenance against the manifest that it came with; sum is the
// SHA-256 of manifest.json as it lies there, in hex. Every artifact has to be a
// subject with the same digest, and no subject may be anything else.
func Check(s *Statement, m *manifest.Manifest, sum string) []Problem {
	problems := subjects(s, m, sum, true)
	add := func(en, zh string, args ...any) {
		problems = append(problems, Problem{manifest.ProvenanceName, msg.Textf(en, zh, args...)})
	}
	p, err := s.Provenance()
	if err != nil {
		return append(problems, Problem{manifest.ProvenanceName, msg.Textf("%v", "%v", err)})
	}
	x, in := p.BuildDefinition.ExternalParameters, p.BuildDefinition.InternalParameters
	if x.Project != m.Project || x.Version != m.Version {
		add("it is about %s %s", "描述的是 %s %s", x.Project, x.Version)
	}
	if in.Plan != m.Plan {
		add("its plan is %s, the manifest's is %s", "其计划为 %s，而清单记载 %s", in.Plan, m.Plan)
	}
	if c := x.Source.Digest["gitCommit"]; c != m.Commit {
		add("its source is commit %q, the manifest says %q", "其源码提交为 %q，而清单记载 %q", c, m.Commit)
	}
	return problems
}

// subjects compares digests. whole asks that every artifact is a subject.
func subjects(s *Statement, m *manifest.Manifest, sum string, whole bool) []Problem {
	want := map[string]string{manifest.FileName: sum}
	for _, a := range m.Artifacts {
		want[a.Name] = a.SHA256
	}
	var problems []Problem
	seen := map[string]bool{}
	for _, r := range s.Subject {
		seen[r.Name] = true
		switch have, known := want[r.Name], r.Digest["sha256"]; {
		case have == "":
			problems = append(problems, Problem{r.Name, msg.Textf("the provenance speaks of it, and the release has no such file", "来源证明提到它，但发布中没有该文件")})
		case have != known:
			problems = append(problems, Problem{r.Name, msg.Textf("its sha256 is %s, the provenance says %s", "其 sha256 为 %s，而来源证明记载 %s", have, known)})
		}
	}
	if !whole {
		return problems
	}
	for _, name := range append([]string{manifest.FileName}, names(m)...) {
		if !seen[name] {
			problems = append(problems, Problem{name, msg.Textf("the provenance does not speak of it", "来源证明没有提到它")})
		}
	}
	return problems
}

func names(m *manifest.Manifest) []string {
	var out []string
	for _, a := range m.Artifacts {
		out = append(out, a.Name)
	}
	return out
}

// String is the problem in English.
func (p Problem) String() string { return fmt.Sprintf("%s: %s", p.Subject, p.Text.EN) }
