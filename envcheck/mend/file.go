package mend

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Read looks at an ordinary file or a folder, which need not exist. After is what
// Before is; a new file will get the mode 0644. Where a link leads to nothing the
// file is what it leads to, so that taking it back leaves the link. The error is of a
// file that cannot be read, or is neither.
func Read(path string) (File, error) {
	f := File{Path: path, NewMode: 0o644}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		f.Existed, f.Dir, f.Mode, f.NewMode = true, true, info.Mode().Perm(), info.Mode().Perm()
	case err == nil && !info.Mode().IsRegular():
		return f, msg.Errorf("change %s: not an ordinary file", "修改 %s：不是普通文件", path).
			WithHint("a link leads there, or a variable such as GOENV or GIT_CONFIG_GLOBAL: unset it", "可能由链接或 GOENV、GIT_CONFIG_GLOBAL 等变量指向该处：请取消相应设置")
	case err == nil:
		f.Existed, f.Mode, f.NewMode = true, info.Mode().Perm(), info.Mode().Perm()
		if f.Before, err = os.ReadFile(path); err != nil {
			return f, msg.Errorf("change %s: %w", "修改 %s：%w", path, err)
		}
	case !os.IsNotExist(err):
		return f, msg.Errorf("change %s: %w", "修改 %s：%w", path, err)
	default:
		if f.Path, err = goenv.Follow(path); err != nil {
			return f, msg.Errorf("change %s: %w", "修改 %s：%w", path, err)
		}
	}
	f.After = slices.Clone(f.Before)
	return f, nil
}

// ReadLink looks at a symbolic link, which need not exist. Anything else under
// its name is an error.
func ReadLink(path string) (File, error) {
	f := File{Path: path, Link: true}
	to, err := os.Readlink(path)
	switch {
	case err == nil:
		f.Existed, f.Before, f.After = true, []byte(to), []byte(to)
	case !errors.Is(err, fs.ErrNotExist):
		return f, msg.Errorf("change %s: it is no link: %w", "修改 %s：它不是链接：%w", path, err)
	}
	return f, nil
}

// putLink makes or turns a link. Whoever looks sees the old or the new one.
func putLink(path, to string) error {
	if have, err := os.Readlink(path); err == nil && have == to {
		return nil
	}
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".yingzao-"+rand.Text())
	if err := os.Symlink(to, temp); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		_ = os.Remove(temp)
		return err
	}
	return nil
}

// Add puts a file that was read and changed into the plan, behind the folders
// that have to be made for it. What is not different is left out. own is a folder
// whose owner makes and keeps folders there himself; "" = none.
func (p *Plan) Add(f File, own string) {
	if !f.changed() {
		return
	}
	if !f.Registry && (own == "" || !strings.HasPrefix(f.Path, own+string(filepath.Separator))) {
		var missing []string
		for dir := filepath.Dir(f.Path); ; dir = filepath.Dir(dir) {
			if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
				break
			}
			missing = append(missing, dir)
		}
		for _, dir := range slices.Backward(missing) {
			if !slices.ContainsFunc(p.Files, func(f File) bool { return f.Path == dir }) {
				p.Files = append(p.Files, File{Path: dir, Dir: true, NewMode: 0o755, Codes: f.Codes})
			}
		}
	}
	p.Files = append(p.Files, f)
}
