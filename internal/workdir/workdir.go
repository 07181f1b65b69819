package workdir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/yingzao-dev/yingzao/internal/filelock"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

const (
	prefix = "w-"
	suffix = ".lock"
)

// Dir is a leased directory. Its methods may be called concurrently.
type Dir struct {
	path string

	mu   sync.Mutex
	lock *filelock.Lock // nil once closed
}

// New sweeps base and makes a directory in it, which the caller must Close. An
// empty base means yingzao-<user id> in the system's temporary directory; base
// itself is made when it does not exist. What cannot be swept does not stop New:
// it is left to the next start, and to [Sweep], which says why.
func New(base string) (*Dir, error) {
	base, err := prepareBase(base)
	if err != nil {
		return nil, err
	}
	_, _ = sweep(base)
	for {
		d, err := lease(base)
		if err != nil {
			return nil, msg.Errorf("make work directory: %w", "创建工作目录：%w", err)
		}
		if d != nil {
			return d, nil
		}
	}
}

// lease takes one name; nil without an error when a sweeper was faster.
func lease(base string) (*Dir, error) {
	f, err := os.CreateTemp(base, prefix+"*"+suffix)
	if err != nil {
		return nil, err
	}
	lock, err := filelock.Take(f)
	if err != nil { // a file system without locks
		return nil, errors.Join(err, os.Remove(f.Name()))
	}
	if lock == nil {
		return nil, nil
	}
	d := &Dir{path: strings.TrimSuffix(f.Name(), suffix), lock: lock}
	if err := os.Mkdir(d.path, 0o700); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Path is the absolute path of the directory; it is empty at first, of mode 0700.
func (d *Dir) Path() string { return d.path }

// Close removes the directory with all it contains, read-only directories too,
// and ends the lease. A second Close does nothing. When something cannot be
// removed, the next start tries again.
func (d *Dir) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lock == nil {
		return nil
	}
	err := release(d.lock, d.path)
	d.lock = nil
	if err != nil {
		return msg.Errorf("remove work directory: %w", "删除工作目录：%w", err)
	}
	return nil
}

// Sweep removes from base (as in [New]) what dead processes left and returns how
// many leases that were. It does not touch or wait for the living. A base that
// does not exist holds nothing.
func Sweep(base string) (removed int, err error) {
	base, err = locateBase(base)
	if err != nil {
		return 0, err
	}
	if err := checkBase(base); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	removed, err = sweep(base)
	if err != nil {
		return removed, msg.Errorf("sweep %s: %w", "清理 %s：%w", base, err)
	}
	return removed, nil
}

func sweep(base string) (removed int, err error) {
	entries, err := os.ReadDir(base)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !strings.HasPrefix(e.Name(), prefix) || !strings.HasSuffix(e.Name(), suffix) {
			continue
		}
		dead, failure := sweepOne(filepath.Join(base, e.Name()))
		if dead {
			removed++
		}
		err = msg.Join(err, failure)
	}
	return removed, err
}

// sweepOne removes a lease if its owner is dead.
func sweepOne(name string) (dead bool, err error) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) { // another sweeper was faster
		return false, nil
	}
	if err != nil {
		return false, err
	}
	// Whoever removed the file while we opened it has done the work.
	lock, err := filelock.Take(f)
	if err != nil || lock == nil {
		return false, err
	}
	err = release(lock, strings.TrimSuffix(name, suffix))
	return err == nil, err
}

// release removes the directory, then the lock file, and closes the lock. The
// lock file stays where the directory could not be removed.
func release(lock *filelock.Lock, dir string) error {
	if err := removeAll(dir); err != nil {
		return errors.Join(err, lock.Close())
	}
	return lock.Remove()
}

// removeAll is os.RemoveAll that opens directories which forbid it; the module
// cache is full of them.
func removeAll(dir string) error {
	if os.RemoveAll(dir) == nil {
		return nil
	}
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(path, 0o700) // before it is read; RemoveAll says what remains
		}
		return nil
	})
	return os.RemoveAll(dir)
}
