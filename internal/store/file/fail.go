package file

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// fail puts what the system said into the words and classes of package store.
// Errors that have them already, and those of the caller, are passed on.
func (s *Store) fail(op store.Op, key string, err error) error {
	if err == nil {
		return nil
	}
	var (
		broken *brokenBody
		ours   *msg.Error
		named  *fs.PathError
		number syscall.Errno
	)
	path := filepath.Join(s.dir, filepath.FromSlash(key))
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.As(err, &broken), errors.As(err, &ours):
		return store.Fail(op, key, nil, err)
	case noSpace(err):
		return store.Fail(op, key, store.ErrNoSpace, err).
			WithHint("the disk or quota that holds %s is full; free some space or choose another directory", "%s 所在的磁盘或配额已满；请清理空间或改用其他目录", s.dir)
	case errors.Is(err, syscall.EROFS):
		return store.Fail(op, key, store.ErrDenied, err).
			WithHint("%s is on a read-only file system; choose another directory", "%s 位于只读文件系统；请改用其他目录", s.dir)
	case errors.Is(err, fs.ErrPermission):
		return store.Fail(op, key, store.ErrDenied, err).
			WithHint("check owner and mode of %s and the directories above it", "请检查 %s 及其上级目录的属主和权限", path)
	case errors.Is(err, fs.ErrNotExist):
		return store.Fail(op, key, store.ErrNotFound, err)
	case errors.Is(err, syscall.ENAMETOOLONG):
		return store.Fail(op, key, store.ErrInvalidKey, err).
			WithHint("the path %s is too long for this system; use shorter names", "路径 %s 对本系统过长；请使用更短的名称", path)
	case errors.Is(err, syscall.ENOTDIR):
		return store.Fail(op, key, nil, err).
			WithHint("something on the way to %s is a file where a directory is needed", "通往 %s 的路径上有一处是文件而不是目录", path)
	case errors.As(err, &named) && !errors.As(err, &number): // os.Root's own refusal has no number
		return store.Fail(op, key, store.ErrDenied, err).
			WithHint("a symbolic link on the way to %s leads out of the store; such links are not followed", "通往 %s 的路径上有符号链接指向存储之外；不会跟随这样的链接", path)
	}
	return store.Fail(op, key, nil, err)
}

// absent reports whether err means that nothing is there. A file in the place
// of a directory means so as well: nothing can be below it.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
