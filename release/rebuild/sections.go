package rebuild

import (
	"bytes"
	"cmp"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"slices"
)

// Section is a part of an executable that differs.
type Section struct {
	Name      string `json:"name"`      // as the file has it; "(headers)" for what lies in none
	Published int64  `json:"published"` // bytes; -1 = there is none
	Rebuilt   int64  `json:"rebuilt"`
	Offset    int64  `json:"offset"` // in the published file, of the first byte that differs; -1 where that is not known
	Bytes     int64  `json:"bytes"`  // that differ, at the same place in the section; what one has more counts too
}

// part is a section of a file.
type part struct {
	name         string
	offset, size int64
}

var errNotAlike = errors.New("not two executables of one format")

// compareSections names the sections in which two executables differ, in the order
// of the published file.
func compareSections(a, b []byte) ([]Section, error) {
	pa, fa := parts(a)
	pb, fb := parts(b)
	if fa == "" || fa != fb {
		return nil, errNotAlike
	}
	var out []Section
	for _, p := range pa {
		i := slices.IndexFunc(pb, func(o part) bool { return o.name == p.name })
		if i < 0 {
			out = append(out, Section{p.name, p.size, -1, p.offset, p.size})
			continue
		}
		q := pb[i]
		if first, n := differing(cut(a, p), cut(b, q)); n > 0 {
			out = append(out, Section{p.name, p.size, q.size, p.offset + first, n})
		}
		pb = slices.Delete(pb, i, i+1)
	}
	for _, q := range pb {
		out = append(out, Section{q.name, -1, q.size, -1, q.size})
	}
	if first, n := differing(outside(a, pa), outside(b, must(parts(b)))); n > 0 {
		out = append(out, Section{"(headers)", int64(len(outside(a, pa))), int64(len(outside(b, must(parts(b))))), place(pa, first), n})
	}
	return out, nil
}

func must(p []part, _ string) []part { return p }

// cut is a section's content; what a broken header promises beyond the file is not
// there.
func cut(b []byte, p part) []byte {
	from := min(max(p.offset, 0), int64(len(b)))
	return b[from:min(from+max(p.size, 0), int64(len(b)))]
}

// differing finds the first byte that differs and counts them all.
func differing(a, b []byte) (first, count int64) {
	if bytes.Equal(a, b) {
		return 0, 0
	}
	n := min(len(a), len(b))
	first = -1
	for i := range n {
		if a[i] != b[i] {
			if first < 0 {
				first = int64(i)
			}
			count++
		}
	}
	if first < 0 {
		first = int64(n)
	}
	return first, count + int64(max(len(a), len(b))-n)
}

// outside is what lies in no section: headers, tables and padding.
func outside(b []byte, parts []part) []byte {
	var out []byte
	at := int64(0)
	for _, p := range inOrder(parts) {
		if p.offset > at {
			out = append(out, cut(b, part{offset: at, size: p.offset - at})...)
		}
		at = max(at, p.offset+p.size)
	}
	return append(out, cut(b, part{offset: at, size: int64(len(b)) - at})...)
}

// place turns an offset in what outside gives into one of the file.
func place(parts []part, first int64) int64 {
	at := int64(0)
	for _, p := range inOrder(parts) {
		if gap := p.offset - at; gap > 0 {
			if first < gap {
				return at + first
			}
			first -= gap
		}
		at = max(at, p.offset+p.size)
	}
	return at + first
}

func inOrder(parts []part) []part {
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.offset, b.offset) })
	return parts
}

// parts are the sections that have bytes in the file, and the file's format; "" for
// what is no executable.
func parts(b []byte) (out []part, format string) {
	add := func(name string, offset, size int64) {
		if size <= 0 || offset < 0 || offset > int64(len(b)) {
			return
		}
		for slices.ContainsFunc(out, func(p part) bool { return p.name == name }) {
			name += "'"
		}
		out = append(out, part{name, offset, min(size, int64(len(b))-offset)})
	}
	r := bytes.NewReader(b)
	if f, err := elf.NewFile(r); err == nil {
		for _, s := range f.Sections {
			if s.Type != elf.SHT_NOBITS && s.Type != elf.SHT_NULL {
				add(s.Name, int64(s.Offset), int64(s.FileSize))
			}
		}
		return out, "elf"
	}
	if f, err := pe.NewFile(r); err == nil {
		for _, s := range f.Sections {
			add(s.Name, int64(s.Offset), int64(s.Size))
		}
		return out, "pe"
	}
	if f, err := macho.NewFile(r); err == nil {
		for _, s := range f.Sections {
			const zerofill = 1
			if s.Flags&0xff != zerofill {
				add(s.Seg+","+s.Name, int64(s.Offset), int64(s.Size))
			}
		}
		return out, "macho"
	}
	return nil, ""
}
