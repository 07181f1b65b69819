package archive

import (
	"cmp"
	"context"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Entry is one regular file of an archive to be written.
type Entry struct {
	Name         string      // slash separated, under the rules of the package
	Mode         fs.FileMode // permission bits only; 0 means 0644
	ModTime      time.Time   // to the second; zero means Options.ModTime
	Owner, Group string      // names for tar; empty means none (the ids are 0 in any case)

	// Open gives the content, once. Size is what it yields; anything else is an
	// error.
	Open func() (io.ReadCloser, error)
	Size int64
}

// Options are what the entries have in common. The zero value is ready for use.
type Options struct {
	ModTime time.Time // of entries that have none; zero means the Unix epoch
	Level   int       // deflate level of tar.gz, gz and zip, 1 to 9; 0 means 8. The other formats have one setting
}

// blockSize is how much is read between two looks at the context. Blocks are
// always full, so that no compressor can come to depend on how a source
// happens to cut its reads.
const blockSize = 64 << 10

// Write writes the entries to w, sorted by name, in one pass. Equal arguments
// give equal bytes everywhere. Gz and Binary take exactly one entry, whose name,
// mode and time they cannot hold. Times before 1980 become 1980 in a zip.
//
// Nothing is left running and everything is flushed when it returns nil; after
// an error, what w received is worthless. w is not closed.
func Write(ctx context.Context, w io.Writer, f Format, entries []Entry, o Options) error {
	if o.Level == 0 {
		o.Level = 8
	}
	if o.Level < 1 || o.Level > 9 {
		return msg.Errorf("write %s: compression level %d is not one of 1 to 9", "写入 %s：压缩级别 %d 不在 1 到 9 之间", f, o.Level).WithKind(msg.Usage)
	}
	if o.ModTime.IsZero() {
		o.ModTime = time.Unix(0, 0)
	}
	entries, err := prepare(f, entries, o)
	if err != nil {
		return err
	}
	out := &sticky{w: w}
	switch f {
	case Zip:
		err = writeZip(ctx, out, entries, o)
	case TarGz, TarZst, TarXz, Tar, Gz, Binary:
		err = writeStream(ctx, out, f, entries, o)
	default:
		return msg.Errorf("write archive: unknown format %q", "写入归档：未知的格式 %q", f).WithKind(msg.Usage)
	}
	if err == nil && out.err != nil {
		err = msg.Errorf("write archive: %w", "写入归档：%w", out.err)
	}
	return err
}

// sticky keeps the first error of a writer: the xz library drops that of a
// block's padding.
type sticky struct {
	w   io.Writer
	err error
}

func (s *sticky) Write(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.w.Write(b)
	s.err = err
	return n, err
}

// prepare returns the entries sorted, checked and with nothing left to default.
func prepare(f Format, entries []Entry, o Options) ([]Entry, error) {
	if len(entries) == 0 || f.single() && len(entries) > 1 {
		return nil, msg.Errorf("write %s: it cannot hold %d files", "写入 %s：无法容纳 %d 个文件", f, len(entries)).WithKind(msg.Usage)
	}
	entries = slices.SortedFunc(slices.Values(entries), func(a, b Entry) int { return cmp.Compare(a.Name, b.Name) })
	var names tree
	for i := range entries {
		e := &entries[i]
		clean, err := cleanName(e.Name)
		switch {
		case err != nil:
		case clean == "" || clean != e.Name:
			err = errUnclean
		case e.Mode&^fs.ModePerm != 0:
			err = msg.Errorf("mode %v has more than permission bits", "模式 %v 含有权限位以外的位", e.Mode)
		case e.Size < 0 || e.Open == nil:
			err = msg.Errorf("it has no content", "没有内容")
		default:
			err = names.add(e.Name, false, -1)
		}
		if err != nil {
			return nil, entryError(e.Name, err)
		}
		if e.Mode == 0 {
			e.Mode = 0o644
		}
		if e.ModTime.IsZero() {
			e.ModTime = o.ModTime
		}
		e.ModTime = e.ModTime.Truncate(time.Second).UTC()
	}
	return entries, nil
}

// copyTo writes the content to w in full blocks and checks its size.
func (e Entry) copyTo(ctx context.Context, w io.Writer, block []byte) (err error) {
	r, err := e.Open()
	if err != nil {
		return err
	}
	defer func() { err = msg.Join(err, r.Close()) }()
	for n := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		k, err := io.ReadFull(r, block)
		if n += int64(k); n > e.Size {
			return msg.Errorf("the content is longer than its %d bytes: it changed while it was read", "内容长于应有的 %d 字节：读取过程中发生了变化", e.Size)
		}
		if _, err := w.Write(block[:k]); err != nil {
			return err
		}
		switch {
		case (err == io.EOF || err == io.ErrUnexpectedEOF) && n < e.Size:
			return msg.Errorf("the content has %d bytes instead of %d: it changed while it was read", "内容只有 %d 字节，应为 %d 字节：读取过程中发生了变化", n, e.Size)
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return nil
		case err != nil:
			return err
		}
	}
}
