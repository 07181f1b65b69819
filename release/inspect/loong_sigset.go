package inspect

import (
	"debug/elf"
	"encoding/binary"
	"io"
)

// sigsetSize decodes from a LoongArch Go program the size of a signal set that
// it passes to rt_sigprocmask: 8, 16, or 0 when that is not certain. It wants
// every call decoded and all of one mind.
func sigsetSize(r *io.SectionReader, e *elf.File) int {
	var text, pcln *elf.Section
	for _, s := range e.Sections {
		switch s.Name {
		case ".text":
			text = s
		case ".gopclntab", ".data.rel.ro.gopclntab":
			pcln = s
		}
	}
	if text == nil || pcln == nil || text.Type != elf.SHT_PROGBITS || pcln.Type != elf.SHT_PROGBITS ||
		text.FileSize > maxText || pcln.FileSize > maxPclntab {
		return 0
	}
	table, err := (&budget{r: r, left: maxPclntab}).bytesAt(pcln.Offset, pcln.FileSize)
	if err != nil {
		return 0
	}
	entry, ok := funcEntry(table, text.Addr, text.FileSize, "runtime.rtsigprocmask")
	if !ok {
		return 0
	}
	return callSizes(io.NewSectionReader(r, int64(text.Offset), int64(text.FileSize)), entry)
}

// callSizes scans machine code for calls of the function at byte offset entry
// and returns the size they all pass, else 0. Code is streamed: look-back
// never crosses more than lookBack words.
func callSizes(text *io.SectionReader, entry uint64) int {
	const chunk, lookBack = 1 << 20, 16
	buf := make([]byte, min(chunk, text.Size())+4*lookBack)
	words := func(i int) uint32 { return binary.LittleEndian.Uint32(buf[4*i:]) }
	found, kept := 0, 0 // kept: words carried over from the chunk before
	for off := int64(0); off < text.Size(); {
		n, err := io.ReadFull(io.NewSectionReader(text, off, chunk), buf[4*kept:])
		if err != nil && err != io.ErrUnexpectedEOF {
			return 0
		}
		total := kept + n/4
		for i := kept; i < total; i++ {
			if buf[4*i+3]>>2 != 0x15 { // not a bl
				continue
			}
			if at := off + int64(4*(i-kept)); at+branchTarget(words(i)) != int64(entry) {
				continue
			}
			size := sizeArgument(i, words)
			if size == 0 || found != 0 && found != size {
				return 0
			}
			found = size
		}
		off += int64(n)
		if n < chunk {
			break
		}
		kept = lookBack
		copy(buf, buf[4*(total-kept):4*total])
	}
	return found
}

// branchTarget is the distance in bytes of a bl: 26 bits, sign-extended, times 4.
func branchTarget(w uint32) int64 { return int64(int32((w>>10&0xffff|w&0x3ff<<16)<<6) >> 4) }

// sizeArgument finds the fourth argument of the call at word i: 8, 16 or 0.
// Go up to 1.24 stores it at 32(sp), and the register form would find a false
// value there; Go 1.25 and later set r7.
func sizeArgument(i int, word func(int) uint32) int {
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		if rd, ok := storesSize(word(j)); ok {
			return setTo(rd, j, word)
		}
	}
	return setTo(7, i, word)
}

// storesSize recognises st.w or st.d of a register to 32(sp).
func storesSize(w uint32) (rd uint32, ok bool) {
	op := w >> 22
	return w & 31, (op == 0xa6 || op == 0xa7) && w>>5&31 == 3 && w>>10&0xfff == 32
}

// setTo looks back at most 8 words for the immediate that register rd is set to:
// addi.w, addi.d or ori from r0.
func setTo(rd uint32, i int, word func(int) uint32) int {
	for j := i - 1; j >= 0 && j >= i-8; j-- {
		w := word(j)
		if op := w >> 22; (op == 0xa || op == 0xb || op == 0xe) && w>>5&31 == 0 && w&31 == rd {
			if v := int(w >> 10 & 0xfff); v == 8 || v == 16 {
				return v
			}
			return 0
		}
	}
	return 0
}
