package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/goenv"
)

const (
	quoteMarks = "\"'`“”‘’「」"
	separators = ";；，、｜ \t\r\n"
)

// Each broken entry is one rule's: quotes first (PRX005), then separators that
// are none (PRX004), then words that were to be direct or off (PRX002, PRX003),
// and what is left is a bad address (PRX006).

func isQuoted(p goenv.Proxy) bool { return p.Word == "" && strings.ContainsAny(p.Raw, quoteMarks) }

// isGlued reports whether an entry is really several.
func isGlued(p goenv.Proxy) bool {
	return p.Word == "" && !isQuoted(p) && dressedWord(p) == "" && (strings.ContainsAny(strings.TrimSpace(p.Raw), separators) || slashWord(p) != "")
}

// slashWord returns direct or off where it stands behind a mirror's address as
// if it were a folder.
func slashWord(p goenv.Proxy) string {
	if p.URL == nil || p.URL.Host == "" || p.URL.RawQuery != "" || p.URL.Fragment != "" {
		return ""
	}
	path := p.URL.EscapedPath()
	last := path[strings.LastIndexByte(path, '/')+1:]
	if last == "direct" || last == "off" {
		return last
	}
	return ""
}

// bareWord returns the entry where it is a single word that the go command
// takes for an address without a scheme.
func bareWord(p goenv.Proxy) string {
	w := strings.TrimSpace(p.Raw)
	if p.Word != "" || isQuoted(p) || strings.ContainsAny(w, separators+`.:/\`) {
		return ""
	}
	return w
}

// dressedWord returns direct or off where an entry is that word with something
// around it that does not belong there.
func dressedWord(p goenv.Proxy) string {
	w := strings.ToLower(strings.TrimSpace(p.Raw))
	if p.Word != "" || isQuoted(p) || bareWord(p) != "" {
		return ""
	}
	w = strings.TrimPrefix(strings.TrimPrefix(w, "https://"), "http://")
	w = strings.Trim(w, `/\.:`+separators)
	if w == "direct" || w == "off" {
		return w
	}
	return ""
}
