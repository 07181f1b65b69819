package lint

import (
	"path"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/shellscript"
	"mvdan.cc/sh/v3/syntax"
)

// command is one simple command of a script.
type command struct {
	name   string   // without folder and without sudo, env and their like
	args   []string // quotes removed; variables as they are written
	line   int
	job    *job
	piped  []string // the commands that its output goes to
	inside string   // the command as whose argument it stands in $(…) or <(…)
	excuse bool     // something follows behind ||, or its failure is kept from ending the job
}

// has reports whether one of the arguments is a word of the list.
func (c command) has(words ...string) bool {
	return slices.ContainsFunc(c.args, func(a string) bool { return slices.Contains(words, a) })
}

const (
	maxShells = 3   // sh -c in sh -c
	maxDepth  = 200 // brackets open at the same time in Groovy
)

// reader collects the commands of one script.
type reader struct {
	script
	commands []command
	settings []setting
	depth    int
	src      string
	failing  bool // set +e
}

// readScript reads what a script runs and sets. What does not parse as a shell script
// has nothing.
func readScript(s script) ([]command, []setting) {
	r := &reader{script: s, src: s.text}
	r.read()
	return r.commands, r.settings
}

func (r *reader) read() {
	if f := shellscript.Parse(r.src); f != nil {
		r.stmts(f.Stmts, command{})
	}
}

func (r *reader) at(n syntax.Node) int {
	i := int(n.Pos().Line()) - 1
	if i < 0 || i >= len(r.lines) {
		i = 0
	}
	return r.lines[i]
}

func (r *reader) stmts(list []*syntax.Stmt, around command) {
	for _, s := range list {
		r.stmt(s, around)
	}
}

// stmt reads a statement; around has what surrounds it.
func (r *reader) stmt(s *syntax.Stmt, around command) {
	if s == nil {
		return
	}
	for _, rd := range s.Redirs {
		if rd.Word != nil {
			r.substitutions(rd.Word, around)
		}
	}
	switch cmd := s.Cmd.(type) {
	case *syntax.CallExpr:
		r.simple(cmd, around)
	case *syntax.DeclClause:
		for _, a := range cmd.Args {
			r.assign(a, around, cmd.Variant != nil && cmd.Variant.Value == "export")
		}
	case *syntax.BinaryCmd:
		left := around
		switch cmd.Op {
		case syntax.OrStmt:
			left.excuse = true
		case syntax.Pipe, syntax.PipeAll:
			left.piped = slices.Concat(r.names(cmd.Y), around.piped[:min(len(around.piped), 8)])
		}
		r.stmt(cmd.X, left)
		r.stmt(cmd.Y, around)
	case *syntax.IfClause:
		for branch := cmd; branch != nil; branch = branch.Else {
			cond := around
			cond.excuse = true
			r.stmts(branch.Cond, cond)
			r.stmts(branch.Then, around)
		}
	case *syntax.CaseClause:
		for _, item := range cmd.Items {
			r.stmts(item.Stmts, around)
		}
	case *syntax.WhileClause:
		r.stmts(cmd.Cond, around)
		r.stmts(cmd.Do, around)
	case *syntax.ForClause:
		r.stmts(cmd.Do, around)
	case *syntax.Block:
		r.stmts(cmd.Stmts, around)
	case *syntax.Subshell:
		r.stmts(cmd.Stmts, around)
	case *syntax.FuncDecl:
		r.stmt(cmd.Body, around)
	case *syntax.TimeClause:
		r.stmt(cmd.Stmt, around)
	}
}

// names are the commands of a pipeline's right side.
func (r *reader) names(s *syntax.Stmt) []string {
	if s == nil {
		return nil
	}
	switch cmd := s.Cmd.(type) {
	case *syntax.CallExpr:
		var words []string
		for _, w := range cmd.Args {
			words = append(words, r.word(w))
		}
		if words = unwrap(words); len(words) > 0 && !ownScript(words) {
			return []string{path.Base(words[0])}
		}
	case *syntax.BinaryCmd:
		if cmd.Op == syntax.Pipe || cmd.Op == syntax.PipeAll {
			return r.names(cmd.X)
		}
	}
	return nil
}

// ownScript reports whether an interpreter brings its script along and reads data:
// python3 -m json.tool, perl -ne …, bash script.sh.
func ownScript(words []string) bool {
	flags := map[string]string{"python": "cm", "python3": "cm", "perl": "enp", "ruby": "enp", "node": "ep"}[path.Base(words[0])]
	if flags == "" {
		flags = "c"
	}
	for _, a := range words[1:] {
		switch {
		case a == "-", a == "-s", a == "--", strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.HasSuffix(a, "s"):
			return false
		case !strings.HasPrefix(a, "-"):
			return true
		case !strings.HasPrefix(a, "--") && strings.ContainsAny(a, flags):
			return true
		}
	}
	return false
}

