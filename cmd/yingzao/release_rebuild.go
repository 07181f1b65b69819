package main

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/publish"
	"github.com/yingzao-dev/yingzao/release/rebuild"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// releaseRebuild builds a published release again and compares.
func (a *app) releaseRebuild() *cobra.Command {
	c := a.command("rebuild STORE|DIR", msg.Text{EN: "build a published release again and compare it byte for byte", ZH: "重新构建已发布的版本并逐字节比对"}, msg.Text{
		EN: "Takes plan and manifest from the release and the source from its repository or through GOPROXY, builds\n" +
			"with the planned Go and an empty cache, and compares. Where bytes differ it names the file, the section\n" +
			"of the program, and the likely cause. Exits with 3 when something differs, with 4 when something could\nnot be compared.",
		ZH: "从发布中读取计划与清单，从其仓库或经 GOPROXY 取得源码，用计划中的 Go 与空缓存构建并比对。\n" +
			"字节不同时指出文件、程序的节以及可能的原因。有差异时以 3 退出，无法比对时以 4 退出。",
	})
	c.Args = nil
	c.Example = "  yingzao release rebuild dist/site --source https://git.example.cn/team/app.git\n  yingzao release rebuild 'oss://bucket/downloads?region=cn-hangzhou' --source goproxy --target linux/amd64"
	f := &releaseFlags{}
	s := c.Flags()
	project := s.String("project", "", a.say("the project (default: the only one)", "项目（默认：唯一的项目）"))
	version := s.String("version", "", a.say("this version instead of the latest", "指定版本，而非最新版本"))
	source := s.String("source", "", a.say("where the source is: DIR, a git URL, or goproxy (default: as the release says)", "源码位置：目录、git 地址或 goproxy（默认：按发布所记）"))
	s.StringSliceVar(&f.targets, "target", nil, a.say("only these targets", "仅这些目标"))
	s.StringSliceVar(&f.goroots, "goroot", nil, a.say("Go SDK to build with: DIR, or TARGET=DIR for one target", "构建所用的 Go SDK：DIR，或 TARGET=DIR 指定某个目标"))
	s.StringSliceVar(&f.ignore, "ignore", nil, a.say("with --hooks, sections of a GoReleaser file that may be left out", "与 --hooks 合用：允许忽略的 GoReleaser 配置段"))
	s.IntVarP(&f.jobs, "jobs", "j", 0, a.say("go builds at the same time (default: by cores and memory)", "同时进行的 go build 数（默认：按核数与内存）"))
	s.BoolVar(&f.offline, "offline", false, a.say("fetch nothing", "不下载任何内容"))
	shared := s.Bool("cache", false, a.say("use your GOCACHE: quicker, but proves less", "使用现有的 GOCACHE：更快，但证明力较弱"))
	hooks := s.Bool("hooks", false, a.say("allow the plan's commands, and flags and variables that run programs", "允许计划中的命令以及会运行程序的参数与变量"))
	keep := s.String("keep", "", a.say("keep what was built in this folder", "把重建结果保留在该目录"))
	trusted := a.trustFlags(c)
	attest := s.Bool("attest", false, a.say("sign a statement about what came out identical, and add it to the release", "为相同的结果签署证明，并附加到该发布"))
	to := s.String("to", "", a.say("with --attest: the store to add it to (default: where the release was read)", "与 --attest 同用：附加到的存储（默认：读取发布的位置）"))
	secrets := a.secretFlags(c)
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) != 1 {
			return msg.Errorf("rebuild: name one release", "重建：请指定一个发布").WithKind(msg.Usage).WithHint("for example: yingzao release rebuild dist/site", "例如：yingzao release rebuild dist/site")
		}
		common, err := f.options(a)
		if err != nil {
			return err
		}
		policy, err := trusted()
		if err != nil {
			return err
		}
		var keys []trust.Signer
		if *attest { // a wrong password is known before anything is built
			if keys, err = someKeys(secrets().Signers()); err != nil {
				return err
			}
		}
		rel, err := a.published(c.Context(), args[0], *project, *version)
		if err != nil {
			return err
		}
		defer common.Progress.Close()
		o := rebuild.Options{
			Source: *source, Targets: common.Targets, Goroots: common.Goroots, Shared: *shared, Hooks: *hooks, Ignore: f.ignore,
			Offline: f.offline, Jobs: f.jobs, Environ: a.environ, Keep: *keep, Lang: a.lang, Progress: common.Progress,
		}
		if policy.Policy != nil {
			o.Signed = rebuild.SignedBy(policy)
		}
		started := time.Now()
		r, err := rebuild.Run(c.Context(), rel, o)
		common.Progress.Close()
		if r == nil {
			return err
		}
		err = printReport(a, format, r, a.printRebuilt, err)
		if *attest && len(r.Same()) > 0 {
			err = msg.Join(err, a.attest(c.Context(), rel, r, started, keys[0], cmp.Or(*to, args[0])))
		}
		return err
	}
	return c
}

// attest signs what came out identical and puts it beside the release.
func (a *app) attest(ctx context.Context, rel *rebuild.Release, r *rebuild.Report, started time.Time, by trust.Signer, to string) error {
	name, data, err := rebuild.Attest(ctx, rel, r, started, time.Now(), func(k string) (string, bool) { return a.getenv(k), true }, [2]string{runtime.GOOS, runtime.GOARCH}, by.Key().ID(), by)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(to, manifest.FileName)); err == nil {
		err = os.WriteFile(filepath.Join(to, name), data, 0o644)
		a.note("attested: %s\n", "已附加证明：%s\n", filepath.Join(to, name))
		return err
	}
	st, err := a.stores().Open(ctx, to)
	if err != nil {
		return err
	}
	_, err = publish.Attach(ctx, st, r.Project, r.Version, []publish.Sidecar{{Name: name, Data: data}}, publish.ManageOptions{})
	if err == nil {
		a.note("attested: %s\n", "已附加证明：%s\n", st.URL()+"/"+r.Project+"/"+r.Version+"/"+name)
	}
	return err
}

// published opens a release in a store, or in a folder that holds one alone.
func (a *app) published(ctx context.Context, where, project, version string) (*rebuild.Release, error) {
	if _, err := os.Stat(filepath.Join(where, manifest.FileName)); err == nil {
		return rebuild.InFolder(where)
	}
	st, err := a.stores().Open(ctx, where)
	if err != nil {
		return nil, err
	}
	return rebuild.InStore(ctx, st, project, version)
}
