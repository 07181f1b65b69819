package archive

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"

	"github.com/klauspost/compress/flate"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func (m *meter) walkZip(src io.Reader, visit func(Header, io.Reader) error) error {
	at, ok := src.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok {
		return msg.Errorf("read archive: a zip cannot be read from a stream", "读取归档：zip 不能从流中读取")
	}
	size, err := at.Seek(0, io.SeekEnd)
	if err != nil {
		return entryError("", err)
	}
	m.in = size // not the sum of the entries, which may overlap
	zr, err := zip.NewReader(at, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // GODEBUG may turn that on; our own check gives the reason
		return entryError("", err)
	}
	zr.RegisterDecompressor(zip.Deflate, flate.NewReader)
	for _, f := range zr.File {
		if err := m.zipEntry(f, visit); err != nil {
			return err
		}
	}
	return m.ctx.Err()
}

func (m *meter) zipEntry(f *zip.File, visit func(Header, io.Reader) error) error {
	const encrypted = 1
	mode := f.Mode()
	dir := mode.IsDir()
	switch {
	case mode.Type() != 0 && !dir, dir && f.UncompressedSize64 > 0:
		return entryError(f.Name, errType)
	case f.Flags&encrypted != 0:
		return entryError(f.Name, errEncrypted)
	case f.UncompressedSize64 > 1<<62:
		return entryError(f.Name, errFile)
	}
	name, err := m.admit(f.Name, dir)
	if err != nil || name == "" {
		return entryError(f.Name, err)
	}
	h := Header{Name: name, Mode: mode.Perm(), Size: int64(f.UncompressedSize64), ModTime: f.Modified}
	if dir {
		h.Mode |= fs.ModeDir
		return visit(h, eof{})
	}
	r, err := f.Open()
	if err != nil {
		return entryError(f.Name, err)
	}
	defer r.Close()
	return m.hand(f.Name, h, &unpacked{r: r, m: m}, visit)
}

// eof is the content of a directory.
type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }
