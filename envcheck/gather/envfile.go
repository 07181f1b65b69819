package gather

import (
	"path/filepath"
	"runtime"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// envFile reads the user's env file. One that GOENV names by a relative path is
// taken from the project folder, as the go command takes it.
func (l *look) envFile() envcheck.EnvFile {
	f := envcheck.EnvFile{TextFile: envcheck.TextFile{UID: -1}, Chosen: l.get("GOENV") != ""}
	path, off, err := goenv.EnvFilePath(runtime.GOOS, l.get)
	if f.Off = off; off || err != nil {
		return f
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(l.Dir, path)
	}
	f.TextFile = read(path)
	at := nearest(path)
	f.Writable = writable(at) && (f.Exists && f.Mode.IsRegular() || !f.Exists && f.Error == "" && isDir(at))
	return f
}
