package sources

import (
	"errors"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// gitlab reads .gitlab-ci.yml: variables and scripts wherever they stand, and
// the paths of caches. What does not parse is read line by line.
func (p *parser) gitlab(src string, line int) {
	dec := yaml.NewDecoder(strings.NewReader(src))
	g := &gitlabFile{parser: p, add: line - 1, seen: map[visit]bool{}}
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			p.file.Error = Scrub(err.Error())
			g.scan(src, line)
			return
		}
		g.walk(&doc, true)
		g.strays(&doc)
	}
}

type gitlabFile struct {
	*parser
	add  int // to the lines of nodes
	seen map[visit]bool
}

// visit is a node read as something: what an anchor holds counts once, where it
// stands, but it may be met as nothing in particular before it is met as a cache.
type visit struct {
	as   string
	node *yaml.Node
}

// again reports whether a node was read so before.
func (g *gitlabFile) again(as string, n *yaml.Node) bool {
	v := visit{as, n}
	if g.seen[v] {
		return true
	}
	g.seen[v] = true
	return false
}

func (g *gitlabFile) walk(n *yaml.Node, root bool) {
	if n == nil || g.again("", n) {
		return
	}
	switch n.Kind {
	case yaml.DocumentNode:
		for _, c := range n.Content {
			g.walk(c, true)
		}
	case yaml.AliasNode:
		g.walk(n.Alias, root)
	case yaml.SequenceNode:
		for _, c := range n.Content {
			g.walk(c, false)
		}
	case yaml.MappingNode:
		g.mapping(n, root)
	}
}

func (g *gitlabFile) mapping(n *yaml.Node, root bool) {
	emptyCache := false
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], resolve(n.Content[i+1])
		switch k.Value {
		case "variables":
			g.variables(v)
		case "script", "before_script", "after_script":
			g.script(v)
		case "cache":
			emptyCache = emptyCache || v.ShortTag() == "!!null"
			g.caches(v)
		case "paths":
			// A list of paths is never a keyword by itself at the top: it is the
			// cache's, with its indentation lost.
			if root || emptyCache {
				g.paths(v)
			}
		}
		g.walk(v, false)
	}
}

func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func (g *gitlabFile) variables(n *yaml.Node) {
	if n.Kind != yaml.MappingNode || g.again("variables", n) {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], resolve(n.Content[i+1])
		if v.Kind == yaml.MappingNode { // K: {value: V, description: …}
			for j := 0; j+1 < len(v.Content); j += 2 {
				if v.Content[j].Value == "value" {
					v = v.Content[j+1]
					break
				}
			}
		}
		if v.Kind == yaml.ScalarNode && v.ShortTag() != "!!null" {
			g.set(k.Value, v.Value, v.Value, k.Line+g.add)
		}
	}
}

func (g *gitlabFile) script(n *yaml.Node) {
	if g.again("script", n) {
		return
	}
	switch n.Kind {
	case yaml.ScalarNode:
		line := n.Line + g.add
		if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			line++
		}
		g.shell(n.Value, line)
	case yaml.SequenceNode:
		for _, c := range n.Content {
			if c = resolve(c); c.Tag != "!reference" {
				g.script(c)
			}
		}
	}
}

func (g *gitlabFile) caches(n *yaml.Node) {
	if g.again("cache", n) {
		return
	}
	if n.Kind == yaml.SequenceNode {
		for _, c := range n.Content {
			if c = resolve(c); c.Kind == yaml.MappingNode {
				g.caches(c)
			}
		}
		return
	}
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		if n.Content[i].Value == "paths" {
			g.paths(resolve(n.Content[i+1]))
		}
	}
}

func (g *gitlabFile) paths(n *yaml.Node) {
	for _, c := range n.Content {
		if c = resolve(c); c.Kind == yaml.ScalarNode && !g.again("path", c) {
			g.file.Caches = append(g.file.Caches, envcheck.CIPath{Path: Scrub(c.Value), Line: c.Line + g.add})
		}
	}
}

// scan is for a file that is no YAML: a path in a list behind "cache:", K: V
// lines with a name of Go's, and script lines.
func (g *gitlabFile) scan(src string, line int) {
	g.settings, g.file.Lines, g.file.Caches = nil, nil, nil
	cache, paths := false, false
	for text := range strings.Lines(src) {
		trimmed := strings.TrimSpace(text)
		item, isItem := strings.CutPrefix(trimmed, "- ")
		key, value, _ := strings.Cut(trimmed, ":")
		switch {
		case trimmed == "" || trimmed[0] == '#':
		case trimmed == "cache:" || item == "cache:":
			cache, paths = true, false
		case cache && trimmed == "paths:":
			paths = true
		case cache && paths && isItem:
			g.file.Caches = append(g.file.Caches, envcheck.CIPath{Path: Scrub(strings.Trim(item, `"'`)), Line: line})
		case isItem:
			g.shell(item, line)
		case Relevant(strings.TrimSpace(key)) && strings.TrimSpace(value) != "":
			value = strings.TrimSpace(value)
			g.set(strings.TrimSpace(key), envValue(value), value, line)
		case strings.HasSuffix(trimmed, ":") && key != "key":
			cache, paths = false, false
		}
		line++
	}
}