func (r *reader) simple(cmd *syntax.CallExpr, around command) {
	for _, a := range cmd.Assigns {
		r.assign(a, around, true)
	}
	if len(cmd.Args) == 0 {
		return
	}
	words := make([]string, len(cmd.Args))
	for i, w := range cmd.Args {
		words[i] = r.word(w)
	}
	line := r.at(cmd.Args[0])
	for _, w := range words { // env K=V go build
		if key, value, ok := strings.Cut(w, "="); ok && words[0] == "env" && !strings.HasPrefix(key, "-") {
			r.settings = append(r.settings, setting{key: key, value: value, line: line, job: r.job, script: true})
		}
	}
	words = unwrap(words)
	c := around
	c.name, c.args, c.line, c.job = path.Base(words[0]), words[1:], line, r.job
	c.excuse = c.excuse || r.failing
	r.commands = append(r.commands, c)
	switch {
	case c.name == "set" && (c.has("+e") || c.has("+xe") || c.has("+ex")):
		r.failing = true
	case c.name == "set" && slices.ContainsFunc(c.args, func(a string) bool { return strings.HasPrefix(a, "-") && strings.Contains(a, "e") }):
		r.failing = false
	case c.name == "go" && c.has("env") && c.has("-w"):
		for _, a := range c.args {
			if key, value, ok := strings.Cut(a, "="); ok && !strings.HasPrefix(a, "-") {
				r.settings = append(r.settings, setting{key: key, value: value, line: line, job: r.job, script: true})
			}
		}
	case c.name == "eval":
		r.inner(strings.Join(c.args, " "), line)
	case slices.Contains(shells, c.name):
		r.inner(shellscript.Argument(c.args), line)
	}
	for _, w := range cmd.Args {
		r.substitutions(w, command{inside: c.name, excuse: c.excuse})
	}
}

// inner reads a script that stands in a word of this one.
func (r *reader) inner(src string, line int) {
	if r.depth >= maxShells || strings.TrimSpace(src) == "" {
		return
	}
	sub := &reader{script: script{lines: []int{line}, job: r.job}, depth: r.depth + 1, src: src}
	sub.read()
	r.commands = append(r.commands, sub.commands...)
	r.settings = append(r.settings, sub.settings...)
}

func (r *reader) assign(a *syntax.Assign, around command, exported bool) {
	if a.Name == nil || a.Naked || a.Value == nil {
		return
	}
	// What is not exported may be, elsewhere; for Go's own names that is what is meant.
	if exported || strings.HasPrefix(a.Name.Value, "GO") {
		r.settings = append(r.settings, setting{key: a.Name.Value, value: r.word(a.Value), line: r.at(a), job: r.job, script: true})
	}
	around.inside = "="
	r.substitutions(a.Value, around)
}

// wrappers run the command that is behind them.
var wrappers = []string{"sudo", "doas", "exec", "env", "time", "nice", "nohup", "command", "timeout", "ionice", "retry"}

// unwrap takes wrappers away, with their flags, settings and durations.
func unwrap(words []string) []string {
	for len(words) > 1 && slices.Contains(wrappers, path.Base(words[0])) && words[1] != "-v" && words[1] != "-V" {
		words = words[1:]
		for len(words) > 1 && (strings.HasPrefix(words[0], "-") || strings.Contains(words[0], "=") || strings.Trim(words[0], "0123456789smh") == "") {
			words = words[1:]
		}
	}
	return words
}

// substitutions reads the commands in $(…), `…` and <(…) below a node.
func (r *reader) substitutions(n syntax.Node, around command) {
	shellscript.Substitutions(n, func(list []*syntax.Stmt) { r.stmts(list, around) })
}

// word is a word without its quotes; what is expanded stays as it is written.
func (r *reader) word(w *syntax.Word) string {
	var b strings.Builder
	r.parts(&b, w.Parts)
	return b.String()
}

func (r *reader) parts(b *strings.Builder, parts []syntax.WordPart) {
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.Lit:
			b.WriteString(strings.ReplaceAll(p.Value, "\\\n", ""))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			r.parts(b, p.Parts)
		default:
			if from, to := int(p.Pos().Offset()), int(p.End().Offset()); from <= to && to <= len(r.src) {
				b.WriteString(r.src[from:to])
			}
		}
	}
}
