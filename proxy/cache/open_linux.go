package cache

import (
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// opener opens files of the directory for reading. os.Root walks folder by folder,
// which for a module's path costs three times as much as one openat2, where the
// kernel keeps the way inside (Linux 5.6).
type opener struct {
	root *os.Root
	dir  *os.File
	old  atomic.Bool // no openat2: an old kernel, or a sandbox that forbids it
}

func newOpener(root *os.Root) (*opener, error) {
	dir, err := root.Open(".")
	return &opener{root: root, dir: dir}, err
}

func (o *opener) close() error { return o.dir.Close() }

func (o *opener) open(key string) (*os.File, error) {
	if !o.old.Load() {
		how := unix.OpenHow{Flags: unix.O_RDONLY | unix.O_CLOEXEC | unix.O_NONBLOCK, Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS}
		for range 100 {
			fd, err := unix.Openat2(int(o.dir.Fd()), key, &how)
			switch {
			case err == nil:
				return os.NewFile(uintptr(fd), filepath.Join(o.root.Name(), key)), nil
			case errors.Is(err, unix.EINTR), errors.Is(err, unix.EAGAIN): // a folder was renamed meanwhile
				continue
			case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EPERM), errors.Is(err, unix.EINVAL):
				o.old.Store(true)
				return o.root.Open(key)
			}
			return nil, &os.PathError{Op: "openat2", Path: key, Err: err}
		}
	}
	return o.root.Open(key)
}

// walk makes it go folder by folder, as on an old kernel.
func (o *opener) walk(yes bool) { o.old.Store(yes) }
