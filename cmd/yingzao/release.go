package main

import (
	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// release makes a whole release in one go; its subcommands are the steps.
func (a *app) release() *cobra.Command {
	c := a.command("release", msg.Text{
		EN: "build, inspect, pack and publish a release in one go",
		ZH: "一次完成构建、检查、打包与发布",
	}, msg.Text{
		EN: "Releases the Go module in the current folder: static, reproducible binaries, proved so, packed and\n" +
			"published as one transaction. Reads .yingzao.yaml or .goreleaser.yaml; without either, builds the\n" +
			"module's programs for linux/amd64, linux/arm64 and linux/loong64.",
		ZH: "发布当前目录的 Go 模块：产出静态、可复现且经过验证的二进制，打包并以单一事务发布。\n" +
			"读取 .yingzao.yaml 或 .goreleaser.yaml；两者都没有时，为 linux/amd64、linux/arm64、linux/loong64\n构建模块中的程序。",
	})
	c.Example = "  yingzao release --snapshot --to dist/site\n  yingzao release --to file:///srv/downloads"
	f := a.releaseFlags(c)
	to := c.Flags().StringSlice("to", nil, a.say("store to publish to: a folder or a URL (default: the configured stores)", "发布到的存储：目录或 URL（默认：配置中的存储）"))
	addresses := a.addressFlags(c)
	noPublish := c.Flags().Bool("no-publish", false, a.say("stop after packing", "打包后停止"))
	fresh := c.Flags().Bool("fresh", false, a.say("build everything again, even what did not change", "全部重新构建，即使没有变化"))
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		o, err := f.options(a)
		if err != nil {
			return err
		}
		o.To, o.NoPublish, o.Fresh = *to, *noPublish, *fresh
		o.BaseURL, o.Mirrors = addresses()
		o.Password = a.passwords()
		o.Publishing = func() (func(publish.Event), func()) {
			o.Progress.Close() // the targets are done
			return a.publishing()
		}
		defer o.Progress.Close()
		r, err := release.Run(c.Context(), o)
		o.Progress.Close()
		a.printNotices(r)
		if err != nil {
			return err
		}
		if format.json() {
			return a.printJSON(r.Report)
		}
		return a.printRelease(r)
	}
	a.keyFlags(c)
	c.AddCommand(a.releasePlan(), a.releaseBuild(), a.releaseMerge(), a.releasePublish(), a.releaseVerify(), a.releaseSchema(),
		a.releaseList(), a.releasePromote(), a.releaseYank(), a.releaseGC(), a.releasePut(),
		a.releaseSign(), a.releaseKey(), a.releaseRebuild())
	return c
}
