package archive

import (
	stdgzip "compress/gzip"
	"io"
	"os"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// BenchmarkCompress packs this test's own binary, which is a real Go program.
func BenchmarkCompress(b *testing.B) {
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		b.Fatal(err)
	}
	counted := func(open func(io.Writer) (io.WriteCloser, error)) func(*testing.B) {
		return func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			var size counter
			for b.Loop() {
				size = 0
				w, err := open(&size)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := w.Write(content); err != nil {
					b.Fatal(err)
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size)/float64(len(content))*100, "%size")
		}
	}
	b.Run("stdlib-9", counted(func(w io.Writer) (io.WriteCloser, error) { return stdgzip.NewWriterLevel(w, 9) }))
	b.Run("klauspost-9", counted(func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, 9) }))
	for _, f := range []Format{TarGz, TarZst, TarXz} {
		b.Run("ours-"+string(f), counted(func(w io.Writer) (io.WriteCloser, error) { return compressor(f, w, 8) }))
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
