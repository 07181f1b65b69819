package inspect

import (
	"bytes"
	"io"
)

// The limits of what one file may cost. The largest real Go programs stay well
// below them.
const (
	maxHeaderBytes  = 32 << 20 // read for headers and small tables
	maxGoInfoBytes  = 64 << 20 // read in search of build information
	maxPclntab      = 64 << 20 // the function table, held in memory
	maxText         = 1 << 30  // machine code, streamed
	maxSections     = 512
	maxSegments     = 512
	maxSectionNames = 32 << 10
	maxDynamic      = 64 << 10
	maxLibraries    = 1024
	maxName         = 512
	maxLoadCommands = 1 << 20
	maxSlices       = 16
)

// budget is a reader that refuses after so many bytes. Every parser reads
// through one, so that a table which claims to be huge, or a thousand that
// overlap, end in an error instead of in memory.
type budget struct {
	r    *io.SectionReader
	left int64
}

func (b *budget) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= b.r.Size() {
		return 0, io.EOF
	}
	want := min(int64(len(p)), b.r.Size()-off)
	if want > b.left {
		return 0, malformed("its tables are larger than is sane", "其中的表大得不合常理")
	}
	b.left -= want
	return b.r.ReadAt(p, off)
}

// bytesAt reads exactly n bytes at off; n is checked against the file's size
// before it is allocated.
func (b *budget) bytesAt(off uint64, n uint64) ([]byte, error) {
	if size := uint64(b.r.Size()); off > size || n > size-off {
		return nil, io.ErrUnexpectedEOF
	}
	p := make([]byte, n)
	_, err := io.ReadFull(io.NewSectionReader(b, int64(off), int64(n)), p)
	return p, err
}

// stringAt reads the zero-terminated string at off, cut at limit bytes or at
// the end of the file; "" when off is outside.
func (b *budget) stringAt(off uint64, limit uint64) string {
	size := uint64(b.r.Size())
	if off >= size {
		return ""
	}
	p, err := b.bytesAt(off, min(limit, size-off))
	if err != nil {
		return ""
	}
	s, _, _ := bytes.Cut(p, []byte{0})
	return string(s)
}

// masked shows a file with a few bytes replaced. It hides from the standard
// library's parsers the tables that they would expand without bound.
type masked struct {
	r       io.ReaderAt
	patches []patch
}

type patch struct {
	off   int64
	bytes []byte
}

func (m *masked) hide(off int64, b []byte) { m.patches = append(m.patches, patch{off, b}) }

func (m *masked) ReadAt(p []byte, off int64) (int, error) {
	n, err := m.r.ReadAt(p, off)
	for _, h := range m.patches {
		for i, b := range h.bytes {
			if at := h.off + int64(i) - off; at >= 0 && at < int64(n) {
				p[at] = b
			}
		}
	}
	return n, err
}
