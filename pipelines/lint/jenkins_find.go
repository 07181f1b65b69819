package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/lint"
)

// chosen are variables whose values come from whoever names a branch or a change.
var chosen = []string{"BRANCH_NAME", "CHANGE_TITLE", "CHANGE_BRANCH", "CHANGE_AUTHOR_DISPLAY_NAME", "GIT_BRANCH", "gitlabSourceBranch", "gitlabMergeRequestTitle"}

// closures are methods of Groovy that take one.
var closures = []string{"each", "eachWithIndex", "reverseEach", "collect", "collectEntries", "find", "findAll", "inject", "any", "every", "times", "upto", "downto", "eachLine", "sort", "forEach"}

func (g *groovyFile) iterating() []lint.Finding {
	var out []lint.Finding
	for i, t := range g.tokens {
		switch {
		case t.is("for") && g.at(i+1).is("("):
			head := g.closes(i + 1)
			over := false
			for j := i + 2; j < head; j++ {
				over = over || g.at(j).is("in") || g.at(j).is(":")
				if g.at(j).is(";") {
					over = false
					break
				}
			}
			if body := head + 1; over && g.at(body).is("{") && g.runs(body+1, g.closes(body)) && !g.nonCPS(i) {
				out = append(out, lint.Found(t.line, "for", "the iterator of this loop is alive across a step", "此循环的迭代器跨越了步骤"))
			}
		case t.kind == word && slices.Contains(closures, t.text) && g.at(i-1).is("."):
			body := i + 1
			switch {
			case g.at(body).is("(") && g.at(body+1).is("{"):
				body++
			case g.at(body).is("("):
				body = g.closes(body) + 1
			}
			if g.at(body).is("{") && g.runs(body+1, g.closes(body)) && !g.nonCPS(i) {
				out = append(out, lint.Found(t.line, t.text, "a step runs in the closure of %s", "%s 的闭包中调用了步骤", t.text))
			}
		}
	}
	return out
}

// runs reports whether a step is called in a block itself, and not only in a closure
// that the block stores for later, as those of parallel are.
func (g *groovyFile) runs(from, to int) bool {
	for i := from; i < to && i < len(g.tokens); i++ {
		if g.at(i).is("{") && (g.at(i-1).is("=") || g.at(i-1).is(":") || g.at(i-1).is(",") || g.at(i-1).is("return")) {
			i = g.closes(i)
		} else if g.step(i) && !g.at(i).is("script") {
			return true
		}
	}
	return false
}

func (g *groovyFile) unsaved() []lint.Finding {
	var out []lint.Finding
	for i, t := range g.tokens {
		if !t.is("=") || t.kind != punct || g.at(i-1).kind != word || g.nonCPS(i) {
			continue
		}
		what, last := "", token{}
		stop := i + 1
		for ; stop < len(g.tokens); stop++ {
			switch u := g.at(stop); {
			case u.kind == end, u.is(";"), u.is("}"):
			case u.is("{"):
				stop = g.closes(stop)
				continue
			default:
				switch {
				case u.is("=~"):
					what = "Matcher"
				case u.is("JsonSlurper") && g.at(stop-1).is("new"):
					what = "JsonSlurper"
				case u.is("iterator") || u.is("entrySet"):
					what = u.text
				}
				last = u
				continue
			}
			break
		}
		if what == "" || g.taken(what, last, stop) {
			continue
		}
		name, block := g.at(i-1).text, len(g.tokens)
		if b := g.around[i]; b >= 0 {
			block = g.closes(b)
		}
		for j := stop; j < min(block, stop+maxStatement); j++ {
			if g.at(j).is(name) && g.at(j+1).is("=") && g.at(j+2).is("null") {
				break
			}
			if g.step(j) {
				out = append(out, lint.Found(t.line, name, "%[1]s holds a %[2]s when the step of line %[3]d runs", "执行第 %[3]d 行的步骤时，%[1]s 仍持有 %[2]s", name, what, g.at(j).line))
				break
			}
		}
	}
	return out
}

// maxStatement is how many tokens behind a variable a step is looked for.
const maxStatement = 2000

// taken reports whether a statement keeps something simple of what cannot be saved: an
// element, a field, or what a method of it gives.
func (g *groovyFile) taken(what string, last token, stop int) bool {
	if last.is("]") {
		return true
	}
	i := stop - 1
	if !g.at(i).is(")") || g.partner[i] < 1 {
		return what == "JsonSlurper" && last.kind == word && g.at(i-1).is(".")
	}
	i = g.partner[i] - 1
	method := g.at(i).kind == word && g.at(i-1).is(".")
	return method && (what == "Matcher" || what != "JsonSlurper" && g.at(i).text != what)
}

