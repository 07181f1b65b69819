package preflight

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Severity says what a finding does to a release.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the release is refused
	Warning Severity = "warning" // it is made, and the finding shown
	Note    Severity = "note"    // worth knowing
)

// Input is everything that the rules may look at.
type Input struct {
	Dir       string            // the project's folder; evidence names files relative to it; "" = as they are
	Git       *Git              // nil: no repository
	GoMod     *modfile.File     // by modfile.Parse (ParseLax drops replace and toolchain); nil: the rules about go.mod are skipped
	GoModPath string            // where GoMod was read; "" = go.mod
	GoEnv     map[string]string // effective `go env -json` of the project; a missing key counts as empty
	Snapshot  bool              // --snapshot was given
	Version   string            // what --version said; "" = not given
}

// Finding is one rule that does not hold.
type Finding struct {
	Code     string   `json:"code"` // PRE001…, stable
	Severity Severity `json:"severity"`
	Title    msg.Text `json:"title"`
	Fix      msg.Text `json:"fix"`
	Evidence []string `json:"evidence,omitempty"` // paths, lines, settings: never translated, never secret
}

// Rule is one documented rule.
type Rule struct {
	Code     string
	Severity Severity
	Title    msg.Text // what is wrong
	Why      msg.Text // what it would do to a release
	Fix      msg.Text // what to do about it
	Snapshot bool     // --snapshot relaxes it
	Version  bool     // --version relaxes it

	// check returns whether the rule is broken, with evidence.
	check func(Input) (broken bool, evidence []string)
}

// Rules returns all rules in the order of their codes. The slice is the
// caller's.
func Rules() []Rule { return slices.Concat(gitRules(), moduleRules(), envRules()) }

// Check returns what is wrong, in the order of the codes; nil when nothing is.
func Check(in Input) []Finding {
	if in.Git == nil {
		in.Git = &Git{}
	}
	var found []Finding
	for _, r := range Rules() {
		if r.Snapshot && in.Snapshot || r.Version && in.Version != "" {
			continue
		}
		if broken, evidence := r.check(in); broken {
			found = append(found, Finding{Code: r.Code, Severity: r.Severity, Title: r.Title, Fix: r.Fix, Evidence: evidence})
		}
	}
	return found
}

// Err turns the findings of severity [Error] into one error that lists them
// with their remedies; nil when there are none.
func Err(found []Finding) error {
	var en, zh strings.Builder
	n := 0
	for _, f := range found {
		if f.Severity != Error {
			continue
		}
		n++
		for _, side := range []struct {
			to        *strings.Builder
			lang      msg.Lang
			fix, join string
		}{{&en, msg.English, "fix: ", ": "}, {&zh, msg.Chinese, "解决办法：", "："}} {
			fmt.Fprintf(side.to, "\n  %s %s", f.Code, f.Title.In(side.lang))
			if len(f.Evidence) > 0 {
				fmt.Fprintf(side.to, "%s%s", side.join, strings.Join(f.Evidence, ", "))
			}
			fmt.Fprintf(side.to, "\n         %s%s", side.fix, f.Fix.In(side.lang))
		}
	}
	if n == 0 {
		return nil
	}
	return msg.Errorf("refuse release: %d preflight finding(s)%v", "拒绝发布：发布前检查发现 %d 个问题%v", n, msg.Text{EN: en.String(), ZH: zh.String()})
}

// file shows a path relative to the project where that is shorter.
func (in Input) file(path string) string {
	if rel, err := filepath.Rel(in.Dir, path); err == nil && in.Dir != "" && len(rel) < len(path) {
		return filepath.ToSlash(rel)
	}
	return path
}

// goMod names a line of go.mod.
func (in Input) goMod(line *modfile.Line, what string) string {
	name := in.file(firstOf(in.GoModPath, "go.mod"))
	if line == nil {
		return name + ": " + what
	}
	return fmt.Sprintf("%s:%d: %s", name, line.Start.Line, what)
}

func text(en, zh string) msg.Text { return msg.Text{EN: en, ZH: zh} }
