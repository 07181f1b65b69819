package release

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// FilesIn opens artifacts by name in a finished dist folder, for publishing. A
// bare binary in a dist that GoReleaser made lies under another name.
func FilesIn(dist string) func(name string) (io.ReadSeekCloser, error) {
	return func(name string) (io.ReadSeekCloser, error) {
		f, err := os.Open(filepath.Join(dist, name))
		if errors.Is(err, fs.ErrNotExist) {
			if path := bareBinary(dist, name); path != "" {
				f, err = os.Open(path)
			}
		}
		if err != nil {
			return nil, msg.Errorf("open artifact: %w", "打开制品：%w", err)
		}
		return f, nil
	}
}

// bareBinary finds a bare binary by the name that GoReleaser publishes it under;
// "" when there is none.
func bareBinary(dist, name string) string {
	var list []grArtifact
	if readJSON(filepath.Join(dist, artifactsFile), &list) != nil {
		return ""
	}
	for _, a := range list {
		if a.Name == name && a.Type == "Binary" && a.Extra["Format"] == "binary" {
			if path, err := distPath(dist, a.Path); err == nil {
				return path
			}
		}
	}
	return ""
}
