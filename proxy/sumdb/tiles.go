package sumdb

import (
	"context"
	"errors"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// shelf keeps tiles in the cache, and some in memory.
type shelf struct {
	d      *DB
	memory *bounded[string, []byte] // nil = none
}

var _ mirror.Tiles = (*shelf)(nil)

// Load finds a tile, or the wider one that has become of it: whole, or as wide as
// it is under the site's head.
func (s *shelf) Load(ctx context.Context, t tlog.Tile) []byte {
	if data := s.exact(ctx, t); data != nil || t.W == whole {
		return data
	}
	for _, width := range []int{whole, s.d.width(t)} {
		wide := t
		wide.W = width
		if width <= t.W {
			continue
		}
		if data := s.exact(ctx, wide); data != nil {
			return mirror.CutTile(data, t)
		}
	}
	return nil
}

// whole is the width of a tile that is.
const whole = 256

func (d *DB) width(t tlog.Tile) int {
	if d.line == nil { // being opened
		return 0
	}
	return d.line.Head().Width(t.L, t.N)
}

func (s *shelf) exact(ctx context.Context, t tlog.Tile) []byte {
	path := t.Path()
	if s.memory != nil {
		if data, ok := s.memory.get(path); ok {
			return data
		}
	}
	data, _, err := s.d.o.Cache.Read(ctx, s.d.key("/"+path), maxAnswer)
	if err != nil || len(data) != t.W*tlog.HashSize {
		return nil
	}
	if s.memory != nil {
		s.memory.put(path, data)
	}
	return data
}

// Save never fails: what could not be written is in memory, and a head is not moved
// before its tiles are in the cache.
func (s *shelf) Save(ctx context.Context, t tlog.Tile, data []byte) error {
	path := t.Path()
	s.memory.put(path, data)
	if err := s.d.write(ctx, "/"+path, data, cache.Record{}); err != nil {
		s.d.o.Log.Warn("checksum database: cannot keep a tile", "database", s.d.Name(), "tile", path, "error", err)
	}
	return nil
}

// write puts something proven into the cache, in the place of what is damaged.
func (d *DB) write(ctx context.Context, path string, data []byte, r cache.Record) error {
	r.Key, r.Size, r.Time = d.key(path), int64(len(data)), d.o.Now()
	err := d.o.Cache.Write(ctx, r.Key, data, r)
	if errors.Is(err, proxy.ErrContent) {
		d.o.Log.Error("checksum database: what was kept is damaged", "database", d.Name(), "what", path)
		if err = d.o.Cache.Quarantine(ctx, r.Key, err); err == nil {
			err = d.o.Cache.Write(ctx, r.Key, data, r)
		}
	}
	return err
}

// tile answers a client. What is on the shelf is proven; the rest is fetched and
// proven under the head, which moves for a tile that is younger: then the client has
// a newer one.
func (d *DB) tile(ctx context.Context, path string) ([]byte, error) {
	t, err := tlog.ParseTilePath(path[1:])
	if err != nil || t.H != 8 || t.L < 0 || t.L > 7 {
		return nil, proxy.Fail(proxy.ErrNotFound, d.Name()+"/tile", err)
	}
	if data := d.p.Kept(ctx, t); data != nil {
		return data, nil
	}
	if len(d.o.Sources) == 0 {
		return nil, proxy.Fail(proxy.ErrUnavailable, d.Name()+path, errNobody)
	}
	head := d.line.Head()
	if !head.Covers(t) {
		now, last := d.o.Now().UnixNano(), d.tried.Load()
		if now-last < int64(tryHeadEvery) && last != 0 || !d.tried.CompareAndSwap(last, now) {
			return nil, proxy.Fail(proxy.ErrUnavailable, d.Name()+path, errTooYoung)
		}
		if head, err = d.reach(ctx, (t.N<<8+int64(t.W))<<(8*t.L), nil); err != nil {
			return nil, d.fail(path, err)
		}
		d.tried.Store(0)
	}
	data, err := d.p.Tile(ctx, head, t)
	if err != nil {
		return nil, d.fail(path, err)
	}
	return data, nil
}

var errTooYoung = msg.Errorf("it is younger than the newest head that could be had", "它比可取得的最新树头还要新")
