package lint

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/yingzao-dev/yingzao/internal/dockerfile"
	"github.com/yingzao-dev/yingzao/internal/shellscript"
)

// command is one simple command of a script.
type command struct {
	name string   // without folder and without sudo, env and their like
	args []string // quotes removed, variables filled in where they are known
	line int

	guarded bool     // it is only run where a test for the package manager or the system said so
	piped   []string // the commands that its output goes to, in order
	inside  string   // the command as whose argument it stands in $(…) or <(…); "=" for an assignment
	into    bool     // its output is redirected into a file
}

// has reports whether one of the arguments is a word of the list.
func (c command) has(words ...string) bool {
	return slices.ContainsFunc(c.args, func(a string) bool { return slices.Contains(words, a) })
}

// flag reports whether a letter is among the short flags: x in -fsSxL.
func (c command) flag(letter byte) bool {
	return slices.ContainsFunc(c.args, func(a string) bool {
		return len(a) > 1 && a[0] == '-' && a[1] != '-' && strings.IndexByte(a[1:], letter) >= 0
	})
}

// reader collects the commands of one script.
type reader struct {
	stage *stage
	src   string
	line  func(offset int) int
	vars  vars // those of the stage, and what the script sets
	out   []command
	depth int
	steps *int // how many more nodes may be looked at a second time
}

// maxSteps bounds the work for scripts that are long chains of || and &&, in which
// each link looks back at those before it.
const maxSteps = 1 << 18

// around is what surrounds a statement.
type around struct {
	guarded bool
	piped   []string
	inside  string
	into    bool
}

// commands reads a RUN. What does not parse as a shell script has none.
func (s *stage) commands(in *dockerfile.Instruction) []command {
	r := &reader{stage: s, vars: vars{}, steps: new(int)}
	*r.steps = maxSteps
	if in.JSON {
		if len(in.Args) > 0 {
			r.line = func(int) int { return in.Line }
			r.call(in.Args, in.Line, around{})
		}
		return r.out
	}
	script, ok := in.Script()
	if !ok {
		return nil
	}
	r.script(script.String(), script.Line)
	return r.out
}

func (r *reader) script(src string, line func(int) int) {
	r.src, r.line = src, line
	f := shellscript.Parse(strings.ReplaceAll(src, "\r\n", " \n"))
	if f == nil {
		return
	}
	r.stmts(f.Stmts, around{})
}

func (r *reader) at(n syntax.Node) int { return r.line(int(n.Pos().Offset())) }

// inner reads a script that stands in a word of this one.
func (r *reader) inner(src string, line int) {
	if r.depth >= 3 || strings.TrimSpace(src) == "" {
		return
	}
	sub := &reader{stage: r.stage, vars: r.vars, depth: r.depth + 1, steps: r.steps}
	sub.script(src, func(int) int { return line })
	r.out = append(r.out, sub.out...)
}

func (r *reader) stmts(list []*syntax.Stmt, c around) {
	for _, s := range list {
		r.stmt(s, c)
		// test || exit: what follows is only for where the test holds.
		if or, ok := s.Cmd.(*syntax.BinaryCmd); ok && or.Op == syntax.OrStmt && r.tests(or.X) && leaves(or.Y) {
			c.guarded = true
		}
	}
}

func (r *reader) stmt(s *syntax.Stmt, c around) {
	if s == nil {
		return
	}
	for _, rd := range s.Redirs {
		switch rd.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrAll, syntax.AppAll, syntax.RdrClob:
			if rd.Word != nil && !strings.HasPrefix(r.word(rd.Word), "/dev/") {
				c.into = true
			}
		}
		if rd.Word != nil {
			r.substitutions(rd.Word, around{})
		}
	}
	switch cmd := s.Cmd.(type) {
	case *syntax.CallExpr:
		r.simple(cmd, c)
	case *syntax.DeclClause:
		for _, a := range cmd.Args {
			r.assign(a, cmd.Variant != nil && cmd.Variant.Value == "export", true)
		}
	case *syntax.BinaryCmd:
		r.binary(cmd, c)
	case *syntax.IfClause:
		for branch := cmd; branch != nil; branch = branch.Else {
			r.stmts(branch.Cond, around{})
			c.guarded = c.guarded || slices.ContainsFunc(branch.Cond, r.tests)
			r.stmts(branch.Then, c)
		}
	case *syntax.CaseClause:
		c.guarded = c.guarded || r.aboutSystem(cmd)
		for _, item := range cmd.Items {
			r.stmts(item.Stmts, c)
		}
	case *syntax.WhileClause:
		r.stmts(cmd.Cond, around{})
		r.stmts(cmd.Do, c)
	case *syntax.ForClause:
		r.stmts(cmd.Do, c)
	case *syntax.Block:
		r.stmts(cmd.Stmts, c)
	case *syntax.Subshell:
		r.stmts(cmd.Stmts, c)
	case *syntax.FuncDecl:
		r.stmt(cmd.Body, c)
	case *syntax.TimeClause:
		r.stmt(cmd.Stmt, c)
	case *syntax.TestClause:
		r.substitutions(cmd, around{inside: "["})
	}
}

