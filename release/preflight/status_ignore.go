package preflight

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/bmatcuk/doublestar/v4"
)

// globs are the patterns of one ignore file.
type globs struct{ list []glob }

// glob is one pattern of an ignore or attributes file.
type glob struct {
	pattern string // in doublestar's syntax
	base    string // folder it is relative to, "" = root
	name    bool   // matches the last element only
	folder  bool   // matches folders only
	negated bool   // takes back an earlier match
}

// matches reports whether path is ignored: the last pattern of the nearest file
// that says anything decides.
func matches(stack []*globs, path string, isDir bool) bool {
	for i := len(stack) - 1; i >= 0; i-- {
		list := stack[i].list
		for j := len(list) - 1; j >= 0; j-- {
			if list[j].match(path, isDir) {
				return !list[j].negated
			}
		}
	}
	return false
}

func (g glob) match(path string, isDir bool) bool {
	if g.folder && !isDir {
		return false
	}
	if g.base != "" {
		rest, ok := strings.CutPrefix(path, g.base+"/")
		if !ok {
			return false
		}
		path = rest
	}
	if g.name {
		path = path[strings.LastIndexByte(path, '/')+1:]
	}
	ok, err := doublestar.Match(g.pattern, widen(path))
	return ok && err == nil
}

// readIgnoreFile reads one file; a missing one has no patterns. Like git we do
// not follow a .gitignore that is a symbolic link, but do elsewhere.
func readIgnoreFile(file, base string, follow bool) (*globs, error) {
	if !follow {
		if fi, err := os.Lstat(file); err != nil || !fi.Mode().IsRegular() {
			return &globs{}, nil
		}
	}
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.EISDIR) {
		return &globs{}, nil
	}
	if err != nil {
		return nil, err
	}
	return &globs{parseIgnore(b, base)}, nil
}

func parseIgnore(b []byte, base string) []glob {
	var list []glob
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	for line := range strings.Lines(string(b)) {
		line = trimSpaces(strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"))
		if line == "" || line[0] == '#' {
			continue
		}
		rest, negated := strings.CutPrefix(line, "!")
		if g, ok := compileGlob(rest, base); ok {
			g.negated = negated
			list = append(list, g)
		}
	}
	return list
}

// trimSpaces cuts spaces at the end unless the first of them is quoted.
func trimSpaces(s string) string {
	cut := -1
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ' ':
			if cut < 0 {
				cut = i
			}
		case '\\':
			i++
			cut = -1
		default:
			cut = -1
		}
	}
	if cut >= 0 {
		return s[:cut]
	}
	return s
}

// compileGlob translates git's pattern syntax into doublestar's: no {a,b}
// alternatives, "x/**" is what lies below x but not x itself, character classes
// by name, "]" and "-" where git takes them literally.
func compileGlob(p, base string) (glob, bool) {
	g := glob{base: base}
	p, g.folder = strings.CutSuffix(p, "/")
	g.name = !strings.Contains(p, "/")
	p = strings.TrimPrefix(p, "/")
	if p == "" {
		return glob{}, false
	}
	if rest, ok := strings.CutSuffix(p, "/**"); ok {
		p = rest + "/**/*"
	}
	p = widen(p)
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		switch c := p[i]; c {
		case '{', '}':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\\':
			if i+1 == len(p) {
				return glob{}, false // git: matches nothing
			}
			b.WriteByte(c)
			i++
			b.WriteByte(p[i])
		case '[':
			end, class, ok := compileClass(p[i:])
			if !ok {
				return glob{}, false
			}
			b.WriteString(class)
			i += end - 1
		default:
			b.WriteByte(c)
		}
	}
	g.pattern = b.String()
	return g, doublestar.ValidatePattern(g.pattern)
}

// widen makes each byte a character, since git's "?" and classes match bytes.
func widen(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			r := make([]rune, len(s))
			for j := range len(s) {
				r[j] = rune(s[j])
			}
			return string(r)
		}
	}
	return s
}

var namedClasses = map[string]string{
	"alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "xdigit": "0-9a-fA-F",
	"space": " \t\n\v\f\r", "blank": " \t", "punct": `!-.:-@\[-` + "`" + `{-~`,
	"cntrl": "\x01-\x1f\x7f", "graph": "!-.0-~", "print": " -.0-~",
}

// compileClass translates the class that p begins with; end is its length in p.
func compileClass(p string) (end int, class string, ok bool) {
	var b strings.Builder
	b.WriteByte('[')
	i := 1
	if i < len(p) && (p[i] == '!' || p[i] == '^') {
		b.WriteByte('^')
		i++
	}
	for first := true; i < len(p); first = false {
		switch {
		case p[i] == ']' && !first:
			b.WriteByte(']')
			return i + 1, b.String(), true
		case strings.HasPrefix(p[i:], "[:"):
			name, _, closed := strings.Cut(p[i+2:], ":]")
			set, known := namedClasses[name]
			if !closed || !known {
				return 0, "", false
			}
			b.WriteString(set)
			i += len(name) + 4
			continue
		case p[i] == '\\' && i+1 < len(p):
			b.WriteByte('\\')
			i++
			b.WriteByte(p[i])
		case p[i] == ']' || p[i] == '[':
			b.WriteByte('\\')
			b.WriteByte(p[i])
		case p[i] == '-' && (first || i+1 < len(p) && p[i+1] == ']'):
			b.WriteString(`\-`)
		default:
			b.WriteByte(p[i])
		}
		i++
	}
	return 0, "", false
}
