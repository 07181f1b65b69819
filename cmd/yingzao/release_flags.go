package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/release"
)

// releaseFlags are the flags of the commands that look at a project.
type releaseFlags struct {
	dir, config, dist, version   string
	snapshot, wallClock, offline bool
	targets, ignore, goroots     []string
	jobs                         int
}

func (a *app) releaseFlags(c *cobra.Command) *releaseFlags {
	f := &releaseFlags{}
	s := c.Flags()
	a.projectFlags(c, f)
	s.StringVar(&f.version, "version", "", a.say("the version, instead of the git tag's", "版本号，代替 git 标签"))
	s.BoolVar(&f.snapshot, "snapshot", false, a.say("a trial: no tag needed, uncommitted changes allowed", "试运行：无需标签，允许未提交的更改"))
	s.StringSliceVar(&f.targets, "target", nil, a.say("targets instead of the configured ones, e.g. linux/arm64", "代替配置的目标，如 linux/arm64"))
	s.StringSliceVar(&f.ignore, "ignore", nil, a.say("sections of a GoReleaser file that may be left out", "允许忽略的 GoReleaser 配置段"))
	s.BoolVar(&f.wallClock, "wall-clock", false, a.say("dates in templates are today's; the release is then not reproducible", "模板中的日期取当前时间；此时发布不可复现"))
	return f
}

// projectFlags are those that building a planned part needs too.
func (a *app) projectFlags(c *cobra.Command, f *releaseFlags) {
	s := c.Flags()
	s.StringVarP(&f.dir, "dir", "C", "", a.say("the project's folder (default: the current one)", "项目目录（默认：当前目录）"))
	s.StringVarP(&f.config, "config", "f", "", a.say("configuration file (default: .yingzao.yaml, then .goreleaser.yaml)", "配置文件（默认：.yingzao.yaml，其次 .goreleaser.yaml）"))
	s.StringVar(&f.dist, "dist", "", a.say("output folder (default: dist)", "输出目录（默认：dist）"))
	s.StringSliceVar(&f.goroots, "goroot", nil, a.say("Go SDK to build with: DIR, or TARGET=DIR for one target", "构建所用的 Go SDK：DIR，或 TARGET=DIR 指定某个目标"))
	s.IntVarP(&f.jobs, "jobs", "j", 0, a.say("go builds at the same time (default: by cores and memory)", "同时进行的 go build 数（默认：按核数与内存）"))
	s.BoolVar(&f.offline, "offline", false, a.say("fetch no module", "不下载任何模块"))
}

// options turns the flags into the library's options.
func (f *releaseFlags) options(a *app) (release.Options, error) {
	o := release.Options{
		Dir: f.dir, Config: f.config, Dist: f.dist, Version: f.version, Snapshot: f.snapshot, Ignore: f.ignore, WallClock: f.wallClock,
		Jobs: f.jobs, Offline: f.offline, Environ: a.environ, OpenStore: a.stores().Open, Lang: a.lang, Goroots: map[string]string{},
		Progress: term.NewProgress(a.err, term.Interactive(a.err, a.getenv)),
	}
	if f.jobs < 0 {
		return o, msg.Errorf("--jobs: %d is less than 0", "--jobs：%d 小于 0", f.jobs).WithKind(msg.Usage).
			WithHint("leave it out, or 0, to go by cores and memory", "省略或设为 0 即按核数与内存决定")
	}
	for _, s := range f.targets {
		t, err := target.Parse(s)
		if err != nil {
			return o, err
		}
		o.Targets = append(o.Targets, t)
	}
	for _, s := range f.goroots {
		name, dir, named := strings.Cut(s, "=")
		if !named {
			name, dir = "", s
		} else if _, err := target.Parse(name); err != nil {
			return o, err
		}
		if fi, err := os.Stat(dir); err != nil || !fi.IsDir() {
			return o, msg.Errorf("--goroot: %s is not a folder", "--goroot：%s 不是目录", dir).WithKind(msg.Usage).
				WithHint("give the root of an unpacked Go SDK, the folder that contains bin/go", "请给出已解压的 Go SDK 根目录，即包含 bin/go 的目录")
		}
		o.Goroots[name] = dir
	}
	return o, nil
}
