package mirror

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Tiles keeps proven tiles; all are of height 8. It is called by several goroutines.
type Tiles interface {
	// Load returns a tile that was saved, whole or cut from a wider one with
	// [CutTile]; nil when there is none.
	Load(ctx context.Context, t tlog.Tile) []byte
	// Save keeps a tile and takes the place of another under its name, which is
	// damaged. When it fails, what the tile was read for is not proven.
	Save(ctx context.Context, t tlog.Tile, data []byte) error
}

// tileHeight is that of every checksum database that the go command knows.
const tileHeight = 8

// CutTile returns the narrow tile, out of data, which is a wider one of the same
// place: a tile only grows, at its end. nil when it is not wide enough.
func CutTile(data []byte, narrow tlog.Tile) []byte {
	if size := narrow.W * tlog.HashSize; len(data) >= size {
		return data[:size:size]
	}
	return nil
}

// memory is Tiles for as long as the prover lives.
type memory struct{ m sync.Map }

func (m *memory) Load(_ context.Context, t tlog.Tile) []byte {
	data, _ := m.m.Load(t)
	b, _ := data.([]byte)
	return b
}

func (m *memory) Save(_ context.Context, t tlog.Tile, data []byte) error {
	m.m.Store(t, data)
	return nil
}

// looseTile is a tile as the sources gave it, the from-th first.
type looseTile struct {
	tlog.Tile
	from int
}

// flight is a tile on its way.
type flight struct {
	done chan struct{}
	data []byte
	err  error
	gone bool // whoever asked for it gave up
}

// maxLoose limits the tiles that were fetched and never proven, because what they
// were fetched for failed otherwise: 2 MiB.
const maxLoose = 256

// reader reads tiles for one proof.
type reader struct {
	p     *Prover
	ctx   context.Context // of the one proof: the interface has no place for it
	from  int             // the source that is asked first
	fresh bool            // what is kept is passed over: something of it is damaged

	mu     sync.Mutex
	failed error
	kept   bool               // something that was kept was read
	came   map[tlog.Tile]bool // what was read and not kept
}

var _ tlog.TileReader = (*reader)(nil)

func (r *reader) Height() int { return tileHeight }

func (r *reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(tiles))
	var group errgroup.Group
	group.SetLimit(16)
	for i, t := range tiles {
		group.Go(func() (err error) {
			all[i], err = r.tile(t)
			return err
		})
	}
	err := group.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.failed = err
	}
	return all, err
}

// SaveTiles is told of tiles that are proven.
func (r *reader) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for i, t := range tiles {
		if !r.came[t] || bytes.Equal(r.p.kept.Load(r.ctx, t), data[i]) { // another proof was faster
			continue
		}
		if err := r.p.kept.Save(r.ctx, t, data[i]); err != nil {
			r.failed = err
			return
		}
	}
	r.p.forget(r)
}

// tile is a kept one, or one that comes, for this proof or for another that goes on
// at the same time.
func (r *reader) tile(t tlog.Tile) ([]byte, error) {
	key := looseTile{t, r.from}
	for {
		if !r.fresh {
			if data := r.p.kept.Load(r.ctx, t); len(data) == t.W*tlog.HashSize {
				r.note(t, true)
				return data, nil
			}
		}
		r.note(t, false)
		data, f, mine := r.p.board(key)
		switch {
		case data != nil:
			return data, nil
		case mine:
			// Another proof may have kept it, and forgotten that it came, since it was
			// looked for above.
			if !r.fresh {
				f.data = r.p.kept.Load(r.ctx, t)
			}
			if len(f.data) != t.W*tlog.HashSize {
				f.data, f.err = r.fetch(t)
			}
			f.gone = r.ctx.Err() != nil
			r.p.land(key, f)
			return f.data, f.err
		}
		select {
		case <-r.ctx.Done():
			return nil, context.Cause(r.ctx)
		case <-f.done:
		}
		if !f.gone {
			return f.data, f.err
		}
	}
}

func (r *reader) note(t tlog.Tile, kept bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if kept {
		r.kept = true
	} else {
		r.came[t] = true
	}
}

// forget drops what came for a proof: it is kept now, or wrong.
func (p *Prover) forget(r *reader) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for t := range r.came {
		delete(p.loose, looseTile{t, r.from})
	}
}

// board is the tile, if it came, or the flight that brings it; mine says that the
// caller has to fly it.
func (p *Prover) board(key looseTile) (data []byte, f *flight, mine bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if data, ok := p.loose[key]; ok {
		return data, nil, false
	}
	if f, ok := p.coming[key]; ok {
		return nil, f, false
	}
	f = &flight{done: make(chan struct{})}
	p.coming[key] = f
	return nil, f, true
}

func (p *Prover) land(key looseTile, f *flight) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.coming, key)
	if f.err == nil {
		for other := range p.loose {
			if len(p.loose) < maxLoose {
				break
			}
			delete(p.loose, other)
		}
		p.loose[key] = f.data
	}
	close(f.done)
}

// fetch asks the sources. Where nobody has a partial tile, it has become whole.
func (r *reader) fetch(t tlog.Tile) (tile []byte, err error) {
	sources := slices.Concat(r.p.sources[r.from:], r.p.sources[:r.from])
	whole := t
	whole.W = 1 << tileHeight
	for _, as := range slices.Compact([]tlog.Tile{t, whole}) {
		err = ask(r.ctx, sources, "/"+as.Path(), func(data []byte) error {
			if len(data) != as.W*tlog.HashSize {
				return r.p.unproven(as.Path(), msg.Errorf("%d bytes instead of %d", "大小为 %d 字节，应为 %d", len(data), as.W*tlog.HashSize))
			}
			tile = CutTile(data, t)
			return nil
		})
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return tile, err
}

// prove lets f read hashes of the tree under a head. What sources deliver and does
// not hold is thrown away and asked of the next one first, and tiles that were kept
// and are damaged are replaced.
func (p *Prover) prove(ctx context.Context, what string, head Head, f func(tlog.HashReader) error) error {
	if head.N == 0 {
		return nil
	}
	var last error
	for from := 0; ; {
		r := &reader{p: p, ctx: ctx, from: from, fresh: last != nil, came: map[tlog.Tile]bool{}}
		err := f(tlog.TileHashReader(head.Tree, r))
		switch {
		case r.failed != nil && last != nil && ctx.Err() == nil:
			return last
		case r.failed != nil:
			return r.failed
		case err == nil:
			return nil
		}
		last = p.unproven(what, err)
		p.forget(r)
		if !r.kept {
			from++
		}
		if from >= len(p.sources) {
			return last
		}
	}
}
