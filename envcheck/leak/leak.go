package leak

import (
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Class says whose a module is.
type Class string

// The classes.
const (
	Public  Class = "public"
	Private Class = "private"
	Unknown Class = "unknown" // nothing says that it is public: treated with care
)

// Knowledge is what tells private hosts from public ones. The zero value knows
// only what names themselves tell.
type Knowledge struct {
	Private []string // patterns as in GOPRIVATE, of the user and the organisation
	Public  []string // hosts that are public beside the built-in list
	Own     []string // hosts of the project itself: of git's origin, of the CI server
}

// Module is a module path that the go command may ask for.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version,omitempty"`
	Why     string `json:"why"` // "require", "replace", "tool", "go.sum", "go.work", "main"
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	// Local: replaced by a folder, a member of the workspace, or the main module
	// itself; the go command asks nobody.
	Local bool `json:"local,omitempty"`
}

// Config is the settings that decide who is asked.
type Config struct {
	Proxies goenv.Proxies // of GOPROXY
	NoProxy string        // GONOPROXY in force
	NoSumDB string        // GONOSUMDB in force
	SumDB   goenv.SumDB   // the zero value = off
	// Vendored: -mod=vendor is in force, so nothing is asked.
	Vendored bool
}

// Ask is one address that would be asked.
type Ask struct {
	Kind string `json:"kind"` // "mirror", "direct", "sumdb"
	Host string `json:"host"` // "" for file:// mirrors
	URL  string `json:"url"`  // without secrets
	// When is "always", "not-found" (the one before says 404 or 410) or "failure"
	// (the one before fails in any way).
	When string `json:"when"`
	// Ours: the host is private too, so the name stays in the house.
	Ours bool `json:"ours"`
}

// Exposure is one module and who learns its name.
type Exposure struct {
	Module
	Class  Class    `json:"class"`
	Reason msg.Text `json:"reason"` // why it is of this class
	Asks   []Ask    `json:"asks"`
}

// Leaks reports whether somebody outside learns the name of a module that is
// not public.
func (e Exposure) Leaks() bool {
	if e.Class == Public {
		return false
	}
	for _, a := range e.Asks {
		if !a.Ours && a.Host != "" {
			return true
		}
	}
	return false
}
