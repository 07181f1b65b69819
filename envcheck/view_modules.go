package envcheck

import (
	"net/url"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// Knowledge is what this snapshot and the policy tell about whose a module is.
// A pattern of GOPRIVATE and its kin counts as it was meant, broken or not, but
// one that is so wide that it matches strangers says nothing.
func (v *View) Knowledge() leak.Knowledge { return v.knowledge }

func (v *View) learn() leak.Knowledge {
	k := leak.Knowledge{Public: v.Policy.Public, Private: append([]string(nil), v.Policy.Private...)}
	known := map[string]bool{}
	for _, p := range k.Private {
		known[p] = true
	}
	for _, key := range []string{"GOPRIVATE", "GONOPROXY", "GONOSUMDB"} {
		for _, p := range MeantPatterns(v.Env.Get(key)) {
			if known[p] || leak.TooBroad(p) {
				continue
			}
			known[p] = true
			k.Private = append(k.Private, p)
			if leak.Registrable(p) == p { // who writes corp.example means all of it
				k.Private = append(k.Private, "*."+p)
			}
		}
	}
	if h := hostOf(v.Git.Origin); h != "" {
		k.Own = append(k.Own, h)
	}
	if h, _ := v.Env.Process("CI_SERVER_HOST"); h != "" {
		k.Own = append(k.Own, h)
	}
	return k
}

// hostOf returns the host of a git remote: a URL, or user@host:path.
func hostOf(remote string) string {
	if u, err := url.Parse(remote); err == nil && u.Host != "" {
		return u.Hostname()
	}
	before, _, ok := strings.Cut(remote, ":")
	if !ok || strings.ContainsAny(before, `/\`) {
		return ""
	}
	return before[strings.LastIndex(before, "@")+1:]
}

// MeantPatterns reads a list of patterns as it was meant, not as the go command
// takes it: split at any separator, without schemes, ports, quotes and trailing
// dots and slashes, in lower case. Broken globs are left out.
func MeantPatterns(value string) []string {
	var out []string
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(",;，；、 \t\r\n\"'“”", r) }) {
		if p := meantPattern(word); p != "" {
			out = append(out, p)
		}
	}
	return out
}

func meantPattern(word string) string {
	if _, rest, ok := strings.Cut(word, "://"); ok {
		word = rest
	}
	if user, rest, ok := strings.Cut(word, "@"); ok && !strings.Contains(user, "/") {
		word = strings.Replace(rest, ":", "/", 1) // git@host:path
	}
	host, rest, below := strings.Cut(word, "/")
	host, _, _ = strings.Cut(host, ":")
	if below {
		host += "/" + rest
	}
	word = strings.ReplaceAll(strings.ToLower(host), "//", "/")
	for _, tail := range []string{"/...", "/.*", "/**", "/*", ".git", "/"} {
		word = strings.TrimSuffix(word, tail)
	}
	switch {
	case strings.HasPrefix(word, "."):
		word = "*" + word
	case strings.HasPrefix(word, "*") && !strings.HasPrefix(word, "*."):
		word = "*." + strings.TrimLeft(word, "*.")
	}
	pats := goenv.ParsePatterns(word)
	if len(pats) != 1 || pats[0].Broken || strings.Trim(word, "*.") == "" {
		return ""
	}
	return word
}

// LeakConfig is the settings in force as package leak takes them.
func (v *View) LeakConfig() leak.Config {
	c := leak.Config{NoProxy: v.Env.Get("GONOPROXY"), NoSumDB: v.Env.Get("GONOSUMDB"), Vendored: v.vendored()}
	if v.ProxiesErr == nil {
		c.Proxies = v.Proxies
	}
	if v.SumDBErr == nil {
		c.SumDB = v.SumDB
	}
	return c
}

// vendored reports whether builds read the vendor folder: -mod says so, or it is
// there, belongs to what is built, and the language version makes it the default
// (1.14; in a workspace 1.22).
func (v *View) vendored() bool {
	mode := ""
	for _, f := range v.Flags {
		if f.Name == "mod" {
			mode = f.Value
		}
	}
	switch {
	case mode != "":
		return mode == "vendor"
	case !v.Module.Vendor.Exists:
		return false
	case v.Work != nil:
		beside := filepath.Dir(filepath.Dir(v.Module.Vendor.Path)) == filepath.Dir(v.Module.GoWork.Path)
		return beside && v.Work.Go != nil && atLeast(v.Work.Go.Version, "1.22")
	case v.Mod != nil:
		return v.Mod.Go != nil && atLeast(v.Mod.Go.Version, "1.14")
	}
	return false
}

// Modules returns every module path that the project names, each once, with
// where it stands; a main module that is required by version too stands there
// twice.
func (v *View) Modules() []leak.Module {
	return modulesOf(v)
}
