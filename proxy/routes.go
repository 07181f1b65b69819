package proxy

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// Route says how the modules of some paths are come by.
type Route struct {
	// Pattern is a list of module path patterns as in GOPRIVATE; "*" matches
	// every module.
	Pattern string
	// Name tells people and logs which route it is.
	Name string
	// Block is why nobody gets these modules, not even out of the cache; "" =
	// they may. The go command prints it.
	Block string
	// Versions is the list of versions that Block is about; nil = all.
	Versions []string
	// Source is who is asked; nil = nobody, the cache alone answers.
	Source Source
	// Private modules are never asked of a public mirror nor of a checksum
	// database, are never redirected, and are never thrown out to make room.
	Private bool
	// Tokens are who may have these modules: hashes of tokens by the name of
	// whoever holds one. nil = everybody who may use the proxy.
	Tokens map[string]TokenHash
}

// TokenHash is the SHA-256 of a token.
type TokenHash [32]byte

// Routes are asked in order: the first whose pattern matches counts, and a route
// that blocks some versions alone counts for those alone.
//
// A private route counts for the paths above its own too. The go command, looking
// for the module that holds a package, asks for every shorter path as well, and
// for git.corp.example/group/app those are the group's and the host's name. A
// public module above a private one gets a route of its own before it. And it
// counts however letters are written: git.corp.example/Team/app, where
// git.corp.example/team is private, is a slip of somebody's fingers, and no less a
// name that stays here.
type Routes []Route

// For is the route of a module and version; version is "" for lists and queries.
// nil when no route matches: nobody serves it.
func (r Routes) For(mod, version string) *Route {
	for i := range r {
		if !module.MatchPrefixPatterns(r[i].Pattern, mod) && !(r[i].Private && near(mod, r[i].Pattern)) {
			continue
		}
		if r[i].Block != "" && len(r[i].Versions) > 0 && !slices.Contains(r[i].Versions, version) {
			continue
		}
		return &r[i]
	}
	return nil
}

// near reports whether a path tells of what the patterns match: in other letters, or
// as what lies above it.
func near(mod, patterns string) bool {
	mod, patterns = strings.ToLower(mod), strings.ToLower(patterns)
	return module.MatchPrefixPatterns(patterns, mod) || above(mod, patterns)
}

// above reports whether paths that a pattern of the list matches lie below p.
func above(p, patterns string) bool {
	n := strings.Count(p, "/") + 1
	for pattern := range strings.SplitSeq(patterns, ",") {
		elems := strings.Split(pattern, "/")
		if n >= len(elems) {
			continue
		}
		if ok, err := path.Match(strings.Join(elems[:n], "/"), p); ok && err == nil {
			return true
		}
	}
	return false
}
