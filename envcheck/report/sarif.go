package report

import (
	"io"

	"github.com/yingzao-dev/yingzao/envcheck"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	Results     []sarifResult     `json:"results"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID      string       `json:"id"`
	Short   sarifMessage `json:"shortDescription"`
	Full    sarifMessage `json:"fullDescription"`
	Help    sarifMessage `json:"help"`
	Default struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
}

type sarifInvocation struct {
	OK    bool          `json:"executionSuccessful"`
	Notes []sarifNotice `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotice struct {
	Level   string       `json:"level"`
	Message sarifMessage `json:"message"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifMessage      `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region struct {
			StartLine int `json:"startLine"`
		} `json:"region"`
	} `json:"physicalLocation"`
}

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
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "yingzao", Version: version, Rules: []sarifRule{}}
	index := map[string]int{}
	for i, rule := range rules {
		index[rule.Code] = i
		s := sarifRule{ID: rule.Code, Short: sarifMessage{rule.Title.EN}, Full: sarifMessage{rule.Why.EN}, Help: sarifMessage{rule.Fix.EN}}
		s.Default.Level = level(rule.Severity)
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, s)
	}
	invocation := sarifInvocation{OK: len(r.Missing) == 0}
	for _, m := range r.Missing {
		invocation.Notes = append(invocation.Notes, sarifNotice{Level: "warning", Message: sarifMessage{m.What + ": " + m.Reason}})
	}
	run.Invocations = []sarifInvocation{invocation}
	for _, f := range r.Findings {
		res := sarifResult{RuleID: f.Code, RuleIndex: index[f.Code], Level: level(f.Severity), Message: sarifMessage{f.Message.EN},
			Fingerprints: map[string]string{"yingzao/v1": fingerprint(r, f)}}
		var at sarifLocation
		path, line := location(r, f)
		at.Physical.Artifact.URI = fileURI(path)
		at.Physical.Region.StartLine = line
		res.Locations = []sarifLocation{at}
		run.Results = append(run.Results, res)
	}
	return encode(w, sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}
