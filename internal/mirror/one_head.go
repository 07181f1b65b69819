package mirror

import (
	"context"
	"maps"
	"slices"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// HeadOptions describe a checksum database as files, all of whose records come with
// the same signed head. Write is needed.
type HeadOptions struct {
	// Key is the verifier key; "" = [goenv.PublicSumDBKey].
	Key string
	// Sources are asked for tiles, in order. What lies here already is the first
	// one.
	Sources []Source
	// Records are what lookups gave, by their paths, "/lookup/<module>@<version>";
	// what follows the record is the head of its own day, or nothing. They need not
	// be proven.
	Records map[string][]byte
	// Head is the signed head; nil = the newest of those that came with the records.
	Head []byte
	// Earlier are heads, signed, that clients may have from before: what proves that
	// Head grew out of them is written too.
	Earlier [][]byte
	// Write takes each file: "supported", "latest", "lookup/…" and "tile/…". Several
	// goroutines call it.
	Write func(ctx context.Context, name string, data []byte) error
}

// OneHead writes a checksum database of which a go command with nothing in its
// cache proves every record, without asking for anything else, and so does one that
// has an earlier head. A record that came with another head would also need the
// proof that one head grew out of the other, and which of these are asked for
// depends on the order of the lookups.
//
// Everything is proven before it is written: an error of class WrongContent says
// what is not.
func OneHead(ctx context.Context, o HeadOptions) (Head, error) {
	p, err := NewProver(ProverOptions{Key: o.Key, Sources: o.Sources, Kept: &written{write: o.Write}})
	if err != nil {
		return Head{}, err
	}
	head, records, err := p.sameHead(o)
	if err != nil {
		return Head{}, err
	}
	if err := p.Prove(ctx, head, slices.Collect(maps.Values(records))...); err != nil {
		return Head{}, err
	}
	for _, signed := range o.Earlier {
		old, err := p.OpenHead(signed)
		if err == nil && old.N < head.N {
			// Such a client looks at its own head before anything else.
			err = p.Grown(ctx, Head{}, old)
		}
		if err == nil {
			err = p.Grown(ctx, old, head)
		}
		if err != nil {
			return Head{}, err
		}
	}
	for what, r := range records {
		data, err := r.Format()
		if err == nil {
			err = o.Write(ctx, what[1:], append(data, head.Note...))
		}
		if err != nil {
			return Head{}, err
		}
	}
	if err := o.Write(ctx, "supported", nil); err != nil {
		return Head{}, err
	}
	return head, o.Write(ctx, "latest", head.Note)
}

// sameHead reads the records and settles the head.
func (p *Prover) sameHead(o HeadOptions) (Head, map[string]Record, error) {
	var head Head
	offer := func(signed []byte) error {
		h, err := p.OpenHead(signed)
		if err == nil && h.N > head.N {
			head = h
		}
		return err
	}
	if o.Head != nil {
		if err := offer(o.Head); err != nil {
			return head, nil, err
		}
	}
	records := map[string]Record{}
	for what, data := range o.Records {
		m, err := LookupVersion(what)
		if err != nil {
			return head, nil, err
		}
		r, signed, err := p.ReadRecord(m, data)
		if err != nil {
			return head, nil, err
		}
		records[what] = r
		if o.Head == nil {
			if err := offer(signed); err != nil {
				return head, nil, err
			}
		}
	}
	if head.N == 0 {
		return head, nil, msg.Errorf("make one head of checksum database %s: there is none", "为校验数据库 %s 统一树头：没有任何树头", p.name)
	}
	return head, records, nil
}

// written keeps the names of tiles that are proven and were written, and the tiles
// that are likely to be read again: those above the lowest.
type written struct {
	write func(ctx context.Context, name string, data []byte) error
	m     sync.Map
}

func (w *written) Load(_ context.Context, t tlog.Tile) []byte {
	data, _ := w.m.Load(t)
	b, _ := data.([]byte)
	return b
}

func (w *written) Save(ctx context.Context, t tlog.Tile, data []byte) error {
	if err := w.write(ctx, t.Path(), data); err != nil {
		return err
	}
	if t.L > 0 || t.W < 1<<tileHeight {
		w.m.Store(t, data)
	}
	return nil
}
