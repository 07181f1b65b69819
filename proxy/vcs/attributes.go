package vcs

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

const (
	maxAttributes     = 100 << 20 // git ignores larger files
	maxAttributesLine = 2048      // and longer lines
)

// attributes are the rules of the .gitattributes files from the root to one folder,
// in the order of reading: of what matches, the last counts.
//
// go-git has a reader of its own; it stops at the first line it does not know, lets
// earlier rules win and knows no "binary", so this one is here, and a test holds it to
// git check-attr.
type attributes []attrRule

// attrRule is one line.
type attrRule struct {
	at      string // folder of the file
	pattern string // "" for a macro
	macro   string
	set     []attr
}

// attr is an attribute and what it is set to.
type attr struct{ name, value string }

// Values of an attribute beside its text.
const (
	attrTrue  = "\x00true"
	attrFalse = "\x00false"
	attrUnset = "" // nothing is said, or "!name"
)

// with adds a .gitattributes file of a folder.
func (a attributes) with(at string, data []byte) attributes {
	a = slices.Clip(a) // folders beside this one go on from the same rules
	text := strings.TrimPrefix(string(data), "\ufeff")
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) >= maxAttributesLine {
			continue
		}
		if r, ok := parseAttrLine(strings.TrimSuffix(line, "\r"), at); ok {
			a = append(a, r)
		}
	}
	return a
}

const attrBlank = " \t\r\n"

func parseAttrLine(line, at string) (attrRule, bool) {
	line = strings.TrimLeft(line, attrBlank)
	if line == "" || line[0] == '#' {
		return attrRule{}, false
	}
	var name, rest string
	if quoted, err := strconv.QuotedPrefix(line); line[0] == '"' && err == nil {
		name, rest = unquoteC(quoted), line[len(quoted):]
	} else if i := strings.IndexAny(line, attrBlank); i >= 0 {
		name, rest = line[:i], line[i:]
	} else {
		name = line
	}
	r := attrRule{at: at, pattern: name}
	if macro, ok := strings.CutPrefix(name, "[attr]"); ok {
		r.pattern, r.macro = "", macro
		if macro == "" {
			r.macro, rest, _ = strings.Cut(strings.TrimLeft(rest, attrBlank), " ")
		}
		if at != "" || !attrName(r.macro) {
			return r, false // macros belong into the root's file
		}
	} else if strings.HasPrefix(name, "!") {
		return r, false // git forbids it
	}
	for _, word := range strings.FieldsFunc(rest, func(c rune) bool { return strings.ContainsRune(attrBlank, c) }) {
		var x attr
		switch n, v, ok := strings.Cut(word, "="); {
		case word[0] == '-':
			x = attr{word[1:], attrFalse}
		case word[0] == '!':
			x = attr{word[1:], attrUnset}
		case ok:
			x = attr{n, v}
		default:
			x = attr{word, attrTrue}
		}
		if !attrName(x.name) {
			return r, false
		}
		r.set = append(r.set, x)
	}
	return r, true
}

// unquoteC undoes C's quoting, which Go's is close to; what Go cannot read stays.
func unquoteC(s string) string {
	if t, err := strconv.Unquote(s); err == nil {
		return t
	}
	return s
}

func attrName(s string) bool {
	return s != "" && s[0] != '-' && strings.Trim(s, "-._0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// handling is what the attributes say about one file.
type handling struct{ text, crlf, eol, ident, filter, encoding string }

// attrBinary is the macro that git brings along.
var attrBinary = []attr{{"diff", attrFalse}, {"merge", attrFalse}, {"text", attrFalse}}

// of collects what the rules say about a file.
func (a attributes) of(name string) handling {
	found := map[string]string{}
	var assign func(set []attr, depth int)
	assign = func(set []attr, depth int) {
		for _, x := range slices.Backward(set) { // the last of a line counts, and the first to come here
			if _, ok := found[x.name]; ok {
				continue
			}
			found[x.name] = x.value
			if x.value == attrTrue && depth < 8 {
				assign(a.macro(x.name), depth+1)
			}
		}
	}
	for _, r := range slices.Backward(a) {
		if r.pattern != "" && r.matches(name) {
			assign(r.set, 0)
		}
	}
	return handling{found["text"], found["crlf"], found["eol"], found["ident"], found["filter"], found["working-tree-encoding"]}
}

func (a attributes) macro(name string) []attr {
	for _, r := range slices.Backward(a) {
		if r.macro == name {
			return r.set
		}
	}
	if name == "binary" {
		return attrBinary
	}
	return nil
}

// matches reports whether a rule is about a file. A pattern without a slash is about
// names in any folder below; one with a slash about paths from its own folder on.
func (r attrRule) matches(name string) bool {
	rel := name
	if r.at != "" {
		rel = strings.TrimPrefix(name, r.at+"/")
	}
	p := r.pattern
	if strings.HasSuffix(p, "/") {
		return false // folders have no content
	}
	if !strings.Contains(p, "/") {
		return wildmatch(p, path.Base(rel), false)
	}
	return wildmatch(strings.TrimPrefix(p, "/"), rel, true)
}
