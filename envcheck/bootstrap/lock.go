package bootstrap

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/filelock"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

const lockFile = ".lock"

// Lock waits until this process alone changes the desk. waiting, if not nil, is
// called once when another one has it. What is returned ends it, and removes the
// folders that were made for it if nothing was put there. The kernel ends it too,
// when the process dies.
func (d *Desk) Lock(ctx context.Context, waiting func()) (unlock func(), err error) {
	var made []string
	unmake := func() {
		for i := len(made) - 1; i >= 0 && os.Remove(made[i]) == nil; i-- {
		}
	}
	fail := func(e *msg.Error) (func(), error) {
		unmake()
		return nil, e.WithHint("the home folder has to be writable and have room: settings, start files and SDKs are kept in it", "主目录必须可写且有空间：设置、启动文件与 SDK 都存放其中")
	}
	path := d.join(lockFile)
	var l *filelock.Lock
	// Whoever has it may take the folder away with it, at any moment of this; a folder
	// that still cannot be made after so many of them has another reason.
	for range 100 {
		var more []string
		more, err = makeDirs(d.Root)
		made = append(made, more...)
		if err == nil {
			if l, err = filelock.Try(path); l == nil && err == nil {
				if waiting != nil {
					waiting()
					waiting = nil // told once
				}
				l, err = filelock.Wait(ctx, path)
			}
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	switch {
	case err != nil && ctx.Err() != nil && errors.Is(err, context.Cause(ctx)):
		unmake()
		return nil, msg.Errorf("wait for another bootstrap: %w", "等待另一个 bootstrap：%w", err)
	case err != nil:
		return fail(msg.Errorf("lock %s: %w", "锁定 %s：%w", d.Root, err))
	}
	d.removeGone()
	return func() {
		if entries, _ := os.ReadDir(d.Root); len(made) == 0 || len(entries) != 1 {
			_ = l.Close()
			return
		}
		// Taken away in one step: a lock file that somebody made in between would keep
		// the folder, and whose it was would be forgotten. To a name that nobody else
		// takes at the same moment.
		if os.Rename(d.Root, d.Root+goneSuffix+rand.Text()) == nil {
			_ = l.Close()
			d.removeGone()
			made = slices.DeleteFunc(made, func(dir string) bool { return dir == d.Root })
		} else { // a folder with an open file in it stays where it is on Windows
			_ = l.Remove()
		}
		unmake()
	}, nil
}

// goneSuffix begins what follows the name of a root folder that is being taken away.
const goneSuffix = ".gone-"

// removeGone removes root folders that were taken away, those too of whoever was killed
// between the two steps. Nothing but the lock file is in them, so it does no harm where
// another is about to do the same.
func (d *Desk) removeGone() {
	siblings, _ := os.ReadDir(filepath.Dir(d.Root))
	for _, e := range siblings {
		if strings.HasPrefix(e.Name(), filepath.Base(d.Root)+goneSuffix) {
			gone := filepath.Join(filepath.Dir(d.Root), e.Name())
			_ = os.Remove(filepath.Join(gone, lockFile))
			_ = os.Remove(gone)
		}
	}
}

// makeDirs is os.MkdirAll that returns what it made, outermost first. Whatever the
// umask, others may read: that is the mode of ~/.local/share everywhere.
func makeDirs(dir string) (made []string, err error) {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil, nil
	}
	if up := filepath.Dir(dir); up != dir {
		if made, err = makeDirs(up); err != nil {
			return made, err
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		if info, statErr := os.Stat(dir); statErr == nil && info.IsDir() {
			return made, nil
		}
		return made, err
	}
	return append(made, dir), os.Chmod(dir, 0o755)
}
