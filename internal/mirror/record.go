package mirror

import (
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Record is a record of a checksum database: a version's lines of go.sum.
type Record struct {
	ID   int64 // its number in the tree, from 0
	Text []byte
}

// ParseRecord reads a record as a lookup gives it, with or without a head behind it.
func ParseRecord(data []byte) (r Record, err error) {
	r, _, err = parseRecord(data)
	return r, err
}

func parseRecord(data []byte) (r Record, signed []byte, err error) {
	r.ID, r.Text, signed, err = tlog.ParseRecord(data)
	if err == nil && r.ID < 0 {
		err = msg.Errorf("record number %d", "记录编号 %d", r.ID)
	}
	return r, signed, err
}

// Format is the record as a lookup gives it, without a head. It fails for a text
// that no record has.
func (r Record) Format() ([]byte, error) { return tlog.FormatRecord(r.ID, r.Text) }

// Sums are the two lines of a version in go.sum, as h1:… hashes.
// A record without a line for the go.mod leaves it "".
type Sums struct {
	Zip string
	Mod string
}

// Sums are those of a version. A record that has none for its zip, or different
// ones, is not the version's.
func (r Record) Sums(path, version string) (Sums, error) {
	var s Sums
	for line := range strings.Lines(string(r.Text)) {
		f := strings.Fields(line)
		if len(f) != 3 || f[0] != path {
			continue
		}
		var to *string
		switch f[1] {
		case version:
			to = &s.Zip
		case version + "/go.mod":
			to = &s.Mod
		default:
			continue
		}
		if *to != "" && *to != f[2] {
			return Sums{}, msg.Errorf("the record has two hashes for one thing", "记录中同一内容有两个哈希")
		}
		*to = f[2]
	}
	if s.Zip == "" {
		return Sums{}, msg.Errorf("the record has no line for it", "记录中没有对应的行")
	}
	return s, nil
}
