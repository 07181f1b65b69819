package preflight

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // git's object format, not a security measure
	"encoding/binary"

	"github.com/go-git/go-git/v5/plumbing/format/index"
)

// decodeIndex reads an index file through go-git and adds what go-git leaves
// out: each entry's assume-unchanged bit, and files written with
// index.skipHash, whose checksum is zero.
func decodeIndex(data []byte) (*index.Index, []bool, error) {
	if n := len(data) - sha1.Size; n > 0 && bytes.Count(data[n:], []byte{0}) == sha1.Size {
		sum := sha1.Sum(data[:n]) //nolint:gosec
		data = append(bytes.Clone(data[:n]), sum[:]...)
	}
	idx := &index.Index{}
	if err := index.NewDecoder(bytes.NewReader(data)).Decode(idx); err != nil {
		return nil, nil, err
	}
	return idx, assumedValid(data, idx), nil
}

// assumedValid walks the entries' fixed parts; where each one ends follows from
// the names that are already decoded.
func assumedValid(data []byte, idx *index.Index) []bool {
	const fixed, valid, extended = 62, 0x8000, 0x4000
	out := make([]bool, len(idx.Entries))
	at, previous := 12, ""
	for i, e := range idx.Entries {
		if at+fixed > len(data) {
			break
		}
		flags := binary.BigEndian.Uint16(data[at+fixed-2:])
		out[i] = flags&valid != 0
		size := fixed
		if flags&extended != 0 {
			size += 2
		}
		if idx.Version < 4 {
			at += (size + len(e.Name) + 8) &^ 7 // at least one NUL, to a multiple of eight
			continue
		}
		common := commonPrefix(previous, e.Name, data, at+size)
		at += size + varintLen(data, at+size) + len(e.Name) - common + 1
		previous = e.Name
	}
	return out
}

// commonPrefix is how much of the previous name a version 4 entry keeps.
func commonPrefix(previous, name string, data []byte, at int) int {
	if at >= len(data) {
		return 0
	}
	strip := int(data[at] & 0x7f)
	for data[at]&0x80 != 0 && at+1 < len(data) {
		at++
		strip = (strip+1)<<7 | int(data[at]&0x7f)
	}
	return max(0, min(len(previous)-strip, len(name)))
}

func varintLen(data []byte, at int) int {
	n := 1
	for at < len(data) && data[at]&0x80 != 0 {
		at++
		n++
	}
	return n
}
