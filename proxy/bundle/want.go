package bundle

import (
	"bufio"
	"cmp"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Want is a version that a bundle is to have.
type Want struct {
	module.Version
	// Zip says that its .zip and .info are needed too, and not the go.mod alone:
	// that one suffices for a module which only the graph of modules has.
	Zip bool
	// ZipSum and ModSum are the hashes that somebody pinned, as in go.sum; "" = not.
	ZipSum, ModSum string
}

// Toolchain is the module of a Go release, "go1.26.8", for a platform, "linux/arm64".
func Toolchain(release, platform string) (Want, error) {
	goos, goarch, ok := strings.Cut(platform, "/")
	release = strings.TrimPrefix(release, "go")
	word := func(s string) bool {
		return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
	}
	m := module.Version{Path: "golang.org/toolchain", Version: "v0.0.1-go" + release + "." + goos + "-" + goarch}
	if err := module.Check(m.Path, m.Version); err != nil || !ok || !word(goos) || !word(goarch) || !strings.HasPrefix(release, "1.") || !word(strings.ReplaceAll(release, ".", "")) {
		return Want{}, msg.Errorf("take toolchain %q for %q: no such release", "取用工具链 %q（%q）：没有这样的发行版", release, platform).WithKind(msg.Usage).
			WithHint("like go1.26.8 and linux/arm64", "例如 go1.26.8 和 linux/arm64")
	}
	return Want{Version: m, Zip: true}, nil
}

// Line reads "path@version".
func Line(s string) (Want, error) {
	path, version, _ := strings.Cut(s, "@")
	m := module.Version{Path: path, Version: version}
	if module.Check(path, version) != nil || module.CanonicalVersion(version) != version {
		return Want{}, msg.Errorf("take module %q: it needs a path and a whole version", "取用模块 %q：需要路径和完整的版本号", s).WithKind(msg.Usage).
			WithHint("like golang.org/x/text@v0.14.0", "例如 golang.org/x/text@v0.14.0")
	}
	return Want{Version: m, Zip: true}, nil
}

// Sum reads a go.sum: a line of a go.mod needs that alone, the others the zip.
func Sum(r io.Reader) ([]Want, error) {
	var all []Want
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		f := strings.Fields(s.Text())
		if len(f) == 0 {
			continue
		}
		if len(f) != 3 {
			return nil, msg.Errorf("read go.sum: line %d has %d fields, not 3", "读取 go.sum：第 %d 行有 %d 个字段，应为 3 个", n, len(f)).WithKind(msg.Usage)
		}
		version, mod := strings.CutSuffix(f[1], "/go.mod")
		w, err := Line(f[0] + "@" + version)
		switch {
		case err != nil:
			return nil, err
		case !strings.HasPrefix(f[2], "h1:"): // the go command ignores what it does not know
			continue
		}
		if w.Zip = !mod; mod {
			w.ModSum = f[2]
		} else {
			w.ZipSum = f[2]
		}
		all = append(all, w)
	}
	if err := s.Err(); err != nil {
		return nil, msg.Errorf("read go.sum: %w", "读取 go.sum：%w", err)
	}
	return Merge(all), nil
}

// Log finds what was asked for in an access log: in each line, whatever looks like
// the path of a .zip or .mod of the module protocol, quoted or not, below any base.
func Log(r io.Reader) ([]Want, error) {
	var all []Want
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		for _, word := range strings.FieldsFunc(s.Text(), func(r rune) bool { return strings.ContainsRune(" \t\"'=,<>{}[]?", r) }) {
			if !strings.Contains(word, "/@v/") {
				continue
			}
			if w, ok := logged(word); ok {
				all = append(all, w)
			}
		}
	}
	if err := s.Err(); err != nil {
		return nil, msg.Errorf("read access log: %w", "读取访问日志：%w", err)
	}
	return Merge(all), nil
}

// logged drops the base in front of a module's path: the longest path that can be
// one counts.
func logged(word string) (Want, bool) {
	if u, err := url.Parse(word); err == nil {
		word = u.Path
	}
	for word = strings.TrimPrefix(word, "/"); ; {
		f, err := proxy.Parse(word)
		first, rest, more := strings.Cut(word, "/")
		if err == nil && strings.Contains(first, ".") {
			return Want{Version: module.Version{Path: f.Module, Version: f.Version}, Zip: f.Kind == proxy.Zip}, f.Kind == proxy.Zip || f.Kind == proxy.Mod
		}
		if !more {
			return Want{}, false
		}
		word = rest
	}
}

// Project reads what a project needs from the file that is named: go.sum itself; the
// go.sum beside a go.mod; of a go.work, go.work.sum and the go.sum of each module it
// uses.
func Project(name string) ([]Want, error) {
	dir := filepath.Dir(name)
	sums := []string{name}
	switch filepath.Base(name) {
	case "go.mod":
		sums[0] = filepath.Join(dir, "go.sum")
	case "go.work":
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, msg.Errorf("read project: %w", "读取项目：%w", err).WithKind(msg.Usage)
		}
		work, err := modfile.ParseWork(name, data, nil)
		if err != nil {
			return nil, msg.Errorf("read project: %w", "读取项目：%w", err).WithKind(msg.Usage)
		}
		sums[0] = filepath.Join(dir, "go.work.sum")
		for _, use := range work.Use {
			sub := filepath.FromSlash(use.Path)
			if !filepath.IsAbs(sub) {
				sub = filepath.Join(dir, sub)
			}
			sums = append(sums, filepath.Join(sub, "go.sum"))
		}
	}
	var all []Want
	for _, sum := range sums {
		f, err := os.Open(sum)
		if err != nil && len(sums) > 1 && os.IsNotExist(err) {
			continue // a module without requirements has none
		}
		if err != nil {
			return nil, msg.Errorf("read project: %w", "读取项目：%w", err).WithKind(msg.Usage).
				WithHint("go mod tidy writes go.sum, which says what the project needs", "go mod tidy 会写出 go.sum，其中说明项目需要什么")
		}
		part, err := Sum(f)
		_ = f.Close()
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return Merge(all), nil
}

// Merge makes one list of several: sorted, each version once, with all that any of
// them wants of it.
func Merge(all []Want) []Want {
	byID := map[module.Version]Want{}
	for _, w := range all {
		old := byID[w.Version]
		byID[w.Version] = Want{w.Version, w.Zip || old.Zip, cmp.Or(w.ZipSum, old.ZipSum), cmp.Or(w.ModSum, old.ModSum)}
	}
	var out []Want
	for _, w := range byID {
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b Want) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Version.Version, b.Version.Version))
	})
	return out
}
