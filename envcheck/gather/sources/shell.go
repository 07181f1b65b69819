package sources

import (
	"path"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// command is one simple command.
type command struct {
	words []word
	into  []string   // files that > and >> write
	docs  []*heredoc // what << feeds it
	end   string     // the operator behind it
	raw   string     // as written; with the rest of the line where it ends at | or &
}

// commands splits shell text.
func commands(src string, line int) []command {
	l := &lexer{src: src, line: line}
	var out []command
	var cur command
	start := -1
	flush := func(end string, at int) {
		if len(cur.words) > 0 {
			cur.end = end
			if cur.raw = src[start:at]; end == "|" || end == "&" || end == "|&" {
				rest, _, _ := strings.Cut(src[at:min(len(src), at+maxText)], "\n")
				cur.raw = src[start : at+len(rest)]
			}
			out = append(out, cur)
		}
		cur, start = command{}, -1
	}
	for {
		at := l.pos
		w, ok := l.next()
		if !ok {
			flush("", len(src))
			return out
		}
		if !w.op {
			if start < 0 {
				start = l.pos - len(w.raw)
			}
			cur.words = append(cur.words, w)
			continue
		}
		if !strings.ContainsAny(w.text, "<>") {
			flush(w.text, max(at, start))
			continue
		}
		// A redirection: the number before it goes, the word behind it is a file.
		if n := len(cur.words); n > 0 && at > 0 && strings.Trim(cur.words[n-1].raw, "012") == "" && strings.HasSuffix(src[:l.pos-len(w.text)], cur.words[n-1].raw) {
			cur.words = cur.words[:n-1]
		}
		target, ok := l.next()
		if !ok || target.op {
			continue
		}
		switch {
		case w.text == "<<" || w.text == "<<-":
			d := &heredoc{end: target.text, tabs: w.text == "<<-"}
			l.docs = append(l.docs, d)
			cur.docs = append(cur.docs, d)
		case strings.Contains(w.text, ">"):
			cur.into = append(cur.into, target.text)
		}
	}
}

// assign is the form of K=V, and of K+=V.
var assign = lazyre.New(`^([A-Za-z_][A-Za-z0-9_]*)\+?=`)

func assignment(w word) (key, value, raw string, ok bool) {
	m := assign.Re().FindStringSubmatch(w.raw) // the name must not be quoted
	if m == nil {
		return "", "", "", false
	}
	_, value, _ = strings.Cut(w.text, "=")
	_, raw, _ = strings.Cut(w.raw, "=")
	return m[1], value, raw, true
}

// before may stand in front of a command and change nothing about it.
var before = []string{"then", "do", "else", "elif", "if", "while", "until", "!", "{", "time", "exec", "command", "builtin", "nohup", "sudo", "doas", "begin", "and", "or", "@", "-"}

// shell reads sh, bash, zsh and fish; what differs between them is told apart by
// the words themselves.
func (p *parser) shell(src string, line int) {
	cmds := commands(src, line)
	exported := map[string]bool{}
	all := false
	for _, c := range cmds {
		args := texts(c.words)
		switch {
		case isExport(args):
			for _, a := range args[1:] {
				name, _, _ := strings.Cut(a, "=")
				exported[name] = true
			}
		case len(args) == 2 && args[0] == "set" && (args[1] == "-a" || args[1] == "-o allexport"), slices.Equal(args, []string{"set", "-o", "allexport"}):
			all = true
		}
	}
	for _, c := range cmds {
		p.says(c.raw, c.words[0].line)
		p.command(c, func(key string) bool { return all || exported[key] })
	}
}

func isExport(args []string) bool {
	if len(args) == 0 {
		return false
	}
	switch args[0] {
	case "export":
		return !slices.Contains(args, "-n") && !slices.Contains(args, "-f")
	case "declare", "typeset", "local":
		return slices.ContainsFunc(args[1:], func(a string) bool { return strings.HasPrefix(a, "-") && strings.Contains(a, "x") })
	}
	return false
}

func texts(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.text
	}
	return out
}

