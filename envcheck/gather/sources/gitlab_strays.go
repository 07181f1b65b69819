package sources

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// strays finds keywords of a cache section that lost their indentation: at the
// top of the file, or in a job beside its cache. No job and no file has keywords
// of these names.
func (g *gitlabFile) strays(doc *yaml.Node) {
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return
	}
	top := doc.Content[0]
	g.straysIn(top)
	for i := 0; i+1 < len(top.Content); i += 2 {
		switch job := top.Content[i+1]; {
		case job.Kind != yaml.MappingNode, top.Content[i].Value == "variables", top.Content[i].Value == "cache":
		default:
			g.straysIn(job)
		}
	}
}

func (g *gitlabFile) straysIn(n *yaml.Node) {
	cache := false
	var found []envcheck.CILine
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], resolve(n.Content[i+1])
		switch k.Value {
		case "cache":
			cache = true
		case "key", "paths", "policy", "untracked":
			if v.Kind == yaml.MappingNode && k.Value != "key" || has(v, "script") {
				continue // a job of that name
			}
			found = append(found, envcheck.CILine{Text: Scrub(strings.TrimSpace(k.Value + ": " + v.Value)), Line: k.Line + g.add})
		}
	}
	if cache {
		g.file.Strays = append(g.file.Strays, found...)
	}
}

// has reports whether a mapping has a key.
func has(n *yaml.Node, key string) bool {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return true
		}
	}
	return false
}
