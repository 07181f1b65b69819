package archive

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Header describes one entry of an archive.
type Header struct {
	Name    string      // clean, relative, slash separated; "" for Gz and Binary, which hold none
	Mode    fs.FileMode // permission bits, and ModeDir for a directory; never setuid, setgid or sticky
	Size    int64       // bytes as the archive claims them; -1 where it does not (Gz, Binary)
	ModTime time.Time   // as recorded; zero for Gz and Binary
}

// Walk calls visit for each entry of an archive in its order, without touching
// the disk. The reader given to visit is good until visit returns; what it does
// not read is read for it. fs.SkipAll from visit ends the walk early with nil;
// any other error ends it with that error.
//
// A zip needs a src that is an io.ReaderAt and io.Seeker as well, such as an
// os.File, a bytes.Reader or an io.SectionReader. [Refused] tells whether an
// error is about what the archive contains.
func Walk(ctx context.Context, src io.Reader, f Format, l Limits, visit func(Header, io.Reader) error) error {
	m := &meter{ctx: ctx, limits: l.filled()}
	var err error
	switch f {
	case Zip:
		err = m.walkZip(src, visit)
	case TarGz, TarZst, TarXz, Tar:
		err = m.walkStream(src, f, func(u *unpacked) error { return m.walkTar(u, visit) })
	case Gz, Binary:
		err = m.walkStream(src, f, func(u *unpacked) error {
			return m.hand("", Header{Mode: 0o644, Size: -1}, u, visit)
		})
	default:
		return msg.Errorf("read archive: unknown format %q", "读取归档：未知的格式 %q", f)
	}
	if errors.Is(err, fs.SkipAll) {
		return nil
	}
	return err
}

func (m *meter) walkStream(src io.Reader, f Format, walk func(*unpacked) error) error {
	stream, done, err := decompress(f, packed{src, m})
	if err != nil {
		return entryError("", err)
	}
	defer done()
	return walk(&unpacked{r: stream, m: m})
}

// hand gives one file to visit and reads what visit left of it.
func (m *meter) hand(name string, h Header, r io.Reader, visit func(Header, io.Reader) error) error {
	if over(h.Size, m.limits.File) {
		return entryError(name, errFile)
	}
	file := &bounded{r: r, limit: m.limits.File}
	if err := visit(h, file); err != nil {
		// The visitor may not have looked at what its reader said.
		if file.err != nil && !errors.Is(err, fs.SkipAll) {
			return entryError(name, file.err)
		}
		return err
	}
	if _, err := io.Copy(io.Discard, file); err != nil {
		return entryError(name, err)
	}
	return nil
}
