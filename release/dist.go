package release

import (
	"io"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// FilesIn opens artifacts by name in a folder, for publishing.
func FilesIn(dir string) func(name string) (io.ReadSeekCloser, error) {
	return func(name string) (io.ReadSeekCloser, error) {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return nil, msg.Errorf("open artifact: %w", "打开制品：%w", err)
		}
		return f, nil
	}
}
