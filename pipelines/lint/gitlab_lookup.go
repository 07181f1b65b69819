package lint

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// GitLab allows eleven levels of extends.
const (
	maxExtends = 11
	maxChain   = 60
)

// chain is a job and what it extends, the strongest first. whole is false when
// something of it cannot be seen.
func (g *gitlabFile) chain(j *job) (all []*job, whole bool) {
	whole = true
	var visit func(j *job, depth int)
	visit = func(j *job, depth int) {
		if depth > maxExtends || len(all) >= maxChain {
			whole = false
			return
		}
		all = append(all, j)
		_, ext := own(j.node, "extends")
		names := words(ext)
		if ext != nil && len(names) == 0 {
			whole = false
		}
		for _, name := range slices.Backward(names) {
			parents := g.named[name]
			if len(parents) == 0 {
				whole = false
			}
			for _, p := range parents {
				if !slices.Contains(all, p) {
					visit(p, depth+1)
				}
			}
		}
	}
	visit(j, 0)
	for _, same := range g.named[j.name] {
		if !slices.Contains(all, same) {
			visit(same, 1)
		}
	}
	return all, whole
}

// inherited are the keywords that default: has for all jobs, and those of them that
// may stand at the top as well.
var (
	inherited = []string{"after_script", "artifacts", "before_script", "cache", "hooks", "id_tokens", "identity", "image", "interruptible", "retry", "services", "tags", "timeout"}
	global    = []string{"image", "services", "cache", "before_script", "after_script"}
)

// lookup finds what is in force for a job at a path of keywords. known is false when
// nothing was found, and something that cannot be seen may have it.
func (g *gitlabFile) lookup(j *job, keys ...string) (v *yaml.Node, known bool) {
	chain, whole := g.chain(j)
	for _, c := range chain {
		v := c.node
		for _, key := range keys {
			if _, v = own(v, key); v != nil && v.Tag == "!reference" {
				if v = g.reference(v, 0); v == nil {
					return nil, false
				}
			}
		}
		if v != nil {
			return v, true
		}
	}
	for _, c := range chain { // a mapping of the job hides that of default:
		if _, v := own(c.node, keys[0]); v != nil {
			return nil, whole
		}
	}
	if slices.Contains(inherited, keys[0]) {
		for _, root := range g.roots {
			_, d := own(root, "default")
			for _, from := range []*yaml.Node{d, root} {
				if from == nil || from == root && !slices.Contains(global, keys[0]) {
					continue
				}
				v := from
				for _, key := range keys {
					_, v = own(v, key)
				}
				if v != nil {
					return v, true
				}
			}
		}
	}
	return nil, whole && !(g.open && slices.Contains(inherited, keys[0]))
}

// reference follows !reference [job, key, …]; nil = it leads nowhere that can be seen.
func (g *gitlabFile) reference(n *yaml.Node, depth int) *yaml.Node {
	if n = yamlfile.Resolve(n); n == nil || n.Tag != "!reference" {
		return n
	}
	path := words(n)
	if len(path) < 2 || depth > 8 {
		return nil
	}
	for _, j := range g.named[path[0]] {
		chain, _ := g.chain(j)
		for _, c := range chain {
			v := c.node
			for _, key := range path[1:] {
				_, v = own(v, key)
			}
			if v != nil {
				return g.reference(v, depth+1)
			}
		}
	}
	return nil
}

// variable is a variable as a job has it; known is false when it may be set where
// nobody sees.
func (g *gitlabFile) variable(j *job, key string) (value string, set, known bool) {
	if j != nil {
		v, ok := g.lookup(j, "variables", key)
		if v != nil {
			return variableValue(v), true, true
		}
		known = ok
	} else {
		known = true
	}
	for _, root := range g.roots {
		_, all := own(root, "variables")
		if _, v := own(all, key); v != nil {
			return variableValue(v), true, true
		}
	}
	return "", false, known && !g.open
}

// variableValue is a variable's text, in its short or its long form.
func variableValue(n *yaml.Node) string {
	if _, v := own(n, "value"); v != nil {
		n = v
	}
	return scalar(n)
}

// words are the scalars of a list, or a single one.
func words(n *yaml.Node) []string {
	n = yamlfile.Resolve(n)
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.ScalarNode && n.ShortTag() != "!!null":
		return []string{n.Value}
	case n.Kind != yaml.SequenceNode:
		return nil
	}
	var out []string
	for _, c := range n.Content {
		if c = yamlfile.Resolve(c); c.Kind == yaml.ScalarNode {
			out = append(out, c.Value)
		}
	}
	return out
}

// scalars are all scalars below a node of this file, references followed.
func (g *gitlabFile) scalars(n *yaml.Node) string {
	var b strings.Builder
	count := 0
	var visit func(n *yaml.Node, depth int)
	visit = func(n *yaml.Node, depth int) {
		if n = yamlfile.Resolve(n); n == nil || depth > 20 || count > 2000 {
			return
		}
		count++
		if n.Tag == "!reference" {
			if r := g.reference(n, 0); r != nil {
				visit(r, depth+1)
			} else {
				b.WriteString("\n!reference") // whatever it says
			}
			return
		}
		if n.Kind == yaml.ScalarNode {
			b.WriteString("\n" + n.Value)
		}
		for _, c := range n.Content {
			visit(c, depth+1)
		}
	}
	visit(n, 0)
	return b.String()
}
