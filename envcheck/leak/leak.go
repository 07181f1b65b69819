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
	Public  []string // patterns of what is public beside the built-in list
	Own     []string // hosts of the project itself: of git's origin, of the CI server
}

// Module is a module path that the go command may ask for.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version,omitempty"`
	Why     string `json:"why"` // "require", "replace", "tool", "go.sum", "go.work", "main"
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	// Local: replaced, or the main module itself; the go command asks nobody.
	Local bool `json:"local,omitempty"`
	// Verified: go.sum has all lines of the version that the go command needs, so
	// the checksum database is not asked.
	Verified bool `json:"verified,omitempty"`
}

// Config is the settings that decide who is asked.
type Config struct {
	Proxies goenv.Proxies // of GOPROXY; none, or a broken entry = the go command refuses to start
	NoProxy string        // GONOPROXY in force
	NoSumDB string        // GONOSUMDB in force
	SumDB   goenv.SumDB   // the zero value = off
	// Vendored: -mod=vendor is in force, so nothing is asked.
	Vendored bool
}

// The kinds of addresses.
const (
	Mirror   = "mirror" // an entry of GOPROXY
	Direct   = "direct" // the host in the module path
	Database = "sumdb"  // the checksum database, by itself or through a mirror
)

// The conditions under which an address is asked.
const (
	Always   = "always"
	NotFound = "not-found" // the one before says 404 or 410
	Failure  = "failure"   // the one before fails in any way
	Cached   = "cached"    // the module cache holds the module, and go.sum lacks its line
)

// Ask is one address that would be asked.
type Ask struct {
	Kind string `json:"kind"` // Mirror, Direct, Database
	Host string `json:"host"` // with the port if one is written; "" for file:// mirrors
	URL  string `json:"url"`  // without secrets
	Path string `json:"path"` // the name that is learnt: the module's, or a prefix of a tool's
	When string `json:"when"` // Always, NotFound, Failure, Cached
	// Ours: the host is private too, or it is the one in the path itself: nobody
	// learns anything new.
	Ours bool `json:"ours"`
}

// Exposure is one module and who learns its name.
type Exposure struct {
	Module
	Class  Class    `json:"class"`
	Reason msg.Text `json:"reason"` // why it is of this class
	Asks   []Ask    `json:"asks"`
}

// Outside returns what is asked of somebody else's host about a module that is
// not public; kind "" = of every kind.
func (e Exposure) Outside(kind string) []Ask {
	var out []Ask
	for _, a := range e.Asks {
		if e.Class != Public && !a.Ours && a.Host != "" && (kind == "" || kind == a.Kind) {
			out = append(out, a)
		}
	}
	return out
}
