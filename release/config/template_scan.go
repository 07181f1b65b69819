package config

import (
	"slices"
	"text/template/parse"
)

// use is one name that a template mentions.
type use struct {
	kind useKind
	name string
	node parse.Node
}

type useKind int

const (
	useField    useKind = iota // .Version, $.Version
	useEnv                     // .Env.X, envOrDefault "X", isEnvSet "X", index .Env "X"
	useFunction                // title
)

// scan lists the names a template mentions, as far as they can be known
// without running it: inside with and range the dot is something else. ok is
// false for a template that does not parse.
func scan(text string) (uses []use, tree *parse.Tree, ok bool) {
	tree = parse.New("t")
	tree.Mode = parse.SkipFuncCheck
	set := map[string]*parse.Tree{}
	if _, err := tree.Parse(text, "", "", set); err != nil {
		return nil, nil, false
	}
	s := scanner{}
	for name, t := range set {
		if t.Root != nil {
			s.list(t.Root, name == "t") // a {{ define }} gets its dot from its caller
		}
	}
	return s.uses, tree, true
}

type scanner struct{ uses []use }

func (s *scanner) add(kind useKind, name string, n parse.Node) {
	s.uses = append(s.uses, use{kind, name, n})
}

func (s *scanner) list(l *parse.ListNode, root bool) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			s.pipe(n.Pipe, root)
		case *parse.TemplateNode:
			s.pipe(n.Pipe, root)
		case *parse.IfNode:
			s.branch(&n.BranchNode, root, root)
		case *parse.WithNode:
			s.branch(&n.BranchNode, root, false)
		case *parse.RangeNode:
			s.branch(&n.BranchNode, root, false)
		}
	}
}

func (s *scanner) branch(b *parse.BranchNode, root, inside bool) {
	s.pipe(b.Pipe, root)
	s.list(b.List, inside)
	s.list(b.ElseList, root)
}

func (s *scanner) pipe(p *parse.PipeNode, root bool) {
	if p == nil {
		return
	}
	for _, c := range p.Cmds {
		s.envCall(c)
		for _, a := range c.Args {
			s.arg(a, root)
		}
	}
}

// envCall notes variables that are named by a text.
func (s *scanner) envCall(c *parse.CommandNode) {
	fn, isFn := c.Args[0].(*parse.IdentifierNode)
	if !isFn || !slices.Contains([]string{"envOrDefault", "isEnvSet", "index", "indexOrDefault"}, fn.Ident) {
		return
	}
	at := 1
	if fn.Ident == "index" || fn.Ident == "indexOrDefault" {
		if len(c.Args) < 2 || c.Args[1].String() != ".Env" && c.Args[1].String() != "$.Env" {
			return
		}
		at = 2
	}
	if len(c.Args) > at {
		if name, ok := c.Args[at].(*parse.StringNode); ok {
			s.add(useEnv, name.Text, nil) // absence is no error: nothing to point at
		}
	}
}

func (s *scanner) arg(n parse.Node, root bool) {
	switch n := n.(type) {
	case *parse.IdentifierNode:
		s.add(useFunction, n.Ident, n)
	case *parse.PipeNode:
		s.pipe(n, root)
	case *parse.ChainNode:
		s.arg(n.Node, root)
	case *parse.FieldNode:
		if root {
			s.field(n.Ident, n)
		}
	case *parse.VariableNode:
		if n.Ident[0] == "$" && len(n.Ident) > 1 {
			s.field(n.Ident[1:], n)
		}
	}
}

func (s *scanner) field(path []string, n parse.Node) {
	s.add(useField, path[0], n)
	if path[0] == "Env" && len(path) > 1 {
		s.add(useEnv, path[1], n)
	}
}

// UsesClock reports whether a template mentions Date, Timestamp, Now or time,
// which mean the commit's time here and the present in GoReleaser.
func UsesClock(text string) bool {
	uses, _, _ := scan(text)
	return slices.ContainsFunc(uses, func(u use) bool {
		return u.kind == useField && slices.Contains([]string{"Date", "Timestamp", "Now"}, u.name) ||
			u.kind == useFunction && u.name == "time"
	})
}

// EnvNames lists the environment variables that templates mention, sorted.
func EnvNames(texts ...string) []string {
	var names []string
	for _, text := range texts {
		uses, _, _ := scan(text)
		for _, u := range uses {
			if u.kind == useEnv {
				names = append(names, u.name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
