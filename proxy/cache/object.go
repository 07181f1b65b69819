package cache

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// smallFile is the size in bytes up to which an ETag is the content's SHA-256.
const smallFile = 64 << 10

// oldAge is the age of a file that comes from the future, because a clock was
// wrong: not known, so not fresh.
const oldAge = 24 * time.Hour

// Object is a file that is there, open for reading. The caller closes it.
type Object struct {
	*os.File
	Key      string
	Size     int64
	Modified time.Time
	// ETag is strong, with its quotes: made of the h1 and size of a zip, of the
	// content's SHA-256 for what is at most 64 KiB. "" for larger files.
	ETag string
	// Passing is a file that is not in the cache, for lack of room or of the bucket:
	// whoever keeps it open keeps the cache from getting it, and others from the room.
	Passing bool

	release func() // of a file in memory; nil = it is one of the disk
}

// Close ends the reading.
func (o *Object) Close() error {
	err := o.File.Close()
	if err == nil && o.release != nil {
		o.release()
	}
	return err
}

// Get opens a file. An absent one is [proxy.ErrNotFound] of this cache alone: it
// says nothing about the world. It does not count as a use: see Used.
func (c *Cache) Get(ctx context.Context, key string) (*Object, error) {
	if err := errors.Join(ctx.Err(), checkKey(key)); err != nil {
		return nil, err
	}
	o, err := c.open(key)
	if err != nil && c.o.Shared != nil && absent(err) {
		if err := c.bring(ctx, key); err != nil {
			return nil, err
		}
		o, err = c.open(key)
	}
	return o, readFail(key, err)
}

// open opens a file of the directory. A zip without its .ziphash is not there.
func (c *Cache) open(key string) (*Object, error) {
	f, err := c.read.open(key)
	if err != nil {
		return nil, err
	}
	o := &Object{File: f, Key: key}
	if err := c.describe(o); err != nil {
		_ = f.Close()
		return nil, err
	}
	return o, nil
}

func (c *Cache) describe(o *Object) error {
	fi, err := o.Stat()
	if err != nil {
		return err
	}
	if !fi.Mode().IsRegular() {
		return os.ErrNotExist
	}
	o.Size, o.Modified = fi.Size(), fi.ModTime()
	known := tag{size: o.Size, modified: o.Modified.UnixNano()}
	if o.ETag = c.tags.get(o.Key, known); o.ETag != "" {
		return nil
	}
	switch {
	case isZip(o.Key):
		h1, err := c.zipHash(o.Key)
		if err != nil {
			return err
		}
		o.ETag = ZipTag(h1, o.Size)
	case o.Size <= smallFile:
		if o.ETag, err = smallTag(o.File, o.Size); err != nil {
			return err
		}
	}
	// A mutable file may change within one tick of the file system's clock.
	if known.etag = o.ETag; o.ETag != "" && !isMutable(o.Key) {
		c.tags.put(o.Key, known)
	}
	return nil
}

// ZipTag is the ETag of a zip, with its quotes; size in bytes.
func ZipTag(h1 string, size int64) string {
	return strconv.Quote(h1 + "-" + strconv.FormatInt(size, 16))
}

// smallTag is the ETag of a small file.
func smallTag(f io.ReaderAt, size int64) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, size)); err != nil {
		return "", err
	}
	return strconv.Quote(base64.RawURLEncoding.EncodeToString(h.Sum(nil))), nil
}

// Has reports whether a file is in the directory, without asking the bucket.
func (c *Cache) Has(key string) bool {
	if checkKey(key) != nil {
		return false
	}
	return c.there(key) && (!isZip(key) || c.there(hashKey(key)))
}

func (c *Cache) there(key string) bool {
	f, err := c.read.open(key)
	if err != nil {
		return false
	}
	defer f.Close()
	fi, err := f.Stat()
	return err == nil && fi.Mode().IsRegular()
}

// Read returns a small file as a whole, immutable or mutable, with its age.
// limit is in bytes; a larger file is an error.
func (c *Cache) Read(ctx context.Context, key string, limit int64) (data []byte, age time.Duration, err error) {
	if err := errors.Join(ctx.Err(), checkKey(key)); err != nil {
		return nil, 0, err
	}
	data, modified, err := c.readLocal(key, limit)
	if err != nil && c.o.Shared != nil && absent(err) {
		switch err = c.bring(ctx, key); {
		case err == nil:
			data, modified, err = c.readLocal(key, limit)
		case NoRoom(err): // in the directory; it is small enough to do without
			data, modified, err = c.readThere(ctx, key, limit)
		default:
			return nil, 0, err
		}
	}
	if err != nil {
		return nil, 0, readFail(key, err)
	}
	switch age = c.o.Now().Sub(modified); {
	case age < -time.Minute:
		age = oldAge
	case age < 0:
		age = 0
	}
	return data, age, nil
}

func (c *Cache) readLocal(key string, limit int64) ([]byte, time.Time, error) {
	f, err := c.read.open(key)
	if err != nil {
		return nil, time.Time{}, err
	}
	defer f.Close()
	fi, err := f.Stat()
	switch {
	case err != nil:
		return nil, time.Time{}, err
	case !fi.Mode().IsRegular():
		return nil, time.Time{}, os.ErrNotExist
	case fi.Size() > limit:
		return nil, time.Time{}, msg.Errorf("larger than %d bytes", "超过 %d 字节", limit)
	}
	data := make([]byte, fi.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, time.Time{}, err
	}
	return data, fi.ModTime(), nil
}

// tags remembers ETags of immutable files, so that a hit costs no second file.
type tags struct {
	mu sync.RWMutex
	of map[string]tag
}

type tag struct {
	size, modified int64
	etag           string
}

const maxTags = 1 << 16

func (t *tags) get(key string, known tag) string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if v := t.of[key]; v.size == known.size && v.modified == known.modified {
		return v.etag
	}
	return ""
}

func (t *tags) put(key string, v tag) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil || len(t.of) >= maxTags {
		t.of = map[string]tag{}
	}
	t.of[key] = v
}

var _ io.ReaderAt = (*Object)(nil)
