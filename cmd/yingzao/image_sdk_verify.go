package main

import (
	"context"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
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
		w := wanted{H1: *want, Source: "--want"}
		if w.H1 == "" {
			if w, err = published(c.Context(), from.vouched, o, known); err != nil {
				done(err)
				return err
			}
		}
		o.To = *to
		v, err := rebuild.Verify(c.Context(), rebuild.VerifyOptions{Options: o, Want: w.H1, Lists: []gosdk.List{gosdk.CacheList(from.vouched.ModCache)}})
		done(err)
		if err != nil {
			return err
		}
		if format.json() {
			err = a.printJSON(struct {
				*rebuild.Verified
				Source string `json:"want_source"`
			}{v, w.Source})
		} else {
			a.printSDKVerified(v, w.Source)
		}
		if err == nil && !v.Same {
			return silent{exitFindings}
		}
		return err
	}
	return c
}

// wanted is the h1 to compare with, and who says so.
type wanted struct{ H1, Source string }

// published asks the proof file and the checksum database for the h1 of what will be
// built, then the matrix; it is empty when none of them knows.
func published(ctx context.Context, f fetch.Options, o rebuild.Options, known matrix.SDK) (wanted, error) {
	version, err := versionOf(o.GOROOT)
	if err != nil {
		return wanted{}, err
	}
	r := gosdk.Release{Version: "go" + version, GOOS: o.GOOS, GOARCH: o.GOARCH}
	var failed error
	for _, ask := range []struct {
		log    gosdk.Log
		source string
	}{{f.Proof, "proof file"}, {f.Log, "checksum database"}} {
		if ask.log == nil {
			continue
		}
		h1, err := gosdk.LoggedH1(ctx, ask.log, r)
		if err == nil {
			return wanted{h1, ask.source}, nil
		}
		failed = err
	}
	if known.H1 != "" && ctx.Err() == nil {
		return wanted{known.H1, known.Source}, nil
	}
	return wanted{}, failed
}

func (a *app) printSDKVerified(v *rebuild.Verified, source string) {
	a.printBuilt(&v.Result)
	if v.Same {
		a.printf("%s that is the known h1 (%s)\n", "%s 与已知的 h1 相同（%s）\n", a.outStyle().Green(a.say("the same:", "一致：")), source)
		return
	}
	a.printf("%s the known h1 is %s (%s)\n", "%s 已知的 h1 为 %s（%s）\n", a.outStyle().Red(a.say("different:", "不一致：")), v.Want, source)
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
