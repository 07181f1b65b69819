package preflight

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// conversion is what git does to a file's bytes before it stores them.
type conversion struct {
	crlf   crlf
	ident  bool
	lfs    bool
	opaque bool // a filter or encoding that we do not run
}

// crlf says when CRLF becomes LF.
type crlf int

const (
	crlfKeep crlf = iota
	crlfAuto      // where the file looks like text and CRLF is not stored already
	crlfText      // always
)

func (c conversion) none() bool { return c == conversion{} }

// conversion reads the attributes and settings for a path.
func (a *attributes) conversion(path string) (conversion, error) {
	at, err := a.of(path)
	if err != nil {
		return conversion{}, err
	}
	var c conversion
	text, ok := at["text"]
	if !ok {
		text = at["crlf"] // its old name
		if text == "input" {
			text = "set"
		}
	}
	eol := at["eol"]
	switch {
	case text == "unset":
	case text == "set":
		c.crlf = crlfText
	case text == "auto":
		c.crlf = crlfAuto
	case eol == "lf" || eol == "crlf":
		c.crlf = crlfText
	case a.repo.config.get("core.autocrlf") == "input" || a.repo.config.isTrue("core.autocrlf", false):
		c.crlf = crlfAuto
	}
	c.ident = at["ident"] == "set"
	if e := at["working-tree-encoding"]; e != "" && e != "unset" && e != "set" && e != "UTF-8" {
		c.opaque = true
	}
	switch f := at["filter"]; f {
	case "", "set", "unset":
	case "lfs":
		c.lfs = true
	default: // without a driver git stores the bytes as they are
		c.opaque = c.opaque || a.repo.config.get("filter."+f+".clean") != "" || a.repo.config.get("filter."+f+".process") != ""
	}
	return c, nil
}

var identKeyword = lazyre.New(`\$Id:[^$\n]*\$`)

// sameConverted compares a file that git would convert.
func (s *status) sameConverted(e *entry, file string, c conversion) (bool, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	if c.opaque || c.lfs {
		if blob(b) == e.Hash {
			return true, nil
		}
		if c.opaque {
			return false, nil
		}
		b = fmt.Appendf(nil, "version https://git-lfs.github.com/spec/v1\noid sha256:%x\nsize %d\n", sha256.Sum256(b), len(b))
		return blob(b) == e.Hash, nil
	}
	if c.crlf != crlfKeep && bytes.IndexByte(b, '\r') >= 0 {
		strip := c.crlf == crlfText
		if !strip {
			stored, err := s.storesCRLF(e.Hash)
			if err != nil {
				return false, err
			}
			strip = !stored && !looksBinary(b)
		}
		if strip {
			b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
		}
	}
	if c.ident {
		b = identKeyword.Re().ReplaceAll(b, []byte("$$Id$$"))
	}
	return blob(b) == e.Hash, nil
}

// storesCRLF reports whether the stored text has CRLF line ends itself; git
// then leaves the file alone.
func (s *status) storesCRLF(h plumbing.Hash) (bool, error) {
	o, err := s.repo.store.EncodedObject(plumbing.BlobObject, h)
	if err != nil {
		return false, err
	}
	r, err := o.Reader()
	if err != nil {
		return false, err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	return bytes.Contains(b, []byte("\r\n")) && !looksBinary(b), err
}

// looksBinary is git's test: a NUL, a CR without LF, or more than one
// unprintable byte among 128.
func looksBinary(b []byte) bool {
	printable, odd := 0, 0
	for i, c := range b {
		switch {
		case c == 0, c == '\r' && (i+1 == len(b) || b[i+1] != '\n'):
			return true
		case c == '\r', c == '\n':
		case c == 127, c < 32 && c != '\b' && c != '\t' && c != 27 && c != '\f':
			odd++
		default:
			printable++
		}
	}
	if len(b) > 0 && b[len(b)-1] == 0x1a { // the old end-of-file mark
		odd--
	}
	return printable>>7 < odd
}
