package sumdb

import (
	"context"
	"errors"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// keptHead is the head in the cache; the zero one when there is none, or none that
// is signed with the key.
func (d *DB) keptHead(ctx context.Context) (mirror.Head, error) {
	data, _, err := d.o.Cache.Read(ctx, d.key("/latest"), maxAnswer)
	if errors.Is(err, proxy.ErrNotFound) {
		return mirror.Head{}, nil
	} else if err != nil {
		return mirror.Head{}, proxy.Fail(proxy.ErrUnavailable, d.Name()+"/latest", err)
	}
	head, err := d.p.OpenHead(data)
	if err != nil {
		d.o.Log.Error("checksum database: the kept head is damaged", "database", d.Name(), "error", err)
	}
	return head, nil
}

// reach moves the head until it has n records at least, or leaves it. signed came
// with the record that needs it; nil = none did.
func (d *DB) reach(ctx context.Context, n int64, signed []byte) (mirror.Head, error) {
	return d.line.Reach(ctx, n, func(ctx context.Context) ([][]byte, error) {
		var offers [][]byte
		if signed != nil {
			offers = append(offers, signed)
		}
		// Another process, or another replica, may be ahead.
		if kept, err := d.keptHead(ctx); err == nil && kept.N > 0 {
			if offers = append(offers, kept.Note); kept.N >= n {
				return offers, nil
			}
		}
		if len(d.o.Sources) == 0 {
			return offers, errNobody
		}
		// The newest there is: heads that come with records are as old as whoever
		// first asked for them.
		latest, err := d.p.Latest(ctx)
		if err != nil {
			return offers, err
		}
		return append(offers, latest.Note), nil
	})
}

// moved is asked before the head moves: everything that proves it has to be in the
// cache, and not in memory alone, and then the head has to.
func (d *DB) moved(ctx context.Context, from, to mirror.Head) error {
	alone, err := mirror.NewProver(mirror.ProverOptions{Key: d.o.Key, Kept: settled{d.tiles}})
	if err != nil {
		return err
	}
	if err := alone.Grown(ctx, from, to); err != nil {
		return err
	}
	// It never moves back for others either.
	if kept, err := d.keptHead(ctx); err != nil {
		return err
	} else if kept.N < to.N {
		err := d.o.Cache.WriteMutable(ctx, d.key("/latest"), to.Note)
		if cache.NoRoom(err) {
			d.o.Log.Warn("checksum database: no room to keep the head, it is in memory alone", "database", d.Name(), "to", to.N)
		} else if err != nil {
			return err
		}
	}
	d.since.Store(d.o.Now().UnixNano())
	d.o.Log.Info("checksum database: head moved", "database", d.Name(), "from", from.N, "to", to.N)
	return nil
}

// Reach moves the head until it has n records at least; it is left where it is when
// the sources have no such head.
func (d *DB) Reach(ctx context.Context, n int64) error {
	if _, err := d.reach(ctx, n, nil); err != nil {
		return d.fail("/latest", err)
	}
	return nil
}
