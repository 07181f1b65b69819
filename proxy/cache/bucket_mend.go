package cache

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Isolate takes an object that CheckShared found out of the proxies' way: it is copied
// to .yingzao/quarantine/<key>@<start of its SHA-256>, with its reason beside it, and
// deleted only when the copy is there; a .ziphash goes with its zip. What has changed
// since it was read stays: somebody has mended it. Where something fails the object
// stays too, and the same again goes on.
func (c *Cache) Isolate(ctx context.Context, s Stored) error {
	if c.o.ReadOnly {
		return writeFail(s.Key, errReadOnly)
	}
	if c.o.Shared == nil {
		return writeFail(s.Key, errNoBucket)
	}
	why := s.Err
	if why == nil {
		why = msg.Errorf("no reason given", "未说明原因")
	}
	return c.isolateShared(ctx, s.Key, why, &s.info)
}

// isolateShared copies and then deletes, the .ziphash of a zip first, so that nobody
// takes the zip for whole. read is what the verdict is about; nil = whatever is there.
// That nothing is there is fine.
func (c *Cache) isolateShared(ctx context.Context, key string, why error, read *store.Info) error {
	err := c.moveAside(ctx, key, why, read)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return proxy.Fail(proxy.ErrUnavailable, key, err)
	}
	return nil
}

