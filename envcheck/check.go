package envcheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// Options say what to check. The zero value checks everything that can be told
// from the snapshot, by the default profile.
type Options struct {
	Profile  Profile
	Policy   Policy
	Only     []string // codes, or areas; empty = all
	Skip     []string // codes, or areas
	Baseline *Baseline
}

// Check runs the rules over a snapshot.
func Check(s *Snapshot, rules []Rule, o Options) *Report {
	v := NewView(s, o.Profile, o.Policy)
	r := &Report{Schema: 1, Profile: o.Profile.Name, Policy: o.Policy.File, Dir: s.Dir, Go: v.GoVersion(), Goroot: s.Goroot.Path,
		Network: s.Network, Deep: s.Deep,
		// Lists are never null in JSON.
		Findings: []Finding{}, Silenced: []Silence{}, Exposures: []leak.Exposure{}, Missing: append([]Missing{}, s.Missing...)}
	if r.Profile == "" {
		r.Profile = "default"
	}
	if len(s.Gos) > 0 {
		r.GoPath = s.Gos[0].Path
	}
	var all []Finding
	byCode := map[string]Rule{}
	for _, rule := range rules {
		byCode[rule.Code] = rule
		if !o.wants(rule) || rule.Online && s.Network == nil || rule.Deep && s.Deep == nil {
			r.Rules.Skipped++
			continue
		}
		r.Rules.Run++
		for _, f := range few(rule.Find(v)) {
			all = append(all, o.complete(rule, f))
		}
	}
	for _, f := range all {
		switch by, reason := o.silence(f, byCode[f.Code], all, s); {
		case by != "":
			r.Silenced = append(r.Silenced, Silence{Finding: redactFinding(f), By: by, Reason: reason})
		default:
			r.Findings = append(r.Findings, redactFinding(f))
		}
	}
	order(r.Findings)
	for _, f := range r.Findings {
		if r.Worst == "" || !r.Worst.AtLeast(f.Severity) || f.Severity == Security {
			r.Worst = f.Severity
		}
	}
	r.Settings = shown(v)
	for _, e := range v.Exposures {
		if e.Class != leak.Public {
			r.Exposures = append(r.Exposures, e)
		}
	}
	return r
}

// most is how many findings of one rule are reported: who has more has one cause.
const most = 100

// few cuts the findings of a rule; the last one kept says how many more there are.
func few(all []Finding) []Finding {
	if len(all) <= most {
		return all
	}
	kept := slices.Clone(all[:most])
	last := &kept[most-1]
	last.Evidence = append(slices.Clone(last.Evidence), Evidence{Name: "more", Value: fmt.Sprintf("%d further findings of this rule", len(all)-most)})
	return kept
}

// complete fills what a rule leaves to the engine.
func (o Options) complete(rule Rule, f Finding) Finding {
	f.Code = rule.Code
	if f.Severity == "" {
		f.Severity = rule.Severity
	}
	if s, ok := o.Profile.Severity[rule.Code]; ok {
		f.Severity = s
	}
	if word, ok := o.Policy.Rules[rule.Code]; ok {
		f.Severity, _ = ParseSeverity(word)
		if f.Severity == "" {
			f.Severity = Off
		}
	}
	if f.Message.IsZero() {
		f.Message = rule.Title
	}
	return f
}

// silence says who silences a finding; "" = nobody.
func (o Options) silence(f Finding, rule Rule, all []Finding, s *Snapshot) (by, reason string) {
	if f.Severity == Off {
		return "policy", ""
	}
	for _, cause := range all {
		if slices.Contains(rule.Causes, cause.Code) && cause.Severity != Off && samePlace(cause.Where, f.Where) {
			return cause.Code, ""
		}
	}
	if why, ok := o.Baseline.accepts(f, s.Dir, s.Taken); ok {
		return "baseline", why
	}
	return "", ""
}

// samePlace reports whether a cause may speak for a finding: both are about the
// settings in force, or about the same file.
func samePlace(cause, f Place) bool {
	return cause.elsewhere() == f.elsewhere() && (!f.elsewhere() || cause.File == f.File)
}

// elsewhere reports whether a place is a file that the go command here and now
// does not read.
func (p Place) elsewhere() bool {
	switch p.Origin {
	case "", string(goenv.FromProcess), string(goenv.FromFile), string(goenv.FromGoroot), string(goenv.BuiltIn):
		return false
	}
	return true
}

func (o Options) wants(r Rule) bool {
	named := func(list []string) bool {
		return slices.ContainsFunc(list, func(w string) bool {
			return strings.EqualFold(w, r.Code) || strings.EqualFold(w, r.Area())
		})
	}
	return (len(o.Only) == 0 || named(o.Only)) && !named(o.Skip)
}

// order sorts findings by area, the worst first, then by code and place.
func order(fs []Finding) {
	area := map[string]int{}
	for i, a := range Areas() {
		area[a.Letters] = i
	}
	slices.SortStableFunc(fs, func(a, b Finding) int {
		if d := area[Rule{Code: a.Code}.Area()] - area[Rule{Code: b.Code}.Area()]; d != 0 {
			return d
		}
		if d := slices.Index(severityOrder, b.Severity) - slices.Index(severityOrder, a.Severity); d != 0 {
			return d
		}
		return strings.Compare(a.Code, b.Code)
	})
}

// shown are the settings that people ask about, each with its origin.
func shown(v *View) []goenv.Value {
	var out []goenv.Value
	for _, key := range []string{"GOPROXY", "GOSUMDB", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE", "GOTOOLCHAIN", "GOFLAGS", "GOROOT", "GO111MODULE", "CGO_ENABLED", "GOOS", "GOARCH", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"} {
		val := v.Env.Lookup(key)
		if val.Origin == goenv.BuiltIn && (key == "GONOPROXY" || key == "GONOSUMDB") {
			val.Value = v.Env.Get(key)
		}
		if val.Value == "" && val.Origin == goenv.BuiltIn && key != "GOPROXY" && key != "GOSUMDB" && key != "GOTOOLCHAIN" {
			continue
		}
		val.Value = redact(val.Value)
		out = append(out, val)
	}
	return out
}
