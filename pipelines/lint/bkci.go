package lint

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// blueFile is a BlueKing pipeline.
type blueFile struct {
	root  *yaml.Node // nil = an empty file
	steps []blueStep
}

// blueStep is one step with the conditions around it.
type blueStep struct {
	node *yaml.Node
	ifs  string // of stage, job and step
}

func readBlueKing(name string, src []byte) (*blueFile, error) {
	docs, err := yamlfile.ParseStream(name, src)
	if err != nil {
		return nil, err
	}
	b := &blueFile{}
	for _, d := range docs {
		if b.root == nil {
			b.root = d.Root()
		}
	}
	_, stages := own(b.root, "stages")
	b.stages(stages)
	_, final := own(b.root, "finally")
	b.jobs(final, "")
	_, jobs := own(b.root, "jobs")
	b.jobs(jobs, "")
	_, steps := own(b.root, "steps")
	b.list(steps, "")
	return b, nil
}

func (b *blueFile) stages(n *yaml.Node) {
	if n == nil || n.Kind != yaml.SequenceNode {
		return
	}
	for _, s := range n.Content {
		_, jobs := own(s, "jobs")
		b.jobs(jobs, condition(s))
	}
}

func (b *blueFile) jobs(n *yaml.Node, ifs string) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 1; i < len(n.Content); i += 2 {
		_, steps := own(n.Content[i], "steps")
		b.list(steps, ifs+condition(n.Content[i]))
	}
}

func (b *blueFile) list(n *yaml.Node, ifs string) {
	if n == nil || n.Kind != yaml.SequenceNode {
		return
	}
	for _, s := range n.Content {
		if s = yamlfile.Resolve(s); s.Kind == yaml.MappingNode {
			b.steps = append(b.steps, blueStep{s, ifs + condition(s)})
		}
	}
}

func condition(n *yaml.Node) string {
	_, v := own(n, "if")
	return " " + scalar(v)
}

func (b *blueFile) collect(v *view) {
	if b.root == nil {
		return
	}
	// Variables and images may stand at several levels; their form says what they are.
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		if n.Kind == yaml.MappingNode {
			for i := 0; i+1 < len(n.Content); i += 2 {
				switch k, val := n.Content[i], n.Content[i+1]; k.Value {
				case "variables", "env":
					v.variables(nil, val)
				case "image":
					v.image(val)
				case "with": // a plug-in's inputs mean what the plug-in wants
					continue
				}
				visit(n.Content[i+1])
			}
			return
		}
		for _, c := range n.Content {
			visit(c)
		}
	}
	visit(b.root)
	for _, s := range b.steps {
		if _, run := own(s.node, "run"); run != nil && run.Kind == yaml.ScalarNode {
			v.run(scriptOf(run, nil))
		}
		k, uses := own(s.node, "uses")
		if atom, _, _ := strings.Cut(scalar(uses), "@"); path.Base(atom) == "yingzao" {
			_, with := own(s.node, "with")
			v.uses = append(v.uses, use{name: "yingzao", line: k.Line, inputs: mapped(with), known: ours("bkci", "")})
		}
	}
}
