package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"path"
	"strings"
	"syscall"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
)

// The hidden part of the tree.
const (
	hidden        = ".yingzao"
	partialDir    = hidden + "/partial"
	tempDir       = hidden + "/tmp"
	recordDir     = hidden + "/records"
	quarantineDir = hidden + "/quarantine"
	usedFile      = hidden + "/used"
	usageFile     = hidden + "/usage"
	lockFile      = hidden + "/lock"
)

const (
	zipExt  = ".zip"
	hashExt = ".ziphash"
)

// checkKey refuses what is no key of the tree. Such a file exists nowhere, so the
// error is [proxy.ErrNotFound].
func checkKey(key string) error {
	if err := store.ValidKey(key); err != nil {
		return proxy.Fail(proxy.ErrNotFound, "file", err)
	}
	if first, _, _ := strings.Cut(key, "/"); strings.EqualFold(first, hidden) {
		return proxy.Fail(proxy.ErrNotFound, key, msg.Errorf("%s is the cache's own", "%s 由缓存自身使用", hidden))
	}
	return nil
}

// isZip reports whether a key has a .ziphash beside it.
func isZip(key string) bool {
	return strings.HasSuffix(key, zipExt) && path.Base(path.Dir(key)) == "@v"
}

// hashKey is the .ziphash of a zip.
func hashKey(zip string) string { return strings.TrimSuffix(zip, zipExt) + hashExt }

// isMutable reports whether a key's content changes: a list, @latest, the .info of
// a query, the checksum database's head.
func isMutable(key string) bool {
	if rest, ok := strings.CutPrefix(key, "sumdb/"); ok {
		return !strings.Contains(rest, "/lookup/") && !strings.Contains(rest, "/tile/")
	}
	if strings.HasPrefix(key, "dl/") {
		return strings.HasSuffix(key, ".json")
	}
	f, err := proxy.Parse(key)
	return err == nil && !f.Immutable()
}

// partialName is the partial file of a key.
func partialName(key string) string {
	sum := sha256.Sum256([]byte(key))
	return partialDir + "/" + hex.EncodeToString(sum[:])
}

// absent reports whether err means that nothing is there: neither below a file,
// nor under a name that the file system cannot hold.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ENAMETOOLONG)
}

// readFail puts what the file system said about reading a key into the words of
// package proxy.
func readFail(key string, err error) error {
	switch {
	case err == nil:
		return nil
	case absent(err):
		return proxy.Fail(proxy.ErrNotFound, key, nil)
	}
	return proxy.Fail(proxy.ErrUnavailable, key, err)
}

// writeFail is readFail for writing. Classes of package proxy and store stay.
func writeFail(key string, err error) error {
	if err == nil {
		return nil
	}
	e := msg.Errorf("store %s: %w", "保存 %s：%w", key, err)
	if noSpace(err) {
		e = e.WithHint("the disk or quota that holds the cache is full; free some space or give it a budget", "缓存所在的磁盘或配额已满；请清理空间，或为缓存设置容量上限")
	}
	return e
}
