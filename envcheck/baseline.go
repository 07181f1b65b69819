package envcheck

import (
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// Baseline is a list of findings that somebody has accepted for a while: a file
// of its own, so that accepting something is a change that can be reviewed. The
// nil Baseline accepts nothing.
type Baseline struct {
	Version int        `yaml:"version"`
	Accept  []Accepted `yaml:"accept"`
}

// Accepted is one of them.
type Accepted struct {
	Code    string `yaml:"code"`
	Subject string `yaml:"subject,omitempty"` // as the report has it; "" = every finding of the code
	Where   string `yaml:"where,omitempty"`   // the file, from the project's folder if it lies there, or the origin; "" = anywhere
	Reason  string `yaml:"reason"`
	Until   string `yaml:"until"` // 2006-01-02, the last day on which it counts
}

const day = "2006-01-02"

// ParseBaseline reads a baseline file. Every entry needs a code, a reason and a
// last day.
func ParseBaseline(name string, data []byte) (*Baseline, error) {
	var b Baseline
	if err := yamlfile.Load(name, data, &b); err != nil {
		return nil, err
	}
	if b.Version != 1 {
		return nil, msg.Errorf("%s: version %d is not known", "%s：未知的版本 %d", name, b.Version).
			WithHint("begin the file with version: 1", "请在文件开头写上 version: 1").WithKind(msg.Usage)
	}
	for i, a := range b.Accept {
		_, err := time.Parse(day, a.Until)
		if a.Code == "" || a.Reason == "" || err != nil {
			return nil, msg.Errorf("%s: accept entry %d: code, reason and until (%s) are required", "%s：accept 第 %d 项：必须有 code、reason 和 until（%s）", name, i+1, day).
				WithHint("an exception without a reason and an end is a rule that was switched off", "没有理由和期限的例外等于关闭了该规则").WithKind(msg.Usage)
		}
	}
	return &b, nil
}

// NewBaseline accepts the findings of a report, all for the same reason and time.
func NewBaseline(r *Report, reason string, until time.Time) *Baseline {
	b := &Baseline{Version: 1}
	seen := map[Accepted]bool{}
	for _, f := range r.Findings {
		a := Accepted{Code: f.Code, Subject: f.Subject, Where: f.Where.within(r.Dir), Reason: reason, Until: until.Format(day)}
		if !seen[a] {
			seen[a] = true
			b.Accept = append(b.Accept, a)
		}
	}
	return b
}

// Encode writes the file.
func (b *Baseline) Encode() ([]byte, error) { return yaml.Marshal(b) }

// accepts says whether a finding is accepted at a time, and why.
func (b *Baseline) accepts(f Finding, dir string, now time.Time) (reason string, ok bool) {
	if b == nil {
		return "", false
	}
	for _, a := range b.Accept {
		if a.Code == f.Code && (a.Subject == "" || a.Subject == f.Subject) && (a.Where == "" || a.Where == f.Where.within(dir)) && now.UTC().Format(day) <= a.Until {
			return a.Reason, true
		}
	}
	return "", false
}

// within names a place for a baseline: lines move, files seldom do.
func (p Place) within(dir string) string {
	if p.File == "" {
		return p.Origin
	}
	if rel, err := filepath.Rel(dir, p.File); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(p.File)
}
