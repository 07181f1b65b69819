package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
	"go.yaml.in/yaml/v3"
)

// reader collects what is found while a GoReleaser file is read, so that a
// person sees all of it at once.
type reader struct {
	file    *yamlfile.File
	ignore  []string
	notices []Notice
	errs    []*msg.Error
	refused []string // keys that could be ignored

	stores      []Store
	sboms       []SBOM
	releaseName string // from release.github.name and the like
}

func (r *reader) notice(code, section string, line int, en, zh string, args ...any) {
	r.notices = append(r.notices, Notice{Code: code, Section: section, Line: line, Text: msg.Textf(en, zh, args...)})
}

func (r *reader) fail(n *yaml.Node, en, zh string, args ...any) {
	r.errs = append(r.errs, r.file.Errorf(n, en, zh, args...))
}

// refuse reports something that is not made here. It returns true, with a
// notice, when the key or its section is ignored.
func (r *reader) refuse(key string, n *yaml.Node, why msg.Text) bool {
	top, _, _ := strings.Cut(key, ".")
	if slices.Contains(r.ignore, key) || slices.Contains(r.ignore, top) {
		r.notice("ignored", key, n.Line, "%s is left out, as asked: %v", "按要求略去 %s：%v", key, why)
		return true
	}
	r.fail(n, "%s: not supported: %v", "%s：不支持：%v", key, why)
	if !slices.Contains(r.refused, key) {
		r.refused = append(r.refused, key)
	}
	return false
}

// err is all that was found, or nil. One hint says how to leave out what was
// refused.
func (r *reader) err() error {
	err := yamlfile.Join(r.errs...)
	if len(r.refused) == 0 {
		return err
	}
	hint := msg.Textf("--ignore %s leaves out what is not supported", "--ignore %s 可以略去不支持的部分", strings.Join(r.refused, ","))
	if h := msg.Hint(err); !h.IsZero() {
		hint = msg.Text{EN: h.EN + "; " + hint.EN, ZH: h.ZH + "；" + hint.ZH}
	}
	return asOurs(err).WithHint("%v", "%v", hint)
}

// checkIgnore refuses a name that could not have an effect on any file.
func (r *reader) checkIgnore() {
	known := ignorable()
	for _, name := range r.ignore {
		if !slices.Contains(known, name) {
			r.errs = append(r.errs, unknownIgnore(name, known))
		}
	}
}

func unknownIgnore(name string, known []string) *msg.Error {
	e := msg.Errorf("--ignore %s: there is no such section", "--ignore %s：没有这样的配置节", name).WithKind(msg.Usage)
	if near := msg.Nearest(name, known); near != "" {
		return e.WithHint("did you mean %s?", "您是不是想写 %s？", near)
	}
	if known == nil {
		return e.WithHint("it is for sections of a GoReleaser file, and there is none", "它用于 GoReleaser 文件的配置节，而此处没有这样的文件")
	}
	return e
}

// ignorable are the names that Options.Ignore may hold.
func ignorable() []string {
	var names []string
	for _, s := range sections {
		if s.class != mapped || s.key == "uploads" || s.key == "blobs" || s.key == "sboms" || s.key == "nfpms" {
			names = append(names, s.key)
		}
	}
	for prefix, rules := range fieldRules {
		for key, rule := range rules.other {
			if rule.class == refused {
				names = append(names, prefix+"."+key)
			}
		}
	}
	names = append(names, slices.Collect(maps.Keys(valueRules))...)
	names = append(names, "nfpms.formats")
	slices.Sort(names)
	return names
}

// unused reports whether a value asks for nothing: empty, or switched off by
// its own disable, skip or enabled key.
func unused(n *yaml.Node) bool {
	n = yamlfile.Resolve(n)
	switch n.Kind {
	case yaml.ScalarNode:
		return n.Value == "" || n.Value == "false" || n.Value == "0" || n.ShortTag() == "!!null"
	case yaml.SequenceNode:
		return !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return !unused(c) })
	case yaml.MappingNode:
		empty := true
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i].Value, yamlfile.Resolve(n.Content[i+1])
			switch {
			case (k == "disable" || k == "skip") && v.Value == "true", k == "enabled" && v.Value == "false", k == "artifacts" && v.Value == "none":
				return true
			case !unused(v):
				empty = false
			}
		}
		return empty
	}
	return true
}
