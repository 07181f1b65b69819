package report

import (
	"encoding/xml"
	"fmt"
	"io"

	"github.com/yingzao-dev/yingzao/envcheck"
)

type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Name    string       `xml:"name,attr"`
	Tests   int          `xml:"tests,attr"`
	Failed  int          `xml:"failures,attr"`
	Skipped int          `xml:"skipped,attr"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name    string      `xml:"name,attr"`
	Tests   int         `xml:"tests,attr"`
	Failed  int         `xml:"failures,attr"`
	Skipped int         `xml:"skipped,attr"`
	Cases   []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Failure *junitMessage `xml:"failure"`
	Skipped *junitMessage `xml:"skipped"`
}

type junitMessage struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes the report as a test report, a suite an area, a case a rule:
// failed when it has a finding at least as bad as failOn (the empty severity
// fails nothing), skipped when it could not be looked at. What could not be
// learnt at all is a skipped case of the suite "missing".
func JUnit(w io.Writer, r *envcheck.Report, rules []envcheck.Rule, failOn envcheck.Severity) error {
	byCode := map[string][]envcheck.Finding{}
	for _, f := range r.Findings {
		byCode[f.Code] = append(byCode[f.Code], f)
	}
	all := junitSuites{Name: "yingzao check"}
	for _, area := range envcheck.Areas() {
		s := junitSuite{Name: area.Letters + " " + area.Title.EN}
		for _, rule := range rules {
			if rule.Area() == area.Letters {
				s.add(junitRule(r, rule, byCode[rule.Code], failOn))
			}
		}
		all.add(s)
	}
	missing := junitSuite{Name: "missing"}
	for _, m := range r.Missing {
		missing.add(junitCase{Class: "missing", Name: m.What, Skipped: &junitMessage{Message: m.Reason}})
	}
	all.add(missing)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func junitRule(r *envcheck.Report, rule envcheck.Rule, found []envcheck.Finding, failOn envcheck.Severity) junitCase {
	c := junitCase{Class: rule.Area(), Name: rule.Code + " " + rule.Title.EN}
	if rule.Online && r.Network == nil || rule.Deep && r.Deep == nil {
		need := "--online"
		if rule.Deep {
			need = "--deep"
		}
		c.Skipped = &junitMessage{Message: "needs " + need}
	}
	for _, f := range found {
		if failOn == "" || !f.Severity.AtLeast(failOn) {
			continue
		}
		path, line := location(r, f)
		text := fmt.Sprintf("%s: %s (%s:%d)\n", f.Severity, f.Message.EN, path, line)
		if f.Fix != nil && f.Fix.Command != "" {
			text += "fix: " + f.Fix.Command + "\n"
		}
		if c.Failure == nil {
			c.Failure, c.File = &junitMessage{Type: string(f.Severity), Message: f.Message.EN}, path
		}
		c.Failure.Text += text
	}
	return c
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	if c.Failure != nil {
		s.Failed++
	}
	if c.Skipped != nil {
		s.Skipped++
	}
}

func (s *junitSuites) add(suite junitSuite) {
	if suite.Tests == 0 {
		return
	}
	s.Suites = append(s.Suites, suite)
	s.Tests += suite.Tests
	s.Failed += suite.Failed
	s.Skipped += suite.Skipped
}
