package fetch

import (
	"path/filepath"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var abiWord = lazyre.New(`^[a-z0-9]+(\.[a-z0-9]+)*$`)

// zipName is the module zip's name in a proxy, a module cache and our own.
func (f *finder) zipName() string { return f.want.Module().Version + ".zip" }

// archiveName is what the archive is called everywhere, whatever its ABI.
func (f *finder) archiveName() string {
	return f.want.Version + "." + f.want.GOOS + "-" + f.want.GOARCH + f.archiveKind().suffix
}

// archiveKind is how archives for a system are packed.
type archiveKind struct {
	suffix, magic string
	format        archive.Format
}

func (f *finder) archiveKind() archiveKind {
	if f.want.GOOS == "windows" {
		return archiveKind{".zip", "PK\x03\x04", archive.Zip}
	}
	return archiveKind{".tar.gz", "\x1f\x8b", archive.TarGz}
}

// treeName is an unpacked archive's name in our cache.
func (f *finder) treeName() string {
	name := f.want.Version + "." + f.want.GOOS + "-" + f.want.GOARCH
	if f.abi != "" {
		name += "-" + f.abi
	}
	return name
}

// zipPath is the zip below a module proxy or a module cache's download folder.
func (f *finder) zipPath() (string, error) {
	m := f.want.Module()
	path, err := module.EscapePath(m.Path)
	if err != nil {
		return "", msg.Errorf("find Go SDK: %w", "查找 Go SDK：%w", err)
	}
	version, err := module.EscapeVersion(m.Version)
	if err != nil {
		return "", msg.Errorf("find Go SDK: %w", "查找 Go SDK：%w", err)
	}
	return path + "/@v/" + version + ".zip", nil
}

func (f *finder) cached(name string) string { return filepath.Join(f.o.Cache, name) }
