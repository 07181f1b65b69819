package provenance

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// The types of statement and predicate.
const (
	StatementType = "https://in-toto.io/Statement/v1"
	PredicateType = "https://slsa.dev/provenance/v1"
	BuildType     = "https://github.com/yingzao-dev/yingzao/release/provenance/v1"
	RebuildType   = "https://github.com/yingzao-dev/yingzao/release/rebuild/v1"
)

// Statement is an in-toto statement, version 1. Its predicate is kept as it was
// written, to be read by the type it says it has.
type Statement struct {
	Type          string          `json:"_type"`
	Subject       []Resource      `json:"subject"`
	PredicateType string          `json:"predicateType"`
	Predicate     json.RawMessage `json:"predicate"`
}

// Resource is in-toto's ResourceDescriptor.
type Resource struct {
	Name        string            `json:"name,omitempty"`
	URI         string            `json:"uri,omitempty"`
	Digest      map[string]string `json:"digest,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Predicate is SLSA's provenance, version 1.
type Predicate struct {
	BuildDefinition BuildDefinition `json:"buildDefinition"`
	RunDetails      RunDetails      `json:"runDetails"`
}

// BuildDefinition is what decides the bytes.
type BuildDefinition struct {
	BuildType            string     `json:"buildType"`
	ExternalParameters   External   `json:"externalParameters"`
	InternalParameters   Internal   `json:"internalParameters"`
	ResolvedDependencies []Resource `json:"resolvedDependencies"`
}

// External is what the project asked for.
type External struct {
	Project  string    `json:"project"`
	Version  string    `json:"version"`
	Tag      string    `json:"tag,omitempty"` // "" when built without one
	Module   string    `json:"module"`
	Source   Resource  `json:"source"`           // URI "" when the repository has no public address
	Config   *Resource `json:"config,omitempty"` // nil without a configuration file
	Targets  []string  `json:"targets"`
	Snapshot bool      `json:"snapshot,omitempty"`
}

// Internal is what was made of that.
type Internal struct {
	Plan       string  `json:"plan"` // digest of plan.json, "sha256:…"
	Compressor string  `json:"compressor"`
	WallClock  bool    `json:"wallClock,omitempty"` // not reproducible on purpose
	Builds     []Build `json:"builds"`
}

// Build is one run of go build, in the environment of gotool: nothing but Env and
// where things are is taken from the machine.
type Build struct {
	ID      string   `json:"id"`
	Target  string   `json:"target"`
	Main    string   `json:"main"`
	Go      string   `json:"go"`
	Flags   []string `json:"flags"` // -ldflags too, which -trimpath keeps out of the binary
	Ldflags string   `json:"ldflags,omitempty"`
	Tags    string   `json:"tags,omitempty"`
	Env     []string `json:"env"` // settings of Go; for builds with cgo its own too
}

// RunDetails is who did it and when.
type RunDetails struct {
	Builder    Builder    `json:"builder"`
	Metadata   Metadata   `json:"metadata"`
	Byproducts []Resource `json:"byproducts,omitempty"` // one for each part: who built it
}

// Builder is what ran the build.
type Builder struct {
	ID      string            `json:"id"`
	Version map[string]string `json:"version,omitempty"`
}

// Metadata is about one run.
type Metadata struct {
	InvocationID string    `json:"invocationId,omitempty"` // a CI job's address; "" outside CI
	StartedOn    time.Time `json:"startedOn,omitzero"`     // zero when the steps ran apart
	FinishedOn   time.Time `json:"finishedOn,omitzero"`
}

// maxStatement is the most bytes of an envelope that is read.
const maxStatement = 16 << 20

// Marshal is the one form in which a statement is written.
func (s *Statement) Marshal() ([]byte, error) { return marshal(s) }

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, msg.Errorf("write provenance: %w", "写入来源证明：%w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Parse reads a statement and checks its type and that each subject has a name and
// a SHA-256.
func Parse(data []byte) (*Statement, error) {
	bad := func(why msg.Text) error {
		return msg.Errorf("read statement: %v", "读取声明：%v", why).WithKind(msg.Findings)
	}
	if len(data) > maxStatement {
		return nil, bad(msg.Textf("it has more than %d bytes", "超过 %d 字节", maxStatement))
	}
	var s Statement
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, bad(msg.Textf("%v", "%v", err))
	}
	if s.Type != StatementType {
		return nil, bad(msg.Textf("its type is %q, not %s", "类型为 %q，而不是 %s", s.Type, StatementType))
	}
	if len(s.Subject) == 0 {
		return nil, bad(msg.Text{EN: "it is about nothing", ZH: "没有任何主体"})
	}
	seen := map[string]bool{}
	for _, r := range s.Subject {
		if r.Name == "" || !isSHA256(r.Digest["sha256"]) {
			return nil, bad(msg.Textf("subject %q has no name or no sha256", "主体 %q 缺少名称或 sha256", r.Name))
		}
		if seen[r.Name] {
			return nil, bad(msg.Textf("subject %q occurs twice", "主体 %q 重复出现", r.Name))
		}
		seen[r.Name] = true
	}
	return &s, nil
}

func isSHA256(s string) bool {
	if len(s) != 64 {
		return false
	}
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'a' || r > 'f') {
			return false
		}
	}
	return true
}

// Provenance reads the predicate of a statement about how a release was made.
func (s *Statement) Provenance() (*Predicate, error) {
	var p Predicate
	return &p, s.read(PredicateType, &p)
}

func (s *Statement) read(kind string, into any) error {
	if s.PredicateType != kind {
		return msg.Errorf("read statement: it says %q, not %s", "读取声明：其内容类型为 %q，而不是 %s", s.PredicateType, kind).WithKind(msg.Findings)
	}
	if err := json.Unmarshal(s.Predicate, into); err != nil {
		return msg.Errorf("read statement: %w", "读取声明：%w", err).WithKind(msg.Findings)
	}
	return nil
}
