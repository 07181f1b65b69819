package publish

import (
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Report is what [Verify] found. Its JSON is a contract; texts come in both
// languages whatever the reader's.
type Report struct {
	Schema   int              `json:"schema"`
	Store    string           `json:"store"`
	OK       bool             `json:"ok"` // no finding is an error
	Projects []*ProjectReport `json:"projects"`
}

// ProjectReport is about one version of one project.
type ProjectReport struct {
	Project   string            `json:"project"`
	Version   string            `json:"version,omitempty"` // "" when latest.json could not say
	Artifacts []*ArtifactReport `json:"artifacts"`
	Findings  []Finding         `json:"findings"` // all of them, those about artifacts too
}

// ArtifactReport is about one artifact.
type ArtifactReport struct {
	Name     string         `json:"name"`
	Status   Status         `json:"status"` // of its bytes and of what is inside
	Size     int64          `json:"size"`   // bytes read
	SHA256   string         `json:"sha256,omitempty"`
	Note     *msg.Text      `json:"note,omitempty"` // what was not looked at
	Binaries []BinaryReport `json:"binaries,omitempty"`
}

// BinaryReport is about one executable inside an artifact.
type BinaryReport struct {
	Path   string    `json:"path"`
	Target string    `json:"target"`
	Static Status    `json:"static"` // inspected again; Skipped inside packages
	Run    Status    `json:"run"`    // Skipped unless it ran
	Note   *msg.Text `json:"note,omitempty"`
}

// Status is the outcome of one check. A skipped check has not passed.
type Status string

// The outcomes.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Finding is one thing that is wrong or noteworthy.
type Finding struct {
	Code     string   `json:"code"`
	Severity string   `json:"severity"` // "error", "warning" or "note"
	Subject  string   `json:"subject"`  // key of the object, with "!" and a path for what is inside it
	Text     msg.Text `json:"text"`
}

// The codes of findings. One code has one meaning for ever.
const (
	CodeLatest     = "VRF001" // latest.json is missing or cannot be read
	CodeIndex      = "VRF002" // index.json is missing, cannot be read, or lacks the version
	CodePointer    = "VRF003" // latest.json, index.json and manifest tell different things
	CodeNoManifest = "VRF004" // manifest.json is missing
	CodeTampered   = "VRF005" // manifest.json has another digest than the index or latest.json say
	CodeManifest   = "VRF006" // manifest.json is not valid
	CodeMissing    = "VRF007" // an artifact is missing
	CodeSize       = "VRF008" // an artifact has another size
	CodeSHA256     = "VRF009" // an artifact has another SHA-256
	CodeCRC64      = "VRF010" // an artifact has another CRC-64
	CodeSums       = "VRF011" // SHA256SUMS is missing or not well-formed
	CodeSumsLine   = "VRF012" // SHA256SUMS lacks a line, or has a wrong one
	CodeUnlisted   = "VRF013" // an object in the version's folder is in no list
	CodeArchive    = "VRF014" // an archive cannot be read or breaks a rule of safe archives
	CodeInside     = "VRF015" // a binary is missing in an archive, or an unlisted one is there
	CodeBinary     = "VRF016" // a binary has another digest
	CodeVerdict    = "VRF017" // a binary is not what its target asks for
	CodeRun        = "VRF018" // a binary did not run
	CodeVersion    = "VRF019" // a binary ran and did not print the version
	CodeClaim      = "VRF020" // a claim is left
	CodeYanked     = "VRF022" // a version is yanked
	CodeRemoving   = "VRF023" // gc is removing the version
	CodeSM3        = "VRF024" // SM3SUMS is not well-formed, lacks a line, or has a wrong one
	CodeSBOM       = "VRF025" // a bill of materials says something else than the binaries
	CodeVulnerable = "VRF026" // a binary has a known vulnerability
	CodePage       = "VRF021" // index.html or install.sh is missing or not what latest.json says
)

func (p *ProjectReport) add(code, severity, subject, en, zh string, args ...any) {
	p.Findings = append(p.Findings, Finding{Code: code, Severity: severity, Subject: subject, Text: msg.Textf(en, zh, args...)})
}

func (p *ProjectReport) fail(code, subject, en, zh string, args ...any) {
	p.add(code, "error", subject, en, zh, args...)
}

// Errors is the number of findings that are errors.
func (r *Report) Errors() (n int) {
	for _, p := range r.Projects {
		for _, f := range p.Findings {
			if f.Severity == "error" {
				n++
			}
		}
	}
	return n
}

// Counts returns how many checks of artifacts and runs of binaries passed,
// failed and were skipped.
func (r *Report) Counts() (artifacts, runs map[Status]int) {
	artifacts, runs = map[Status]int{}, map[Status]int{}
	for _, p := range r.Projects {
		for _, a := range p.Artifacts {
			artifacts[a.Status]++
			for _, b := range a.Binaries {
				runs[b.Run]++
			}
		}
	}
	return artifacts, runs
}

// finish sets OK and returns the error that goes with the findings.
func (r *Report) finish() error {
	n := r.Errors()
	r.OK = n == 0
	if r.OK {
		return nil
	}
	first := Finding{}
	for _, p := range r.Projects {
		if i := slices.IndexFunc(p.Findings, func(f Finding) bool { return f.Severity == "error" }); i >= 0 {
			first = p.Findings[i]
			break
		}
	}
	e := msg.Errorf("verify %s: %s: %v", "校验 %s：%s：%v", r.Store, first.Subject, first.Text)
	if n > 1 {
		e = msg.Errorf("verify %s: %s: %v (and %d more)", "校验 %s：%s：%v（另有 %d 项）", r.Store, first.Subject, first.Text, n-1)
	}
	return e.WithKind(msg.Findings).
		WithHint("hand this version out to nobody; publish it again from its dist folder, or publish a new version", "请勿分发该版本；可从其 dist 目录重新发布，或发布新版本")
}
