package lint

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
	"github.com/yingzao-dev/yingzao/pipelines"
)

// given is an input as a user gives it.
type given struct {
	name   string
	line   int
	kind   givenKind
	values []string // those of them that can be known
}

type givenKind byte

const (
	isUnknown givenKind = iota // filled in later
	isText
	isBool
	isNumber
	isList
)

func (k givenKind) String() string {
	return [...]string{"", "string", "boolean", "number", "array"}[k]
}

// declared is what can be given.
type declared struct {
	names    []string
	required []string
	check    func(given) msg.Text // why a value is refused; zero = it is not
	others   func(name string) string
}

// components are our files for GitLab and the stages that they run.
var components = map[string][]string{"go-env-check": pipelines.Stages()[:1], "go-build": pipelines.Stages()[:5], "go-release": pipelines.Stages()}

// ours are the parameters of a component, a step or a plug-in of ours; nil where
// there is no such thing.
func ours(system, name string) *declared {
	params, err := pipelines.Params()
	if err != nil {
		return nil // a test of that package holds it
	}
	stages := pipelines.Stages()
	switch {
	case system == "gitlab":
		if stages = components[name]; stages == nil {
			return nil
		}
	case name == "goEnvCheck":
		stages = stages[:1]
	}
	byName := map[string]pipelines.Param{}
	d := &declared{}
	elsewhere := map[string]bool{}
	for _, p := range params {
		spelled := p.Camel()
		if system == "gitlab" {
			spelled = p.Name
		}
		switch {
		case !p.In(system):
		case slices.ContainsFunc(stages, p.For):
			d.names = append(d.names, spelled)
			byName[spelled] = p
		default:
			elsewhere[spelled] = true
		}
	}
	d.others = func(name string) string {
		if !elsewhere[name] {
			return ""
		}
		return map[string]string{"gitlab": "go-release", "jenkins": "goRelease"}[system]
	}
	d.check = func(in given) msg.Text {
		return refusedParam(byName[in.name], in, system)
	}
	return d
}

// refusedParam says why a parameter does not take a value. Jenkins and BlueKing take
// texts for everything; GitLab's inputs have types.
func refusedParam(p pipelines.Param, in given, system string) msg.Text {
	want := map[pipelines.Type]givenKind{pipelines.Bool: isBool, pipelines.List: isList}[p.Type]
	if want == 0 {
		want = isText
	}
	if in.kind == isUnknown {
		return msg.Text{}
	}
	if system == "gitlab" && in.kind != want || in.kind == isList && want != isList {
		return msg.Textf("wanted: %[1]s, given: %[2]s", "应为 %[1]s，实际为 %[2]s", want, in.kind)
	}
	if p.Name == "matrix" {
		return msg.Text{} // rows, and no texts
	}
	for _, value := range in.values {
		if err := p.Check(value); err != nil {
			return refused(value, p.Values, p.Pattern)
		}
	}
	return msg.Text{}
}

func refused(value string, values []string, pattern string) msg.Text {
	if len(values) > 0 {
		if near := msg.Nearest(value, values); near != "" {
			return msg.Textf("%q is none of %s; did you mean %s?", "%q 不在 %s 之中；您是不是想写 %s？", value, strings.Join(values, ", "), near)
		}
		return msg.Textf("%q is none of %s", "%q 不在 %s 之中", value, strings.Join(values, ", "))
	}
	return msg.Textf("%q does not match %s", "%q 不符合 %s", value, pattern)
}

// mapped are the inputs of a YAML mapping.
func mapped(n *yaml.Node) []given {
	if n = yamlfile.Resolve(n); n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	var all []given
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], yamlfile.Resolve(n.Content[i+1])
		if k.ShortTag() == "!!merge" {
			continue
		}
		in := given{name: k.Value, line: k.Line}
		switch {
		case v.Kind == yaml.SequenceNode && v.Tag != "!reference":
			in.kind, in.values = isList, slices.DeleteFunc(words(v), later)
		case v.Kind != yaml.ScalarNode || later(v.Value):
		case v.ShortTag() == "!!bool":
			in.kind, in.values = isBool, []string{v.Value}
		case v.ShortTag() == "!!int" || v.ShortTag() == "!!float":
			in.kind, in.values = isNumber, []string{v.Value}
		case v.ShortTag() == "!!str":
			in.kind, in.values = isText, []string{v.Value}
		}
		all = append(all, in)
	}
	return all
}

// later reports whether something is filled into a value later.
func later(value string) bool { return strings.Contains(value, "$") }

// use is what an include gives to our component, or to a local file that declares its
// inputs.
func (in include) use() (use, bool) {
	u := use{line: in.node.Line, inputs: mapped(in.inputs)}
	if in.spec != nil {
		_, spec := own(in.spec, "spec")
		_, inputs := own(spec, "inputs")
		u.name, u.known = in.local, declaredIn(inputs)
		return u, true
	}
	address, _, _ := strings.Cut(in.named, "@")
	if u.name = path.Base(address); strings.Contains(strings.ToLower(address), "yingzao") {
		u.known = ours("gitlab", u.name)
	}
	return u, u.known != nil
}

// declaredIn reads spec:inputs.
func declaredIn(n *yaml.Node) *declared {
	d := &declared{others: func(string) string { return "" }}
	specs := map[string]*yaml.Node{}
	if n != nil && n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			name, spec := n.Content[i].Value, yamlfile.Resolve(n.Content[i+1])
			d.names = append(d.names, name)
			specs[name] = spec
			if k, _ := own(spec, "default"); k == nil {
				d.required = append(d.required, name)
			}
		}
	}
	d.check = func(in given) msg.Text {
		_, kind := own(specs[in.name], "type")
		_, options := own(specs[in.name], "options")
		_, pattern := own(specs[in.name], "regex")
		return refusedInput(scalar(kind), words(options), scalar(pattern), in)
	}
	return d
}

func refusedInput(kind string, options []string, pattern string, in given) msg.Text {
	if kind == "" {
		kind = "string"
	}
	if in.kind == isUnknown {
		return msg.Text{}
	}
	if in.kind.String() != kind {
		return msg.Textf("wanted: %[1]s, given: %[2]s", "应为 %[1]s，实际为 %[2]s", kind, in.kind)
	}
	if in.kind == isList || len(in.values) != 1 {
		return msg.Text{}
	}
	if len(options) > 0 && !slices.Contains(options, in.values[0]) {
		return refused(in.values[0], options, "")
	}
	if re, err := regexp.Compile(strings.Trim(pattern, "/")); pattern != "" && err == nil && !re.MatchString(in.values[0]) {
		return refused(in.values[0], nil, pattern)
	}
	return msg.Text{}
}
