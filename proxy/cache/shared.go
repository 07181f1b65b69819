package cache

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
)

// maxMutable limits what is taken from the bucket into memory, in bytes.
const maxMutable = 64 << 20

// bring takes a file from the bucket into the directory, once for all who wait,
// and goes on when one of them leaves.
func (c *Cache) bring(ctx context.Context, key string) error {
	c.work.Add(1)
	ch := c.flight.DoChan(key, func() (any, error) { return nil, c.bringNow(c.life, key) })
	var err error
	select {
	case r := <-ch:
		c.work.Done()
		err = r.Err
	case <-ctx.Done():
		go func() {
			defer c.work.Done()
			<-ch
		}()
		return context.Cause(ctx)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalidKey):
		return proxy.Fail(proxy.ErrNotFound, key, nil)
	case errors.Is(err, proxy.ErrContent):
		return proxy.Fail(proxy.ErrContent, key, err)
	}
	return proxy.Fail(proxy.ErrUnavailable, key, err)
}

func (c *Cache) bringNow(ctx context.Context, key string) error {
	if isMutable(key) {
		return c.bringMutable(ctx, key)
	}
	var h1 string
	if isZip(key) { // the last that a writer puts there
		var buf bytes.Buffer
		if err := c.receive(ctx, hashKey(key), &buf, 256); err != nil {
			return err
		}
		var err error
		if h1, err = parseHash(buf.Bytes()); err != nil {
			return msg.Errorf("%w: %w", "%w：%w", proxy.ErrContent, err)
		}
	} else if _, err := c.head(ctx, key); err != nil { // before a partial file is made
		return err
	}
	p, err := c.create(ctx, key)
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = p.Park() }()
	p.h1 = h1
	err = p.fromBucket(ctx)
	if errors.Is(err, proxy.ErrContent) { // what an earlier try left may be of another origin
		if err = p.Truncate(0); err == nil {
			err = p.fromBucket(ctx)
		}
	}
	if errors.Is(err, proxy.ErrContent) {
		return msg.Join(err, p.Discard(err))
	}
	if err == nil {
		err = p.arrived()
	}
	c.wrote(err)
	return err
}

// arrived commits what came from the bucket. Its record stays there.
func (p *Pending) arrived() error {
	fi, err := p.Stat()
	if err != nil {
		return err
	}
	if err := p.Sync(); err != nil {
		return err
	}
	return p.finish(Record{Key: p.key, Size: fi.Size(), Time: p.c.o.Now()})
}

// fromBucket goes on behind what the partial file has, and checks the whole:
// size, the bucket's checksum, the h1 of a zip.
func (p *Pending) fromBucket(ctx context.Context) error {
	info, err := p.c.download(ctx, p.key, p, p.h1 != "")
	if err != nil {
		return err
	}
	if err := checkCRC(p.File, info); err != nil {
		return err
	}
	if p.h1 == "" {
		return nil
	}
	h1, err := hashZip(p.File, info.Size)
	switch {
	case err != nil:
		return msg.Errorf("%w: %w", "%w：%w", proxy.ErrContent, err)
	case h1 != p.h1:
		return msg.Errorf("%w: the zip's hash is %s, not %s", "%w：zip 的哈希是 %s，而不是 %s", proxy.ErrContent, h1, p.h1)
	}
	return nil
}

// target is what download fills.
type target interface {
	io.ReaderAt
	io.WriterAt
	Stat() (os.FileInfo, error)
	Truncate(int64) error
}

// download fills a file from the bucket, repeating from where it broke off. resume
// = behind what is there already.
func (c *Cache) download(ctx context.Context, key string, f target, resume bool) (store.Info, error) {
	if !resume {
		if err := f.Truncate(0); err != nil {
			return store.Info{}, err
		}
	}
	var info store.Info
	err := c.retry(ctx, func() error {
		fi, err := f.Stat()
		if err != nil {
			return err
		}
		off := fi.Size()
		body, got, err := c.o.Shared.Get(ctx, key, off, -1)
		if err != nil {
			return err
		}
		n, err := io.Copy(io.NewOffsetWriter(f, off), body)
		err = msg.Join(err, body.Close())
		if err == nil && off+n != got.Size {
			if off > got.Size {
				err = f.Truncate(0)
			}
			err = msg.Join(err, msg.Errorf("%w: %d of %d bytes", "%w：%d 字节，应为 %d 字节", store.ErrTransient, off+n, got.Size))
		}
		info = got
		return err
	})
	return info, err
}

