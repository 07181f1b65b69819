package release

import (
	"context"
	"go/build"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/config"
)

// fileCache sums each extra file once, however many archives it goes into.
type fileCache struct {
	sums  map[string]archive.Sums
	mains map[string]error
}

func (c *fileCache) sum(path string) (archive.Sums, error) {
	if s, ok := c.sums[path]; ok {
		return s, nil
	}
	s, err := archive.SumFile(context.Background(), path)
	if err == nil {
		if c.sums == nil {
			c.sums = map[string]archive.Sums{}
		}
		c.sums[path] = s
	}
	return s, err
}

// mainPackage checks that a job's package is a program. Only folders below the
// project are looked at; go build has the last word.
func (c *fileCache) mainPackage(project string, j *Job) error {
	dir := filepath.Join(project, filepath.FromSlash(j.Dir), filepath.FromSlash(j.Main))
	if strings.HasSuffix(j.Main, ".go") {
		dir = filepath.Dir(dir)
	}
	err, known := c.mains[dir]
	if !known {
		err = checkMain(dir, j)
		if c.mains == nil {
			c.mains = map[string]error{}
		}
		c.mains[dir] = err
	}
	return err
}

func checkMain(dir string, j *Job) error {
	place := path.Join(j.Dir, j.Main)
	if strings.HasSuffix(j.Main, ".go") {
		place = path.Dir(place)
	}
	bad := func(en, zh string) error {
		return msg.Errorf("build %s: "+en, "构建 %s："+zh, j.Build, place).
			WithHint("name the folder of a program, for example builds: - main: ./cmd/app", "请指定程序所在目录，例如 builds: - main: ./cmd/app").WithKind(msg.Usage)
	}
	if fi, err := os.Stat(dir); err != nil || !fi.IsDir() {
		if strings.HasPrefix(j.Main, ".") || j.Main == "" {
			return bad("there is no folder %s", "没有目录 %s")
		}
		return nil // an import path
	}
	gc := build.Default
	gc.GOOS, gc.GOARCH, gc.CgoEnabled, gc.UseAllFiles = j.Target.OS, j.Target.Arch, true, false
	pkg, err := gc.ImportDir(dir, 0)
	if pkg != nil && pkg.Name != "" && pkg.Name != "main" {
		return bad("there is no main package in %s", "%s 中没有 main 包")
	}
	if _, none := err.(*build.NoGoError); none {
		if matches, _ := filepath.Glob(filepath.Join(dir, "*.go")); len(matches) == 0 {
			return bad("there is no main package in %s", "%s 中没有 main 包")
		}
	}
	return nil
}

// extraFiles finds the files that an archive or package takes besides binaries.
// Names and order are functions of the files, not of the file system.
func (pl *planner) extraFiles(field string, list []config.ExtraFile, e *expander, modTime time.Time) ([]Member, error) {
	var out []Member
	for _, x := range list {
		pattern := filepath.ToSlash(e.one(field, x.Src))
		dst := e.one(field, x.Dst)
		if e.err != nil {
			return nil, e.err
		}
		if pattern == "" {
			continue
		}
		files, prefix, err := pl.glob(pattern)
		if err != nil {
			return nil, config.In(field, err)
		}
		if len(files) == 0 && !x.Optional {
			return nil, msg.Errorf("%s: no file matches %s", "%s：没有文件匹配 %s", field, pattern).
				WithHint("correct the pattern; if the file may be missing, write {src: %[1]s, optional: true} in .yingzao.yaml, or an asterisk at its end in a GoReleaser file", "请修正模式；如文件可有可无，在 .yingzao.yaml 中写 {src: %[1]s, optional: true}，在 GoReleaser 文件中于末尾加星号", pattern).WithKind(msg.Usage)
		}
		for _, rel := range files {
			m, err := pl.member(field, rel, x, e, modTime)
			if err != nil {
				return nil, err
			}
			switch {
			case x.StripParent:
				m.Name = path.Join(dst, path.Base(rel))
			case dst != "":
				inner, err := filepath.Rel(filepath.FromSlash(prefix), filepath.FromSlash(rel))
				if err != nil {
					return nil, config.In(field, err)
				}
				m.Name = path.Join(dst, filepath.ToSlash(inner))
			default: // a file above the project, in its repository, is put at the top
				for m.Name = path.Clean(rel); strings.HasPrefix(m.Name, "../"); {
					m.Name = m.Name[3:]
				}
			}
			if m.Name == ".." || strings.HasPrefix(m.Name, "../") {
				return nil, msg.Errorf("%s: %s leaves the archive", "%s：%s 越出归档", field, m.Name).WithKind(msg.Usage)
			}
			if slices.ContainsFunc(out, func(o Member) bool { return o.Name == m.Name && o.From == m.From }) {
				continue // two patterns may match one file
			}
			out = append(out, *m)
		}
	}
	return out, nil
}