var reads = []string{"text", "getText", "openConnection", "openStream", "withReader", "withInputStream", "readLines", "bytes", "eachLine", "newReader"}

func (g *groovyFile) onController() []lint.Finding {
	var out []lint.Finding
	for i, t := range g.tokens {
		switch {
		case t.is("new"):
			name := g.at(i + 1).text
			at := i + 1
			for g.at(at + 1).is(".") {
				at += 2
				name = g.at(at).text
			}
			if !g.at(at + 1).is("(") {
				continue
			}
			after := g.closes(at+1) + 1
			then := ""
			if g.at(after).is(".") {
				then = g.at(after + 1).text
			}
			switch {
			case name == "ProcessBuilder", name == "FileReader", name == "FileWriter", name == "FileInputStream", name == "FileOutputStream":
			case name == "File" && !slices.Contains([]string{"name", "getName", "parent", "getParent", "path", "getPath"}, then):
			case name == "URL" && slices.Contains(reads, then):
			default:
				continue
			}
			out = append(out, lint.Found(t.line, name, "new %s acts on the controller", "new %s 作用于控制器", name))
		case t.is("execute") && g.at(i-1).is(".") && g.at(i+1).is("(") && g.closes(i+1) == i+2 && (g.at(i-2).kind == text || g.at(i-2).is("]")):
			out = append(out, lint.Found(t.line, "execute", "execute() runs a command on the controller", "execute() 在控制器上执行命令"))
		}
	}
	return out
}

func (g *groovyFile) captured() []lint.Finding {
	var out []lint.Finding
	for i, t := range g.tokens {
		if !t.is("for") || !g.at(i+1).is("(") {
			continue
		}
		head := g.closes(i + 1)
		name, counts := "", false
		for j := i + 2; j < head; j++ {
			if g.at(j).is("=") && g.at(j).kind == punct && name == "" {
				name = g.at(j - 1).text
			}
			counts = counts || g.at(j).is(";")
		}
		if body := head + 1; name != "" && counts && g.at(body).is("{") {
			for j := body + 1; j < g.closes(body); j++ {
				if g.at(j).is("{") && (g.at(j-1).is("=") || g.at(j-1).is(",") || g.at(j-1).is(":")) {
					if line := g.mentions(j+1, g.closes(j), name); line > 0 {
						out = append(out, lint.Found(line, name, "%s has its last value when this closure runs", "此闭包执行时，%s 已是最后一个值", name))
					}
					j = g.closes(j)
				}
			}
		}
	}
	return out
}

// mentions is the line of a name between two tokens, in strings as well; 0 = none.
func (g *groovyFile) mentions(from, to int, name string) int {
	for i := from; i < to; i++ {
		t := g.at(i)
		if t.kind == word && t.text == name && !g.at(i-1).is(".") {
			if g.at(i-1).kind == word || g.at(i+1).is("->") { // its own variable of that name
				return 0
			}
			return t.line
		}
		for _, e := range t.exprs {
			if slices.ContainsFunc(namesIn(e.text), func(n [2]string) bool { return n[1] == name && n[0] == "" }) {
				return e.line
			}
		}
	}
	return 0
}

// interpolated finds names that Groovy puts into scripts; scope is params, env or "".
func (g *groovyFile) interpolated(is func(name, scope string) bool, en, zh string) []lint.Finding {
	var out []lint.Finding
	for _, c := range g.calls {
		for _, e := range c.exprs {
			for _, n := range namesIn(e.text) {
				if is(n[1], n[0]) {
					out = append(out, lint.Found(e.line, n[1], en, zh, n[1]))
				}
			}
		}
	}
	return out
}

var nameInExpr = lazyre.New(`(?:\b(params|env)\??[.\[]\s*['"]?)?([A-Za-z_]\w*)`)

// namesIn are the variables in an expression, with params or env before them; what
// stands behind another dot, or in quotes, is none.
func namesIn(expr string) [][2]string {
	var out [][2]string
	for _, m := range nameInExpr.Re().FindAllStringSubmatchIndex(expr, 200) {
		scope := ""
		if m[2] >= 0 {
			scope = expr[m[2]:m[3]]
		}
		if before := strings.TrimRight(expr[:m[0]], "?"); strings.HasSuffix(before, ".") || scope == "" && (strings.HasSuffix(before, "'") || strings.HasSuffix(before, `"`)) {
			continue
		}
		out = append(out, [2]string{scope, expr[m[4]:m[5]]})
	}
	return out
}
