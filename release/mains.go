package release

import (
	"context"
	"go/build"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// FindMains names the module's programs when no configuration does: the main
// package in the root and those below cmd/; where there is neither, every main
// package outside internal, testdata, vendor, example and test folders. Paths
// are relative ("./cmd/app") and sorted.
func FindMains(ctx context.Context, dir string) ([]string, error) {
	// Any pair will do to tell whether a folder holds a program; build
	// constraints of other systems are the compiler's business later.
	gc := build.Default
	gc.GOOS, gc.GOARCH, gc.CgoEnabled, gc.GOPATH = "linux", "amd64", false, ""
	var usual, others []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		name := d.Name()
		if p != dir && (name == "testdata" || name == "vendor" || name == "dist" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || exists(filepath.Join(p, "go.mod"))) {
			return filepath.SkipDir
		}
		pkg, _ := gc.ImportDir(p, 0) // a folder that cannot be read as a package holds no program
		if pkg == nil || pkg.Name != "main" || len(pkg.GoFiles) == 0 {
			return nil
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		slash := filepath.ToSlash(rel)
		first, _, _ := strings.Cut(slash, "/")
		switch {
		case slash == ".":
			usual = append(usual, ".")
		case first == "cmd":
			usual = append(usual, "./"+slash)
		case !slices.ContainsFunc(strings.Split(slash, "/"), sideFolder):
			others = append(others, "./"+slash)
		}
		return nil
	})
	if err != nil {
		return nil, msg.Errorf("look for main packages: %w", "查找 main 包：%w", err)
	}
	if len(usual) == 0 {
		usual = others
	}
	if len(usual) == 0 {
		return nil, msg.Errorf("look for main packages: there is none in %s", "查找 main 包：%s 中没有任何 main 包", dir).
			WithHint("a release needs a program; name one in .yingzao.yaml (release: builds: - main: ./path)", "发布需要可执行程序；请在 .yingzao.yaml 中指定（release: builds: - main: ./path）")
	}
	slices.Sort(usual)
	return usual, nil
}

func sideFolder(name string) bool {
	switch name {
	case "internal", "example", "examples", "_examples", "test", "tests", "e2e", "scripts", "tools", "hack":
		return true
	}
	return false
}

var majorSuffix = lazyre.New(`^v[0-9]+$`)

// programName is the name go build would give the program of a main package.
func programName(module, main string) string {
	p := path.Join(module, main)
	if base := path.Base(p); majorSuffix.Re().MatchString(base) && path.Dir(p) != "." {
		return path.Base(path.Dir(p))
	}
	return path.Base(p)
}
