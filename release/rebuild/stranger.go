package rebuild

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/release"
)

// commandsOf are all things in a plan by which programs of its author's choosing
// could run here, or files be written: hooks, and every flag or variable that is not
// known to be without such effect. What runs programs grows with each Go release, so
// the lists name what is harmless.
func commandsOf(p *release.Plan) (out []string) {
	for _, h := range hooksOf(p) {
		out = append(out, strings.Join(h.Args, " "))
	}
	build, variables := buildFlags(), variables()
	for _, j := range p.Jobs {
		if bad := odd(j.Flags, build); bad != "" {
			out = append(out, "go build "+bad)
		}
		for _, kv := range j.Env {
			k, v, _ := strings.Cut(kv, "=")
			if harmless, known := variables[k]; !known && !levels[k] || harmless != nil && !harmless(v) {
				out = append(out, kv)
			}
		}
	}
	return out
}

// hooksOf are the commands of a plan.
func hooksOf(p *release.Plan) []release.Command {
	hooks := slices.Clone(p.Before)
	for _, b := range p.Jobs {
		hooks = append(hooks, slices.Concat(b.Pre, b.Post)...)
	}
	return hooks
}

// flag is one that is harmless.
type flag struct {
	value bool                      // the next word is its value where it has no =
	odd   func(value string) string // what in the value is not; nil = nothing can be
}

// odd is the first word that is no harmless flag, "" when there is none. Words are
// read as package flag reads them.
func odd(words []string, known map[string]flag) string {
	for i := 0; i < len(words); i++ {
		word := words[i]
		name, value, given := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(word, "-"), "-"), "=")
		f, ok := known[name]
		if !ok || !strings.HasPrefix(word, "-") {
			return word
		}
		if f.value && !given {
			if i++; i == len(words) {
				return word // the package would be its value
			}
			value = words[i]
		}
		if strings.HasPrefix(value, "@") { // the compiler and the linker read more flags from a file of that name
			return word
		}
		if f.odd == nil {
			continue
		}
		if bad := f.odd(value); bad != "" {
			return "-" + name + " " + bad
		}
	}
	return ""
}

var (
	plain  = flag{}
	valued = flag{value: true}
)

// buildFlags are the arguments of go build.
func buildFlags() map[string]flag {
	return map[string]flag{
		"trimpath": plain, "buildvcs": plain, "race": plain, "msan": plain, "asan": plain, "a": plain, "v": plain, "x": plain, "cover": plain,
		"tags": valued, "mod": valued, "buildmode": valued, "installsuffix": valued, "covermode": valued, "coverpkg": valued, "p": valued,
		"pgo":      {true, func(v string) string { return unless(v == "off" || v == "auto" || local(v), v) }},
		"ldflags":  {true, perPackage(linkFlags)},
		"gcflags":  {true, perPackage(compileFlags)},
		"asmflags": {true, perPackage(asmFlags)},
	}
}

func linkFlags() map[string]flag {
	return map[string]flag{
		"s": plain, "w": plain, "v": plain, "d": plain, "g": plain, "bindnow": plain, "compressdwarf": plain, "checklinkname": plain,
		"X": valued, "buildid": valued, "linkmode": valued, "H": valued, "E": valued, "B": valued, "I": valued, "T": valued, "R": valued,
		"funcalign": valued, "randlayout": valued, "strictdups": valued,
		"extldflags": {true, func(v string) string {
			words, ok := split(v)
			i := slices.IndexFunc(words, func(w string) bool { return !slices.Contains(cFlags, w) })
			if ok && i < 0 {
				return ""
			}
			return v
		}},
	}
}

// cFlags may be told to the C compiler that links; others make it run programs, as
// -B and -wrapper.
var cFlags = []string{"-static", "-static-pie", "-s", "-Wl,-z,noexecstack", "-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,relro,-z,now", "-Wl,--build-id=none", "-Wl,--no-insert-timestamp"}

func compileFlags() map[string]flag {
	return map[string]flag{
		"N": plain, "l": plain, "B": plain, "e": plain, "m": plain, "wb": plain, "dwarf": plain, "dwarflocationlists": plain, "smallframes": plain,
		"trimpath": valued, "spectre": valued, "c": valued,
	}
}

func asmFlags() map[string]flag {
	return map[string]flag{"trimpath": valued, "spectre": valued, "D": valued}
}

// perPackage judges what stands behind -ldflags and its like: words, or
// pattern=words (go help build).
func perPackage(known func() map[string]flag) func(string) string {
	return func(v string) string {
		text := strings.TrimSpace(v)
		if !strings.HasPrefix(text, "-") {
			if _, after, ok := strings.Cut(text, "="); ok {
				text = after
			}
		}
		words, ok := split(text)
		if !ok {
			return v
		}
		return odd(words, known())
	}
}

// split makes words as the go command does: blanks part them, quotes around a whole
// word keep those in it, and there is no escaping.
func split(s string) (words []string, ok bool) {
	const blanks = " \t\n\r"
	for s = strings.TrimLeft(s, blanks); s != ""; s = strings.TrimLeft(s, blanks) {
		end := strings.IndexAny(s, blanks)
		if s[0] == '"' || s[0] == '\'' {
			quote := s[:1]
			if s, end = s[1:], strings.Index(s[1:], quote); end < 0 {
				return nil, false
			}
			words, s = append(words, s[:end]), s[end+1:]
			continue
		}
		if end < 0 {
			end = len(s)
		}
		words, s = append(words, s[:end]), s[end:]
	}
	return words, true
}

// variables are those that may be set; nil = to anything.
func variables() map[string]func(value string) bool {
	return map[string]func(value string) bool{
		"GOOS": nil, "GOARCH": nil, "CGO_ENABLED": nil, "GOEXPERIMENT": nil, "GODEBUG": nil, "GOFIPS140": nil, "GO111MODULE": nil,
		"GOPROXY": nil, "GOPRIVATE": nil, "GONOPROXY": nil, "GONOSUMDB": nil,
		"GOWORK": among("", "off"), "GOTOOLCHAIN": among("local"),
		"GOFLAGS": func(v string) bool {
			return !strings.ContainsAny(v, `"'`) && odd(strings.Fields(v), buildFlags()) == ""
		},
		// What the go command takes where nothing is said, and the other compiler.
		"CC": among("", "gcc", "clang", "cc"), "CXX": among("", "g++", "clang++", "c++"), "AR": among("", "ar"), "PKG_CONFIG": among("", "pkg-config"),
		"CGO_CFLAGS": among("", "-O2 -g"), "CGO_CPPFLAGS": among(""), "CGO_CXXFLAGS": among("", "-O2 -g"), "CGO_FFLAGS": among("", "-O2 -g"), "CGO_LDFLAGS": among("", "-O2 -g"),
	}
}

func among(all ...string) func(string) bool {
	return func(v string) bool { return slices.Contains(all, v) }
}

func unless(fine bool, bad string) string {
	if fine {
		return ""
	}
	return bad
}
