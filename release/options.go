package release

import (
	"context"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/release/publish"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// Options say what to release and how. The zero value releases the module in
// the current folder by its tag, without publishing.
type Options struct {
	Dir       string            // the project's folder; "" = the current one
	Config    string            // configuration file; "" = search for one
	Dist      string            // output folder; "" = what the configuration says, "dist" by default
	Outputs   []string          // what else is written, below the project's folder too, and is no source: a plan, a part
	Version   string            // the version; "" = from the git tag
	Snapshot  bool              // a trial: a missing tag and uncommitted changes are allowed
	Targets   []target.Target   // instead of the configured ones; nil = those
	Ignore    []string          // sections of a GoReleaser file that may be left out
	Goroots   map[string]string // GOROOT of the toolchain by target; "" = of all other targets
	WallClock bool              // dates in templates are today's: not reproducible
	Fresh     bool              // build everything again, even what did not change
	Jobs      int               // simultaneous go builds; 0 = by cores and memory
	Offline   bool              // no module may be fetched: GOPROXY=off
	Environ   []string          // the user's environment; nil = this process's

	// NoConfig leaves the configuration unread, for BuildPart alone: the plan says
	// everything but what hooks find in their environment.
	NoConfig bool
	// Proven says, to BuildPart, that the folder was proven to hold the plan's sources
	// by other means than a commit or a digest of all files: the folder is a module as
	// a proxy serves it, which lacks some files of the repository.
	Proven bool

	To        []string // stores to publish to; nil = those of the configuration, unless Snapshot
	NoPublish bool     // stop after merge
	BaseURL   string   // where readers find the stores; "" = what the configuration says of each
	Mirrors   []string // other such addresses with the same files, in order; nil = what the configuration says, empty = none
	OpenStore func(ctx context.Context, url string) (store.Store, error)

	// Password is asked for the password of the signing key where the environment
	// does not have it; nil = nobody to ask.
	Password trust.Password

	Lang     msg.Lang
	Progress term.Progress // nil = silent
	// Publishing is called before each publication; show is told how far it is and
	// may be nil, end is called after it. nil = nobody wants to know.
	Publishing func() (show func(publish.Event), end func())
}
