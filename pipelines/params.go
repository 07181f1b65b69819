package pipelines

import (
	_ "embed"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Type is the kind of a parameter's value.
type Type string

// The types.
const (
	String Type = "string"
	Bool   Type = "bool"
	List   Type = "list" // in flags and variables separated by commas; an array where the system has arrays
	Enum   Type = "enum"
)

// Param is one parameter of a pipeline.
type Param struct {
	Name     string            // publish_to
	Type     Type              // "" is String
	Default  string            // a list's members separated by commas; "" = none
	Defaults map[string]string // other defaults, by system, where a value has to be known before anything runs; nil = none
	Values   []string          // of an Enum, the usual one first
	Pattern  string            // an expression (RE2, anchored) that each value, or member of a list, must match; "" = any
	Stages   []string          // who reads it; none = every stage
	Only     []string          // the systems that have it (gitlab, jenkins, bkci, yunxiao); none = all, and the command
	Text     msg.Text          // one sentence
}

// Flag is the name as a flag, without dashes: publish-to.
func (p Param) Flag() string { return strings.ReplaceAll(p.Name, "_", "-") }

// Variable is the name as an environment variable: YINGZAO_PUBLISH_TO.
func (p Param) Variable() string { return "YINGZAO_" + strings.ToUpper(p.Name) }

// Camel is the name in Groovy and in BlueKing: publishTo.
func (p Param) Camel() string {
	words := strings.Split(p.Name, "_")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}

// DefaultIn is the default in a system.
func (p Param) DefaultIn(system string) string {
	if d, ok := p.Defaults[system]; ok {
		return d
	}
	return p.Default
}

// Stages are the stages in their order. "release", all of them on one machine, is
// not among them.
func Stages() []string {
	return []string{"check", "prefetch", "build", "verify", "merge", "publish"}
}

//go:embed params.yaml
var paramsYAML []byte
