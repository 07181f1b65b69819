package archive

import (
	"bufio"
	"encoding/binary"
	"io"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// openXZ opens one xz stream. The library allocates whatever dictionary a block
// names, up to 4 GiB, and Go cannot survive a refused allocation; so the first
// block is looked at beforehand. (Later blocks of one stream cannot be found
// without decoding; ordinary compressors give all blocks the same dictionary.)
func openXZ(r io.Reader) (io.Reader, error) {
	br := bufio.NewReader(r)
	head, _ := br.Peek(12 + 1024) // stream header and the longest block header; a short file is the library's to report
	if xzDictionary(head) > windowLimit {
		return nil, errWindow
	}
	return xz.ReaderConfig{SingleStream: true}.NewReader(br)
}

// xzDictionary returns the dictionary size that the first block names; 0 when
// there is none to be seen.
func xzDictionary(head []byte) int64 {
	const streamHeader = 12
	if len(head) < streamHeader+2 || head[streamHeader] == 0 {
		return 0
	}
	flags, rest := head[streamHeader+1], head[streamHeader+2:]
	for _, sizeGiven := range []byte{0x40, 0x80} {
		if flags&sizeGiven != 0 {
			_, n := binary.Uvarint(rest)
			rest = rest[max(n, 0):]
		}
	}
	if len(rest) < 3 || rest[0] != 0x21 || rest[1] != 1 { // LZMA2, one byte of properties
		return 0
	}
	size, err := lzma.DecodeDictCap(rest[2])
	if err != nil {
		return 0
	}
	return size
}
