package archive

import (
	"context"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Holds reads a file below root again and tells whether it is what a list says: a
// regular file of this size in bytes and with this SHA-256 in hex. name is
// slash-separated. The error says what is wrong and does not name the file; when
// ctx ends it is the cause of that.
func Holds(ctx context.Context, root *os.Root, name string, size int64, sha256 string) error {
	path := filepath.FromSlash(name)
	fi, err := root.Lstat(path)
	switch {
	case err != nil:
		return err
	case !fi.Mode().IsRegular():
		return msg.Errorf("no regular file", "不是普通文件")
	case fi.Size() != size:
		return msg.Errorf("%d bytes instead of %d", "大小为 %d 字节，应为 %d", fi.Size(), size)
	}
	f, err := root.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sums, err := SumReader(ctx, f)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return err
	case sums.SHA256 != sha256:
		return msg.Errorf("sha256 %s instead of %s", "sha256 为 %s，应为 %s", sums.SHA256, sha256)
	}
	return nil
}
