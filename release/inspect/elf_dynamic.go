package inspect

import (
	"debug/elf"
	"strconv"
	"strings"
)

// dynamic reads PT_DYNAMIC through the segments, as the loader does, so that a
// file without section headers hides nothing. It fills Needed and Glibc and
// reports whether the file calls itself a position-independent program.
func dynamic(r *budget, e *elf.File, f *Facts) (pie bool, err error) {
	i := -1
	for n, p := range e.Progs {
		if p.Type == elf.PT_DYNAMIC {
			i = n
			break
		}
	}
	if i < 0 {
		return false, nil
	}
	p := e.Progs[i]
	table, err := r.bytesAt(p.Off, min(p.Filesz, maxDynamic))
	if err != nil {
		return false, err
	}
	word, load := 8, func(b []byte) uint64 { return e.ByteOrder.Uint64(b) }
	if e.Class == elf.ELFCLASS32 {
		word, load = 4, func(b []byte) uint64 { return uint64(e.ByteOrder.Uint32(b)) }
	}
	var needed []uint64
	tags := map[elf.DynTag]uint64{}
	for ; len(table) >= 2*word; table = table[2*word:] {
		tag, val := elf.DynTag(load(table)), load(table[word:])
		if tag == elf.DT_NULL {
			break
		}
		if tag != elf.DT_NEEDED {
			tags[tag] = val
		} else if needed = append(needed, val); len(needed) > maxLibraries {
			return false, malformed("more than %d libraries", "依赖的库多于 %d 个", maxLibraries)
		}
	}
	strings, ok := fileOffset(e, tags[elf.DT_STRTAB])
	for _, n := range needed {
		name := "?" // a library whose name cannot be read is still one
		if ok {
			if s := r.stringAt(strings+n, maxName); s != "" {
				name = s
			}
		}
		f.Needed = append(f.Needed, name)
	}
	if verneed, there := fileOffset(e, tags[elf.DT_VERNEED]); there && ok {
		f.Glibc = glibc(r, e, verneed, strings)
	}
	return tags[elf.DT_FLAGS_1]&uint64(elf.DF_1_PIE) != 0, nil
}

// fileOffset finds where in the file the byte at a virtual address lies.
func fileOffset(e *elf.File, addr uint64) (uint64, bool) {
	for _, p := range e.Progs {
		if p.Type == elf.PT_LOAD && addr >= p.Vaddr && addr-p.Vaddr < p.Filesz {
			return p.Off + (addr - p.Vaddr), addr != 0
		}
	}
	return 0, false
}

// glibc walks the version needs and returns the highest GLIBC_x.y as x.y. Both
// lists are chains of relative offsets; one limit holds for the whole walk.
func glibc(r *budget, e *elf.File, need, strtab uint64) (highest string) {
	o := e.ByteOrder
	for left := 2048; left > 0; left-- {
		n, err := r.bytesAt(need, 16)
		if err != nil {
			return highest
		}
		aux := need + uint64(o.Uint32(n[8:]))
		for c := o.Uint16(n[2:]); c > 0 && left > 0; c, left = c-1, left-1 {
			a, err := r.bytesAt(aux, 16)
			if err != nil {
				break
			}
			name := r.stringAt(strtab+uint64(o.Uint32(a[8:])), 64)
			if v, ok := strings.CutPrefix(name, "GLIBC_"); ok && compareDotted(v, highest) > 0 {
				highest = v
			}
			next := o.Uint32(a[12:])
			if next == 0 {
				break
			}
			aux += uint64(next)
		}
		next := o.Uint32(n[12:])
		if next == 0 {
			break
		}
		need += uint64(next)
	}
	return highest
}

// compareDotted orders 2.9 < 2.34. What is no dotted number (PRIVATE,
// ABI_DT_RELR) is less than every number.
func compareDotted(a, b string) int {
	as, bs := dotted(a), dotted(b)
	for i := range max(len(as), len(bs)) {
		x, y := -1, -1
		if i < len(as) {
			x = as[i]
		}
		if i < len(bs) {
			y = bs[i]
		}
		if x != y {
			return x - y
		}
	}
	return 0
}

func dotted(s string) (n []int) {
	for part := range strings.SplitSeq(s, ".") {
		v, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return nil
		}
		n = append(n, int(v))
	}
	return n
}
