package transfer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/file"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newStore(t testing.TB) *file.Store {
	t.Helper()
	st, err := file.New(filepath.Join(t.TempDir(), "site"))
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// random is the same content for the same seed.
func random(seed byte, n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

// object is content in memory; stream hides that it can be read at any place.
func object(key string, content []byte, stream bool) Object {
	sum := sha256.Sum256(content)
	return Object{
		Name: filepath.Base(key), Key: key, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]), CRC64: crcOf(content),
		Options: store.PutOptions{IfAbsent: true},
		Open: func() (io.ReadSeekCloser, error) {
			r := bytes.NewReader(content)
			if stream {
				return struct {
					io.ReadSeeker
					io.Closer
				}{r, io.NopCloser(nil)}, nil
			}
			return nopCloser{r}, nil
		},
	}
}

func crcOf(b []byte) string {
	h := store.NewCRC64()
	h.Write(b)
	return store.FormatCRC64(h.Sum64())
}

type nopCloser struct{ *bytes.Reader }

func (nopCloser) Close() error { return nil }

// quick waits hardly at all before repetitions.
var quick = Options{Pause: time.Microsecond}

func commitAll(t testing.TB, tr *Transfer, objects []Object) {
	t.Helper()
	for _, o := range objects {
		if _, err := tr.Commit(t.Context(), o.Key); err != nil {
			t.Fatal(err)
		}
	}
}

func read(t testing.TB, st store.Store, key string) []byte {
	t.Helper()
	r, _, err := st.Get(t.Context(), key, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func fileOpener(name string) func() (io.ReadSeekCloser, error) {
	return func() (io.ReadSeekCloser, error) { return os.Open(name) }
}
