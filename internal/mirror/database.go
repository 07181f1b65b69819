package mirror

import (
	"context"
	"io/fs"
	"net/http"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Source delivers what a checksum database answers: path is /latest,
// /lookup/… or /tile/…. An error that is fs.ErrNotExist stands for the statuses 404
// and 410. A source is not trusted. It is called by several goroutines.
type Source func(ctx context.Context, path string) ([]byte, error)

// Certain is the error of a source that speaks for all that come behind it: it is not
// there, and they are not asked. It is fs.ErrNotExist.
type Certain struct{ Err error }

func (c *Certain) Error() string { return c.Err.Error() }

// Unwrap returns the error with its words in both languages.
func (c *Certain) Unwrap() error { return c.Err }

// Is makes it fs.ErrNotExist.
func (c *Certain) Is(target error) bool { return target == fs.ErrNotExist }

// Source is the named database through this mirror, below /sumdb/<name>.
func (m *Mirror) Source(name string) Source {
	return func(ctx context.Context, path string) ([]byte, error) { return m.SumDB(ctx, name, path) }
}

// Direct is a database at its own URL, like https://sum.golang.org.
func Direct(base string, client *http.Client) (Source, error) {
	m, err := New(base, client)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, path string) ([]byte, error) { return m.read(ctx, path, maxData) }, nil
}

// DatabaseOptions describe a checksum database.
type DatabaseOptions struct {
	// Key is the verifier key, name+hash+base64. "" = [goenv.PublicSumDBKey].
	Key string
	// Sources are asked in order until one answers; at least one is needed.
	Sources []Source
}

// Database gives verified answers of a checksum database. It keeps tiles,
// records and one signed head in memory, which moves forward for a record that is
// younger: so a later answer has to be consistent with the earlier ones. Its methods
// may be called by several goroutines.
type Database struct {
	p    *Prover
	line *Timeline

	mu      sync.Mutex
	records map[string]Sums
}

// NewDatabase makes a database without asking it anything. It fails for a
// malformed key or when there is no source.
func NewDatabase(o DatabaseOptions) (*Database, error) {
	p, err := NewProver(ProverOptions{Key: o.Key, Sources: o.Sources})
	if err != nil {
		return nil, err
	}
	if len(o.Sources) == 0 {
		return nil, msg.Errorf("ask checksum database %s: no source", "查询校验数据库 %s：没有可用来源", p.Name())
	}
	return &Database{p: p, line: p.Timeline(Head{}, nil), records: map[string]Sums{}}, nil
}

// Name is the database's name, as it stands in its key.
func (d *Database) Name() string { return d.p.Name() }

// Lookup returns the sums of a version, proven to be in the signed tree. An
// answer that cannot be proven is an [*Error] of class WrongContent, whatever
// host it came from; a network failure has the class of the gravest one.
func (d *Database) Lookup(ctx context.Context, path, version string) (Sums, error) {
	id := path + "@" + version
	d.mu.Lock()
	s, ok := d.records[id]
	d.mu.Unlock()
	if ok {
		return s, nil
	}
	err := d.p.Lookup(ctx, path, version, func(r Record, signed []byte) error {
		head, err := d.line.Reach(ctx, r.ID+1, func(context.Context) ([][]byte, error) { return [][]byte{signed}, nil })
		if err == nil {
			err = d.p.Prove(ctx, head, r)
		}
		if err == nil {
			s, err = r.Sums(path, version)
		}
		return err
	})
	switch {
	case ClassOf(err) == WrongContent:
		return Sums{}, err
	case err != nil:
		return Sums{}, msg.Errorf("look up %s in checksum database %s: %w", "在校验数据库 %[2]s 中查询 %[1]s：%[3]v", id, d.Name(), err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.records[id] = s
	return s, nil
}

// Latest returns the signed tree head that the first source with an answer
// gives, its signature checked.
func (d *Database) Latest(ctx context.Context) (tlog.Tree, error) {
	h, err := d.p.Latest(ctx)
	return h.Tree, err
}
