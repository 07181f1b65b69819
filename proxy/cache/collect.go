package cache

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/filelock"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// partialAge is how long a partial file waits for its next try.
const partialAge = 7 * 24 * time.Hour

// Collected is what Collect did.
type Collected struct {
	Before  int64 `json:"before"`  // bytes in the directory
	After   int64 `json:"after"`   // the same, then
	Removed int   `json:"removed"` // files, those beside a file not counted
	Partial int   `json:"partial"` // partial files thrown away: older than 7 days
}

// Collect removes what the package comment says. With a bucket the directory
// alone is collected. While another process collects it waits at most 5 s.
func (c *Cache) Collect(ctx context.Context) (Collected, error) {
	fail := func(err error) (Collected, error) {
		return Collected{}, msg.Errorf("make room in cache %s: %w", "清理缓存 %s：%w", c.o.Dir, err)
	}
	if c.o.ReadOnly {
		return fail(errReadOnly)
	}
	lock, err := c.lock(true)
	if err != nil {
		return fail(err)
	}
	defer lock.Close()
	var done Collected
	if done.Partial, err = c.sweepPartial(); err != nil {
		return fail(err)
	}
	if err := c.appendUsed(c.used.take(c.o.Now())); err != nil {
		return fail(err)
	}
	used, err := c.lastUses()
	if err != nil {
		return fail(err)
	}
	files, total, kept, err := c.candidates(ctx, used)
	if err != nil {
		return fail(err)
	}
	done.Before, done.After = total, total
	for _, f := range files {
		if c.o.Budget <= 0 || done.After <= c.o.Budget || ctx.Err() != nil {
			break
		}
		freed, err := c.evict(f)
		if err != nil {
			return fail(err)
		}
		if freed > 0 {
			done.After -= freed
			done.Removed++
			delete(kept, f.key)
		}
	}
	c.usage.Store(done.After)
	return done, msg.Join(ctx.Err(), c.writeTemp(usedFile, formatUsed(kept), c.o.Now()), c.writeTemp(usageFile, strconv.AppendInt(nil, done.After, 10), c.o.Now()))
}

// candidate is a file that may be removed.
type candidate struct {
	key      string
	rank     int   // zips and archives first
	last     int64 // Unix seconds of last use
	modified time.Time
}

// candidates are the files that may go, in the order to go, what all files take
// together, and the last uses of those that are there: anybody may ask for names
// that exist nowhere.
func (c *Cache) candidates(ctx context.Context, used map[string]int64) (files []candidate, total int64, kept map[string]int64, err error) {
	now := c.o.Now()
	// Times from the future are those of a clock that was wrong: not known, so long ago.
	past := func(t int64) int64 {
		if t > now.Add(time.Minute).Unix() {
			return 0
		}
		return t
	}
	kept = map[string]int64{}
	err = c.walk(ctx, ".", "", func(key string, fi fs.FileInfo) error {
		total += fi.Size()
		if t := used[key]; t > 0 {
			kept[key] = t
		}
		rank, may := rankOf(key)
		age := now.Sub(fi.ModTime())
		if !may || age > -time.Minute && age < c.o.MinAge || c.o.Keep != nil && c.o.Keep(key) {
			return nil
		}
		files = append(files, candidate{key, rank, max(past(used[key]), past(fi.ModTime().Unix())), fi.ModTime()})
		return nil
	}, nil)
	if err != nil {
		return nil, 0, nil, err
	}
	for _, dir := range []string{partialDir, quarantineDir, recordDir, tempDir} {
		err := c.walk(ctx, dir, "", func(_ string, fi fs.FileInfo) error {
			total += fi.Size()
			return nil
		}, nil)
		if err != nil {
			return nil, 0, nil, err
		}
	}
	slices.SortFunc(files, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.last, b.last), cmp.Compare(a.key, b.key))
	})
	return files, total, kept, nil
}

// rankOf says when a file's turn comes, and whether it ever does: the checksum
// database stays, since what was proven once must be provable again.
func rankOf(key string) (rank int, may bool) {
	switch {
	case strings.HasPrefix(key, "sumdb/"):
		return 0, false
	case isZip(key), strings.HasPrefix(key, "dl/"):
		return 0, true
	case path.Base(path.Dir(key)) == "@v" && path.Ext(key) != hashExt:
		return 1, true
	}
	return 0, false
}

// evict removes a file unless somebody has it open for writing or it was changed
// since it was looked at. Its record stays, so that the same must come again.
// freed is in bytes.
func (c *Cache) evict(f candidate) (freed int64, err error) {
	p, err := c.take(f.key)
	if p == nil || err != nil {
		return 0, err
	}
	defer func() { _ = p.lock.Remove() }()
	fi, err := c.root.Lstat(f.key)
	if absent(err) || err == nil && !fi.ModTime().Equal(f.modified) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if c.root.Remove(f.key) != nil {
		return 0, nil // another user's, or open on Windows
	}
	if isZip(f.key) { // after the zip, which without it nobody takes for whole
		_ = c.root.Remove(hashKey(f.key))
	}
	return fi.Size(), nil
}

// sweepPartial throws away partial files that nobody has and nobody took up.
func (c *Cache) sweepPartial() (n int, err error) {
	entries, err := c.list(partialDir)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		fi, err := e.Info()
		if err != nil || c.o.Now().Sub(fi.ModTime()) < partialAge {
			continue
		}
		f, err := c.root.OpenFile(partialDir+"/"+e.Name(), os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if lock, err := filelock.Take(f); err == nil && lock != nil && lock.Remove() == nil {
			n++
		}
	}
	return n, nil
}

// lastUsage is what the last Collect found.
func (c *Cache) lastUsage() int64 {
	data, _, err := c.readLocal(usageFile, 64)
	if err != nil {
		return 0
	}
	n, _ := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	return max(n, 0)
}
