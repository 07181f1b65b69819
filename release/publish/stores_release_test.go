package publish

import (
	"fmt"
	"io"
	"math/rand/v2"
)

// openFile opens an artifact as a file is: readable at any place.
func (r *release) openFile(name string) (io.ReadSeekCloser, error) {
	f, err := r.open(name)
	if err != nil {
		return nil, err
	}
	type anywhere interface {
		io.ReadSeeker
		io.ReaderAt
	}
	return struct {
		anywhere
		io.Closer
	}{f.(struct {
		io.ReadSeeker
		io.Closer
	}).ReadSeeker.(anywhere), f}, nil
}

// partsRelease is a release of files with the given sizes; other seeds have
// other bytes.
func partsRelease(version string, seed uint64, sizes ...int) *release {
	var files []string
	random := rand.New(rand.NewPCG(seed, 7))
	for i, size := range sizes {
		b := make([]byte, size)
		for j := range b {
			b[j] = byte(random.Uint32())
		}
		files = append(files, fmt.Sprintf("file-%d=%s", i, b))
	}
	return newRelease("demo", version, files...)
}
