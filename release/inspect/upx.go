package inspect

import "bytes"

var upxMagic = []byte("UPX!")

// upxELF looks where UPX puts its mark and nowhere else, so that a program
// which merely mentions it is not accused: behind the program headers, and in
// the last bytes of the file.
func upxELF(r *budget, headersEnd uint64) bool {
	size := uint64(r.r.Size())
	for _, at := range []uint64{headersEnd, size - min(size, 64)} {
		if at >= size {
			continue
		}
		if b, err := r.bytesAt(at, min(64, size-at)); err == nil && bytes.Contains(b, upxMagic) {
			return true
		}
	}
	return false
}
