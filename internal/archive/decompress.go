package archive

import (
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// windowLimit is the most memory that a compressed stream may ask for its
// dictionary: more than zstd and xz use at their strongest ordinary settings.
const windowLimit = 128 << 20

// decompress opens the stream inside a format; done releases it.
func decompress(f Format, r io.Reader) (stream io.Reader, done func(), err error) {
	done = func() {}
	switch f {
	case TarGz, Gz:
		stream, err = gzip.NewReader(r)
	case TarXz:
		stream, err = openXZ(r)
	case TarZst:
		var z *zstd.Decoder
		// One worker decodes synchronously, without goroutines.
		z, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(windowLimit))
		if err == nil {
			stream, done = z, z.Close
		}
	default:
		stream = r
	}
	return stream, done, err
}
