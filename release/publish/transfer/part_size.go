package transfer

import (
	"github.com/yingzao-dev/yingzao/internal/store"
)

// What a part has, unless the store or the size of an object want it otherwise:
// small enough for connections to end together and to lose little when one
// breaks, large enough for the time of a request not to count.
const (
	leastPart = 1 << 20
	mostPart  = 8 << 20
	leastTail = 256 << 10
)

// sizes gives each object its part size: an eighth of what a connection has to
// carry, a quarter of that for objects that begin in the last eighth of all bytes.
func sizes(all []*upload, asked int64, connections int, caps store.Caps) {
	var total int64
	for _, u := range all {
		total += u.Size
	}
	size := min(max(roundUp(total/int64(8*connections)), leastPart), mostPart)
	before := int64(0)
	for _, u := range all {
		part := asked
		if part <= 0 {
			part = size
			if before > 0 && before >= total-total/8 {
				part = max(size/4, leastTail)
			}
		}
		before += u.Size
		u.partSize = allowed(part, u.Size, caps)
	}
}

// allowed raises a part size to what the store takes for an object.
func allowed(part, object int64, caps store.Caps) int64 {
	part = max(part, caps.MinPart, 1)
	if n := int64(caps.MaxParts); n > 0 {
		part = max(part, (object+n-1)/n)
	}
	return part
}

// fits reports whether an upload in such parts can go on.
func fits(part, object int64, caps store.Caps) bool {
	return part > 0 && allowed(part, object, caps) == part
}

// roundUp makes whole MiB.
func roundUp(n int64) int64 { return (n + 1<<20 - 1) >> 20 << 20 }

// count is the number of parts; an empty object is one empty part.
func count(object, part int64) int { return int(max((object+part-1)/part, 1)) }
