package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/images/render"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// imageSDKFetch stages verified SDKs for the Dockerfiles.
func (a *app) imageSDKFetch() *cobra.Command {
	c := a.command("fetch", msg.Text{EN: "fetch SDKs, prove them genuine, and put them where the Dockerfiles expect them", ZH: "获取 SDK、证明其真实性，并放到 Dockerfile 所需的位置"}, msg.Text{
		EN: "Takes each SDK from --sdk, or from the cache, the module cache, GOPROXY, archive mirrors, in this order,\nand writes DIR/sdk/ARCH/go, the build context of the Dockerfiles.",
		ZH: "依次从 --sdk，或缓存、模块缓存、GOPROXY、安装包镜像站获取每个 SDK，\n写入 DIR/sdk/ARCH/go，即 Dockerfile 的构建上下文。",
	})
	c.Example = "  yingzao image sdk fetch --platform amd64,arm64 --to ctx"
	f := a.sdkFlags(c)
	words := c.Flags().StringSlice("platform", nil, a.say("platforms, e.g. linux/amd64,linux/loong64-abi1.0", "平台，如 linux/amd64,linux/loong64-abi1.0"))
	to := c.Flags().String("to", "", a.say("the folder it goes to", "输出目录"))
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if len(*words) == 0 || *to == "" {
			return msg.Errorf("image sdk fetch: --platform and --to are needed", "image sdk fetch：需要 --platform 和 --to").WithKind(msg.Usage).
				WithHint("for example --platform linux/amd64,linux/arm64 --to ctx", "例如 --platform linux/amd64,linux/arm64 --to ctx")
		}
		targets, err := platforms("platform", *words)
		if err != nil {
			return err
		}
		m, err := matrix.Load()
		if err != nil {
			return err
		}
		sources, err := f.sources(c.Context(), a, m, targets)
		if err != nil {
			return err
		}
		staged := []stagedSDK{}
		for i, s := range sources {
			one, err := a.stage(c.Context(), s, *to)
			if err != nil {
				return err
			}
			one.Platform = targets[i].String()
			staged = append(staged, one)
			if !format.json() {
				a.printf("%s  %s  %s\n  %s  (%v)\n", "%s  %s  %s\n  %s（%v）\n", one.Platform, one.Go, one.Dir, one.H1, voucher(one.Proof.By))
			}
		}
		if format.json() {
			return a.printJSON(staged)
		}
		return nil
	}
	return c
}

type stagedSDK struct {
	Platform string      `json:"platform"`
	Go       string      `json:"go"`
	Dir      string      `json:"dir"`
	H1       string      `json:"h1"`
	Proof    fetch.Proof `json:"proof"`
}

// stage finds one SDK and puts it into the build context.
func (a *app) stage(ctx context.Context, s sdkSource, to string) (stagedSDK, error) {
	sdk, err := a.findSDK(ctx, s)
	if err != nil {
		return stagedSDK{}, err
	}
	if sdk.Close != nil {
		defer sdk.Close()
	}
	files := make([]render.SDKFile, len(sdk.Files))
	for i, f := range sdk.Files {
		files[i] = render.SDKFile{Name: f.Name, Mode: f.Mode, Open: f.Open}
	}
	row := matrix.SDK{Go: s.release.Version[len("go"):], Arch: s.release.GOARCH, ABI: s.abi, H1: sdk.H1}
	h1, err := render.Stage(ctx, to, row, files)
	return stagedSDK{Go: s.release.Version, Dir: filepath.Join(to, "sdk", s.release.GOARCH, "go"), H1: h1, Proof: sdk.Proof}, err
}

// findSDK finds one SDK, with progress on a terminal.
func (a *app) findSDK(ctx context.Context, s sdkSource) (*fetch.SDK, error) {
	p := a.progress()
	defer p.Close()
	at := ""
	var before int64
	s.options.Progress = func(source string, done, total int64) {
		if source != at {
			if at != "" {
				p.Done(at, "", nil)
			}
			at, before = source, 0
			p.Start(at, source, max(total, 0))
		}
		p.Add(at, done-before)
		before = done
	}
	sdk, err := fetch.Find(ctx, s.release, s.abi, s.options)
	if at != "" {
		p.Done(at, "", err)
	}
	return sdk, err
}

// voucher says who vouches in words.
func voucher(by fetch.Voucher) msg.Text {
	return map[fetch.Voucher]msg.Text{
		fetch.Database:     {EN: "as the checksum database says", ZH: "与校验数据库一致"},
		fetch.ProofFile:    {EN: "as the proof file says", ZH: "与证明文件一致"},
		fetch.PinnedH1:     {EN: "as pinned", ZH: "与固定值一致"},
		fetch.PinnedSHA256: {EN: "the archive is the pinned one", ZH: "安装包与固定值一致"},
	}[by]
}
