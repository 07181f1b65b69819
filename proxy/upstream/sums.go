package upstream

import (
	"context"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
)

// maxSum limits one answer of a checksum database, in bytes.
const maxSum = 1 << 20

// lacking is for how long a mirror without a checksum database is not asked for it
// again.
const lacking = 10 * time.Minute

// SumSources are the ways to the named checksum database, below /sumdb/<name>/ of
// the mirrors. The first asks whichever mirror is best, and the next where one
// fails: it alone is enough. The others ask one mirror each, in the order they were
// given, for a caller whose proof fails with what the first one brought. A mirror
// whose breaker is open fails at once.
func (p *Pool) SumSources(name string) []mirror.Source {
	out := []mirror.Source{p.sumSource(name, nil)}
	if len(p.nodes) > 1 {
		for _, n := range p.nodes {
			out = append(out, p.sumSource(name, n))
		}
	}
	return out
}

func (p *Pool) sumSource(name string, only *node) mirror.Source {
	return func(ctx context.Context, path string) ([]byte, error) {
		data, _, err := p.small(ctx, &request{what: name + path, rel: "/sumdb/" + name + path, limit: maxSum, db: name, only: only})
		return data, err
	}
}

// lacks reports whether the mirror is known not to serve a checksum database.
func (n *node) lacks(db string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	at, ok := n.no[db]
	return ok && n.now().Sub(at) < lacking
}

// learn draws from an answer whether the mirror serves the database. What every
// database has and is not there says no; a record that is not there says nothing.
func (n *node) learn(db, rel string, err error) {
	path := strings.TrimPrefix(rel, "/sumdb/"+db)
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case err == nil:
		delete(n.no, db)
	case mirror.ClassOf(err) == mirror.NotFound && (path == "/supported" || path == "/latest"):
		if n.no == nil {
			n.no = map[string]time.Time{}
		}
		n.no[db] = n.now()
	}
}
