package mirror

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// batch is how many records are proven at once: 4 MB of tiles.
const batch = 512

// Prove proves records to be in the tree under a head. Together they share tiles.
// The error is of class WrongContent when one is not.
func (p *Prover) Prove(ctx context.Context, head Head, records ...Record) error {
	records = slices.SortedFunc(slices.Values(records), func(a, b Record) int { return cmp.Compare(a.ID, b.ID) })
	for part := range slices.Chunk(records, batch) {
		var at []int64
		for _, r := range part {
			if r.ID >= head.N {
				return p.unproven(name(r), msg.Errorf("the head has %d records", "该树头只有 %d 条记录", head.N))
			}
			at = append(at, tlog.StoredHashIndex(0, r.ID))
		}
		var hashes []tlog.Hash
		err := p.prove(ctx, name(part[0]), head, func(read tlog.HashReader) (err error) {
			hashes, err = read.ReadHashes(at)
			return err
		})
		if err != nil {
			return err
		}
		for i, r := range part {
			if hashes[i] != tlog.RecordHash(r.Text) {
				return p.unproven(name(r), msg.Errorf("the signed tree holds another record", "签名树中是另一条记录"))
			}
		}
	}
	return nil
}

// name is the version that a record says it is about.
func name(r Record) string {
	f := strings.Fields(string(r.Text[:min(len(r.Text), 1<<10)]))
	if len(f) < 2 {
		return fmt.Sprintf("#%d", r.ID)
	}
	return f[0] + "@" + f[1]
}

// Grown proves that the tree under newer is that under older, with records added at
// its end. That reads all tiles which were not whole under older, and all above
// them: whatever was proven under older by tiles that are kept, can then be proven
// under newer by tiles that are kept. A zero older proves newer alone.
//
// An error of class WrongContent that comes with two heads says that the database
// shows different people different things, or that a source forged tiles.
func (p *Prover) Grown(ctx context.Context, older, newer Head) error {
	if older.N > newer.N {
		return p.unproven("/latest", msg.Errorf("the tree shrank from %d to %d records", "树从 %d 条记录缩减为 %d 条", older.N, newer.N))
	}
	var hash tlog.Hash
	err := p.prove(ctx, "/latest", newer, func(read tlog.HashReader) (err error) {
		if older.N == 0 {
			_, err = read.ReadHashes(nil) // the tiles of the head itself
			return err
		}
		hash, err = tlog.TreeHash(older.N, read)
		return err
	})
	if err == nil && older.N > 0 && hash != older.Hash {
		return p.unproven("/latest", msg.Errorf("the trees of %d and of %d records contradict each other", "%d 条与 %d 条记录的两棵树互相矛盾", older.N, newer.N))
	}
	return err
}

// Tile returns a tile, proven under a head that covers it.
func (p *Prover) Tile(ctx context.Context, head Head, t tlog.Tile) ([]byte, error) {
	if !head.Covers(t) {
		return nil, p.unproven(t.Path(), msg.Errorf("the head has %d records", "该树头只有 %d 条记录", head.N))
	}
	var data []byte
	err := p.prove(ctx, t.Path(), head, func(read tlog.HashReader) (err error) {
		data, err = tlog.ReadTileData(t, read)
		return err
	})
	return data, err
}

// Covers reports whether the tree under the head has the whole tile.
func (h Head) Covers(t tlog.Tile) bool {
	return t.H == tileHeight && t.L >= 0 && t.L < 8 && (t.N<<tileHeight+int64(t.W)) <= h.N>>(tileHeight*t.L)
}

// Width is how wide the tile at a place is under the head: 0 to 256.
func (h Head) Width(level int, n int64) int {
	return int(min(max(h.N>>(tileHeight*level)-n<<tileHeight, 0), 1<<tileHeight))
}
