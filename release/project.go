package release

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/internal/workdir"
	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/gotool"
	"github.com/yingzao-dev/yingzao/release/preflight"
)

// project is everything that was found before anything is decided.
type project struct {
	o     Options
	dir   string // absolute
	dist  string // absolute
	cfg   *config.Project
	git   *preflight.Git
	mod   *modfile.File
	tools *toolchains
	trace *trace
	keys  []string // the environment with the signing keys in it; that of o has none

	sources string // digest of the files, once they are final
}

// toolchains are the Go toolchains of a release.
type toolchains struct {
	main     *gotool.Tool
	byTarget map[string]*gotool.Tool // where a target has one of its own
}

// open reads configuration, go settings and git at the same time.
func open(ctx context.Context, o Options, tr *trace) (*project, error) {
	defer tr.begin("", phasePrepare)()
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	keys := o.Environ
	o.Environ = withoutKeys(o.Environ)
	if o.Offline {
		o.Environ = append(slices.Clone(o.Environ), "GOPROXY=off", "GOTOOLCHAIN=local")
	}
	dir, err := filepath.Abs(o.Dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return nil, msg.Errorf("open project: %w", "打开项目：%w", err).WithHint("name the project's folder with --dir", "请用 --dir 指定项目目录")
	}
	p := &project{o: o, dir: dir, trace: tr, keys: keys}
	if p.mod, err = readGoMod(dir); err != nil {
		return nil, err
	}
	if o.NoConfig {
		p.cfg = &config.Project{Dist: "dist"}
	} else if p.cfg, err = config.Load(dir, config.Options{File: o.Config, Ignore: o.Ignore, Targets: o.Targets}); err != nil {
		return nil, err
	}
	p.dist = p.o.Dist
	if p.dist == "" {
		p.dist = filepath.Join(dir, filepath.FromSlash(p.cfg.Dist))
	}
	if p.dist, err = resolve(p.dist); err != nil {
		return nil, msg.Errorf("open project: %w", "打开项目：%w", err)
	}
	if within(p.dist, dir) {
		return nil, msg.Errorf("dist folder %s: it contains the project itself", "输出目录 %s：它包含了项目本身", p.dist).
			WithHint("choose a folder of its own with --dist", "请用 --dist 指定单独的目录").WithKind(msg.Usage)
	}
	own, err := p.own()
	if err != nil {
		return nil, err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		p.git, err = preflight.ReadGit(gctx, dir, preflight.GitOptions{TagPrefix: p.cfg.TagPrefix, IgnoreTags: p.cfg.IgnoreTags, Exclude: own})
		return err
	})
	g.Go(func() (err error) { p.tools, err = findTools(gctx, p); return err })
	return p, g.Wait()
}

// own lists what this program itself writes and what may lie in the project's
// folder: dist, the files a step was told to write, and stores that are folders.
// None of it is a source.
func (p *project) own() ([]string, error) {
	stores, err := p.configured()
	if err != nil {
		return nil, err
	}
	own, written := []string{p.dist}, slices.Concat(p.o.Outputs, p.o.To)
	for _, s := range stores {
		written = append(written, s.URL)
	}
	for _, to := range written {
		if rest, ok := strings.CutPrefix(to, "file://"); ok || !strings.Contains(to, "://") {
			if real, err := resolve(rest); err == nil {
				own = append(own, real)
			}
		}
	}
	return own, nil
}

func readGoMod(dir string) (*modfile.File, error) {
	path := filepath.Join(dir, "go.mod")
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, msg.Errorf("open project: %w", "打开项目：%w", err).
			WithHint("run yingzao in the folder of a Go module, the one with go.mod, or name it with --dir", "请在 Go 模块目录（含 go.mod）中运行 yingzao，或用 --dir 指定")
	}
	f, err := modfile.Parse("go.mod", b, nil)
	if err != nil {
		return nil, msg.Errorf("read go.mod: %w", "读取 go.mod：%w", err).
			WithHint("`go mod verify` in that folder has to work first", "请先让该目录中的 `go mod verify` 正常运行")
	}
	if f.Module == nil {
		return nil, msg.Errorf("read go.mod: it names no module", "读取 go.mod：其中没有 module 行").
			WithHint("add it: go mod edit -module example.cn/team/app", "请补上：go mod edit -module example.cn/team/app")
	}
	return f, nil
}

