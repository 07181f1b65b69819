package cache

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
)

// partSize is the size in bytes from which a file goes into the bucket in parts,
// and that of a part.
const partSize = 16 << 20

// share puts the file into the bucket: record, file, .ziphash, in this order. Who
// finds another content there gets [proxy.ErrContent]; who finds an equal one has
// it taken over byte by byte, so that the directory and the bucket agree.
func (p *Pending) share(ctx context.Context, r Record) error {
	c := p.c
	var others bool // whether the record there is somebody else's
	if r.worthwhile() {
		err := c.putSmall(ctx, recordKey(p.key), r.encode(), true)
		if others = errors.Is(err, store.ErrExists); err != nil && !others {
			return unavailable(err)
		}
	}
	err := c.retry(ctx, func() error { return c.send(ctx, p.key, p.File, r.Size) })
	switch {
	case errors.Is(err, store.ErrExists):
		if err := p.agree(ctx); err != nil {
			return unavailable(err)
		}
	case err != nil:
		return unavailable(err)
	case others: // of a try that came to nothing: ours is the file
		if err := c.putSmall(ctx, recordKey(p.key), r.encode(), false); err != nil {
			return unavailable(err)
		}
	}
	if !isZip(p.key) {
		return nil
	}
	err = c.putSmall(ctx, hashKey(p.key), []byte(p.h1), true)
	if errors.Is(err, store.ErrExists) {
		var buf bytes.Buffer
		if err = c.receive(ctx, hashKey(p.key), &buf, 256); err == nil && buf.String() != p.h1 {
			err = differs(buf.String(), p.h1)
		}
	}
	return unavailable(err)
}

// unavailable gives what the bucket said a class of package proxy.
func unavailable(err error) error {
	if err == nil || errors.Is(err, proxy.ErrContent) {
		return err
	}
	return msg.Errorf("%w: %w", "%w：%w", proxy.ErrUnavailable, err).WithKind(msg.Incomplete)
}

func (c *Cache) putSmall(ctx context.Context, key string, data []byte, ifAbsent bool) error {
	o := putOptions(key)
	o.IfAbsent = ifAbsent
	return c.retry(ctx, func() error {
		_, err := c.o.Shared.Put(ctx, key, bytes.NewReader(data), int64(len(data)), o)
		return err
	})
}

// send puts one immutable object.
func (c *Cache) send(ctx context.Context, key string, from io.ReaderAt, size int64) error {
	st, o := c.o.Shared, putOptions(key)
	o.IfAbsent = true
	if size < partSize {
		_, err := st.Put(ctx, key, io.NewSectionReader(from, 0, size), size, o)
		return err
	}
	u, err := st.Begin(ctx, key, o)
	if err != nil {
		return err
	}
	if err := c.sendParts(ctx, u, from, size); err != nil {
		abort, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return msg.Join(err, u.Abort(abort))
	}
	return nil
}

func (c *Cache) sendParts(ctx context.Context, u store.Upload, from io.ReaderAt, size int64) error {
	caps := c.o.Shared.Caps()
	part := max(int64(partSize), caps.MinPart)
	if m := int64(caps.MaxParts); m > 0 {
		part = max(part, (size+m-1)/m)
	}
	for n, off := 1, int64(0); off < size; n, off = n+1, off+part {
		length := min(part, size-off)
		err := c.retry(ctx, func() error {
			_, err := u.Part(ctx, n, io.NewSectionReader(from, off, length), length)
			return err
		})
		if err != nil {
			return err
		}
	}
	_, err := u.Commit(ctx)
	return err
}

// agree compares with what is in the bucket, and takes that over where the same
// is said in other bytes.
func (p *Pending) agree(ctx context.Context) error {
	c := p.c
	theirs, err := c.head(ctx, p.key)
	if err != nil {
		return err
	}
	fi, err := p.Stat()
	if err != nil {
		return err
	}
	if theirs.CRC64 != "" && theirs.Size == fi.Size() && checkCRC(p.File, theirs) == nil {
		return nil
	}
	scratch, _, lock, err := c.temp()
	if err != nil {
		return err
	}
	defer func() { _ = lock.Remove() }()
	if theirs, err = c.download(ctx, p.key, scratch, false); err != nil {
		return err
	}
	if isZip(p.key) {
		h1, err := hashZip(scratch, theirs.Size)
		if err != nil || h1 != p.h1 {
			return differs(h1, p.h1)
		}
	} else if err := sameContent(p.key, scratch, theirs.Size, p.File, fi.Size()); err != nil {
		return err
	}
	if err := p.Truncate(theirs.Size); err != nil {
		return err
	}
	if _, err := io.Copy(io.NewOffsetWriter(p.File, 0), io.NewSectionReader(scratch, 0, theirs.Size)); err != nil {
		return err
	}
	return p.Sync()
}
