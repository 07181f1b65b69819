package export

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// free reports whether an export may be put at a place, and whether an earlier one
// is there. Whoever worked in a folder, by a commit in it for instance, would lose
// that work: such a folder is not replaced.
func free(ctx context.Context, to string) (earlier bool, err error) {
	refuse := func(en, zh string, args ...any) error {
		return msg.Errorf("export to %s: %s", "导出到 %s：%s", to, msg.Textf(en, zh, args...)).WithKind(msg.Usage).
			WithHint("name another folder, or move this one away; work in a copy of an export, not in the export itself", "请另选目录或移走该目录；请在导出内容的副本中工作，不要直接修改导出目录")
	}
	list, err := os.ReadDir(to)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && len(list) == 0:
		return false, nil
	case err != nil:
		return false, failed(err)
	}
	text, err := os.ReadFile(filepath.Join(to, Marker))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, refuse("it is not empty, and no earlier export", "目录不为空，也不是此前的导出")
	case err != nil:
		return false, failed(err)
	case string(text) != form:
		return false, refuse("another version of yingzao made it, in a form unknown here", "由其他版本的营造生成，格式无法识别")
	}
	sums, err := readSums(filepath.Join(to, SumsName))
	if err != nil {
		return false, err
	}
	err = filepath.WalkDir(to, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(to, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		want, known := sums[name]
		delete(sums, name)
		switch {
		case name == SumsName:
			return nil
		case !known || !d.Type().IsRegular():
			return refuse("%s is no file of the export", "%s 不属于该导出", name)
		}
		got, err := archive.SumFile(ctx, path)
		if err != nil {
			return err
		}
		if got.SHA256 != want {
			return refuse("%s was changed since", "%s 在导出后被修改", name)
		}
		return nil
	})
	return err == nil, err
}

func readSums(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, failed(err)
	}
	defer f.Close()
	all := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if sum, name, ok := strings.Cut(lines.Text(), "  "); ok {
			all[name] = sum
		}
	}
	if err := lines.Err(); err != nil {
		return nil, failed(err)
	}
	return all, nil
}

// swap moves the new folder to its place. What was there goes to old, from where the
// caller removes it.
func swap(dir, to, old string, earlier bool) error {
	if !earlier {
		// An empty folder gives way; on Windows it would not.
		if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return failed(err)
		}
		if err := os.Rename(dir, to); err != nil {
			return failed(err)
		}
		return nil
	}
	if exchange(dir, to) == nil {
		return nil
	}
	return twoSteps(dir, to, old)
}

// twoSteps is for systems that cannot exchange folders: for a moment nobody finds
// one.
func twoSteps(dir, to, old string) error {
	if err := os.Rename(to, old); err != nil {
		return failed(err)
	}
	if err := os.Rename(dir, to); err != nil {
		return failed(errors.Join(err, os.Rename(old, to)))
	}
	return nil
}