// findTools settles the project's toolchain and those of targets that cannot be
// built with it.
func findTools(ctx context.Context, p *project) (*toolchains, error) {
	environ := p.o.Environ
	// The go command makes a folder to answer, which outlives it when we are killed.
	if work, err := workdir.New(""); err == nil {
		defer work.Close()
		environ = append(slices.Clone(environ), "GOTMPDIR="+work.Path())
	}
	main, err := gotool.Find(ctx, gotool.Options{Dir: p.dir, Goroot: p.o.Goroots[""], Environ: environ})
	if err != nil {
		return nil, err
	}
	t := &toolchains{main: main, byTarget: map[string]*gotool.Tool{}}
	goroots := maps.Clone(p.cfg.Toolchains)
	if goroots == nil {
		goroots = map[string]string{}
	}
	for k, v := range p.o.Goroots {
		if k != "" {
			goroots[k] = v
		}
	}
	for name, root := range goroots {
		tt, err := target.Parse(name)
		if err != nil {
			return nil, msg.Errorf("toolchain of %q: %w", "%q 的工具链：%w", name, err)
		}
		if !filepath.IsAbs(root) {
			root = filepath.Join(p.dir, root)
		}
		if t.byTarget[tt.String()], err = main.At(ctx, root, p.dir); err != nil {
			return nil, msg.Errorf("toolchain of %s: %w", "%s 的工具链：%w", tt, err)
		}
	}
	return t, nil
}

// of returns the toolchain for a target.
func (t *toolchains) of(tt target.Target) (*gotool.Tool, error) {
	if own := t.byTarget[tt.String()]; own != nil {
		return own, nil
	}
	if tt.ABI1 {
		return nil, msg.Errorf("target %s: no toolchain for old-world LoongArch", "目标 %s：没有旧世界龙架构的工具链", tt).WithHint(
			"upstream Go serves the new world only; its programs die with a segmentation fault on old-world kernels (Kylin V10, UOS 20, Loongnix 20) before they can print. "+
				"Unpack Loongson's ABI1.0 Go and name it: --goroot %[1]s=DIR, or release: toolchains: {%[1]s: DIR}",
			"上游 Go 只支持新世界；其程序在旧世界内核（麒麟 V10、统信 UOS 20、Loongnix 20）上来不及输出就会段错误。"+
				"请解压龙芯的 ABI1.0 版 Go 并指定：--goroot %[1]s=DIR，或 release: toolchains: {%[1]s: DIR}", tt)
	}
	return t.main, nil
}

// findings runs the rules over what was found.
func (p *project) findings() []preflight.Finding {
	return preflight.Check(preflight.Input{
		Dir: p.dir, Git: p.git, GoMod: p.mod, GoEnv: p.tools.main.Env, Snapshot: p.o.Snapshot, Version: p.o.Version,
	})
}

// hookFields are the names that hooks may use before anything is planned, with
// what the project's own env adds.
func (p *project) hookFields() (config.Fields, error) {
	pl := &planner{project: p, fields: config.Fields{ModulePath: p.mod.Module.Mod.Path, ProjectName: p.cfg.Name, Dir: p.dir, Snapshot: p.o.Snapshot, GitDirty: p.git.Dirty,
		Commit: p.git.Commit, FullCommit: p.git.Commit, ShortCommit: p.git.ShortCommit, Branch: p.git.Branch, Tag: p.git.Tag, RuntimeGoos: runtime.GOOS, RuntimeGoarch: runtime.GOARCH}}
	if _, err := p.identify(&pl.fields, "sha256:00000000"); err != nil {
		return pl.fields, err
	}
	return pl.fields, pl.environment()
}

// hookEnviron is the environment of the project's own commands: the user's, with
// the project's additions.
func (p *project) hookEnviron() ([]string, error) {
	f, err := p.hookFields()
	return p.environ(f), err
}

func (p *project) environ(f config.Fields) []string {
	env := slices.Clone(p.o.Environ)
	for _, k := range slices.Sorted(maps.Keys(f.Env)) {
		env = append(env, k+"="+f.Env[k])
	}
	return env
}

// lookupEnv reads one variable of the user's environment.
func (p *project) lookupEnv(key string) (string, bool) { return subproc.Getenv(p.o.Environ, key) }
