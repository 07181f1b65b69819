package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines"
	"github.com/yingzao-dev/yingzao/pipelines/start"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/config"
)

// startProject finds out what a pipeline file says about a project, and the folder
// of the repository that it belongs to: the nearest one with .git, or the project's
// own where there is none.
func startProject(ctx context.Context, dir string) (root string, p start.Project, err error) {
	gomod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", p, msg.Errorf("write pipeline: there is no go.mod in %s", "生成流水线：%s 中没有 go.mod", dir).WithKind(msg.Usage).
			WithHint("name the project's folder with --dir", "请用 --dir 指定项目目录")
	}
	if err != nil {
		return "", p, msg.Errorf("write pipeline: %w", "生成流水线：%w", err)
	}
	p.Module = modfile.ModulePath(gomod)
	cfg, err := config.Load(dir, config.Options{})
	if err != nil {
		return "", p, err
	}
	configured(cfg, &p)
	if len(p.Mains) == 0 {
		if p.Mains, err = release.FindMains(ctx, dir); err != nil {
			return "", p, err
		}
	}
	root, p.Dir, err = repository(dir)
	return root, p, err
}

// configured takes over what the configuration says. Templates are left to people.
func configured(cfg *config.Project, p *start.Project) {
	plain := func(s string) bool { return s != "" && !strings.Contains(s, "{{") }
	builds := cfg.Builds
	if len(builds) == 0 {
		builds = []config.Build{cfg.EachMain}
	}
	for _, b := range builds {
		if plain(b.Main) && !slices.Contains(p.Mains, b.Main) {
			p.Mains = append(p.Mains, b.Main)
		}
		for _, t := range b.Targets {
			if !slices.Contains(p.Targets, t.String()) {
				p.Targets = append(p.Targets, t.String())
			}
		}
	}
	for _, s := range cfg.Stores {
		if plain(s.URL) {
			p.Stores = append(p.Stores, s.URL)
		}
	}
	if len(cfg.Stores) == 1 && plain(cfg.Stores[0].BaseURL) {
		p.BaseURL = cfg.Stores[0].BaseURL
	}
}

// repository is the folder of the repository around a folder, and what that one is
// called below it.
func repository(dir string) (root, below string, err error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", "", msg.Errorf("write pipeline: %w", "生成流水线：%w", err)
	}
	root = dir
	for up := abs; ; up = filepath.Dir(up) {
		if _, err := os.Stat(filepath.Join(up, ".git")); err == nil {
			rel, err := filepath.Rel(up, abs)
			if err != nil || rel == "." {
				return dir, ".", err
			}
			back, err := filepath.Rel(abs, up)
			return filepath.Join(dir, back), filepath.ToSlash(rel), err
		}
		if up == filepath.Dir(up) {
			return dir, ".", nil
		}
	}
}

// publishedVersion is this program's version where go install could fetch it.
func publishedVersion(params []pipelines.Param) string {
	v := buildVersion().Version
	if v != "" && !strings.HasPrefix(v, "v") {
		v = "v" + v
	}
	i := slices.IndexFunc(params, func(p pipelines.Param) bool { return p.Name == "tool_version" })
	if i < 0 || params[i].Check(v) != nil {
		return ""
	}
	return v
}
