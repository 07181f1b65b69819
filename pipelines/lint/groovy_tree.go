package lint

import (
	"slices"

	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// groovyFile is a Jenkinsfile or a step of a shared library, as tokens with the
// brackets matched.
type groovyFile struct {
	tokens   []token
	comments []lint.Comment
	partner  []int // of a bracket the one that matches; of others -1
	around   []int // the opening brace that a token stands in; -1 = none
	calls    []scriptCall
	binding  map[string]bool // variables that hold secrets
	choices  map[string]bool // parameters whose values are given by the file
	hidden   map[string]bool // parameters that are passwords
}

// scriptSteps run a script on the machine.
var scriptSteps = map[string]bool{"sh": true, "bat": true, "powershell": true, "pwsh": true}

// stepNames are steps of Jenkins and its usual plug-ins, and ours.
var stepNames = []string{"sh", "bat", "powershell", "pwsh", "echo", "stage", "node", "checkout", "git", "stash", "unstash", "archiveArtifacts", "junit", "dir", "withEnv",
	"withCredentials", "lock", "input", "build", "parallel", "retry", "timeout", "sleep", "error", "deleteDir", "readFile", "writeFile", "fileExists", "cleanWs", "sshagent",
	"readJSON", "readYaml", "publishHTML", "emailext", "mail", "catchError", "waitUntil", "ws", "tool", "isUnix", "script", "goRelease", "goEnvCheck"}

func readGroovy(name, src string) (*groovyFile, error) {
	tokens, comments, err := scanGroovy(name, src)
	if err != nil {
		return nil, err
	}
	g := &groovyFile{tokens: tokens, comments: comments, partner: make([]int, len(tokens)), around: make([]int, len(tokens)),
		binding: map[string]bool{}, choices: map[string]bool{}, hidden: map[string]bool{}}
	var open, braces []int
	brace := -1
	for i, t := range tokens {
		g.partner[i], g.around[i] = -1, brace
		if t.kind != punct {
			continue
		}
		switch t.text {
		case "(", "[", "{":
			if open = append(open, i); len(open) > maxDepth {
				return nil, msg.Errorf("%s:%d: nested more than %d levels deep", "%s:%d：嵌套超过 %d 层", name, t.line, maxDepth).WithKind(msg.Usage)
			}
			if t.text == "{" {
				braces = append(braces, brace)
				brace = i
			}
		case ")", "]", "}":
			if len(open) == 0 {
				continue
			}
			o := open[len(open)-1]
			if tokens[o].text != map[string]string{")": "(", "]": "[", "}": "{"}[t.text] {
				continue // Groovy will say so
			}
			open = open[:len(open)-1]
			g.partner[o], g.partner[i] = i, o
			if t.text == "}" {
				brace = braces[len(braces)-1]
				braces = braces[:len(braces)-1]
				g.around[i] = brace
			}
		}
	}
	g.names()
	g.calls = g.scriptCalls()
	return g, nil
}

// at is a token; one that is not there is the end of a line.
func (g *groovyFile) at(i int) token {
	if i < 0 || i >= len(g.tokens) {
		return token{kind: end, text: "\n"}
	}
	return g.tokens[i]
}

// closes is the bracket that closes the one at i, or the end of the file.
func (g *groovyFile) closes(i int) int {
	if p := g.partner[i]; p > i {
		return p
	}
	return len(g.tokens)
}

// label is the word that a brace belongs to: stage of stage('x') {, each of .each {.
func (g *groovyFile) label(brace int) string {
	i := brace - 1
	if g.at(i).is("->") || i < 0 {
		return ""
	}
	if g.at(i).is(")") && g.partner[i] >= 0 {
		i = g.partner[i] - 1
	} else if g.at(i).kind == text { // stage 'x' {, node 'x' {
		i--
	}
	if g.at(i).kind == word {
		return g.at(i).text
	}
	return ""
}

// inside reports whether a token stands in a block of one of the labels.
func (g *groovyFile) inside(i int, labels ...string) bool {
	for b := g.around[i]; b >= 0; b = g.around[b] {
		if slices.Contains(labels, g.label(b)) {
			return true
		}
	}
	return false
}

// nonCPS reports whether a token stands in a method that is @NonCPS.
func (g *groovyFile) nonCPS(i int) bool {
	for b := g.around[i]; b >= 0; b = g.around[b] {
		for j := b - 1; j >= 0 && j > b-40; j-- {
			if t := g.at(j); t.is("}") || t.is("{") || t.is(";") {
				break
			} else if t.is("NonCPS") {
				return true
			}
		}
	}
	return false
}

// step reports whether the token at i calls a step.
func (g *groovyFile) step(i int) bool {
	t := g.at(i)
	if t.kind != word || !slices.Contains(stepNames, t.text) {
		return false
	}
	if g.at(i-1).is(".") && !slices.Contains([]string{"steps", "script", "this", "jenkins"}, g.at(i-2).text) {
		return false
	}
	if p := g.at(i - 1); p.is("def") || p.is("void") || p.is("String") || g.at(i+1).is(":") || g.at(i+1).is("=") {
		return false
	}
	n := g.at(i + 1)
	return n.is("(") || n.is("{") || n.is("[") || n.kind == text || n.kind == word
}

// call is the range of a call's arguments: what is in its brackets, or goes on to the
// end of the statement.
func (g *groovyFile) call(i int) (from, to int) {
	if g.at(i + 1).is("(") {
		return i + 2, g.closes(i + 1)
	}
	for to = i + 1; to < len(g.tokens); to++ {
		t := g.tokens[to]
		switch {
		case t.is("(") || t.is("[") || t.is("{"):
			to = g.closes(to)
		case t.is(")") || t.is("]") || t.is("}") || t.is(";"):
			return i + 1, to
		case t.kind == end && !g.at(to-1).is(",") && !g.at(to-1).is(":") && !g.at(to-1).is("+"):
			return i + 1, to
		}
	}
	return i + 1, min(to, len(g.tokens))
}

// argument is a named or the first plain argument's range in those of a call.
type argument struct {
	name     string // "" = by its place
	line     int
	from, to int
}

// arguments cuts the arguments of a call at its commas. A closure behind them is not
// one of them.
func (g *groovyFile) arguments(from, to int) []argument {
	for g.at(from).kind == end && from < to {
		from++
	}
	if g.at(from).is("[") && g.closes(from) < to && !g.at(g.closes(from)+1).is(".") { // ([a: 1])
		from, to = from+1, g.closes(from)
	}
	var all []argument
	begin := from
	cut := func(at int) {
		for begin < at && g.at(begin).kind == end {
			begin++
		}
		if begin >= at {
			return
		}
		a := argument{line: g.at(begin).line, from: begin, to: at}
		if n := g.at(begin); (n.kind == word || n.kind == text) && g.at(begin+1).is(":") {
			a.name, a.from = n.text, begin+2
		}
		for a.from < at && g.at(a.from).kind == end {
			a.from++
		}
		all = append(all, a)
	}
	for i := from; i < to; i++ {
		switch t := g.at(i); {
		case t.is("(") || t.is("["):
			i = g.closes(i)
		case t.is("{"):
			cut(i)
			i = g.closes(i)
			begin = i + 1
		case t.is(","):
			cut(i)
			begin = i + 1
		}
	}
	cut(to)
	return all
}
