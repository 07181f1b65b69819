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
	memory bounded[string, []byte]
}

var _ mirror.Tiles = (*shelf)(nil)

// Load finds a tile, or the wider one that has become of it: whole, or as wide as
// it is under the site's head.
func (s *shelf) Load(ctx context.Context, t tlog.Tile) []byte {
	for _, width := range []int{t.W, whole, s.d.width(t)} {
		wide := t
		if wide.W = width; width < t.W {
			continue
		}
		if data, ok := s.memory.get(wide.Path()); ok {
			return mirror.CutTile(data, t)
		}
		if data := s.read(ctx, wide); data != nil {
			s.memory.put(wide.Path(), data)
			return mirror.CutTile(data, t)
		}
	}
	return nil
}

func (s *shelf) read(ctx context.Context, t tlog.Tile) []byte {
	data, _, err := s.d.o.Cache.Read(ctx, s.d.key("/"+t.Path()), maxAnswer)
	if err != nil || len(data) != t.W*tlog.HashSize {
		return nil
	}
	return data
}

// Save never fails: what could not be written is in memory, and a head is not moved
// before its tiles are in the cache.
func (s *shelf) Save(ctx context.Context, t tlog.Tile, data []byte) error {
	path := t.Path()
	s.memory.put(path, data)
	if err := s.d.write(ctx, "/"+path, data); err != nil {
		s.d.o.Log.Warn("checksum database: cannot keep a tile", "database", s.d.Name(), "tile", path, "error", err)
	}
	return nil
}

// settled has the tiles of a shelf that are in the cache, and puts there what is in
// memory alone. While there is no room on the disk, memory has to do.
type settled struct{ *shelf }

func (s settled) Load(ctx context.Context, t tlog.Tile) []byte {
	if data := s.read(ctx, t); data != nil {
		return data
	}
	data := s.shelf.Load(ctx, t)
	if data == nil {
		return nil
	}
	if err := s.d.write(ctx, "/"+t.Path(), data); err != nil && !cache.NoRoom(err) {
		return nil
	}
	return data
}

// whole is the width of a tile that is.
const whole = 256

func (d *DB) width(t tlog.Tile) int {
	if d.line == nil { // being opened
		return 0
	}
	return d.line.Head().Width(t.L, t.N)
}

// write puts something proven into the cache, in the place of what is damaged.
func (d *DB) write(ctx context.Context, path string, data []byte) error {
	key := d.key(path)
	err := d.o.Cache.Write(ctx, key, data, cache.Record{})
	if errors.Is(err, proxy.ErrContent) {
		d.o.Log.Error("checksum database: what was kept is damaged", "database", d.Name(), "what", path)
		if err = d.o.Cache.Quarantine(ctx, key, err); err == nil {
			err = d.o.Cache.Write(ctx, key, data, cache.Record{})
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
		if head, err = d.young(ctx, (t.N<<8+int64(t.W))<<(8*t.L)); err != nil {
			return nil, d.fail(path, err)
		}
	}
	data, err := d.p.Tile(ctx, head, t)
	if err != nil {
		return nil, d.fail(path, err)
	}
	return data, nil
}

// young moves the head for a client's tile. There may be no such head, and whoever
// asks need not mean well: so it is tried every 10 s.
func (d *DB) young(ctx context.Context, n int64) (mirror.Head, error) {
	if last := d.failed.Load(); last != 0 && d.o.Now().UnixNano()-last < int64(tryHeadEvery) {
		return mirror.Head{}, errTooYoung
	}
	_, err := d.once(ctx, "", func(ctx context.Context) (any, error) {
		_, err := d.reach(ctx, n, nil)
		return nil, err
	})
	head := d.line.Head()
	switch {
	case head.N >= n:
		return head, nil
	case errors.Is(err, mirror.ErrTooOld), err == nil: // another one waited for less
		d.failed.Store(d.o.Now().UnixNano())
		return head, errTooYoung
	}
	return head, err
}

var errTooYoung = msg.Errorf("it is younger than the newest head that could be had", "它比可取得的最新树头还要新")
