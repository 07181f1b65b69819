package sumdb

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/proxy"
)

// record is a proven record.
type record struct {
	mirror.Record
	sums mirror.Sums
	text []byte // as a lookup gives it, without a head
}

// Sums returns the sums of a version, and the number of the record that holds them.
// They are proven: out of the cache without any network, or fetched, once for all
// who wait, and for the others when whoever asked first leaves.
func (d *DB) Sums(ctx context.Context, path, version string) (mirror.Sums, int64, error) {
	r, err := d.record(ctx, module.Version{Path: path, Version: version})
	if err != nil {
		return mirror.Sums{}, 0, err
	}
	return r.sums, r.ID, nil
}

func (d *DB) record(ctx context.Context, m module.Version) (*record, error) {
	what, err := mirror.LookupPath(m)
	if err != nil {
		return nil, proxy.Fail(proxy.ErrNotFound, m.String(), err)
	}
	if d.o.Refuse(m.Path) {
		return nil, proxy.Fail(proxy.ErrBlocked, d.Name()+what, nil)
	}
	if r, ok := d.records.get(what); ok {
		return r, nil
	}
	got, err := d.once(ctx, what, func(ctx context.Context) (any, error) {
		r, err := d.load(ctx, m, what)
		if err == nil {
			d.records.put(what, r)
		}
		return r, err
	})
	if err != nil {
		if ctx.Err() != nil || errors.Is(err, context.Canceled) {
			err = proxy.Fail(proxy.ErrUnavailable, d.Name()+what, err)
		}
		return nil, err
	}
	return got.(*record), nil
}

// believed is for how long "not there" counts after somebody was seen to serve the
// database.
const believed = time.Minute

// load reads a record from the cache, or fetches it.
func (d *DB) load(ctx context.Context, m module.Version, what string) (*record, error) {
	data, _, err := d.o.Cache.Read(ctx, d.key(what), maxAnswer)
	if err == nil {
		r, err := d.kept(ctx, m, data)
		switch {
		case err == nil:
			return r, nil
		case mirror.ClassOf(err) != mirror.WrongContent || len(d.o.Sources) == 0:
			return nil, d.fail(what, err)
		}
		d.o.Log.Error("checksum database: a kept record is damaged", "database", d.Name(), "what", what, "error", err)
		// Its successor takes its place in the cache.
	} else if !errors.Is(err, proxy.ErrNotFound) {
		return nil, d.fail(what, err)
	}
	return d.fetch(ctx, m, what)
}

// kept proves what the cache had.
func (d *DB) kept(ctx context.Context, m module.Version, data []byte) (*record, error) {
	r, _, err := d.p.ReadRecord(m, data)
	if err != nil {
		return nil, err
	}
	return d.prove(ctx, m, r, nil)
}

// prove proves a record under the head, which moves for it if it has to.
func (d *DB) prove(ctx context.Context, m module.Version, r mirror.Record, signed []byte) (*record, error) {
	sums, err := r.Sums(m.Path, m.Version)
	if err != nil {
		return nil, err
	}
	head, err := d.reach(ctx, r.ID+1, signed)
	if err != nil {
		return nil, err
	}
	if err := d.p.Prove(ctx, head, r); err != nil {
		return nil, err
	}
	text, err := r.Format()
	return &record{r, sums, text}, err
}

func (d *DB) fetch(ctx context.Context, m module.Version, what string) (*record, error) {
	if len(d.o.Sources) == 0 {
		return nil, proxy.Fail(proxy.ErrUnavailable, d.Name()+what, errNobody)
	}
	if _, err := d.reach(ctx, 1, nil); err != nil {
		return nil, d.fail("/latest", err)
	}
	var got *record
	var unproven error
	lookup := func() (absent bool, err error) {
		err = d.p.Lookup(ctx, m.Path, m.Version, func(r mirror.Record, signed []byte) (err error) {
			got, err = d.prove(ctx, m, r, signed)
			unproven = err
			return err
		})
		return err != nil && unproven == nil && errors.Is(err, fs.ErrNotExist), err
	}
	absent, err := lookup()
	if now := d.o.Now().UnixNano(); absent && now-d.served.Load() > int64(believed) {
		// Whoever does not serve the database says of everything that it is not there.
		// Who has a head to show serves it; who has none is not asked any more.
		if _, err := d.p.Latest(ctx); err != nil {
			return nil, d.fail("/latest", err)
		}
		d.served.Store(now)
		absent, err = lookup()
	}
	switch {
	case absent:
		return nil, proxy.Fail(proxy.ErrNotFound, d.Name()+what, err)
	case err != nil:
		return nil, d.fail(what, err)
	}
	if err := d.write(ctx, what, got.text); err != nil {
		d.o.Log.Warn("checksum database: cannot keep a record", "database", d.Name(), "what", what, "error", err)
	}
	return got, nil
}
