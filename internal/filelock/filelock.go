// Package filelock holds a name for one process alone, by a lock on a file.
//
// The lock is the kernel's and belongs to the open file: it ends when the process
// dies, however it dies, and never earlier. Children do not inherit it, since Go
// opens files close-on-exec. Locks are exclusive, also within one process.
//
// The file may go away with the lock, so that no litter stays: [Lock.Remove].
// Whoever opened it in between then has a file without a name, so a lock counts
// only while its file is still the one under that name; everybody who works on a
// name has to come through this package.
package filelock

import (
	"context"
	"errors"
	"os"
	"time"
)

// poll is how often Wait tries: the kernel's own waiting cannot be cancelled.
const poll = 50 * time.Millisecond

// Lock is a file that is locked. Only one of Close and Remove may be called, once.
type Lock struct{ file *os.File }

// Try makes the file when it does not exist, readable for its owner alone, and
// locks it. nil without an error: somebody else has it.
func Try(path string) (*Lock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return Take(file)
}

// Take locks a file that is open already. It is the lock's from then on, and closed
// where there is none. nil without an error: somebody else has it, or it has lost
// its name.
func Take(file *os.File) (*Lock, error) {
	locked, err := lock(file)
	if err == nil && locked && stillNamed(file) {
		return &Lock{file}, nil
	}
	return nil, errors.Join(err, file.Close())
}

// Wait is Try that waits until nobody else has the file. When ctx ends before, the
// error is its cause.
func Wait(ctx context.Context, path string) (*Lock, error) {
	for {
		l, err := Try(path)
		if l != nil || err != nil {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(poll):
		}
	}
}

// stillNamed reports whether the open file is the one under its name.
func stillNamed(f *os.File) bool {
	open, err1 := f.Stat()
	named, err2 := os.Lstat(f.Name())
	return err1 == nil && err2 == nil && os.SameFile(open, named)
}

// Close ends the lock; the file stays.
func (l *Lock) Close() error { return l.file.Close() }
