package cache

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/filelock"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// makeDir makes the folder of a key.
func (c *Cache) makeDir(key string) error {
	dir := path.Dir(key)
	if fi, err := c.root.Stat(dir); err == nil && fi.IsDir() {
		return nil
	}
	return c.root.MkdirAll(dir, 0o755)
}

// writeTemp replaces a small file as a whole, with this time of modification. Its
// folder is not flushed: see persist.
func (c *Cache) writeTemp(name string, data []byte, modified time.Time) error {
	var err error
	for range 10 { // a process that starts may take ours for one of the dead
		var temp string
		if temp, err = c.fillTemp(data, modified); err != nil {
			return err
		}
		if err = c.root.Rename(temp, name); err == nil {
			return nil
		}
		_ = c.root.Remove(temp)
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

// temp makes an empty temporary file, locked: removing the lock removes it.
func (c *Cache) temp() (*os.File, string, *filelock.Lock, error) {
	for {
		name := tempDir + "/" + strings.ToLower(rand.Text())
		f, err := c.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return nil, "", nil, err
		}
		// A process that starts may have taken it for one of the dead.
		if lock, err := filelock.Take(f); lock != nil || err != nil {
			return f, name, lock, err
		}
	}
}

// fillTemp makes a temporary file and flushes it.
func (c *Cache) fillTemp(data []byte, modified time.Time) (name string, err error) {
	f, name, lock, err := c.temp()
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = c.root.Chtimes(name, modified, modified)
	}
	if err != nil {
		return "", errors.Join(err, lock.Remove())
	}
	return name, lock.Close() // Windows renames no open file
}

// sweepTemp removes the temporary files that nobody writes.
func (c *Cache) sweepTemp() error {
	entries, err := fs.ReadDir(c.root.FS(), tempDir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		f, err := c.root.OpenFile(tempDir+"/"+e.Name(), os.O_RDWR, 0)
		if err != nil {
			continue // renamed since, or another user's
		}
		if lock, err := filelock.Take(f); err == nil && lock != nil {
			_ = lock.Remove()
		}
	}
	return nil
}

// durable remembers which folders a power cut cannot take away.
type durable struct {
	mu   sync.Mutex
	dirs map[string]bool
}

// maxDurable limits what is remembered; what is forgotten is flushed again.
const maxDurable = 1 << 16

// persist flushes the folder of a key, and those above it that this process has
// not flushed yet: one that another writer has just made may not be on the disk.
func (c *Cache) persist(key string) error {
	for dir := path.Dir(key); ; dir = path.Dir(dir) {
		if err := c.flush(dir); err != nil {
			return err
		}
		if dir == "." || c.durable.has(dir) {
			return nil
		}
		defer c.durable.add(dir) // true once the folder above it is flushed
	}
}

func (d *durable) has(dir string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dirs[dir]
}

func (d *durable) add(dir string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dirs == nil || len(d.dirs) >= maxDurable {
		d.dirs = map[string]bool{}
	}
	d.dirs[dir] = true
}

func (c *Cache) flush(dir string) error {
	f, err := c.root.Open(dir)
	if err != nil {
		return err
	}
	return msg.Join(flushDir(f), f.Close())
}
