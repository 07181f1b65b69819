package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func jenkinsRules() []Rule {
	all := []Rule{{
		Code: "PPL060", Severity: Note, Since: "0.6.0",
		Title:  msg.Text{EN: "A loop over an iterator, or a closure method, calls a step", ZH: "迭代器循环或闭包方法中调用了步骤"},
		Why:    msg.Text{EN: "Jenkins saves a pipeline's variables at every step, and an iterator is alive in between. Jenkins has stand-ins for lists; maps, streams and older installations end in NotSerializableException, and collect { } around a step can lose what follows it.", ZH: "Jenkins 在每个步骤处保存流水线的变量，而迭代器此时仍在使用。Jenkins 对列表有替代实现；映射、流和较旧的版本会报 NotSerializableException，collect { } 中包含步骤时还可能丢失其后的内容。"},
		Fix:    msg.Text{EN: "for (int i = 0; i < list.size(); i++) works everywhere.", ZH: "for (int i = 0; i < list.size(); i++) 在任何版本都可用。"},
		Before: "node {\n  for (t in targets) {\n    sh 'make'\n  }\n}",
		After:  "node {\n  for (int i = 0; i < targets.size(); i++) {\n    sh 'make'\n  }\n}",
		find:   func(v *view) []Finding { return v.groovy.iterating() },
	}, {
		Code: "PPL061", Severity: Warning, Since: "0.6.0",
		Title:  msg.Text{EN: "A variable that Jenkins cannot save is alive across a step", ZH: "Jenkins 无法保存的变量跨越了步骤"},
		Why:    msg.Text{EN: "A Matcher of =~, what JsonSlurper gives, and map entries cannot be written down: the next step ends in java.io.NotSerializableException.", ZH: "=~ 得到的 Matcher、JsonSlurper 的结果、映射的 Entry 都无法保存：下一个步骤会报 java.io.NotSerializableException。"},
		Fix:    msg.Text{EN: "Take out the text at once, (s =~ /x(.*)/)[0][1], or do it in a @NonCPS method; use readJSON, or JsonSlurperClassic.", ZH: "立即取出文本：(s =~ /x(.*)/)[0][1]，或放到 @NonCPS 方法中；改用 readJSON 或 JsonSlurperClassic。"},
		Before: "node {\n  def m = version =~ /v(.*)/\n  sh 'make'\n  echo m[0][1]\n}",
		After:  "node {\n  def v = (version =~ /v(.*)/)[0][1]\n  sh 'make'\n  echo v\n}",
		find:   func(v *view) []Finding { return v.groovy.unsaved() },
	}, {
		Code: "PPL062", Severity: Warning, Since: "0.6.0",
		Title:  msg.Text{EN: "Groovy acts on the controller, not on the machine of the job", ZH: "Groovy 代码作用于控制器，而不是作业所在的机器"},
		Why:    msg.Text{EN: "new File, a URL that is read, and 'cmd'.execute() run where Jenkins runs. The workspace is elsewhere, and whoever may change the Jenkinsfile has the controller.", ZH: "new File、读取 URL、'cmd'.execute() 都在 Jenkins 控制器上执行。工作区并不在那里，而能改 Jenkinsfile 的人就能控制整个控制器。"},
		Fix:    msg.Text{EN: "Use steps: readFile, writeFile, fileExists, sh.", ZH: "改用步骤：readFile、writeFile、fileExists、sh。"},
		Before: "node {\n  def v = new File('VERSION').text\n  sh 'make'\n}",
		After:  "node {\n  def v = readFile('VERSION')\n  sh 'make'\n}",
		find:   func(v *view) []Finding { return v.groovy.onController() },
	}, {
		Code: "PPL063", Severity: Error, Since: "0.6.0",
		Title:  msg.Text{EN: "A branch uses the loop's own counter", ZH: "分支中使用了循环计数器本身"},
		Why:    msg.Text{EN: "The closure runs after the loop has ended; then the counter has its last value in every branch.", ZH: "闭包在循环结束之后才执行，此时每个分支看到的都是计数器的最后一个值。"},
		Fix:    msg.Text{EN: "Copy the element into a variable inside of the loop, before the closure.", ZH: "在循环内、闭包之前，把元素复制到局部变量。"},
		Before: "def branches = [:]\nfor (int i = 0; i < targets.size(); i++) {\n  branches[targets[i]] = { node { sh \"make ${targets[i]}\" } }\n}\nparallel branches",
		After:  "def branches = [:]\nfor (int i = 0; i < targets.size(); i++) {\n  String target = targets[i]\n  branches[target] = { node { sh \"make ${target}\" } }\n}\nparallel branches",
		find:   func(v *view) []Finding { return v.groovy.captured() },
	}, {
		Code: "PPL064", Severity: Error, Since: "0.6.0",
		Title:  msg.Text{EN: "Groovy writes a secret into a script", ZH: "Groovy 把机密写进了脚本"},
		Why:    msg.Text{EN: "In a double-quoted string Groovy replaces ${TOKEN} before the shell sees it: the secret is in the process list and, where a shell prints its commands in another form than the masked one, in the log.", ZH: "在双引号字符串中，Groovy 会先于 shell 替换 ${TOKEN}：机密会出现在进程列表中；shell 回显命令的形式与被屏蔽的形式不同时，还会出现在日志里。"},
		Fix:    msg.Text{EN: "Single quotes: sh 'curl -H \"Authorization: $TOKEN\" …'. The variable is in the environment.", ZH: "改用单引号：sh 'curl -H \"Authorization: $TOKEN\" …'。该变量已在环境中。"},
		Before: "node {\n  withCredentials([string(credentialsId: 'x', variable: 'TOKEN')]) {\n    sh \"deploy --token ${TOKEN}\"\n  }\n}",
		After:  "node {\n  withCredentials([string(credentialsId: 'x', variable: 'TOKEN')]) {\n    sh 'deploy --token \"$TOKEN\"'\n  }\n}",
		find: func(v *view) []Finding {
			return v.groovy.interpolated(func(name, scope string) bool {
				return v.groovy.binding[name] && scope != "params" || scope == "params" && v.groovy.hidden[name] ||
					scope != "params" && secretWord.Re().MatchString(name) && name == strings.ToUpper(name) && !slices.Contains([]string{"PWD", "OLDPWD"}, name)
			}, "Groovy writes %s into the script", "Groovy 会把 %s 写进脚本")
		},
	}, {
		Code: "PPL065", Severity: Warning, Since: "0.6.0",
		Title:  msg.Text{EN: "What a user chooses becomes part of a script", ZH: "用户填写的内容成为脚本的一部分"},
		Why:    msg.Text{EN: "Groovy puts the text into the script unquoted: a parameter, a branch name or the title of a change with ; or $(…) in it is a command, with the job's credentials.", ZH: "Groovy 把文本不加引号地放进脚本：参数、分支名或合并请求标题中只要含有 ; 或 $(…)，就会作为命令、带着作业的凭据执行。"},
		Fix:    msg.Text{EN: "Parameters and branch names are in the environment: sh 'git checkout \"$BRANCH\"'.", ZH: "参数与分支名都在环境变量中：sh 'git checkout \"$BRANCH\"'。"},
		Before: "node {\n  sh \"git checkout ${params.BRANCH}\"\n}",
		After:  "node {\n  sh 'git checkout \"$BRANCH\"'\n}",
		find: func(v *view) []Finding {
			return v.groovy.interpolated(func(name, scope string) bool {
				return scope == "params" && !v.groovy.choices[name] && !v.groovy.hidden[name] || slices.Contains(chosen, name) && scope != "params"
			}, "%s is put into the script unquoted", "%s 不加引号地放进了脚本")
		},
	}}
	for i := range all {
		find := all[i].find
		all[i].find = func(v *view) []Finding {
			if v.groovy == nil {
				return nil
			}
			return find(v)
		}
	}
	return all
}

