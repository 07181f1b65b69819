package release

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// A folder is a cache when it says so in this file, which begins with this line, by
// the Cache Directory Tagging Specification.
const (
	cacheFile = "CACHEDIR.TAG"
	cacheTag  = "Signature: 8a477f597d28d172789f06886806bc55"
)

// MarkCache makes a folder that may lie in a checkout one that is no source of a
// release and that git does not see, so that it does not turn a clean checkout into
// a changed one. Files that are there already are left alone. Below a project it
// counts only when its name, or that of the folder it lies in, begins with a dot:
// elsewhere packages may lie in it.
func MarkCache(dir string) error {
	fail := func(err error) error { return msg.Errorf("make cache folder: %w", "创建缓存目录：%w", err) }
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fail(err)
	}
	for name, text := range map[string]string{
		".gitignore": "*\n",
		cacheFile:    cacheTag + "\n# Module and build cache of yingzao pipelines; see https://bford.info/cachedir/\n",
	} {
		path := filepath.Join(dir, name)
		if exists(path) {
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return fail(err)
		}
	}
	return nil
}

// isCache reports whether a folder below a project is a cache.
func isCache(dir string) bool {
	if !strings.HasPrefix(filepath.Base(dir), ".") && !strings.HasPrefix(filepath.Base(filepath.Dir(dir)), ".") {
		return false
	}
	f, err := os.Open(filepath.Join(dir, cacheFile))
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(cacheTag))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == cacheTag
}
