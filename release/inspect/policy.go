package inspect

import (
	"slices"

	"github.com/yingzao-dev/yingzao/internal/target"
)

// Policy says what a file has to be. The zero Policy wants a static program
// and asks nothing about its target or origin.
type Policy struct {
	Target       target.Target // the zero value: any
	AllowDynamic bool          // a dynamic or cgo program is a note instead of an error
	AllowDirty   bool          // changes that were not committed are a note: for snapshots
	GoVersion    string        // go1.26.8 or 1.26.8; "": any
	Revision     string        // the released commit; "": any. A file without a stamp passes, for builds carry none by default
	CPU          string        // a name in the CPU table: the level has to run there; "": not checked

	// Host asks another question: does it run on this machine? Then the rules
	// INS060 and following are asked, and that it is a program at all, and nothing
	// else: a program that must not be shipped may run well. nil: not asked.
	Host *Machine
}

// Severity is how much a finding weighs.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the file must not be shipped
	Warning Severity = "warning" // it may, after a look
	Note    Severity = "note"    // good to know
)

// Finding is one rule that a file breaks. Its prose is that of the rule.
type Finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Evidence string   `json:"evidence"` // what was seen; data, the same in every language
}

// Rule returns the rule that found it; the zero Rule for a code that this
// version does not know.
func (f Finding) Rule() Rule {
	r, _ := FindRule(f.Code)
	return r
}

// Verdict is what [Judge] found, in the form a manifest keeps.
type Verdict struct {
	Static   bool      `json:"static"` // starting it needs only the kernel; see the package comment
	OK       bool      `json:"ok"`     // no finding is an error
	Facts    Summary   `json:"facts"`
	Findings []Finding `json:"findings,omitempty"` // in the order of Rules
}

// Summary is the part of the facts that is kept for good. Nothing in it is a
// path of the building machine or a flag that could hold a secret.
type Summary struct {
	Format        string   `json:"format"`
	OS            string   `json:"os"`
	Arch          string   `json:"arch"`
	Level         string   `json:"level,omitempty"`
	Type          string   `json:"type"`
	World         string   `json:"world,omitempty"`
	Sigset        int      `json:"sigset,omitempty"`
	Needed        []string `json:"needed,omitempty"`
	Glibc         string   `json:"glibc,omitempty"`
	Stripped      bool     `json:"stripped"`
	Go            string   `json:"go,omitempty"`
	Module        string   `json:"module,omitempty"`
	ModuleVersion string   `json:"module_version,omitempty"`
	Revision      string   `json:"revision,omitempty"`
	CGO           *bool    `json:"cgo,omitempty"` // nil when not written
	Trimpath      bool     `json:"trimpath"`
	Archs         []string `json:"archs,omitempty"` // of a universal file's slices
}

// Judge holds facts against a policy. A universal file is judged slice by
// slice; a target on its system asks for a slice of the target's architecture.
func Judge(f *Facts, p Policy) Verdict {
	v := Verdict{Static: f.Static(), OK: true, Facts: summary(f)}
	if p.Host != nil {
		v.Findings = apply(hostSlice(f, p.Host), &p)
	} else if f.Format == Universal {
		v.Findings = judgeSlices(f, p)
	} else {
		v.Findings = apply(f, &p)
	}
	for _, finding := range v.Findings {
		v.OK = v.OK && finding.Severity != Error
	}
	return v
}

func apply(f *Facts, p *Policy) (found []Finding) {
	for _, r := range rules {
		if !p.asks(r) {
			continue
		}
		severity, evidence := r.Severity, r.check(f, p)
		if evidence == "" {
			continue
		}
		if r.relaxed != nil && r.relaxed(f, p) {
			severity = r.RelaxedTo
		}
		found = append(found, Finding{Code: r.Code, Severity: severity, Evidence: evidence})
	}
	return found
}

func judgeSlices(f *Facts, p Policy) (found []Finding) {
	matched := p.Target == target.Target{}
	for _, s := range f.Slices {
		q := p
		if s.OS == p.Target.OS && s.Arch != p.Target.Arch {
			q.Target = target.Target{} // another slice may be the one asked for
		} else {
			matched = true // or the system is wrong, which every slice says
		}
		for _, finding := range apply(s, &q) {
			finding.Evidence = s.Arch + ": " + finding.Evidence
			found = append(found, finding)
		}
	}
	if !matched {
		found = append(found, Finding{Code: codeTarget, Severity: Error, Evidence: "no slice for " + p.Target.Arch})
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return ruleIndex(a.Code) - ruleIndex(b.Code) })
	return found
}

func summary(f *Facts) Summary {
	s := Summary{Format: f.Format, OS: f.OS, Arch: f.Arch, Level: f.Level, Type: f.Type, World: f.World, Sigset: f.Sigset,
		Needed: f.Needed, Glibc: f.Glibc, Stripped: f.Stripped}
	if g := f.Go; g != nil {
		s.Go, s.Module, s.ModuleVersion = g.Version, g.Module, g.ModuleVersion
		s.Revision, s.CGO, s.Trimpath = g.Revision, g.CGO, g.Trimpath
	}
	for _, slice := range f.Slices {
		s.Archs = append(s.Archs, slice.Arch)
	}
	return s
}
