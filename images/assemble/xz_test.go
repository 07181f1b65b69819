package assemble

import (
	"io"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/ulikunitz/xz"
)

var emptyImage = empty.Image

func newXZ(t testing.TB, w io.Writer) io.WriteCloser {
	t.Helper()
	z, err := xz.NewWriter(w)
	if err != nil {
		t.Fatal(err)
	}
	return z
}
