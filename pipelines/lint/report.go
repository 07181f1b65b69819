package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"
)

func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// slashed is a file's name as tools want it that know it below the project.
func slashed(name string) string {
	return path.Clean(strings.ReplaceAll(name, `\`, "/"))
}

// fingerprints identify findings across runs: the same trouble about the same thing,
// wherever the line has moved to; of several equal ones by their order.
func fingerprints(found []Finding) []string {
	seen := map[string]int{}
	out := make([]string, len(found))
	for i, f := range found {
		id := f.Code + "\x00" + f.Subject + "\x00" + slashed(f.File)
		seen[id]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", id, seen[id]))
		out[i] = hex.EncodeToString(sum[:])
	}
	return out
}

// codeQuality is one issue as GitLab reads it.
type codeQuality struct {
	Description string `json:"description"`
	CheckName   string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}

// CodeQuality writes findings as GitLab's code quality report.
func CodeQuality(w io.Writer, found []Finding) error {
	out := []codeQuality{}
	ids := fingerprints(found)
	for i, f := range found {
		q := codeQuality{Description: f.Code + ": " + f.Message.EN, CheckName: f.Code, Fingerprint: ids[i]}
		q.Severity = map[Severity]string{Note: "info", Warning: "minor", Error: "major"}[f.Severity]
		q.Location.Path, q.Location.Lines.Begin = slashed(f.File), f.Line
		out = append(out, q)
	}
	return encode(w, out)
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifRule struct {
	ID      string    `json:"id"`
	Short   sarifText `json:"shortDescription"`
	Full    sarifText `json:"fullDescription"`
	Help    sarifText `json:"help"`
	Default struct {
		Level Severity `json:"level"`
	} `json:"defaultConfiguration"`
}

type sarifResult struct {
	RuleID    string    `json:"ruleId"`
	RuleIndex int       `json:"ruleIndex"`
	Level     Severity  `json:"level"` // SARIF has the same words
	Message   sarifText `json:"message"`
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
	Results []sarifResult `json:"results"`
}

// SARIF writes findings as SARIF 2.1.0. version is this program's, "" = none.
func SARIF(w io.Writer, found []Finding, version string) error {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver.Name, run.Tool.Driver.Version = "yingzao", version
	index := map[string]int{}
	for i, r := range Rules() {
		index[r.Code] = i
		s := sarifRule{ID: r.Code, Short: sarifText{r.Title.EN}, Full: sarifText{r.Why.EN}, Help: sarifText{r.Fix.EN}}
		s.Default.Level = r.Severity
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, s)
	}
	ids := fingerprints(found)
	for i, f := range found {
		r := sarifResult{RuleID: f.Code, RuleIndex: index[f.Code], Level: f.Severity, Message: sarifText{f.Message.EN}, Fingerprints: map[string]string{"yingzao/v1": ids[i]}}
		at := &r.Locations[0].Physical
		u := url.URL{Path: slashed(f.File)}
		if strings.HasPrefix(u.Path, "/") {
			u.Scheme = "file"
		}
		at.Artifact.URI, at.Region.StartLine = u.String(), f.Line
		run.Results = append(run.Results, r)
	}
	return encode(w, struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}
