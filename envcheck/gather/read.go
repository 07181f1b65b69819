package gather

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// maxFile is how much of a file is read.
const maxFile = 1 << 20

// read reads a small file. What is not a regular file is never opened: a pipe
// would hold us up for good.
func read(path string) envcheck.TextFile {
	f := stat(path)
	if !f.Exists || f.Error != "" {
		return f
	}
	file, err := openFile(path)
	if err != nil {
		f.Error = reason(err)
		return f
	}
	defer file.Close()
	if f.Data, err = io.ReadAll(io.LimitReader(file, min(maxFile, max(f.Size, 1<<16)))); err != nil {
		f.Error = reason(err)
	}
	return f
}

// stat fills everything but the data. A thing that is no regular file exists,
// with an error.
func stat(path string) envcheck.TextFile {
	f := envcheck.TextFile{Path: path, UID: -1}
	if path == "" {
		return f
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(path); err == nil {
			f.Error = "broken symbolic link"
		}
		return f
	case err != nil:
		f.Error = reason(err)
		return f
	}
	f.Exists, f.Size, f.Mode, f.UID = true, info.Size(), info.Mode(), owner(info)
	switch {
	case info.IsDir():
		f.Error = "is a directory"
	case !info.Mode().IsRegular():
		f.Error = "not a regular file"
	}
	return f
}

// reason is the cause of an error without the path, which stands beside it.
func reason(err error) string {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		err = e.Err
	}
	return err.Error()
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// nearest returns path, or the folder nearest above it that exists.
func nearest(path string) string {
	for {
		if _, err := os.Stat(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return path
		}
		up := filepath.Dir(path)
		if up == path {
			return path
		}
		path = up
	}
}