// checkCRC holds a file to the checksum that the bucket knows.
func checkCRC(f target, info store.Info) error {
	if info.CRC64 == "" {
		return nil
	}
	sum := store.NewCRC64()
	if _, err := io.Copy(sum, io.NewSectionReader(f, 0, info.Size)); err != nil {
		return err
	}
	if got := store.FormatCRC64(sum.Sum64()); got != info.CRC64 {
		return msg.Errorf("%w: CRC-64 %s, not %s", "%w：CRC-64 是 %s，而不是 %s", proxy.ErrContent, got, info.CRC64)
	}
	return nil
}

func (c *Cache) head(ctx context.Context, key string) (info store.Info, err error) {
	err = c.retry(ctx, func() error {
		info, err = c.o.Shared.Head(ctx, key)
		return err
	})
	return info, err
}

// receive reads a small object.
func (c *Cache) receive(ctx context.Context, key string, to *bytes.Buffer, limit int64) error {
	_, err := c.receiveInfo(ctx, key, to, limit)
	return err
}

func (c *Cache) receiveInfo(ctx context.Context, key string, to *bytes.Buffer, limit int64) (info store.Info, err error) {
	err = c.retry(ctx, func() error {
		to.Reset()
		body, got, err := c.o.Shared.Get(ctx, key, 0, limit+1)
		if err != nil {
			return err
		}
		n, err := io.Copy(to, body)
		err = msg.Join(err, body.Close())
		switch {
		case err != nil:
		case n > limit:
			err = msg.Errorf("%w: larger than %d bytes", "%w：超过 %d 字节", proxy.ErrContent, limit)
		case n != got.Size:
			err = msg.Errorf("%w: %d of %d bytes", "%w：%d 字节，应为 %d 字节", store.ErrTransient, n, got.Size)
		}
		info = got
		return err
	})
	return info, err
}

func (c *Cache) bringMutable(ctx context.Context, key string) error {
	var buf bytes.Buffer
	info, err := c.receiveInfo(ctx, key, &buf, maxMutable)
	if err != nil {
		return err
	}
	if c.o.ReadOnly {
		return errReadOnly
	}
	if c.Has(key) { // written here meanwhile
		return nil
	}
	if err := c.makeDir(key); err != nil {
		return err
	}
	return c.writeTemp(key, buf.Bytes(), c.modified(info))
}

// modified is when an object was written; long ago where the bucket does not say.
func (c *Cache) modified(info store.Info) time.Time {
	if info.Modified.IsZero() {
		return c.o.Now().Add(-oldAge)
	}
	return info.Modified
}

// readThere reads a small object of the bucket, past the directory.
func (c *Cache) readThere(ctx context.Context, key string, limit int64) ([]byte, time.Time, error) {
	var buf bytes.Buffer
	info, err := c.receiveInfo(ctx, key, &buf, limit)
	return buf.Bytes(), c.modified(info), err
}

// tries is how often the bucket is asked; the pauses between double.
const (
	tries      = 5
	firstPause = 100 * time.Millisecond
)

// retry repeats what failed for a moment. Stores never do it themselves.
func (c *Cache) retry(ctx context.Context, do func() error) error {
	wait := c.pause
	for n := 1; ; n++ {
		err := do()
		var later *store.Later
		switch {
		case err == nil || n == tries || ctx.Err() != nil:
			return err
		case errors.As(err, &later):
			wait = max(wait, min(later.After, 10*time.Second))
		case !errors.Is(err, store.ErrTransient) && !errors.Is(err, store.ErrThrottled) && !errors.Is(err, io.ErrUnexpectedEOF):
			return err
		}
		if e := pause(ctx, wait); e != nil {
			return err
		}
		wait *= 2
	}
}

// putOptions are how an object is to be served by the bucket itself.
func putOptions(key string) store.PutOptions {
	o := store.PutOptions{ContentType: "application/octet-stream", CacheControl: "no-cache"}
	switch {
	case strings.HasSuffix(key, zipExt):
		o.ContentType = "application/zip"
	case strings.HasSuffix(key, ".info"), strings.HasSuffix(key, ".json"), strings.HasSuffix(key, "/@latest"):
		o.ContentType = "application/json"
	case strings.HasSuffix(key, ".mod"), strings.HasSuffix(key, "/list"), strings.HasSuffix(key, hashExt), strings.Contains(key, "/lookup/"):
		o.ContentType = "text/plain; charset=utf-8"
	}
	if !isMutable(key) {
		o.CacheControl = "public, max-age=31536000, immutable"
	}
	return o
}
