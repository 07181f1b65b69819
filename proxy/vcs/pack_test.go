package vcs

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1" //nolint:gosec // git's checksum of a pack
	"encoding/binary"
	"errors"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/yingzao-dev/yingzao/proxy"
)

// A file that is told as what another one becomes has its size in the telling: here
// some 100 bytes of pack, of which go-git would make 256 MiB in memory.
func TestP8BombOfDeltas(t *testing.T) {
	base := make([]byte, 64<<10)
	var pack bytes.Buffer
	pack.WriteString("PACK\x00\x00\x00\x02\x00\x00\x00\x02")
	obj := &plumbing.MemoryObject{}
	obj.SetType(plumbing.BlobObject)
	if _, err := obj.Write(base); err != nil {
		t.Fatal(err)
	}
	if err := appendObject(&pack, obj); err != nil {
		t.Fatal(err)
	}
	const times = maxObject/(64<<10) + 1
	delta := binary.AppendUvarint(nil, uint64(len(base)))
	delta = binary.AppendUvarint(delta, times*uint64(len(base)))
	delta = append(delta, bytes.Repeat([]byte{0x80}, times)...) // each copies the first 64 KiB
	size := len(delta)
	pack.Write([]byte{byte(plumbing.REFDeltaObject)<<4 | byte(size&15) | 0x80, byte(size>>4&0x7f) | 0x80, byte(size >> 11)})
	hash := obj.Hash()
	pack.Write(hash[:])
	z := zlib.NewWriter(&pack)
	if _, err := z.Write(delta); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	sum := sha1.Sum(pack.Bytes()) //nolint:gosec // as above
	pack.Write(sum[:])
	before := highWater(t)
	_, err := savePack(t.TempDir(), &pack, 1<<20, nil)
	var c *classed
	if !errors.As(err, &c) || c.class != proxy.ErrBlocked {
		t.Errorf("want %v, got %v", proxy.ErrBlocked, err)
	}
	if grown := highWater(t) - before; grown > 64 {
		t.Errorf("%.0f MB more memory", grown)
	}
}
