package vcs

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/storer"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// tmpPack begins the names of packs that are still being written.
const tmpPack = "incoming-"

var errFull = errors.New("the pack is larger than the room for it")

// savePack keeps a pack of at most room bytes with an index of our own making: every
// object's hash is computed from what came. go-git's own writer leaves files open and
// lying about when a transfer breaks off. What a thin pack leaves out is taken from
// the objects that are there, nil for none.
func savePack(dir string, r io.Reader, room int64, have storer.EncodedObjectStorer) (n int64, err error) {
	f, err := os.CreateTemp(dir, tmpPack)
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name()) // nothing is left there after the rename
	defer f.Close()
	if n, err = io.Copy(f, io.LimitReader(r, room+1)); err != nil {
		return n, err
	}
	if n > room {
		return n, errFull
	}
	bases, count, err := survey(f)
	if err != nil {
		return n, err
	}
	if have != nil && len(bases) > 0 {
		if err := thicken(f, have, bases, count); err != nil {
			return n, err
		}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return n, err
	}
	w := new(idxfile.Writer)
	p, err := packfile.NewParser(packfile.NewScanner(f), w)
	if err != nil {
		return n, err
	}
	sum, err := p.Parse()
	if err != nil {
		return n, err
	}
	idx, err := w.Index()
	if err != nil {
		return n, err
	}
	g, err := os.CreateTemp(dir, tmpPack)
	if err != nil {
		return n, err
	}
	defer os.Remove(g.Name())
	defer g.Close()
	if _, err := idxfile.NewEncoder(g).Encode(idx); err != nil {
		return n, err
	}
	if err := errors.Join(f.Close(), g.Close()); err != nil {
		return n, err
	}
	base := filepath.Join(dir, "pack-"+sum.String())
	if err := os.Rename(f.Name(), base+".pack"); err != nil {
		return n, err
	}
	return n, os.Rename(g.Name(), base+".idx")
}

// sweepPacks removes what a killed process left half written.
func sweepPacks(dir string) {
	list, _ := os.ReadDir(dir)
	for _, e := range list {
		if strings.HasPrefix(e.Name(), tmpPack) {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

func tooLarge(limit int64) error {
	return &classed{proxy.ErrBlocked, msg.Errorf("the repository needs more than %d bytes", "该仓库所需空间超过 %d 字节", limit).WithHint(
		"raise max_bytes of this repository", "请调大该仓库的 max_bytes")}
}
