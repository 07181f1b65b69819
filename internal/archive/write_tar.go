package archive

import (
	"archive/tar"
	"context"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// writeStream writes the formats that are a stream through a compressor.
func writeStream(ctx context.Context, w io.Writer, f Format, entries []Entry, o Options) error {
	c, err := compressor(f, w, o.Level)
	if err != nil {
		return err
	}
	if f.single() {
		err = entryError(entries[0].Name, entries[0].copyTo(ctx, c, make([]byte, blockSize)))
	} else {
		err = writeTar(ctx, c, entries)
	}
	if err != nil {
		return err // no Close: it would end the archive as if it were complete
	}
	return c.Close()
}

// compressor returns the writer of a format's stream. None of them starts a
// goroutine, so that one which is dropped half-way leaks nothing.
func compressor(f Format, w io.Writer, level int) (io.WriteCloser, error) {
	switch f {
	case TarGz, Gz:
		z, err := gzip.NewWriterLevel(w, level)
		if err == nil {
			z.ModTime = time.Unix(0, 0) // the library writes a zero time as the year 2042
		}
		return z, err
	case TarZst:
		return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithEncoderConcurrency(1))
	case TarXz:
		return xz.WriterConfig{DictCap: 8 << 20, CheckSum: xz.CRC64}.NewWriter(w)
	}
	return plain{w}, nil
}

// plain is the compressor that does not compress.
type plain struct{ io.Writer }

func (plain) Close() error { return nil }

func writeTar(ctx context.Context, w io.Writer, entries []Entry) error {
	tw := tar.NewWriter(w)
	block := make([]byte, blockSize)
	for _, e := range entries {
		// No Format: the writer takes USTAR where the header fits, else PAX,
		// which is what we want, entry by entry.
		err := tw.WriteHeader(&tar.Header{
			Typeflag: tar.TypeReg, Name: e.Name, Size: e.Size, Mode: int64(e.Mode),
			ModTime: e.ModTime, Uname: e.Owner, Gname: e.Group,
		})
		if err == nil {
			err = e.copyTo(ctx, tw, block)
		}
		if err != nil {
			return entryError(e.Name, err)
		}
	}
	if err := tw.Close(); err != nil {
		return msg.Errorf("write archive: %w", "写入归档：%w", err)
	}
	return nil
}
