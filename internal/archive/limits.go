package archive

import (
	"bytes"
	"context"
	"io"
	"strings"
)

// Limits bounds what reading an archive may cost. A zero field means the value
// of [Strict]; a negative one no limit.
type Limits struct {
	Entries int   // names, the directories they imply included; 20,000
	Total   int64 // bytes in all, tar headers included; 2 GiB
	File    int64 // bytes of one file; 1 GiB
	Ratio   int64 // bytes out for each byte in, once 1 MiB is out; 200
	Depth   int   // elements of one name; 40
	Name    int   // bytes of one name; 4 KiB
}

// Strict returns the limits for archives from strangers.
func Strict() Limits {
	return Limits{Entries: 20_000, Total: 2 << 30, File: 1 << 30, Ratio: 200, Depth: 40, Name: 4 << 10}
}

// ratioFrom is how much an archive may yield before its ratio counts: a small
// one may well be a licence of 40 kB that packs 1:1000.
const ratioFrom = 1 << 20

func (l Limits) filled() Limits {
	s := Strict()
	return Limits{
		Entries: or(l.Entries, s.Entries), Total: or(l.Total, s.Total), File: or(l.File, s.File),
		Ratio: or(l.Ratio, s.Ratio), Depth: or(l.Depth, s.Depth), Name: or(l.Name, s.Name),
	}
}

func or[T int | int64](v, zero T) T {
	if v == 0 {
		return zero
	}
	return v
}

func over[T int | int64](v, limit T) bool { return limit >= 0 && v > limit }

// meter counts one reading against its limits.
type meter struct {
	ctx    context.Context
	limits Limits
	in     int64 // packed bytes taken; for a zip its size
	out    int64 // unpacked bytes
	names  tree
}

// admit returns the clean name of an entry, "" for the top directory, or why
// it is refused.
func (m *meter) admit(name string, dir bool) (string, error) {
	if over(len(name), m.limits.Name) {
		return "", errNameLen
	}
	clean, err := cleanName(name)
	if err != nil || clean == "" && dir {
		return "", err
	}
	if clean == "" || !dir && strings.HasSuffix(name, "/") {
		return "", errType
	}
	if over(strings.Count(clean, "/")+1, m.limits.Depth) {
		return "", errDepth
	}
	return clean, m.names.add(clean, dir, m.limits.Entries)
}

func (m *meter) grow(n int) error {
	m.out += int64(n)
	switch {
	case over(m.out, m.limits.Total):
		return errTotal
	case m.out > ratioFrom && m.limits.Ratio >= 0 && m.out/m.limits.Ratio > m.in:
		return errRatio
	}
	return nil
}

// packed counts what is taken from the source.
type packed struct {
	r io.Reader
	m *meter
}

func (p packed) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.m.in += int64(n)
	return n, err
}

// unpacked counts what comes out, stops when the context does, and remembers
// how many zeros came last, to know a tar's end marker.
type unpacked struct {
	r     io.Reader
	m     *meter
	zeros int64
}

func (u *unpacked) Read(b []byte) (int, error) {
	if err := u.m.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := u.r.Read(b)
	if k := len(bytes.TrimRight(b[:n], "\x00")); k > 0 {
		u.zeros = int64(n - k)
	} else {
		u.zeros += int64(n)
	}
	if e := u.m.grow(n); e != nil {
		return n, e
	}
	return n, err
}

// bounded refuses a file that is larger than the limit, and keeps the first
// error for a reader that hides it.
type bounded struct {
	r     io.Reader
	n     int64
	limit int64
	err   error
}

func (f *bounded) Read(b []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.r.Read(b)
	if f.n += int64(n); over(f.n, f.limit) {
		err = errFile
	}
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}
