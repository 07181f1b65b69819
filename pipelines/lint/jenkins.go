package lint

import (
	"slices"
	"strings"
)

// scriptCall is sh, bat, powershell or pwsh with what it runs.
type scriptCall struct {
	at       int // its token
	line     int
	scripts  []token // the strings that it is put together from
	exprs    []expr  // what is put into them by Groovy
	returned bool    // returnStatus: a failure does not end the job
}

// scriptCalls are the calls of script steps.
func (g *groovyFile) scriptCalls() []scriptCall {
	var all []scriptCall
	for i, t := range g.tokens {
		if t.kind != word || !scriptSteps[t.text] || !g.step(i) {
			continue
		}
		c := scriptCall{at: i, line: t.line}
		for _, a := range g.arguments(g.call(i)) {
			switch a.name {
			case "returnStatus":
				c.returned = g.at(a.from).is("true")
			case "", "script":
				for j := a.from; j < a.to; j++ {
					switch t := g.at(j); {
					case t.kind == text:
						c.scripts = append(c.scripts, t)
						c.exprs = append(c.exprs, t.exprs...)
					case t.is("?"): // what is asked is not put in
						c.exprs = slices.DeleteFunc(c.exprs, func(e expr) bool { return e.asked })
					case t.kind == word && !g.at(j-1).is(".") && !g.at(j-1).is("?."): // 'a' + params.B
						c.exprs = append(c.exprs, expr{g.path(j), t.line, true})
					}
				}
			}
		}
		all = append(all, c)
	}
	return all
}

// path is a name with what follows it behind dots.
func (g *groovyFile) path(i int) string {
	p := g.at(i).text
	for (g.at(i+1).is(".") || g.at(i+1).is("?.")) && g.at(i+2).kind == word {
		p += "." + g.at(i+2).text
		i += 2
	}
	return p
}

// names finds the names that mean something later: variables with secrets, and the
// parameters of the job.
func (g *groovyFile) names() {
	for i, t := range g.tokens {
		if t.kind != word {
			continue
		}
		switch t.text {
		case "variable", "passwordVariable", "passphraseVariable", "tokenVariable", "secretKeyVariable":
			if g.at(i+1).is(":") && g.at(i+2).kind == text && !g.pathBinding(i) {
				g.binding[g.at(i+2).text] = true
			}
		case "credentials": // NAME = credentials('id') gives NAME and NAME_PSW
			if name := g.at(i - 2); g.at(i-1).is("=") && g.at(i+1).is("(") && !pathName.Re().MatchString(name.text) {
				g.binding[name.text] = true
				g.binding[name.text+"_PSW"] = true
			}
		case "choice", "booleanParam", "password":
			from, to := g.call(i)
			for _, a := range g.arguments(from, to) {
				if a.name == "name" && g.at(a.from).kind == text {
					if t.text == "password" {
						g.hidden[g.at(a.from).text] = true
					} else {
						g.choices[g.at(a.from).text] = true
					}
				}
			}
		}
	}
}

// pathBinding reports whether a binding gives a path to a file, which is no secret.
func (g *groovyFile) pathBinding(i int) bool {
	for j := i; j >= 0 && j > i-20; j-- {
		if g.at(j).is("(") {
			return slices.Contains([]string{"file", "zip", "certificate", "dockerCert", "sshUserPrivateKey"}, g.at(j-1).text) && g.at(i).text == "variable"
		}
	}
	return false
}

// string is a token as a script.
func (t token) script() script { return script{text: t.text, lines: t.lines} }

func (g *groovyFile) collect(v *view) {
	for _, c := range g.calls {
		if g.tokens[c.at].text == "sh" {
			for _, s := range c.scripts {
				if len(c.scripts) == 1 || strings.ContainsAny(s.text, " \n") {
					v.run(s.script())
				}
			}
		}
	}
	ours := g.oursLoaded()
	for i, t := range g.tokens {
		if t.kind != word {
			continue
		}
		next := g.at(i + 1)
		switch {
		case next.is("=") && g.at(i+2).kind == text && (g.inside(i, "environment") || g.at(i-1).is(".") && g.at(i-2).is("env")):
			v.settings = append(v.settings, groovySetting(t.text, g.at(i+2), t.line))
		case t.is("withEnv"):
			from, to := g.call(i)
			for j := from; j < to; j++ {
				if key, value, ok := strings.Cut(g.at(j).text, "="); ok && g.at(j).kind == text {
					s := groovySetting(key, g.at(j), g.at(j).line)
					s.value = value
					v.settings = append(v.settings, s)
				}
			}
		case t.is("image"):
			ref := next
			if ref.is("(") {
				ref = g.at(i + 2)
			}
			if ref.kind == text && (g.inside(i, "docker") || g.at(i-1).is(".") && g.at(i-2).is("docker") && g.runsIn(i+1)) {
				v.images = append(v.images, image{ref.text, ref.line})
			}
		case t.is("docker") && next.kind == text && g.inside(i, "agent"):
			v.images = append(v.images, image{next.text, next.line})
		case (t.is("goRelease") || t.is("goEnvCheck")) && ours && !g.at(i-1).is(".") && !g.at(i-1).is("def") && !g.at(i-1).is("void") && !next.is("=") && !next.is(":"):
			v.uses = append(v.uses, g.use(i))
		}
	}
}

// runsIn reports whether an image is run, and not only pushed: docker.image('…').inside.
func (g *groovyFile) runsIn(open int) bool {
	after := g.closes(open) + 1
	return g.at(open).is("(") && g.at(after).is(".") && slices.Contains([]string{"inside", "withRun", "run"}, g.at(after+1).text)
}

// groovySetting is a variable with the value of a string; what Groovy puts in makes
// it unknown.
func groovySetting(key string, value token, line int) setting {
	return setting{key: key, value: value.text, line: line}
}

// oursLoaded reports whether goRelease can be ours: the library is named so, or no
// library is named and Jenkins loads one by itself.
func (g *groovyFile) oursLoaded() bool {
	named := false
	for i, t := range g.tokens {
		if t.kind == word && (t.is("Library") && g.at(i-1).is("@") || t.is("library")) {
			from, to := g.call(i)
			for j := from; j < to; j++ {
				if g.at(j).kind == text {
					if strings.Contains(g.at(j).text, "yingzao") {
						return true
					}
					named = true
				}
			}
		}
	}
	return !named
}

func (g *groovyFile) use(i int) use {
	u := use{name: g.tokens[i].text, line: g.tokens[i].line, known: ours("jenkins", g.tokens[i].text)}
	from, to := g.call(i)
	for _, a := range g.arguments(from, to) {
		if a.name == "" {
			continue // a variable with a map in it, or a closure
		}
		in := given{name: a.name, line: a.line}
		switch first := g.at(a.from); {
		case a.to-a.from == 1 && first.kind == text && len(first.exprs) == 0:
			in.kind, in.values = isText, []string{first.text}
		case a.to-a.from == 1 && (first.is("true") || first.is("false")):
			in.kind, in.values = isBool, []string{first.text}
		case a.to-a.from == 1 && first.kind == number:
			in.kind, in.values = isNumber, []string{first.text}
		case first.is("[") && g.closes(a.from) == a.to-1 && !g.at(a.from+2).is(":"):
			in.kind = isList
			for j := a.from + 1; j < a.to-1; j++ {
				if t := g.at(j); t.kind == text && len(t.exprs) == 0 {
					in.values = append(in.values, t.text)
				}
			}
		}
		u.inputs = append(u.inputs, in)
	}
	return u
}
