package pipelines

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// Systems are where a parameter can be set besides the command itself.
func Systems() []string { return []string{"gitlab", "jenkins", "bkci", "yunxiao"} }

// Params are the parameters of params.yaml in its order. The file is read once.
func Params() ([]Param, error) {
	all, err := readParams()
	return slices.Clone(all), err
}

var readParams = sync.OnceValues(func() ([]Param, error) { return ParseParams("params.yaml", paramsYAML) })

// row is a parameter as the file spells it.
type row struct {
	Name     string            `yaml:"name"`
	Type     string            `yaml:"type"`
	Default  string            `yaml:"default"`
	Defaults map[string]string `yaml:"defaults"`
	Values   []string          `yaml:"values"`
	Pattern  string            `yaml:"pattern"`
	Stages   []string          `yaml:"stages"`
	Only     []string          `yaml:"only"`
	EN       string            `yaml:"en"`
	ZH       string            `yaml:"zh"`
}

// ParseParams reads a list of parameters and checks that it can be turned into
// every system's form.
func ParseParams(name string, data []byte) ([]Param, error) {
	var file struct {
		Params []row `yaml:"params"`
	}
	if err := yamlfile.Load(name, data, &file); err != nil {
		return nil, err
	}
	var params []Param
	for _, r := range file.Params {
		p := Param{Name: r.Name, Type: Type(r.Type), Default: r.Default, Defaults: r.Defaults, Values: r.Values, Pattern: r.Pattern,
			Stages: r.Stages, Only: r.Only, Text: msg.Text{EN: r.EN, ZH: r.ZH}}
		if p.Type == "" {
			p.Type = String
		}
		if why := p.fault(params); why != "" {
			return nil, msg.Errorf("%s: parameter %q: %s", "%s：参数 %q：%s", name, r.Name, why)
		}
		params = append(params, p)
	}
	return params, nil
}

// fault says what is wrong with a parameter, for whoever edits the file; "" =
// nothing.
func (p Param) fault(others []Param) string {
	clash := func(o Param) bool { return o.Name == p.Name }
	switch {
	case !wordy(p.Name):
		return "a name is lower-case words joined by underscores"
	case slices.ContainsFunc(others, clash):
		return "named twice"
	case p.Text.EN == "" || p.Text.ZH == "":
		return "both languages are needed"
	case !slices.Contains([]Type{String, Bool, List, Enum}, p.Type):
		return "unknown type " + string(p.Type)
	case (p.Type == Enum) != (len(p.Values) > 0):
		return "an enum has values, and nothing else has"
	case p.Type == Bool && p.Default != "true" && p.Default != "false":
		return "a bool's default is true or false"
	}
	for _, s := range p.Stages {
		if !slices.Contains(Stages(), s) {
			return "unknown stage " + s
		}
	}
	for _, s := range p.Only {
		if s != "command" && !slices.Contains(Systems(), s) {
			return "unknown system " + s
		}
	}
	if _, err := regexp.Compile(p.anchored()); err != nil {
		return err.Error()
	}
	if err := p.Check(p.Default); err != nil {
		return "its default: " + err.Error()
	}
	for system, d := range p.Defaults {
		if !slices.Contains(Systems(), system) {
			return "unknown system " + system
		}
		if err := p.Check(d); err != nil {
			return "its default in " + system + ": " + err.Error()
		}
	}
	return ""
}

func wordy(s string) bool {
	for _, w := range strings.Split(s, "_") {
		if w == "" || strings.Trim(w, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return true
}

func (p Param) anchored() string {
	if p.Pattern == "" {
		return ""
	}
	return "^(?:" + p.Pattern + ")$"
}

// In reports whether a system, or "command", has the parameter.
func (p Param) In(system string) bool {
	if len(p.Only) == 0 {
		return true
	}
	return slices.Contains(p.Only, system)
}

// For reports whether a stage reads the parameter; the stage "release" reads all.
func (p Param) For(stage string) bool {
	return len(p.Stages) == 0 || stage == "release" || slices.Contains(p.Stages, stage)
}

// Split is a list's members; empty ones are dropped. They are separated by commas
// and line ends. A line may also be a JSON array, which is what GitLab makes of an
// array in a text; of the rows of a build matrix in it, each member of TARGET
// counts.
func Split(value string) []string {
	var all []string
	for _, line := range strings.Split(value, "\n") {
		members, ok := parseArray(line)
		if !ok {
			members = strings.Split(line, ",")
		}
		for _, m := range members {
			if m = strings.TrimSpace(m); m != "" {
				all = append(all, m)
			}
		}
	}
	return all
}

// parseArray reads a JSON array of texts and of rows.
func parseArray(line string) ([]string, bool) {
	if !strings.HasPrefix(strings.TrimSpace(line), "[") {
		return nil, false
	}
	var elements []any
	if json.Unmarshal([]byte(line), &elements) != nil {
		return nil, false
	}
	var all []string
	for _, e := range elements {
		if row, ok := e.(map[string]any); ok {
			e = row["TARGET"]
		}
		s, ok := plain(e)
		if !ok {
			return nil, false
		}
		all = append(all, strings.Split(s, ",")...)
	}
	return all, true
}

// Check says why a value cannot be the parameter's; "" is always fine and means
// the default.
func (p Param) Check(value string) error {
	bad := func(v string, en, zh string, args ...any) error {
		return msg.Errorf("%s: %q: %s", "%s：%q：%s", p.Name, v, msg.Textf(en, zh, args...)).WithKind(msg.Usage).
			WithHint("%s", "%s", p.Text)
	}
	members := []string{value}
	switch {
	case value == "":
		return nil
	case p.Type == Bool && value != "true" && value != "false":
		return bad(value, "it is true or false", "只能是 true 或 false")
	case p.Type == Enum && !slices.Contains(p.Values, value):
		return bad(value, "it is one of %s", "只能是 %s 之一", strings.Join(p.Values, ", "))
	case p.Type == List:
		members = Split(value)
	}
	for _, m := range members {
		if p.Pattern != "" && !regexp.MustCompile(p.anchored()).MatchString(m) {
			return bad(m, "it does not match %s", "不符合 %s", p.Pattern)
		}
	}
	return nil
}
