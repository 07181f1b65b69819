package lint

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// cacheKeywords are those of a cache that are nothing beside it.
var cacheKeywords = []string{"key", "paths", "policy", "untracked", "fallback_keys", "unprotect"}

// strays are keywords of a cache that stand beside it.
func (g *gitlabFile) strays() []*yaml.Node {
	var out []*yaml.Node
	for _, n := range g.sections() {
		k, _ := own(n.node, "cache")
		if k == nil {
			continue
		}
		for i := 0; i+1 < len(n.node.Content); i += 2 {
			key, val := n.node.Content[i], yamlfile.Resolve(n.node.Content[i+1])
			if !slices.Contains(cacheKeywords, key.Value) || key.Line < k.Line {
				continue
			}
			if n.node == g.root && val.Kind == yaml.MappingNode && key.Value != "key" { // a job with that name
				continue
			}
			out = append(out, key)
		}
	}
	return out
}

// section is a mapping that can have keywords of jobs.
type section struct {
	job  *job
	node *yaml.Node
}

// sections are the jobs of this file, default: and the top.
func (g *gitlabFile) sections() []section {
	if g == nil || g.root == nil {
		return nil
	}
	all := []section{{nil, g.root}}
	if _, d := own(g.root, "default"); d != nil && d.Kind == yaml.MappingNode {
		all = append(all, section{nil, d})
	}
	for _, j := range g.jobs {
		all = append(all, section{j, j.node})
	}
	return all
}

// cacheLists are the values of cache: that stand in this file.
func (g *gitlabFile) cacheLists() []*yaml.Node {
	var out []*yaml.Node
	for _, s := range g.sections() {
		for i := 0; i+1 < len(s.node.Content); i += 2 {
			if s.node.Content[i].Value == "cache" && s.node.Content[i+1].Kind != yaml.AliasNode {
				out = append(out, s.node.Content[i+1])
			}
		}
	}
	return out
}

// caches are the single caches that stand in this file; of one whose keywords lost
// their place the mapping around it.
func (g *gitlabFile) caches() []section {
	var out []section
	for _, s := range g.sections() {
		for i := 0; i+1 < len(s.node.Content); i += 2 {
			if s.node.Content[i].Value != "cache" {
				continue
			}
			switch c := s.node.Content[i+1]; {
			case c.Kind == yaml.MappingNode:
				out = append(out, section{s.job, c})
			case c.Kind == yaml.SequenceNode:
				for _, e := range c.Content {
					if e.Kind == yaml.MappingNode {
						out = append(out, section{s.job, e})
					}
				}
			case c.ShortTag() == "!!null":
				out = append(out, s)
			}
		}
	}
	return out
}

// paths are the cached paths.
func (s section) paths() []*yaml.Node {
	var out []*yaml.Node
	for i := 0; i+1 < len(s.node.Content); i += 2 {
		if list := s.node.Content[i+1]; s.node.Content[i].Value == "paths" && list.Kind == yaml.SequenceNode {
			for _, p := range list.Content {
				if p.Kind == yaml.ScalarNode {
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// userFolders are variables that, unless a file says otherwise, name folders outside
// of any project.
var userFolders = []string{"HOME", "USERPROFILE", "GOPATH", "GOMODCACHE", "GOCACHE", "GOROOT", "GOBIN", "XDG_CACHE_HOME", "TMPDIR"}

var leading = lazyre.New(`^\$(?:\{(\w+)\}|(\w+))`)

// outside reports whether a path of a cache lies outside of the project for certain.
func (g *gitlabFile) outside(j *job, p string) bool {
	p = strings.TrimSpace(p)
	for range 5 {
		m := leading.Re().FindStringSubmatch(p)
		if m == nil {
			break
		}
		name, rest := m[1]+m[2], p[len(m[0]):]
		if name == "CI_PROJECT_DIR" {
			rest = path.Clean("." + rest)
			return rest == ".." || strings.HasPrefix(rest, "../")
		}
		value, set, known := g.variable(j, name)
		if !set {
			return slices.Contains(userFolders, name) && (known || name == "HOME" || name == "USERPROFILE")
		}
		p = value + rest
	}
	if strings.Contains(p, "$[[") || strings.HasPrefix(p, "$") || strings.HasPrefix(p, "/builds/") { // where runners put projects
		return false
	}
	clean := path.Clean(p)
	return strings.HasPrefix(p, "/") || strings.HasPrefix(p, "~") || clean == ".." || strings.HasPrefix(clean, "../") ||
		len(p) > 2 && p[1] == ':' && (p[2] == '\\' || p[2] == '/') // C:\
}
