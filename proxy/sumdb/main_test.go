package sumdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
	modsumdb "golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/note"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func openCache(t testing.TB, dir string) *cache.Cache {
	t.Helper()
	c, err := cache.Open(t.Context(), cache.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func open(t testing.TB, o Options) *DB {
	t.Helper()
	d, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// site is a database over a log, with an empty cache.
func site(t testing.TB, log *mirrortest.Log) (*DB, string) {
	t.Helper()
	dir := t.TempDir()
	return open(t, Options{Key: log.Key(), Sources: []mirror.Source{log.Read}, Cache: openCache(t, dir)}), dir
}

// offline is the database of a directory, with nobody to ask.
func offline(t testing.TB, log *mirrortest.Log, dir string) *DB {
	t.Helper()
	return open(t, Options{Key: log.Key(), Cache: openCache(t, dir)})
}

// dead is a source that must not be asked.
func dead(asked *atomic.Int64) mirror.Source {
	return func(context.Context, string) ([]byte, error) {
		asked.Add(1)
		return nil, errors.New("refused")
	}
}

// hole is a source that never answers.
func hole(asked *atomic.Int64) mirror.Source {
	return func(ctx context.Context, _ string) ([]byte, error) {
		asked.Add(1)
		<-ctx.Done()
		return nil, ctx.Err()
	}
}

func mod(i int) (path, version string) {
	return "example.com/m", fmt.Sprintf("v1.0.%d", i)
}

// grown is a log of n records, of which the modules that mod names are some, at
// places that a seed decides.
func grown(n int64, modules int) *mirrortest.Log {
	log := mirrortest.NewLog("sum.site.test")
	r := rand.New(rand.NewPCG(1, uint64(modules)))
	for at := range modules {
		next := (int64(at)*n + r.Int64N(n)) / int64(modules)
		log.Fill(next)
		path, version := mod(at)
		log.Add(path, version, "", "")
	}
	log.Fill(n)
	return log
}

// client is x/mod's, as the go command has it: with what it keeps in GOPATH.
type client struct {
	t      testing.TB
	d      *DB
	key    string
	latest []byte
	files  map[string][]byte
	fault  string
}

func newClient(t testing.TB, d *DB, log *mirrortest.Log, latest []byte) *client {
	return &client{t: t, d: d, key: log.Key(), latest: latest, files: map[string][]byte{}}
}

func (c *client) lookup(path, version string) error {
	want := fmt.Sprintf("%s %s %s", path, version, mirrortest.H1(path+"@"+version))
	lines, err := modsumdb.NewClient(c).Lookup(path, version)
	switch {
	case err != nil:
		return err
	case len(lines) != 1 || lines[0] != want:
		return fmt.Errorf("lines %q, want %q", lines, want)
	}
	return nil
}

func (c *client) ReadRemote(path string) ([]byte, error) {
	body, _, err := c.d.Answer(c.t.Context(), path)
	return body, err
}

func (c *client) ReadConfig(file string) ([]byte, error) {
	if file == "key" {
		return []byte(c.key), nil
	}
	return c.latest, nil
}

func (c *client) WriteConfig(_ string, _, latest []byte) error {
	c.latest = latest
	return nil
}

func (c *client) ReadCache(string) ([]byte, error)    { return nil, fs.ErrNotExist }
func (c *client) WriteCache(file string, data []byte) {}
func (c *client) Log(string)                          {}
func (c *client) SecurityError(text string)           { c.fault = text }

func sizeOf(t testing.TB, log *mirrortest.Log, signed []byte) int64 {
	t.Helper()
	if _, err := note.NewVerifier(log.Key()); err != nil {
		t.Fatal(err)
	}
	p, err := mirror.NewProver(mirror.ProverOptions{Key: log.Key()})
	if err != nil {
		t.Fatal(err)
	}
	h, err := p.OpenHead(signed)
	if err != nil {
		t.Fatal(err)
	}
	return h.N
}
