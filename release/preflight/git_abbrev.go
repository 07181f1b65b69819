package preflight

import (
	"encoding/binary"
	"math/bits"
	"os"
	"path/filepath"
	"strconv"

	"github.com/go-git/go-git/v5/plumbing"
)

// abbreviate shortens h as git does: core.abbrev, or a length that grows with
// the number of packed objects, at least 7; longer until it is unique.
func (r *repo) abbreviate(h plumbing.Hash) (string, error) {
	full := h.String()
	n := 0
	if s := r.config.get("core.abbrev"); s != "" {
		if i, err := strconv.Atoi(s); err == nil && i >= 4 {
			n = min(i, len(full))
		} else if !r.config.isTrue("core.abbrev", true) { // "no", "off"
			return full, nil
		}
	}
	if n == 0 {
		n = max(7, (bits.Len(uint(r.store.packed()))+1)/2)
	}
	others, err := r.store.withPrefix(h[:n/2])
	if err != nil {
		return "", err
	}
	for _, o := range others {
		if o == h {
			continue
		}
		other := o.String()
		for n < len(full) && full[:n] == other[:n] {
			n++
		}
	}
	return full[:n], nil
}

// packed is the number of objects in packs, read from the last entry of each
// pack index's fan-out table.
func (o *objects) packed() int {
	n := 0
	files, _ := filepath.Glob(filepath.Join(o.packs, "*.idx"))
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		var count [4]byte
		if _, err := f.ReadAt(count[:], 8+255*4); err == nil {
			n += int(binary.BigEndian.Uint32(count[:]))
		}
		f.Close()
	}
	for _, a := range o.alternates {
		n += a.packed()
	}
	return n
}

func (o *objects) withPrefix(p []byte) ([]plumbing.Hash, error) {
	all, err := o.HashesWithPrefix(p)
	for _, a := range o.alternates {
		more, err2 := a.withPrefix(p)
		if err == nil {
			err = err2
		}
		all = append(all, more...)
	}
	return all, err
}
