package lint

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/yingzao-dev/yingzao/internal/shellscript"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// collect reads what stands in this file, each thing once: where an alias or a
// reference leads is read there.
func (g *gitlabFile) collect(v *view) {
	if g.root == nil {
		return
	}
	place := func(j *job, n *yaml.Node) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, val := n.Content[i], n.Content[i+1]
			if val.Kind == yaml.AliasNode || val.Tag == "!reference" {
				continue
			}
			switch k.Value {
			case "variables":
				v.variables(j, val)
			case "script", "before_script", "after_script":
				v.scripts(j, val)
			case "image":
				v.image(val)
			case "services":
				for _, s := range val.Content {
					v.image(s)
				}
			case "rules":
				for _, rule := range val.Content {
					if rule.Kind == yaml.MappingNode {
						if _, vars := own(rule, "variables"); vars != nil {
							v.variables(j, vars)
						}
					}
				}
			}
		}
	}
	place(nil, g.root)
	for i := 0; i+1 < len(g.root.Content); i += 2 {
		k, val := g.root.Content[i], g.root.Content[i+1]
		switch {
		case val.Kind == yaml.AliasNode:
		case k.Value == "default" || k.Value == "workflow":
			place(nil, val)
		case strings.HasPrefix(k.Value, ".") && val.Kind == yaml.SequenceNode: // a script, to be taken over by its anchor
			v.scripts(nil, val)
		case strings.HasPrefix(k.Value, ".") && onlyVariables(val):
			v.variables(nil, val)
		}
	}
	for _, j := range g.jobs {
		place(j, j.node)
	}
	for _, in := range g.includes {
		if u, ok := in.use(); ok {
			v.uses = append(v.uses, u)
		}
	}
}

// onlyVariables reports whether a hidden mapping is variables for others to merge.
func onlyVariables(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i+1].Kind != yaml.ScalarNode || strings.ToUpper(n.Content[i].Value) != n.Content[i].Value {
			return false
		}
	}
	return true
}

func (v *view) variables(j *job, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, val := n.Content[i], n.Content[i+1]
		if k.ShortTag() == "!!merge" || val.Kind == yaml.AliasNode {
			continue
		}
		v.settings = append(v.settings, setting{key: k.Value, value: variableValue(val), line: k.Line, job: j})
	}
}

func (v *view) image(n *yaml.Node) {
	line := n.Line
	if k, name := own(n, "name"); name != nil && n.Kind == yaml.MappingNode {
		n, line = name, k.Line
	}
	if n.Kind == yaml.ScalarNode && n.Value != "" {
		v.images = append(v.images, image{n.Value, line})
	}
}

// scripts reads script: and its like. The lines of one job run in one shell; where
// they do not parse together each is tried alone.
func (v *view) scripts(j *job, n *yaml.Node) {
	var parts []script
	var visit func(n *yaml.Node, depth int)
	visit = func(n *yaml.Node, depth int) {
		switch {
		case n.Kind == yaml.AliasNode || n.Tag == "!reference" || depth > 10:
		case n.Kind == yaml.SequenceNode:
			for _, c := range n.Content {
				visit(c, depth+1)
			}
		case n.Kind == yaml.ScalarNode:
			parts = append(parts, scriptOf(n, j))
		}
	}
	visit(n, 0)
	v.joined(parts)
}

func (v *view) joined(parts []script) {
	var all script
	for _, p := range parts {
		all.job = p.job
		if len(all.lines) > 0 {
			all.text += "\n"
		}
		all.text += p.text
		all.lines = append(all.lines, p.lines...)
		if len(all.text) > shellscript.MaxSize {
			break
		}
	}
	before := len(v.commands)
	v.run(all)
	if before == len(v.commands) {
		for _, p := range parts {
			v.run(p)
		}
	}
}

// scriptOf is a scalar as a script. A block begins on the line behind its mark; what
// is folded has no lines of its own.
func scriptOf(n *yaml.Node, j *job) script {
	s := script{job: j}
	switch text := strings.TrimRight(n.Value, "\n"); n.Style {
	case yaml.LiteralStyle, yaml.LiteralStyle | yaml.TaggedStyle:
		s.add(text, n.Line+1)
	default:
		s.text = text
		for range strings.Count(text, "\n") + 1 {
			s.lines = append(s.lines, n.Line)
		}
	}
	return s
}

// duplicates are the keys that stand twice in one mapping, with the line of the first.
func duplicates(n *yaml.Node, visit func(first, again *yaml.Node)) {
	if n.Kind == yaml.MappingNode {
		seen := map[string]*yaml.Node{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if k.Kind != yaml.ScalarNode || k.ShortTag() == "!!merge" {
				continue
			}
			if first := seen[k.Value]; first != nil {
				visit(first, k)
			} else {
				seen[k.Value] = k
			}
		}
	}
	for _, c := range n.Content {
		duplicates(c, visit)
	}
}

// values visits each scalar that stands in a node, aliases not followed.
func values(n *yaml.Node, visit func(*yaml.Node)) {
	if n = yamlfile.Resolve(n); n == nil {
		return
	}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode {
			visit(n)
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(n)
}
