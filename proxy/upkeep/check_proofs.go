package upkeep

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/server"
	"github.com/yingzao-dev/yingzao/proxy/sumdb"
)

// proofs proves by what the bucket keeps of the checksum databases; where that does not
// hold, the site's own database says which record is right.
type proofs struct {
	p     *server.Parts
	files *cache.Cache       // with the bucket
	kept  map[string]*keptDB // by name
}

type keptDB struct {
	*mirror.Prover
	db   *sumdb.DB
	head mirror.Head // the newest that is known here
}

func newProofs(ctx context.Context, p *server.Parts, files *cache.Cache) *proofs {
	out := &proofs{p: p, files: files, kept: map[string]*keptDB{}}
	for _, db := range p.Databases {
		own := func(ctx context.Context, path string) ([]byte, error) {
			return files.ReadShared(ctx, "sumdb/"+db.Name()+path, 1<<20)
		}
		prover, err := mirror.NewProver(mirror.ProverOptions{Key: db.Key(), Sources: []mirror.Source{own}})
		if err != nil {
			continue // it is the database's own key
		}
		k := &keptDB{Prover: prover, db: db}
		for _, from := range []mirror.Source{own, db.Source()} {
			if data, err := from(ctx, "/latest"); err == nil {
				if head, err := prover.OpenHead(data); err == nil && head.N > k.head.N {
					k.head = head
				}
			}
		}
		out.kept[db.Name()] = k
	}
	return out
}

// proven is the h1 that the database which proves what is fetched has of a file.
func (o *proofs) proven(ctx context.Context, f proxy.File) (string, error) {
	db, r := o.p.Proves(), o.p.Routes.For(f.Module, f.Version)
	if db == nil || r == nil || r.Private {
		return "", nil
	}
	k, m := o.kept[db.Name()], module.Version{Path: f.Module, Version: f.Version}
	what, err := mirror.LookupPath(m)
	if k == nil || err != nil {
		return "", nil
	}
	data, err := o.files.ReadShared(ctx, "sumdb/"+db.Name()+what, 1<<20)
	if errors.Is(err, proxy.ErrNotFound) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	rec, _, err := k.ReadRecord(m, data)
	if err != nil || rec.ID >= k.head.N || k.Prove(ctx, k.head, rec) != nil {
		return "", nil // told of the record
	}
	sums, err := rec.Sums(f.Module, f.Version)
	if err != nil {
		return "", nil
	}
	if f.Kind == proxy.Mod {
		return sums.Mod, nil
	}
	return sums.Zip, nil
}

// proof holds an object of a database to its tree. What no head here covers is not
// judged; where the proof fails, and nobody knows whose fault that is, it is trouble.
func (o *proofs) proof(ctx context.Context, key string, data []byte) error {
	name, path, _ := strings.Cut(strings.TrimPrefix(key, "sumdb/"), "/")
	k := o.kept[name]
	path = "/" + path
	switch {
	case k == nil:
		return nil
	case path == "/latest":
		if _, err := k.OpenHead(data); err != nil {
			return proxy.Fail(proxy.ErrContent, key, err)
		}
	case strings.HasPrefix(path, "/tile/"):
		return k.tile(ctx, key, path, data)
	case strings.HasPrefix(path, "/lookup/"):
		return k.lookup(ctx, key, path, data)
	}
	return nil
}

func (k *keptDB) tile(ctx context.Context, key, path string, data []byte) error {
	t, err := tlog.ParseTilePath(path[1:])
	if err != nil || !k.head.Covers(t) {
		return nil // its form is looked at elsewhere
	}
	want, err := k.Tile(ctx, k.head, t)
	if err == nil && !bytes.Equal(want, data) {
		return proxy.Fail(proxy.ErrContent, key, nil)
	}
	return err
}

func (k *keptDB) lookup(ctx context.Context, key, path string, data []byte) error {
	m, err := mirror.LookupVersion(path)
	if err != nil {
		return proxy.Fail(proxy.ErrContent, key, err)
	}
	r, _, err := k.ReadRecord(m, data)
	if err != nil {
		return proxy.Fail(proxy.ErrContent, key, err)
	}
	if r.ID >= k.head.N {
		return nil
	}
	wrong := k.Prove(ctx, k.head, r)
	if wrong == nil {
		return nil
	}
	// The record may be to blame, or a tile.
	want, n, err := k.db.Sums(ctx, m.Path, m.Version)
	if got, e := r.Sums(m.Path, m.Version); err == nil && (e != nil || got != want || n != r.ID) {
		return proxy.Fail(proxy.ErrContent, key, wrong)
	} else if err == nil {
		return nil
	}
	return wrong
}
