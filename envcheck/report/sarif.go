package report

import (
	"io"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lint"
)

// level translates a severity into SARIF's word.
func level(s envcheck.Severity) string {
	switch s {
	case envcheck.Info:
		return "note"
	case envcheck.Warning:
		return "warning"
	}
	return "error"
}

// SARIF writes the findings as SARIF 2.1.0. version is this program's, "" =
// none. What could not be learnt is a notification of the run.
func SARIF(w io.Writer, r *envcheck.Report, rules []envcheck.Rule, version string) error {
	s := lint.SARIF{Version: version, Issues: issues(r), Run: &lint.SARIFInvocation{OK: len(r.Missing) == 0}}
	for _, rule := range rules {
		s.Rules = append(s.Rules, lint.SARIFRule{ID: rule.Code, Level: level(rule.Severity), Title: rule.Title.EN, Why: rule.Why.EN, Fix: rule.Fix.EN})
	}
	for _, m := range r.Missing {
		s.Run.Notes = append(s.Run.Notes, lint.SARIFNotice{Level: "warning", Message: lint.SARIFText{Text: m.What + ": " + m.Reason}})
	}
	return s.Write(w)
}
