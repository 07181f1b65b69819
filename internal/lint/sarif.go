package lint

import "io"

// SARIF is a run of this program in the form of SARIF 2.1.0.
type SARIF struct {
	Version string // this program's, "" = none
	Rules   []SARIFRule
	Issues  []Issue
	Run     *SARIFInvocation // what is said of the run itself; nil = nothing
}

// SARIFRule describes a rule, in English.
type SARIFRule struct {
	ID, Level, Title, Why, Fix string
}

// SARIFInvocation says whether a run learnt all it wanted to, and what not.
type SARIFInvocation struct {
	OK    bool          `json:"executionSuccessful"`
	Notes []SARIFNotice `json:"toolExecutionNotifications,omitempty"`
}

// SARIFNotice is one thing about the run.
type SARIFNotice struct {
	Level   string    `json:"level"`
	Message SARIFText `json:"message"`
}

// SARIFText is a text in SARIF.
type SARIFText struct {
	Text string `json:"text"`
}

type sarifRule struct {
	ID      string    `json:"id"`
	Short   SARIFText `json:"shortDescription"`
	Full    SARIFText `json:"fullDescription"`
	Help    SARIFText `json:"help"`
	Default struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
}

type sarifResult struct {
	RuleID    string    `json:"ruleId"`
	RuleIndex int       `json:"ruleIndex"`
	Level     string    `json:"level"`
	Message   SARIFText `json:"message"`
	Locations [1]struct {
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region struct {
				StartLine int `json:"startLine"`
			} `json:"region"`
		} `json:"physicalLocation"`
	} `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
}

type sarifRun struct {
	Tool struct {
		Driver struct {
			Name    string      `json:"name"`
			Version string      `json:"version,omitempty"`
			Rules   []sarifRule `json:"rules"`
		} `json:"driver"`
	} `json:"tool"`
	Invocations []*SARIFInvocation `json:"invocations,omitempty"`
	Results     []sarifResult      `json:"results"`
}

// Write writes the log of the one run.
func (s SARIF) Write(w io.Writer) error {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver.Name, run.Tool.Driver.Version = "yingzao", s.Version
	run.Tool.Driver.Rules = []sarifRule{}
	index := map[string]int{}
	for i, r := range s.Rules {
		index[r.ID] = i
		rule := sarifRule{ID: r.ID, Short: SARIFText{r.Title}, Full: SARIFText{r.Why}, Help: SARIFText{r.Fix}}
		rule.Default.Level = r.Level
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
	}
	if s.Run != nil {
		run.Invocations = []*SARIFInvocation{s.Run}
	}
	for _, is := range s.Issues {
		r := sarifResult{RuleID: is.Code, RuleIndex: index[is.Code], Level: is.Level, Message: SARIFText{is.Text}, Fingerprints: map[string]string{"yingzao/v1": is.Fingerprint}}
		at := &r.Locations[0].Physical
		at.Artifact.URI, at.Region.StartLine = fileURI(is.Path), is.Line
		run.Results = append(run.Results, r)
	}
	return encode(w, struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}
