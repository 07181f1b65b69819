package vcs

import "strings"

// wildmatch reports whether a name matches a pattern of .gitattributes: * and ? and
// [a-z] as everywhere, \ before a character that means itself. With paths, none of
// them matches a slash, and ** between slashes, or at an end, matches any folders.
func wildmatch(pattern, name string, paths bool) bool {
	w := wild{paths: paths, left: 1 << 20}
	return w.match(pattern, name, true)
}

// wild counts down the steps: a pattern full of stars takes exponential time.
type wild struct {
	paths bool
	left  int
}

// match reports whether the rest of a name matches the rest of a pattern. start says
// that a folder's name begins here.
func (w *wild) match(p, s string, start bool) bool {
	for p != "" {
		if w.left--; w.left < 0 {
			return false
		}
		switch {
		case p[0] == '*':
			return w.star(p, s, start)
		case s == "":
			return false
		case p[0] == '?':
			if w.paths && s[0] == '/' {
				return false
			}
			p = p[1:]
		case p[0] == '[':
			ok, rest := class(p, s[0])
			if !ok || w.paths && s[0] == '/' {
				return false
			}
			p = rest
		default:
			if p[0] == '\\' {
				if p = p[1:]; p == "" {
					return false
				}
			}
			if p[0] != s[0] {
				return false
			}
			p = p[1:]
		}
		start = s[0] == '/'
		s = s[1:]
	}
	return s == ""
}

// star matches * and **.
func (w *wild) star(p, s string, start bool) bool {
	rest := strings.TrimLeft(p, "*")
	stars := len(p) - len(rest)
	slashes := !w.paths
	if w.paths && stars > 1 && start && (rest == "" || rest[0] == '/' || strings.HasPrefix(rest, `\/`)) {
		slashes = true
		// "**/" stands for no folder at all too.
		if rest != "" && rest[0] == '/' && w.match(rest[1:], s, true) {
			return true
		}
	}
	for i := 0; ; i++ {
		if w.match(rest, s[i:], i > 0 && s[i-1] == '/' || i == 0 && start) {
			return true
		}
		if i == len(s) || !slashes && s[i] == '/' {
			return false
		}
		if w.left--; w.left < 0 {
			return false
		}
	}
}

// classes are the named ones, by their members in ASCII.
var classes = map[string]func(c byte) bool{
	"alnum":  func(c byte) bool { return alpha(c) || digit(c) },
	"alpha":  alpha,
	"blank":  func(c byte) bool { return c == ' ' || c == '\t' },
	"cntrl":  func(c byte) bool { return c < ' ' || c == 0x7f },
	"digit":  digit,
	"graph":  func(c byte) bool { return c > ' ' && c < 0x7f },
	"lower":  func(c byte) bool { return c >= 'a' && c <= 'z' },
	"print":  func(c byte) bool { return c >= ' ' && c < 0x7f },
	"punct":  func(c byte) bool { return c > ' ' && c < 0x7f && !alpha(c) && !digit(c) },
	"space":  func(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' },
	"upper":  func(c byte) bool { return c >= 'A' && c <= 'Z' },
	"xdigit": func(c byte) bool { return digit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' },
}

func alpha(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func digit(c byte) bool { return c >= '0' && c <= '9' }

// class matches one character against [...] at the beginning of a pattern and says
// what comes behind it. A class without an end matches nothing.
func class(p string, c byte) (matched bool, rest string) {
	p = p[1:]
	not := p != "" && (p[0] == '!' || p[0] == '^')
	if not {
		p = p[1:]
	}
	for first := true; ; first = false {
		switch {
		case p == "":
			return false, ""
		case p[0] == ']' && !first:
			return matched != not, p[1:]
		case strings.HasPrefix(p, "[:"):
			name, after, ok := strings.Cut(p[2:], ":]")
			in := classes[name]
			if ok && in == nil {
				return false, ""
			}
			if ok {
				matched, p = matched || in(c), after
				continue
			}
		}
		lo, after, ok := classChar(p)
		if !ok {
			return false, ""
		}
		hi := lo
		if len(after) > 1 && after[0] == '-' && after[1] != ']' {
			if hi, after, ok = classChar(after[1:]); !ok {
				return false, ""
			}
		}
		matched, p = matched || lo <= c && c <= hi, after
	}
}

func classChar(p string) (c byte, rest string, ok bool) {
	if p[0] == '\\' {
		p = p[1:]
	}
	if p == "" {
		return 0, "", false
	}
	return p[0], p[1:], true
}