func (r *reader) binary(cmd *syntax.BinaryCmd, c around) {
	left, right := c, c
	switch cmd.Op {
	case syntax.AndStmt:
		left = around{guarded: c.guarded, into: c.into}
		right.guarded = c.guarded || r.tests(cmd.X)
	case syntax.OrStmt:
		// dnf … || apt-get …: one of them has to be there.
		alternatives := r.installs(cmd.X) && r.installs(cmd.Y)
		left.guarded = c.guarded || alternatives
		right.guarded = c.guarded || alternatives
	case syntax.Pipe, syntax.PipeAll:
		left = around{guarded: c.guarded, inside: c.inside, piped: slices.Concat(r.names(cmd.Y), c.piped[:min(len(c.piped), 8)])}
	}
	r.stmt(cmd.X, left)
	r.stmt(cmd.Y, right)
}

// simple reads a simple command with what is set for it alone.
func (r *reader) simple(cmd *syntax.CallExpr, c around) {
	for _, a := range cmd.Assigns {
		r.assign(a, len(cmd.Args) > 0, len(cmd.Args) == 0)
	}
	if len(cmd.Args) == 0 {
		return
	}
	words := make([]string, len(cmd.Args))
	for i, w := range cmd.Args {
		words[i] = r.word(w)
	}
	line := r.at(cmd.Args[0])
	name := r.call(words, line, c)
	for _, w := range cmd.Args {
		r.substitutions(w, around{guarded: c.guarded, inside: name, into: c.into})
	}
}

// assign reads K=V. exported: commands see it; kept: later words of the script
// may use it.
func (r *reader) assign(a *syntax.Assign, exported, kept bool) {
	if a.Name == nil || a.Naked || a.Value == nil {
		return
	}
	value := r.word(a.Value)
	if kept {
		r.vars[a.Name.Value] = value
	}
	if exported {
		r.set(a.Name.Value, value, r.at(a))
	}
	r.substitutions(a.Value, around{inside: "="})
}

func (r *reader) set(key, value string, line int) {
	r.stage.add(setting{key, value, "RUN", true, line})
}

// wrappers run the command that is behind them.
var wrappers = []string{"sudo", "doas", "exec", "env", "time", "nice", "nohup", "eatmydata", "command", "timeout", "ionice", "setarch", "linux64"}

// call records one command, and what the words themselves hold; it returns the
// command's name.
func (r *reader) call(words []string, line int, c around) string {
	for len(words) > 1 && slices.Contains(wrappers, path.Base(words[0])) && words[1] != "-v" && words[1] != "-V" {
		env := path.Base(words[0]) == "env"
		words = words[1:]
		for len(words) > 1 && (strings.HasPrefix(words[0], "-") || strings.Contains(words[0], "=") || strings.Trim(words[0], "0123456789smh") == "") {
			if key, value, ok := strings.Cut(words[0], "="); ok && env && !strings.HasPrefix(key, "-") {
				r.set(key, value, line)
			}
			words = words[1:]
		}
	}
	cmd := command{name: path.Base(words[0]), args: words[1:], line: line, guarded: c.guarded, piped: c.piped, inside: c.inside, into: c.into}
	r.out = append(r.out, cmd)
	switch cmd.name {
	case "go":
		if cmd.has("env") && cmd.has("-w") {
			for _, a := range cmd.args {
				if key, value, ok := strings.Cut(a, "="); ok && !strings.HasPrefix(a, "-") {
					r.set(key, value, line)
				}
			}
		}
	case "sh", "bash", "ash", "dash", "ksh", "zsh", "su":
		r.inner(shellscript.Argument(cmd.args), line)
	case "eval":
		r.inner(strings.Join(cmd.args, " "), line)
	}
	return cmd.name
}

// substitutions reads the commands in $(…), `…` and <(…) below a node.
func (r *reader) substitutions(n syntax.Node, c around) {
	shellscript.Substitutions(n, func(list []*syntax.Stmt) { r.stmts(list, c) })
}

// word is a word as the command gets it, as far as that can be known.
func (r *reader) word(w *syntax.Word) string {
	var b strings.Builder
	r.parts(&b, w.Parts, false)
	return b.String()
}

func (r *reader) parts(b *strings.Builder, parts []syntax.WordPart, quoted bool) {
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.Lit:
			b.WriteString(literal(p.Value, quoted))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			r.parts(b, p.Parts, true)
		case *syntax.ParamExp:
			if named(p) && p.Exp == nil {
				if value, ok := r.value(p.Param.Value); ok {
					b.WriteString(value)
					continue
				}
			}
			b.WriteString(r.source(p))
		default:
			b.WriteString(r.source(p))
		}
		if b.Len() > 64<<10 {
			return
		}
	}
}

func (r *reader) value(name string) (string, bool) {
	if s, ok := r.vars[name]; ok {
		return s, true
	}
	s, ok := r.stage.vars[name]
	return s, ok
}

// source is a node as written.
func (r *reader) source(n syntax.Node) string {
	from, to := int(n.Pos().Offset()), int(n.End().Offset())
	if from > to || to > len(r.src) {
		return "$"
	}
	return r.src[from:to]
}

// literal takes escapes away.
func literal(s string, quoted bool) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (!quoted || strings.IndexByte("\"\\$`\n", s[i+1]) >= 0) {
			if i++; s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
