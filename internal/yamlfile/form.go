package yamlfile

import (
	"github.com/yingzao-dev/yingzao/internal/msg"
	"go.yaml.in/yaml/v3"
)

// measure is how large a value is once its aliases are expanded.
type measure struct{ nodes, depth int }

// checkSize measures each anchored value once, so that a file whose aliases
// would expand to billions of values is refused in the time it takes to read
// it.
func (f *File) checkSize() error {
	known := map[*yaml.Node]measure{}
	var over error
	var visit func(n *yaml.Node, open map[*yaml.Node]bool) measure
	visit = func(n *yaml.Node, open map[*yaml.Node]bool) measure {
		if over != nil {
			return measure{}
		}
		if n.Kind == yaml.AliasNode {
			if open[n.Alias] {
				over = f.errAt(n, "the anchor %s contains itself", "锚点 %s 包含了它自己", n.Value)
				return measure{}
			}
			if m, ok := known[n.Alias]; ok {
				return m
			}
			return visit(n.Alias, open)
		}
		m := measure{nodes: 1, depth: 1}
		if n.Anchor != "" {
			open[n] = true
			defer delete(open, n)
		}
		for _, c := range n.Content {
			inner := visit(c, open)
			m.nodes, m.depth = m.nodes+inner.nodes, max(m.depth, inner.depth+1)
			switch {
			case over != nil:
				return m
			case m.nodes > MaxNodes:
				over = f.errAt(n, "more than %d values, counting what aliases expand to", "展开别名后超过 %d 个值", MaxNodes)
			case m.depth > MaxDepth:
				over = f.errAt(n, "nested more than %d levels deep", "嵌套超过 %d 层", MaxDepth)
			}
		}
		if n.Kind == yaml.MappingNode && len(n.Content)/2 > maxKeys {
			over = f.errAt(n, "more than %d keys in one place", "同一处超过 %d 个键", maxKeys)
		}
		if n.Anchor != "" {
			known[n] = m
		}
		return m
	}
	visit(f.root, map[*yaml.Node]bool{})
	return over
}

// checkDuplicates reports every key that stands twice in one mapping.
func (f *File) checkDuplicates() error {
	var errs []*msg.Error
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		if n.Kind == yaml.MappingNode {
			seen := map[string]*yaml.Node{}
			for i := 0; i+1 < len(n.Content); i += 2 {
				k := n.Content[i]
				if k.Kind != yaml.ScalarNode {
					continue
				}
				if first := seen[k.Value]; first != nil {
					errs = append(errs, f.errAt(k, "the key %q is already given in line %d", "键 %q 已在第 %d 行出现", k.Value, first.Line).
						WithHint("keep one of the two", "请只保留其中一处"))
					continue
				}
				seen[k.Value] = k
			}
		}
		for _, c := range n.Content {
			visit(c)
		}
	}
	visit(f.root)
	return Join(errs...)
}
