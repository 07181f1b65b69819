package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Put writes a whole object. Modes are 0644 for objects and 0755 for
// directories, less the umask.
func (s *Store) Put(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
	info, err := s.put(ctx, key, body, size, o)
	return info, s.fail(store.OpPut, key, err)
}

func (s *Store) put(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
	if err := errors.Join(ctx.Err(), validKey(key)); err != nil {
		return store.Info{}, err
	}
	root, err := s.edit()
	if err != nil {
		return store.Info{}, err
	}
	defer root.Close()
	defer tidy(root)
	if o.IfAbsent {
		if err := s.mustBeAbsent(root, key); err != nil { // before a long body is read
			return store.Info{}, err
		}
	}
	var f *os.File
	var temp string
	err = inArea(root, "put-", func(name string) (err error) {
		temp = name
		f, err = root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		return err
	})
	if err != nil {
		return store.Info{}, err
	}
	defer root.Remove(temp)
	defer f.Close()
	sum, err := fill(ctx, f, body, size)
	if err != nil {
		return store.Info{}, err
	}
	return s.publish(ctx, root, f, temp, key, sum, o)
}

// publish flushes the finished file f and gives it its key.
func (s *Store) publish(ctx context.Context, root *os.Root, f *os.File, temp, key string, sum uint64, o store.PutOptions) (store.Info, error) {
	if err := f.Sync(); err != nil {
		return store.Info{}, err
	}
	fi, err := f.Stat()
	if err != nil {
		return store.Info{}, err
	}
	if err := f.Close(); err != nil { // also: Windows renames no open file
		return store.Info{}, err
	}
	if err := ctx.Err(); err != nil {
		return store.Info{}, err
	}
	if err := s.place(root, temp, key, o.IfAbsent); err != nil {
		return store.Info{}, err
	}
	info := infoOf(key, fi)
	info.CRC64 = store.FormatCRC64(sum)
	return info, nil
}

func infoOf(key string, fi fs.FileInfo) store.Info {
	return store.Info{Key: key, Size: fi.Size(), Modified: fi.ModTime()}
}

// fill copies a body that must be size bytes long and returns its CRC64.
func fill(ctx context.Context, f *os.File, body io.Reader, size int64) (uint64, error) {
	sum := store.NewCRC64()
	// One byte more than promised is enough to know that the body is too long.
	src := &bodyReader{ctx: ctx, r: io.LimitReader(body, max(size, 0)+1)}
	n, err := io.CopyBuffer(io.MultiWriter(f, sum), src, make([]byte, min(max(size, 0)+1, 256<<10)))
	switch {
	case err != nil:
		return 0, err
	case n > size:
		return 0, msg.Errorf("%w: more than the promised %d bytes", "%w：超过声明的 %d 字节", store.ErrIntegrity, size)
	case n < size:
		return 0, msg.Errorf("%w: %d of %d bytes", "%w：%d 字节，应为 %d 字节", store.ErrIntegrity, n, size)
	}
	return sum.Sum64(), nil
}

// bodyReader stops when ctx is done and marks the errors of the body, which are
// not the store's.
type bodyReader struct {
	ctx context.Context
	r   io.Reader
}

func (b *bodyReader) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := b.r.Read(p)
	if err != nil && err != io.EOF {
		err = &brokenBody{err}
	}
	return n, err
}

// brokenBody is an error of the caller's content.
type brokenBody struct{ err error }

func (b *brokenBody) Error() string { return fmt.Sprint(b.err) }
func (b *brokenBody) Unwrap() error { return b.err }
