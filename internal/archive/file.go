package archive

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// WriteFile lets fill write a file and returns the sums of what it wrote, taken
// in the same pass. The content goes to a temporary file beside path and takes
// its name, replacing what was there, only when it is complete and on the disk;
// after an error, or once ctx is cancelled, path is as it was and the temporary
// file is gone. (One that a killed process left is named .NAME.part-*.) The
// directory must exist. mode is exact, whatever the umask.
func WriteFile(ctx context.Context, path string, mode fs.FileMode, fill func(io.Writer) error) (Sums, error) {
	s, err := writeFile(ctx, path, mode, fill)
	if err != nil {
		return Sums{}, msg.Errorf("write file %s: %w", "写入文件 %s：%w", path, err)
	}
	return s, nil
}

func writeFile(ctx context.Context, path string, mode fs.FileMode, fill func(io.Writer) error) (s Sums, err error) {
	dir, name := filepath.Split(filepath.Clean(path))
	if dir == "" {
		dir = "."
	}
	f, err := os.CreateTemp(dir, "."+name+".part-*")
	if err != nil {
		return Sums{}, err
	}
	done := false
	defer func() { // also when fill panics
		if !done {
			err = msg.Join(err, ignoreClosed(f.Close()), os.Remove(f.Name()))
		}
	}()
	sum := newSummer(ctx)
	// The sums first: they refuse to go on when the context is cancelled.
	w := bufio.NewWriterSize(io.MultiWriter(sum, f), blockSize)
	if err := fill(w); err != nil {
		return Sums{}, err
	}
	if err := w.Flush(); err != nil {
		return Sums{}, err
	}
	if err := f.Chmod(mode.Perm()); err != nil {
		return Sums{}, err
	}
	if err := f.Sync(); err != nil {
		return Sums{}, err
	}
	if err := f.Close(); err != nil {
		return Sums{}, err
	}
	if err := ctx.Err(); err != nil {
		return Sums{}, err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return Sums{}, err
	}
	done = true
	syncDir(dir)
	return sum.sums(), nil
}

func ignoreClosed(err error) error {
	if errors.Is(err, fs.ErrClosed) {
		return nil
	}
	return err
}

// syncDir makes the rename last through a power cut where the system can do
// that. Some file systems cannot; the file stands all the same.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