// chosen are variables whose values come from whoever names a branch or a change.
var chosen = []string{"BRANCH_NAME", "CHANGE_TITLE", "CHANGE_BRANCH", "CHANGE_AUTHOR_DISPLAY_NAME", "GIT_BRANCH", "gitlabSourceBranch", "gitlabMergeRequestTitle"}

// closures are methods of Groovy that take one.
var closures = []string{"each", "eachWithIndex", "reverseEach", "collect", "collectEntries", "find", "findAll", "inject", "any", "every", "times", "upto", "downto", "eachLine", "sort", "forEach"}

func (g *groovyFile) iterating() []Finding {
	var out []Finding
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
				out = append(out, found(t.line, "for", "the iterator of this loop is alive across a step", "此循环的迭代器跨越了步骤"))
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
				out = append(out, found(t.line, t.text, "a step runs in the closure of %s", "%s 的闭包中调用了步骤", t.text))
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

func (g *groovyFile) unsaved() []Finding {
	var out []Finding
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
				out = append(out, found(t.line, name, "%[1]s holds a %[2]s when the step of line %[3]d runs", "执行第 %[3]d 行的步骤时，%[1]s 仍持有 %[2]s", name, what, g.at(j).line))
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

func (g *groovyFile) onController() []Finding {
	var out []Finding
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
			out = append(out, found(t.line, name, "new %s acts on the controller", "new %s 作用于控制器", name))
		case t.is("execute") && g.at(i-1).is(".") && g.at(i+1).is("(") && g.closes(i+1) == i+2 && (g.at(i-2).kind == text || g.at(i-2).is("]")):
			out = append(out, found(t.line, "execute", "execute() runs a command on the controller", "execute() 在控制器上执行命令"))
		}
	}
	return out
}

func (g *groovyFile) captured() []Finding {
	var out []Finding
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
						out = append(out, found(line, name, "%s has its last value when this closure runs", "此闭包执行时，%s 已是最后一个值", name))
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
func (g *groovyFile) interpolated(is func(name, scope string) bool, en, zh string) []Finding {
	var out []Finding
	for _, c := range g.calls {
		for _, e := range c.exprs {
			for _, n := range namesIn(e.text) {
				if is(n[1], n[0]) {
					out = append(out, found(e.line, n[1], en, zh, n[1]))
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
