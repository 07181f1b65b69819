package file

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Head tells size and modification time of an object.
func (s *Store) Head(ctx context.Context, key string) (store.Info, error) {
	root, fi, err := s.stat(ctx, key)
	if err != nil {
		return store.Info{}, s.fail(store.OpHead, key, err)
	}
	root.Close()
	return infoOf(key, fi), nil
}

// Get reads an object or a range of it.
func (s *Store) Get(ctx context.Context, key string, off, n int64) (io.ReadCloser, store.Info, error) {
	r, info, err := s.get(ctx, key, off, n)
	if err != nil {
		return nil, store.Info{}, s.fail(store.OpGet, key, err)
	}
	return r, info, nil
}

func (s *Store) get(ctx context.Context, key string, off, n int64) (io.ReadCloser, store.Info, error) {
	// Looked at before it is opened: opening a named pipe would wait for ever.
	root, _, err := s.stat(ctx, key)
	if err != nil {
		return nil, store.Info{}, err
	}
	defer root.Close()
	if off < 0 {
		return nil, store.Info{}, msg.Errorf("negative offset %d", "负的偏移量 %d", off)
	}
	f, err := root.Open(key)
	if err != nil {
		return nil, store.Info{}, err
	}
	fi, err := f.Stat() // of the file now open, should it have been replaced
	if err != nil {
		f.Close()
		return nil, store.Info{}, err
	}
	left := max(fi.Size()-off, 0)
	if n >= 0 {
		left = min(left, n)
	}
	return &objectReader{ctx, io.NewSectionReader(f, off, left), f}, infoOf(key, fi), nil
}

// stat opens the store and finds the object in it. The caller closes the root.
func (s *Store) stat(ctx context.Context, key string) (*os.Root, fs.FileInfo, error) {
	if err := errors.Join(ctx.Err(), validKey(key)); err != nil {
		return nil, nil, err
	}
	root, err := s.view()
	if err != nil {
		return nil, nil, err
	}
	fi, err := root.Stat(key)
	switch {
	case err == nil && fi.Mode().IsRegular():
		return root, fi, nil
	case err == nil || absent(err):
		err = store.ErrNotFound
	}
	root.Close()
	return nil, nil, err
}

// objectReader ends when the context does.
type objectReader struct {
	ctx context.Context
	r   io.Reader
	c   io.Closer
}

func (o *objectReader) Read(p []byte) (int, error) {
	if err := o.ctx.Err(); err != nil {
		return 0, err
	}
	return o.r.Read(p)
}

func (o *objectReader) Close() error { return o.c.Close() }
