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
// whose breaker is open fails at once. Where no mirror serves the database the error
// is [proxy.ErrUnavailable] and fs.ErrNotExist: somebody else has to be asked.
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

// misses is how often a mirror said "not there" of what another one had, or of what
// every database has.
type misses struct {
	count int
	at    time.Time
}

// enough misses show that a mirror does not serve a database.
const enough = 3

// lacks reports whether the mirror is known not to serve a checksum database.
func (n *node) lacks(db string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	m := n.no[db]
	return m.count >= enough && n.now().Sub(m.at) < lacking
}

// learn draws from a mirror's answer whether it serves the database.
func (n *node) learn(db, rel string, err error) {
	path := strings.TrimPrefix(rel, "/sumdb/"+db)
	switch {
	case err == nil:
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.no, db)
	case mirror.ClassOf(err) == mirror.NotFound && (path == "/supported" || path == "/latest"):
		n.missed(db, enough)
	}
}

// missed notes that what was not there should have been.
func (n *node) missed(db string, count int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.no == nil {
		n.no = map[string]misses{}
	}
	n.no[db] = misses{n.no[db].count + count, n.now()}
}

// had notes, when one mirror had a checksum database's answer, who said it is not
// there.
func (t *tally) had() {
	for n, err := range t.errs {
		if t.r.db != "" && mirror.ClassOf(err) == mirror.NotFound {
			n.missed(t.r.db, 1)
		}
	}
}
