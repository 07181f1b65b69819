package inspect

import (
	"bytes"
	"encoding/binary"
)

// The two layouts of Go's function table since 1.18; they differ in nothing
// that is read here.
const (
	pclntab118 = 0xfffffff0
	pclntab120 = 0xfffffff1
)

// funcEntry finds a function by name in a 64-bit little-endian function table
// and returns its offset from the start of .text. debug/gosym would build
// every function of the program in memory to answer this, and panics on bad
// tables.
func funcEntry(table []byte, textAddr, textSize uint64, name string) (uint64, bool) {
	le := binary.LittleEndian
	if len(table) < 72 || table[7] != 8 {
		return 0, false
	}
	if m := le.Uint32(table); m != pclntab118 && m != pclntab120 {
		return 0, false
	}
	count, textStart := le.Uint64(table[8:]), le.Uint64(table[24:])
	names, ok := between(table, le.Uint64(table[32:]), le.Uint64(table[40:]))
	if !ok {
		return 0, false
	}
	funcs, ok := between(table, le.Uint64(table[64:]), uint64(len(table)))
	if !ok || count > uint64(len(funcs))/8 {
		return 0, false
	}
	at := bytes.Index(names, []byte("\x00"+name+"\x00"))
	if at < 0 {
		return 0, false
	}
	nameOff := uint32(at + 1)
	for i := range count {
		entry, info := uint64(le.Uint32(funcs[8*i:])), uint64(le.Uint32(funcs[8*i+4:]))
		if info+8 > uint64(len(funcs)) || le.Uint32(funcs[info+4:]) != nameOff {
			continue
		}
		// Entries count from runtime.text. That is the start of .text unless C
		// code was linked in front; the table says so except where it waits for
		// a relocation (PIE) or no longer does (Go 1.26).
		if textStart > textAddr && textStart-textAddr < textSize {
			entry += textStart - textAddr
		}
		return entry, entry < textSize
	}
	return 0, false
}

func between(b []byte, from, to uint64) ([]byte, bool) {
	if from > to || to > uint64(len(b)) {
		return nil, false
	}
	return b[from:to], true
}
