package workdir

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// locateBase returns base as an absolute path.
func locateBase(base string) (string, error) {
	if base == "" {
		base = filepath.Join(os.TempDir(), "yingzao-"+userName())
	}
	abs, err := filepath.Abs(base)
	if err != nil {
		return "", msg.Errorf("locate work directory %s: %w", "定位工作目录 %s：%w", base, err)
	}
	return abs, nil
}

// prepareBase locates, makes and checks the base.
func prepareBase(base string) (string, error) {
	base, err := locateBase(base)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(base), 0o755); err != nil {
		return "", msg.Errorf("make work directory: %w", "创建工作目录：%w", err)
	}
	// Mkdir, then look: whoever made it first, the check decides.
	if err := os.Mkdir(base, 0o700); err != nil && !os.IsExist(err) {
		return "", msg.Errorf("make work directory: %w", "创建工作目录：%w", err)
	}
	return base, checkBase(base)
}

// checkBase refuses a base that somebody else could change.
func checkBase(base string) error {
	fi, err := os.Lstat(base)
	switch {
	case err != nil:
		return msg.Errorf("use work directory: %w", "使用工作目录：%w", err)
	case fi.Mode()&fs.ModeSymlink != 0:
		return msg.Errorf("use work directory %s: it is a symbolic link", "使用工作目录 %s：它是符号链接", base).
			WithHint("name the directory it points to", "请直接指定它所指向的目录")
	case !fi.IsDir():
		return msg.Errorf("use work directory %s: it is not a directory", "使用工作目录 %s：它不是目录", base).
			WithHint("remove it, or name another directory", "请删除它，或指定其他目录")
	case !ours(fi):
		return msg.Errorf("use work directory %s: it belongs to another user", "使用工作目录 %s：它属于其他用户", base).
			WithHint("name a directory of your own", "请指定属于您自己的目录")
	case !private(fi):
		return msg.Errorf("use work directory %s: others may enter it (mode %04o)", "使用工作目录 %s：其他用户可以进入（权限 %04o）", base, fi.Mode().Perm()).
			WithHint("chmod 700 %s, if nobody else works in it", "如无他人使用，请执行 chmod 700 %s", base)
	}
	return nil
}
