package proxy

import (
	"slices"

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
type Routes []Route

// For is the route of a module and version; version is "" for lists and queries.
// nil when no route matches: nobody serves it.
func (r Routes) For(path, version string) *Route {
	for i := range r {
		if !module.MatchPrefixPatterns(r[i].Pattern, path) {
			continue
		}
		if r[i].Block != "" && len(r[i].Versions) > 0 && !slices.Contains(r[i].Versions, version) {
			continue
		}
		return &r[i]
	}
	return nil
}
