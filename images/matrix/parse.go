package matrix

import (
	_ "embed"

	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

//go:embed matrix.yaml
var table []byte

//go:embed matrix.lock.json
var pins []byte

// Load is the table of this program with the digests of this program's lock.
func Load() (*Matrix, error) {
	m, err := Parse("matrix.yaml", table)
	if err != nil {
		return nil, err
	}
	lock, err := ParseLock("matrix.lock.json", pins)
	if err != nil {
		return nil, err
	}
	return m, m.Pin(lock)
}

// Parse reads a table by the rules in the package comment. The name stands in
// front of every error. No digest is known in it yet: see [Matrix.Pin].
func Parse(name string, data []byte) (*Matrix, error) {
	f, err := yamlfile.Parse(name, data)
	if err != nil {
		return nil, err
	}
	m := &Matrix{}
	if err := f.Decode(m); err != nil {
		return nil, err
	}
	c := checker{file: f}
	c.matrix(m)
	if err := yamlfile.Join(c.errs...); err != nil {
		return nil, err
	}
	return m, nil
}
