package proxy

import "context"

// Source is where modules come from: a pool of mirrors, a git repository, a
// bundle, a peer. What it delivers is not trusted; whoever asked proves it.
// Implementations are safe for concurrent use, do their own repetitions within
// the context, and answer with the classes of this package: ErrNotFound only
// when it is certain.
type Source interface {
	// Name tells people and records who it is: never a secret in it.
	Name() string
	// Versions is the body of @v/list as it came. No versions is an empty body.
	Versions(ctx context.Context, module string) ([]byte, error)
	// Info is the body of .info for a canonical version or a query, Origin
	// included; the query "latest" is @latest.
	Info(ctx context.Context, module, query string) ([]byte, error)
	// Fetch brings exactly one .mod or .zip into d, going on at d.Offset(). After
	// an error, d keeps what came, for the next try.
	Fetch(ctx context.Context, f File, d *Download) error
}
