package mend

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Apply makes the changes of a plan. An empty plan writes nothing, not even a
// journal entry. When a file is not any more what the plan saw, nothing is
// changed. A failure in between takes back what was done.
func (j Journal) Apply(ctx context.Context, p *Plan, now time.Time) error {
	if p.Empty() {
		return nil
	}
	for _, f := range p.Files {
		if state, err := look(f); err != nil {
			return err
		} else if state != asBefore {
			return msg.Errorf("change %s: the file was changed in the meantime; nothing was done", "修改 %s：文件在此期间被修改；未作任何改动", f.Path).
				WithHint("run the command again", "请重新运行该命令")
		}
	}
	path, err := j.record(p, now)
	if err != nil {
		return err
	}
	for i, f := range p.Files {
		if err = ctx.Err(); err == nil {
			err = f.put(f.After, f.NewMode)
		}
		if err == nil {
			continue
		}
		failed := msg.Errorf("change %s: %w", "修改 %s：%w", f.Path, err)
		for _, done := range slices.Backward(p.Files[:i]) {
			if err := restore(done); err != nil {
				return msg.Join(failed, err)
			}
		}
		if err := os.Remove(path); err != nil {
			return msg.Join(failed, err)
		}
		return failed
	}
	if err := os.Rename(path, strings.TrimSuffix(path, suffix)+whole); err != nil {
		return msg.Errorf("close the journal entry: %w", "结束日志条目：%w", err)
	}
	return nil
}

type state int

const (
	other state = iota
	asBefore
	asAfter
)

// look compares a file on disk with the two states that the plan knows.
func look(f File) (state, error) {
	now, err := f.now()
	if err != nil {
		return other, msg.Errorf("read %s: %w", "读取 %s：%w", f.Path, err)
	}
	switch {
	case !now.Existed:
		if !f.Existed {
			return asBefore, nil
		}
	case now.Dir != f.Dir:
	case f.Existed && bytes.Equal(now.Before, f.Before) && now.Mode == f.Mode:
		return asBefore, nil
	case bytes.Equal(now.Before, f.After) && (now.Mode == f.NewMode || !f.Existed):
		return asAfter, nil
	case f.Existed && bytes.Equal(now.Before, f.After) && now.Mode == f.Mode: // killed between content and permissions
		return asAfter, nil
	}
	return other, nil
}

// now reads what is there, as the same kind of file.
func (f File) now() (File, error) {
	switch {
	case f.Link:
		return ReadLink(f.Path)
	case f.Registry:
		return ReadRegistry(f.Path)
	}
	return Read(f.Path)
}

// put gives a file a content and permissions.
func (f File) put(data []byte, mode fs.FileMode) error {
	switch {
	case f.Link:
		return putLink(f.Path, string(data))
	case f.Registry:
		return putRegistry(f.Path, data)
	case f.Dir:
		if err := os.MkdirAll(f.Path, mode); err != nil {
			return err
		}
		return os.Chmod(f.Path, mode)
	}
	if have, err := os.ReadFile(f.Path); err != nil || !bytes.Equal(have, data) {
		if err := goenv.WriteFile(f.Path, data, mode); err != nil {
			return err
		}
	}
	return os.Chmod(f.Path, mode)
}

// restore gives a file its old state. A folder that was made and is in use by now
// stays.
func restore(f File) error {
	var err error
	switch {
	case f.Existed:
		err = f.put(f.Before, f.Mode)
	case f.Registry:
		err = removeRegistry(f.Path)
	case !f.Link && isLink(f.Path): // somebody keeps elsewhere now what we made
		if !f.Dir {
			err = f.put(nil, f.NewMode)
		}
	default:
		if err = os.Remove(f.Path); f.Dir && inUse(f.Path) {
			err = nil
		}
	}
	if err != nil {
		return msg.Errorf("restore %s: %w", "恢复 %s：%w", f.Path, err)
	}
	return nil
}

func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// inUse reports whether a folder holds something.
func inUse(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && len(entries) > 0
}
