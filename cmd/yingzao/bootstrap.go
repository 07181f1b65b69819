package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/envcheck/bootstrap"
	"github.com/yingzao-dev/yingzao/envcheck/gather"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// bootstrap sets up a workstation.
func (a *app) bootstrap() *cobra.Command {
	c := a.command("bootstrap", msg.Text{EN: "set up a workstation: a proven Go, settings, PATH and tools", ZH: "搭建开发机：经验证的 Go、设置、PATH 与工具"}, msg.Text{
		EN: "plan shows everything that would happen and touches nothing; apply does it; undo takes it back, byte for\nbyte. Without a word it is plan. GOROOT is never set.",
		ZH: "plan 显示将要发生的一切而不作任何改动；apply 执行；undo 逐字节撤销。\n不带子命令时即为 plan。绝不会设置 GOROOT。",
	})
	c.Example = "  yingzao bootstrap plan --profile cn\n  yingzao bootstrap apply --org https://git.corp.example/yingzao.yaml --org-sha256 SUM"
	f := a.bootstrapFlags(c)
	c.RunE = func(c *cobra.Command, _ []string) error { return a.bootstrapPlanned(c.Context(), f, a.showPlan(f)) }
	c.AddCommand(a.bootstrapPlan(), a.bootstrapApply(), a.bootstrapUndo(), a.bootstrapBundle())
	return c
}

// bootstrapFlags are those of plan and apply.
type bootstrapFlags struct {
	profile, org, ca             string
	orgSum, orgKey               string
	goVersion, sdk, h1, proof    string
	from, fromSum                string
	keepPath, downgrade, offline bool
	format                       *outputFormat
}

func (a *app) bootstrapFlags(c *cobra.Command) *bootstrapFlags {
	f := &bootstrapFlags{}
	s := c.Flags()
	s.StringVar(&f.profile, "profile", "", a.say("what the site is like: default, cn, airgap or ci", "场景：default、cn、airgap 或 ci"))
	s.StringVar(&f.org, "org", "", a.say("FILE or URL of the organisation's yingzao.yaml; a URL needs --org-sha256 or --org-key", "组织的 yingzao.yaml，FILE 或 URL；URL 需配合 --org-sha256 或 --org-key"))
	s.StringVar(&f.orgSum, "org-sha256", "", a.say("the SHA-256 that the organisation's file must have", "组织配置文件应有的 SHA-256"))
	s.StringVar(&f.orgKey, "org-key", "", a.say("the public KEY that must have signed the organisation's file, or a file with it; the signature lies beside", "为组织配置文件签名的公钥 KEY，或公钥文件；签名须与该文件同处"))
	s.StringVar(&f.ca, "ca", "", a.say("FILE with the site's certificate, in PEM form", "站点证书 FILE（PEM 格式）"))
	s.StringVar(&f.goVersion, "go", "", a.say("the Go release, e.g. 1.26.8 (default: the organisation's, else the newest that is known here)", "Go 版本，如 1.26.8（默认：组织所定，否则为此处已知的最新版）"))
	s.StringVar(&f.sdk, "sdk", "", a.say("DIR with the SDK, unpacked or as archives; nothing else is then asked", "存放 SDK 的 DIR，已解压或为安装包；此时不再使用其他来源"))
	s.StringVar(&f.h1, "sdk-h1", "", a.say("H1 that the SDK's files must hash to, instead of what is known", "SDK 文件应有的 H1，替代已知的值"))
	s.StringVar(&f.proof, "proof", "", a.say("FILE that proves the SDK instead of the checksum database", "替代校验数据库的证明 FILE"))
	s.StringVar(&f.from, "from", "", a.say("BUNDLE, a folder or tar, to take everything from, without a network", "BUNDLE（目录或 tar）：一切取自其中，不使用网络"))
	s.StringVar(&f.fromSum, "from-sha256", "", a.say("the SHA-256 that the bundle's bundle.json must have", "离线包的 bundle.json 应有的 SHA-256"))
	s.BoolVar(&f.keepPath, "no-modify-path", false, a.say("leave PATH and the shells' start files alone", "不改动 PATH 与 shell 启动文件"))
	s.BoolVar(&f.downgrade, "allow-downgrade", false, a.say("let an older Go take the place of a newer one", "允许以旧版 Go 替换新版"))
	s.BoolVar(&f.offline, "offline", false, a.say("use no network", "不使用网络"))
	f.format = a.formatFlag(c)
	return f
}

// bootstrapPlanned looks at the desk, makes the plan and hands it on.
func (a *app) bootstrapPlanned(ctx context.Context, f *bootstrapFlags, then func(*bootstrap.Desk, *bootstrap.Plan) error) error {
	w, done, err := a.wanted(ctx, f)
	if err != nil {
		return err
	}
	defer done()
	d, err := a.desk(ctx)
	if err != nil {
		return err
	}
	p, err := bootstrap.Make(ctx, d, w)
	if err != nil {
		return err
	}
	defer p.Close()
	return then(d, p)
}

// desk looks at this machine.
func (a *app) desk(ctx context.Context) (*bootstrap.Desk, error) {
	s, err := gather.Snapshot(ctx, gather.Options{Environ: a.environ})
	if err != nil {
		return nil, err
	}
	return bootstrap.Look(s, a.environ)
}
