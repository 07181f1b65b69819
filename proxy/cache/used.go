package cache

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/filelock"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// When last uses are written: after this many keys, or this long.
const (
	usedKeys  = 4096
	usedEvery = time.Minute
)

// journal is what was used and is not yet on the disk.
type journal struct {
	mu      sync.Mutex
	at      map[string]int64 // Unix seconds by key
	since   time.Time        // of the last writing
	writing bool
}

func (j *journal) begin(now time.Time) { j.at, j.since = map[string]int64{}, now }

// add reports whether it is time to write.
func (j *journal) add(key string, now time.Time) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.at[key] = now.Unix()
	if j.writing || len(j.at) < usedKeys && now.Sub(j.since) < usedEvery {
		return false
	}
	j.writing = true
	return true
}

// take empties the journal.
func (j *journal) take(now time.Time) map[string]int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	at := j.at
	j.begin(now)
	return at
}

// giveBack is for what could not be written.
func (j *journal) giveBack(at map[string]int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for key, t := range at {
		if len(j.at) < usedKeys {
			j.at[key] = max(j.at[key], t)
		}
	}
}

func (j *journal) rest() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.writing = false
}

// Used notes that a file was asked for now. It is cheap, and written in batches.
func (c *Cache) Used(key string) {
	if c.o.ReadOnly || !c.used.add(key, c.o.Now()) {
		return
	}
	c.work.Add(1)
	go func() {
		defer c.work.Done()
		defer c.used.rest()
		_ = c.flushUsed(false) // what could not be written is written later
	}()
}

// flushUsed appends to the file of last uses. Where another process has it, it is
// left for later, or waited for.
func (c *Cache) flushUsed(wait bool) error {
	if c.o.ReadOnly {
		return nil
	}
	at := c.used.take(c.o.Now())
	if len(at) == 0 {
		return nil
	}
	lock, err := c.lock(wait)
	if lock == nil {
		c.used.giveBack(at)
		if errors.Is(err, context.DeadlineExceeded) {
			return nil // somebody collects; a last use is not worth more waiting
		}
		return err
	}
	return msg.Join(c.appendUsed(at), lock.Close())
}

// lock holds the directory for those who rewrite what belongs to all of it.
func (c *Cache) lock(wait bool) (*filelock.Lock, error) {
	name := filepath.Join(c.o.Dir, filepath.FromSlash(lockFile))
	if !wait {
		return filelock.Try(name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return filelock.Wait(ctx, name)
}

func (c *Cache) appendUsed(at map[string]int64) error {
	f, err := c.root.OpenFile(usedFile, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(formatUsed(at))
	return msg.Join(err, f.Close())
}

// formatUsed writes a line "<Unix seconds> <key>" for each.
func formatUsed(at map[string]int64) []byte {
	b := []byte("\n") // ends a line that a killed process left
	for key, t := range at {
		if store.ValidKey(key) == nil {
			b = strconv.AppendInt(b, t, 10)
			b = append(append(append(b, ' '), key...), '\n')
		}
	}
	return b
}

// parseUsed reads lines, the latest of each key; what is none is passed over.
func parseUsed(data []byte, at map[string]int64) {
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		seconds, key, ok := strings.Cut(string(line), " ")
		t, err := strconv.ParseInt(seconds, 10, 64)
		if ok && err == nil && t > 0 && store.ValidKey(key) == nil {
			at[key] = max(at[key], t)
		}
	}
}

// lastUses are those on the disk and those that are still to be written.
func (c *Cache) lastUses() (map[string]int64, error) {
	at := map[string]int64{}
	f, err := c.root.Open(usedFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err == nil {
		data, err := io.ReadAll(f)
		if err := msg.Join(err, f.Close()); err != nil {
			return nil, err
		}
		parseUsed(data, at)
	}
	c.used.mu.Lock()
	defer c.used.mu.Unlock()
	for key, t := range c.used.at {
		at[key] = max(at[key], t)
	}
	return at, nil
}
