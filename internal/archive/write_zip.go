package archive

import (
	"archive/zip"
	"context"
	"io"
	"time"

	"github.com/klauspost/compress/flate"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func writeZip(ctx context.Context, w io.Writer, entries []Entry, o Options) error {
	zw := zip.NewWriter(w)
	// The stock compressor changes with Go releases.
	zw.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, o.Level) })
	earliest := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) // the format's epoch; before it the date would wrap
	block := make([]byte, blockSize)
	for _, e := range entries {
		if e.ModTime.Before(earliest) {
			e.ModTime = earliest
		}
		h := &zip.FileHeader{Name: e.Name, Method: zip.Deflate, Modified: e.ModTime}
		h.SetMode(e.Mode)
		ew, err := zw.CreateHeader(h)
		if err == nil {
			err = e.copyTo(ctx, ew, block)
		}
		if err != nil {
			return entryError(e.Name, err)
		}
	}
	if err := zw.Close(); err != nil {
		return msg.Errorf("write archive: %w", "写入归档：%w", err)
	}
	return nil
}