func (p *parser) command(c command, exported func(string) bool) {
	words := c.words
	for len(words) > 0 && slices.Contains(before, words[0].text) {
		words = words[1:]
		for len(words) > 0 && strings.HasPrefix(words[0].text, "-") {
			words = words[1:]
		}
	}
	piped := c.end == "|" || c.end == "&" || c.end == "|&"
	give := func(key, value, raw string, line int) {
		if piped || raw != value || strings.Contains(value, "$") {
			raw = c.raw
		}
		p.set(key, value, raw, line)
	}
	var plain []word
	for len(words) > 0 {
		if _, _, _, ok := assignment(words[0]); !ok {
			break
		}
		plain, words = append(plain, words[0]), words[1:]
	}
	for _, w := range plain {
		if key, value, raw, _ := assignment(w); len(words) > 0 || exported(key) {
			give(key, value, raw, w.line)
		}
	}
	if len(words) == 0 {
		return
	}
	args := texts(words)
	switch name := path.Base(args[0]); {
	case isExport(args):
		// A word that is no name was meant to belong to the value before it.
		stray := slices.ContainsFunc(words[1:], func(w word) bool {
			return strings.HasPrefix(w.text, "-") && !slices.Contains([]string{"-x", "-gx", "-g", "-p", "--"}, w.text)
		})
		for _, w := range words[1:] {
			if key, value, raw, ok := assignment(w); ok {
				if stray {
					raw = c.raw
				}
				give(key, value, raw, w.line)
			}
		}
	case name == "set":
		p.fishSet(words, give)
	case name == "setenv" && len(words) == 3:
		give(args[1], args[2], words[2].raw, words[1].line)
	case name == "launchctl" && len(words) == 4 && args[1] == "setenv":
		give(args[2], args[3], words[3].raw, words[2].line)
	case name == "env":
		for _, w := range words[1:] {
			if key, value, raw, ok := assignment(w); ok {
				give(key, value, raw, w.line)
			}
		}
	case isGo(name):
		for _, w := range goEnvW(words) {
			if key, value, raw, ok := pair(w); ok {
				give(key, value, raw, w.line)
			}
		}
	case slices.Contains([]string{"docker", "podman", "buildah", "nerdctl", "kaniko", "executor"}, name):
		p.containers(words, give)
	case slices.Contains([]string{"sh", "bash", "zsh", "dash", "ash", "fish", "su"}, name):
		if i := slices.IndexFunc(args, func(a string) bool { return strings.HasPrefix(a, "-") && strings.HasSuffix(a, "c") }); i > 0 && i+1 < len(words) {
			p.inner(words[i+1].text, words[i+1].line)
		}
		p.feed(c)
	case name == "echo" || name == "printf":
		if slices.ContainsFunc(c.into, startFile) || c.end == "|" && strings.Contains(c.raw, "tee ") && slices.ContainsFunc(strings.Fields(c.raw), startFile) {
			p.written(words[1:])
		}
	case name == "cat" || name == "tee":
		if slices.ContainsFunc(c.into, startFile) || slices.ContainsFunc(args, startFile) || c.end == "|" && slices.ContainsFunc(strings.Fields(c.raw), startFile) {
			p.feed(c)
		}
	}
}

// startFile reports whether a file that a script writes is one that shells read.
func startFile(name string) bool {
	base := path.Base(strings.Trim(name, `"'`))
	return slices.Contains([]string{".profile", ".bashrc", ".bash_profile", ".zshrc", ".zshenv", ".zprofile", "profile", "bashrc", "environment", "config.fish", ".env", ".envrc"}, base) ||
		strings.Contains(name, "/profile.d/")
}

// written reads what echo or printf writes into a start file.
func (p *parser) written(words []word) {
	var b strings.Builder
	for _, w := range words {
		if !strings.HasPrefix(w.text, "-") {
			b.WriteString(strings.ReplaceAll(w.text, `\n`, "\n") + " ")
		}
	}
	if b.Len() > 0 {
		p.inner(strings.TrimSuffix(b.String(), " "), words[0].line)
	}
}

// feed reads here documents.
func (p *parser) feed(c command) {
	for _, d := range c.docs {
		p.inner(d.body, d.line)
	}
}

// inner reads shell text inside shell text.
func (p *parser) inner(src string, line int) {
	if p.depth++; p.depth <= 3 {
		lines := p.file.Lines
		p.shell(src, line)
		p.file.Lines = lines // said already by the text around it
	}
	p.depth--
}
