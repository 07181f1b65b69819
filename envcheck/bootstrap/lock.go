package bootstrap

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/filelock"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Lock waits until this process alone changes the desk. waiting, if not nil, is
// called once when another one has it. What is returned ends it, and removes the
// folders that were made for it if nothing was put there. The kernel ends it too,
// when the process dies.
func (d *Desk) Lock(ctx context.Context, waiting func()) (unlock func(), err error) {
	made, err := makeDirs(d.Root)
	unmake := func() {
		for i := len(made) - 1; i >= 0 && os.Remove(made[i]) == nil; i-- {
		}
	}
	fail := func(e *msg.Error) (func(), error) {
		unmake()
		return nil, e.WithHint("the home folder has to be writable and have room: settings, start files and SDKs are kept in it", "主目录必须可写且有空间：设置、启动文件与 SDK 都存放其中")
	}
	if err != nil {
		return fail(msg.Errorf("make %s: %w", "创建 %s：%w", d.Root, err))
	}
	path := d.join(".lock")
	l, err := filelock.Try(path)
	if l == nil && err == nil {
		if waiting != nil {
			waiting()
		}
		l, err = filelock.Wait(ctx, path)
	}
	for errors.Is(err, fs.ErrNotExist) { // who had it took the folder away with it
		var more []string
		if more, err = makeDirs(d.Root); err != nil {
			break
		}
		made = append(made, more...)
		l, err = filelock.Wait(ctx, path)
	}
	switch {
	case err != nil && ctx.Err() != nil && errors.Is(err, context.Cause(ctx)):
		unmake()
		return nil, msg.Errorf("wait for another bootstrap: %w", "等待另一个 bootstrap：%w", err)
	case err != nil:
		return fail(msg.Errorf("lock %s: %w", "锁定 %s：%w", d.Root, err))
	}
	return func() {
		if entries, _ := os.ReadDir(d.Root); len(made) > 0 && len(entries) == 1 {
			_ = l.Remove()
		} else {
			_ = l.Close()
		}
		unmake()
	}, nil
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