func (c *Cache) moveAside(ctx context.Context, key string, why error, read *store.Info) error {
	before, err := c.head(ctx, key)
	if err != nil || read != nil && !sameObject(before, *read) {
		return err
	}
	all := []string{key}
	if isZip(key) {
		err := c.copyAside(ctx, hashKey(key), why)
		if err == nil {
			all = []string{hashKey(key), key}
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	if err := c.copyAside(ctx, key, why); err != nil {
		return err
	}
	if now, err := c.head(ctx, key); err != nil || !sameObject(now, before) {
		return err
	}
	for _, k := range all {
		if err := c.retry(ctx, func() error { return c.o.Shared.Delete(ctx, k) }); err != nil {
			return err
		}
	}
	return nil
}

// sameObject compares what listings and heads tell. Their times differ in precision.
func sameObject(a, b store.Info) bool {
	if a.ETag != "" && b.ETag != "" {
		return a.Size == b.Size && a.ETag == b.ETag
	}
	return a.Size == b.Size && a.Modified.Truncate(time.Second).Equal(b.Modified.Truncate(time.Second))
}

// copyAside puts what an object is into quarantine, and makes sure that it is there.
func (c *Cache) copyAside(ctx context.Context, key string, why error) error {
	scratch, _, lock, err := c.temp()
	if err != nil {
		return err
	}
	defer func() { _ = lock.Remove() }()
	info, err := c.download(ctx, key, scratch, false)
	if err != nil {
		return err
	}
	sum, crc := sha256.New(), store.NewCRC64()
	if _, err := io.Copy(io.MultiWriter(sum, crc), io.NewSectionReader(scratch, 0, info.Size)); err != nil {
		return err
	}
	to := quarantineDir + "/" + key + "@" + hex.EncodeToString(sum.Sum(nil))[:16]
	reason, err := json.Marshal(Quarantined{Key: key, Reason: why.Error(), Time: c.o.Now()})
	if err != nil {
		return err
	}
	if err := c.putSmall(ctx, to+".why", append(reason, '\n'), false); err != nil {
		return err
	}
	err = c.retry(ctx, func() error { return c.send(ctx, to, scratch, info.Size) })
	if err != nil && !errors.Is(err, store.ErrExists) { // the same was put aside before
		return err
	}
	there, err := c.head(ctx, to)
	if err == nil && there.Size != info.Size {
		err = msg.Errorf("%w: the copy has %d bytes, not %d", "%w：副本有 %d 字节，应为 %d 字节", store.ErrIntegrity, there.Size, info.Size)
	}
	if err == nil && there.CRC64 != "" {
		err = sameCRC(store.FormatCRC64(crc.Sum64()), there)
	}
	return err
}

// Restore puts into the bucket what is sound here: the missing .ziphash of a zip whose
// record is right, the directory's own copy of a file or record, the file of an orphaned
// record, the record of a sound file. false = there is nothing of that here.
func (c *Cache) Restore(ctx context.Context, s Stored) (bool, error) {
	key := s.Key
	if c.o.ReadOnly || c.o.Shared == nil {
		return false, nil
	}
	if file, ok := strings.CutPrefix(key, recordDir+"/"); ok {
		key = strings.TrimSuffix(file, ".json")
		if s.Fault != Orphan {
			return c.restoreRecord(ctx, key)
		}
	}
	if s.Fault == "" {
		if !s.bare {
			return false, nil
		}
		return c.restoreRecord(ctx, key)
	}
	if zip, ok := strings.CutSuffix(key, hashExt); ok {
		key = zip + zipExt
	}
	if s.h1 != "" {
		return true, unlessThere(c.putSmall(ctx, hashKey(key), []byte(s.h1), true))
	}
	if isMutable(key) && !strings.HasPrefix(key, "sumdb/") || !c.Has(key) {
		return false, nil
	}
	f, err := c.root.Open(key)
	if err != nil {
		return false, readFail(key, err)
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return false, readFail(key, err)
	}
	if err := c.check(key, fi.Size()); err != nil {
		return false, nil // it is the directory's check that tells of it
	}
	return true, writeFail(key, c.giveBack(ctx, key, f, fi))
}

// giveBack puts a file of the directory into the bucket in the order of its writer. What
// another one has put there meanwhile stays.
func (c *Cache) giveBack(ctx context.Context, key string, f *os.File, fi os.FileInfo) error {
	if _, err := c.restoreRecord(ctx, key); err != nil {
		return err
	}
	err := c.retry(ctx, func() error { return c.send(ctx, key, f, fi.Size()) })
	if isZip(key) && (err == nil || errors.Is(err, store.ErrExists)) {
		var h1 string
		if h1, err = c.zipHash(key); err == nil {
			err = c.putSmall(ctx, hashKey(key), []byte(h1), true)
		}
	}
	return unlessThere(err)
}

// unlessThere is no error where another one was faster.
func unlessThere(err error) error {
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return unavailable(err)
}

func (c *Cache) restoreRecord(ctx context.Context, key string) (bool, error) {
	data, _, err := c.readLocal(recordKey(key), maxRecord)
	if err != nil {
		return false, nil
	}
	if _, err := parseRecord(key, data); err != nil {
		return false, nil
	}
	return true, unlessThere(c.putSmall(ctx, recordKey(key), bytes.Clone(data), true))
}

// ReadShared reads a small object of the bucket as it is there, whatever the directory has.
func (c *Cache) ReadShared(ctx context.Context, key string, limit int64) ([]byte, error) {
	var buf bytes.Buffer
	switch err := c.receive(ctx, key, &buf, limit); {
	case err == nil:
		return buf.Bytes(), nil
	case errors.Is(err, store.ErrNotFound):
		return nil, proxy.Fail(proxy.ErrNotFound, key, nil)
	default:
		return nil, proxy.Fail(proxy.ErrUnavailable, key, err)
	}
}

// Unfinished counts the uploads that nobody has finished for a week, and throws them
// away when sweep says so. A directory has none.
func (c *Cache) Unfinished(ctx context.Context, sweep bool) (n int, err error) {
	finds, ok := c.o.Shared.(interface {
		Unfinished(ctx context.Context, olderThan time.Duration, fn func(store.Unfinished) error) error
	})
	if !ok {
		return 0, nil
	}
	err = c.retry(ctx, func() error {
		n = 0
		return finds.Unfinished(ctx, partialAge, func(store.Unfinished) error { n++; return nil })
	})
	if s, ok := c.o.Shared.(interface {
		Sweep(ctx context.Context, olderThan time.Duration) (int, error)
	}); ok && sweep && err == nil && n > 0 {
		_, err = s.Sweep(ctx, partialAge)
	}
	return n, unavailable(err)
}
