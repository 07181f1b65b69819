package cache

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Write writes a small immutable file with its record, as Create and Commit do.
// That it is there already with the same content is fine. A record that tells
// nothing is not kept.
func (c *Cache) Write(ctx context.Context, key string, data []byte, r Record) error {
	p, err := c.Create(ctx, key)
	if errors.Is(err, store.ErrExists) {
		o, err := c.Get(ctx, key)
		if err != nil {
			return err
		}
		defer o.Close()
		return writeFail(key, sameContent(key, o, o.Size, bytes.NewReader(data), int64(len(data))))
	}
	if err != nil {
		return err
	}
	if err := p.Truncate(0); err != nil {
		return msg.Join(writeFail(key, err), p.Discard(nil))
	}
	if _, err := p.WriteAt(data, 0); err != nil {
		return msg.Join(writeFail(key, err), p.Discard(nil))
	}
	if err := p.Commit(ctx, r); err != nil {
		return msg.Join(err, p.Discard(nil)) // whoever has the data writes it again
	}
	return nil
}

// WriteMutable replaces a small file and makes its age zero. In the bucket the
// last writer wins; where the bucket cannot be reached the error is
// [proxy.ErrUnavailable], and the directory has the new content all the same.
func (c *Cache) WriteMutable(ctx context.Context, key string, data []byte) error {
	err := c.writeMutable(key, data)
	c.wrote(err)
	if err != nil {
		return writeFail(key, err)
	}
	if c.o.Shared == nil {
		return nil
	}
	err = c.retry(ctx, func() error {
		_, err := c.o.Shared.Put(ctx, key, bytes.NewReader(data), int64(len(data)), putOptions(key))
		return err
	})
	if err != nil {
		return writeFail(key, proxy.Fail(proxy.ErrUnavailable, key, err))
	}
	return nil
}

func (c *Cache) writeMutable(key string, data []byte) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if c.o.ReadOnly {
		return errReadOnly
	}
	if f, err := proxy.Parse(key); err == nil && f.Immutable() || strings.HasSuffix(key, hashExt) {
		return msg.Errorf("%s never changes", "%s 永不改变", key)
	}
	if err := c.makeDir(key); err != nil {
		return err
	}
	return c.writeTemp(key, data, c.o.Now())
}

// Touch makes the age of a mutable file zero without changing it: it was looked
// at again and is still right. The bucket's copy keeps its age.
func (c *Cache) Touch(ctx context.Context, key string) error {
	if err := errors.Join(ctx.Err(), checkKey(key)); err != nil {
		return err
	}
	if c.o.ReadOnly {
		return writeFail(key, errReadOnly)
	}
	now := c.o.Now()
	if err := c.root.Chtimes(key, now, now); err != nil {
		if absent(err) {
			return proxy.Fail(proxy.ErrNotFound, key, nil)
		}
		return writeFail(key, err)
	}
	return nil
}
