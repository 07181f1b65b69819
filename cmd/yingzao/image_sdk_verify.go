package main

import (
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/gosdk/rebuild"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// imageSDKVerify proves that SDKs can be rebuilt.
func (a *app) imageSDKVerify() *cobra.Command {
	c := a.command("verify", msg.Text{EN: "rebuild an SDK and compare it with the published one", ZH: "重新构建 SDK 并与已发布的比对"}, msg.Text{
		EN: "Rebuilds a platform whose hash is known and compares, which proves what `image sdk build` makes for\nplatforms that are not published. Exits with 3 when they differ, naming the files if the published module\nis in the module cache.",
		ZH: "重新构建一个哈希已知的平台并比对，从而证明 `image sdk build` 为未发布平台构建的结果可信。\n不一致时以 3 退出；若模块缓存中有已发布的模块，会列出有差异的文件。",
	})
	from := a.fromFlags(c)
	platform := c.Flags().String("platform", "", a.say("a platform that is published (default: linux/arm64, on such a machine linux/amd64)", "已发布的平台（默认：linux/arm64；本机即为该平台时取 linux/amd64）"))
	want := c.Flags().String("want", "", a.say("the h1 to compare with (default: the known one)", "用于比对的 h1（默认：已知的值）"))
	to := c.Flags().String("to", "", a.say("folder that the outcome is kept in (default: not kept)", "保留产出的目录（默认：不保留）"))
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *platform == "" {
			*platform = "linux/arm64"
			if runtime.GOARCH == "arm64" {
				*platform = "linux/amd64"
			}
		}
		o, known, done, err := from.options(c.Context(), a, *platform)
		if err != nil {
			return err
		}
		if *want == "" {
			*want = known
		}
		o.To = *to
		v, err := rebuild.Verify(c.Context(), rebuild.VerifyOptions{Options: o, Want: *want, Lists: []gosdk.List{gosdk.CacheList(from.modCache)}})
		done(err)
		if err != nil {
			return err
		}
		if format.json() {
			err = a.printJSON(v)
		} else {
			a.printSDKVerified(v)
		}
		if err == nil && !v.Same {
			return silent{exitFindings}
		}
		return err
	}
	return c
}

func (a *app) printSDKVerified(v *rebuild.Verified) {
	a.printBuilt(&v.Result)
	if v.Same {
		a.printf("%s the published SDK has the same h1\n", "%s 与已发布 SDK 的 h1 相同\n", a.outStyle().Green(a.say("proven:", "已证明：")))
		return
	}
	a.printf("%s the published SDK has the h1 %s\n", "%s 已发布 SDK 的 h1 为 %s\n", a.outStyle().Red(a.say("different:", "不一致：")), v.Want)
	if v.Diff == nil {
		a.printf("  which files differ cannot be told: the published module is not in the module cache\n", "  无法指出有差异的文件：模块缓存中没有已发布的模块\n")
		return
	}
	for _, list := range []struct {
		word  msg.Text
		names []string
	}{{msg.Text{EN: "changed", ZH: "有改动"}, v.Diff.Changed}, {msg.Text{EN: "missing", ZH: "缺少"}, v.Diff.Missing}, {msg.Text{EN: "added", ZH: "多出"}, v.Diff.Added}} {
		for _, name := range slices.Sorted(slices.Values(list.names)) {
			a.printf("  %v %s\n", "  %v %s\n", list.word, name)
		}
	}
}
