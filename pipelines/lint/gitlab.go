package lint

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// gitlabFile is a .gitlab-ci.yml with what it includes from the same project.
type gitlabFile struct {
	header    *yaml.Node // the document with spec: before the pipeline; nil = none
	root      *yaml.Node // nil = an empty file
	jobs      []*job     // of this file, in order
	named     map[string][]*job
	roots     []*yaml.Node // root, and those of the files that were included
	open      bool         // something is included that was not read
	includes  []include
	documents []*yaml.Node
}

// job is a job or, when its name begins with a dot, something for jobs to take over.
type job struct {
	name string
	key  *yaml.Node
	node *yaml.Node
}

func (j *job) hidden() bool { return strings.HasPrefix(j.name, ".") }

// include is one entry below include: or trigger:include:.
type include struct {
	node   *yaml.Node
	local  string // the file of the project
	spec   *yaml.Node
	inputs *yaml.Node
	named  string // the component's address
}

// notJobs are the keywords of the top level.
var notJobs = []string{"default", "include", "stages", "variables", "workflow", "image", "services", "cache", "before_script", "after_script", "spec", "types"}

// Local files are followed this far; GitLab allows 150 includes.
const (
	maxIncludes = 30
	maxIncluded = 256 << 10
)

func readGitLab(name string, src []byte, project fs.FS) (*gitlabFile, error) {
	docs, err := yamlfile.ParseStream(name, src)
	if err != nil {
		return nil, err
	}
	g := &gitlabFile{named: map[string][]*job{}}
	g.header, g.root = split(docs)
	for _, d := range docs {
		if d.Root() != nil {
			g.documents = append(g.documents, d.Root())
		}
	}
	if g.root == nil {
		return g, nil
	}
	g.jobs = g.add(g.root)
	g.includes = includes(g.root)
	queue, seen := slices.Clone(g.includes), map[string]bool{}
	for _, j := range g.jobs {
		_, trigger := own(j.node, "trigger")
		for _, in := range includes(trigger) { // a child pipeline: its inputs are ours to see, its jobs are not
			in.read(project)
			g.includes = append(g.includes, in)
		}
	}
	for i := 0; i < len(queue); i++ {
		in := queue[i]
		switch {
		case in.local == "" || project == nil || i >= maxIncludes:
			g.open = true
			continue
		case seen[in.local]:
			continue
		}
		seen[in.local] = true
		root := in.read(project)
		if i < len(g.includes) {
			g.includes[i].spec = in.spec
		}
		if root == nil {
			g.open = true
			continue
		}
		g.add(root)
		queue = append(queue, includes(root)...)
	}
	return g, nil
}

// split tells the header from the pipeline.
func split(docs []*yamlfile.File) (header, root *yaml.Node) {
	for _, d := range docs {
		r := d.Root()
		if _, spec := own(r, "spec"); spec != nil && header == nil && root == nil && len(docs) > 1 {
			header = r
		} else if root == nil {
			root = r
		}
	}
	return header, root
}

// read parses a local file of the project; nil = it cannot be read, and GitLab will
// say so.
func (in *include) read(project fs.FS) *yaml.Node {
	if in.local == "" || project == nil {
		return nil
	}
	info, err := fs.Stat(project, in.local)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxIncluded {
		return nil
	}
	src, err := fs.ReadFile(project, in.local)
	if err != nil {
		return nil
	}
	docs, err := yamlfile.ParseStream(in.local, src)
	if err != nil {
		return nil
	}
	header, root := split(docs)
	in.spec = header
	return root
}

// add takes in the jobs of a file.
func (g *gitlabFile) add(root *yaml.Node) []*job {
	g.roots = append(g.roots, root)
	var all []*job
	for i := 0; i+1 < len(root.Content); i += 2 {
		k, v := root.Content[i], yamlfile.Resolve(root.Content[i+1])
		if slices.Contains(notJobs, k.Value) || v.Kind != yaml.MappingNode {
			continue
		}
		j := &job{k.Value, k, v}
		all = append(all, j)
		g.named[j.name] = append(g.named[j.name], j)
	}
	return all
}

// includes reads include: of a mapping.
func includes(n *yaml.Node) []include {
	_, v := own(n, "include")
	if v == nil {
		return nil
	}
	list := []*yaml.Node{v}
	if v.Kind == yaml.SequenceNode {
		list = v.Content
	}
	var all []include
	for _, e := range list {
		e = yamlfile.Resolve(e)
		in := include{node: e}
		text := e.Value
		if e.Kind == yaml.MappingNode {
			_, local := own(e, "local")
			_, component := own(e, "component")
			_, in.inputs = own(e, "inputs")
			text = scalar(local)
			in.named = scalar(component)
		}
		if text != "" && !strings.ContainsAny(text, "$*") && !strings.Contains(text, "://") {
			in.local = strings.TrimPrefix(path.Clean("/"+text), "/")
		}
		all = append(all, in)
	}
	return all
}

func scalar(n *yaml.Node) string {
	if n = yamlfile.Resolve(n); n != nil && n.Kind == yaml.ScalarNode {
		return n.Value
	}
	return ""
}

// own finds a key of a mapping: the last of equal ones, then what merge keys bring.
func own(n *yaml.Node, key string) (k, v *yaml.Node) { return ownTo(n, key, 0) }

func ownTo(n *yaml.Node, key string, depth int) (k, v *yaml.Node) {
	if n = yamlfile.Resolve(n); n == nil || n.Kind != yaml.MappingNode || depth > 8 {
		return nil, nil
	}
	for i := len(n.Content) - 2; i >= 0; i -= 2 {
		if n.Content[i].Value == key && n.Content[i].ShortTag() != "!!merge" {
			return n.Content[i], yamlfile.Resolve(n.Content[i+1])
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].ShortTag() != "!!merge" {
			continue
		}
		from := []*yaml.Node{n.Content[i+1]}
		if m := yamlfile.Resolve(n.Content[i+1]); m.Kind == yaml.SequenceNode {
			from = m.Content
		}
		for _, m := range from {
			if k, v = ownTo(m, key, depth+1); k != nil {
				return k, v
			}
		}
	}
	return nil, nil
}