func (pl *planner) member(field, rel string, x config.ExtraFile, e *expander, modTime time.Time) (*Member, error) {
	file := filepath.Join(pl.dir, filepath.FromSlash(rel))
	fi, err := os.Stat(file)
	if err != nil {
		return nil, config.In(field, err)
	}
	sums, err := pl.files.sum(file)
	if err != nil {
		return nil, config.In(field, err)
	}
	m := &Member{
		From: rel, SHA256: sums.SHA256, Size: sums.Size, Mode: x.Info.Mode,
		ModTime: e.date(field, x.Info.ModTime, modTime), Owner: e.one(field, x.Info.Owner), Group: e.one(field, x.Info.Group),
	}
	if m.Mode == 0 {
		m.Mode = plainMode(fi.Mode())
	}
	return m, e.err
}

// plainMode keeps of a file's permissions what git keeps: executable or not.
// The rest is the umask of whoever checked it out.
func plainMode(m fs.FileMode) fs.FileMode {
	if m&0o111 != 0 {
		return 0o755
	}
	return 0o644
}

// glob returns the files that a pattern means, relative to the project and
// sorted, and the folder that destinations are relative to. A folder means all
// files in it.
func (pl *planner) glob(pattern string) (files []string, prefix string, err error) {
	abs := filepath.Join(pl.dir, filepath.FromSlash(pattern))
	if path.IsAbs(pattern) {
		return nil, "", msg.Errorf("%s is an absolute path", "%s 是绝对路径", pattern).
			WithHint("name files relative to the project", "请使用相对于项目的路径").WithKind(msg.Usage)
	}
	root := pl.dir
	if pl.git.Root != "" {
		root = pl.git.Root
	}
	matches := []string{abs}
	if strings.ContainsAny(pattern, "*?[{") {
		if matches, err = globBelow(pl.dir, pattern); err != nil {
			return nil, "", msg.Errorf("pattern %s: %w", "模式 %s：%w", pattern, err).WithKind(msg.Usage)
		}
	}
	for _, m := range matches {
		if !within(root, m) {
			return nil, "", msg.Errorf("%s lies outside of the project", "%s 位于项目之外", pattern).WithKind(msg.Usage)
		}
		if !exists(m) {
			continue
		}
		walk := func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				if err == nil && (isVCS(d.Name()) || p == pl.dist) {
					return filepath.SkipDir
				}
				return err
			}
			rel, err := filepath.Rel(pl.dir, p)
			files = append(files, filepath.ToSlash(rel))
			return err
		}
		if err := filepath.WalkDir(m, walk); err != nil {
			return nil, "", err
		}
		if len(matches) == 1 && !strings.ContainsAny(pattern, "*?[{") {
			prefix = path.Clean(pattern)
		}
	}
	slices.Sort(files)
	files = slices.Compact(files)
	if prefix == "" && len(files) > 0 {
		prefix = path.Dir(commonPrefix(files))
	}
	return files, prefix, nil
}

// globBelow expands a pattern relative to dir, whose own path is no pattern.
func globBelow(dir, pattern string) ([]string, error) {
	pattern = path.Clean(pattern)
	for rest, up := strings.CutPrefix(pattern, "../"); up; rest, up = strings.CutPrefix(pattern, "../") {
		dir, pattern = filepath.Dir(dir), rest
	}
	matches, err := doublestar.Glob(os.DirFS(dir), pattern)
	for i, m := range matches {
		matches[i] = filepath.Join(dir, filepath.FromSlash(m))
	}
	return matches, err
}

// commonPrefix is the longest text that all begin with.
func commonPrefix(list []string) string {
	p := list[0]
	for _, s := range list[1:] {
		for !strings.HasPrefix(s, p) {
			p = p[:len(p)-1]
		}
	}
	return p
}
