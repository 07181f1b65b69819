package bootstrap

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Lock waits until this process alone changes the desk. waiting, if not nil, is
// called once when another one has it. What is returned ends it, and removes the
// folders that were made for it if nothing was put there. The kernel ends it too,
// when the process dies.
func (d *Desk) Lock(ctx context.Context, waiting func()) (unlock func(), err error) {
	made, err := makeDirs(d.Root)
	if err != nil {
		return nil, msg.Errorf("make %s: %w", "创建 %s：%w", d.Root, err).
			WithHint("the home folder has to be writable: settings, start files and SDKs are kept in it", "主目录必须可写：设置、启动文件与 SDK 都存放其中")
	}
	path := d.join(".lock")
	for told := false; ; {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, msg.Errorf("lock %s: %w", "锁定 %s：%w", d.Root, err)
		}
		locked, err := lockFile(file)
		if err != nil {
			_ = file.Close()
			return nil, msg.Errorf("lock %s: %w", "锁定 %s：%w", d.Root, err)
		}
		if locked && stillNamed(file) {
			return func() {
				if entries, _ := os.ReadDir(d.Root); len(made) > 0 && len(entries) == 1 {
					_ = os.Remove(path)
				}
				_ = file.Close()
				for i := len(made) - 1; i >= 0 && os.Remove(made[i]) == nil; i-- {
				}
			}, nil
		}
		_ = file.Close()
		if !told && !locked && waiting != nil {
			waiting()
		}
		told = told || !locked
		select {
		case <-ctx.Done():
			return nil, msg.Errorf("wait for another bootstrap: %w", "等待另一个 bootstrap：%w", context.Cause(ctx))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// stillNamed reports whether the open file is the one under its name.
func stillNamed(f *os.File) bool {
	open, err1 := f.Stat()
	named, err2 := os.Lstat(f.Name())
	return err1 == nil && err2 == nil && os.SameFile(open, named)
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
