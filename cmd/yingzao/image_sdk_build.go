package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/gosdk/rebuild"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/release/gotool"
)

// imageSDKBuild makes the SDK of another platform.
func (a *app) imageSDKBuild() *cobra.Command {
	c := a.command("build", msg.Text{EN: "make the SDK of a platform from this machine's proven one", ZH: "由本机已验证的 SDK 构建另一平台的 SDK"}, msg.Text{
		EN: "Takes several minutes and 2 GB; needs bash, no network, no C compiler. The outcome is a folder that\n--sdk takes, and that a GOPROXY of file:// serves.",
		ZH: "需要数分钟和 2 GB 空间；需要 bash，不需要网络和 C 编译器。产出的目录可供 --sdk 使用，\n也可作为 file:// 形式的 GOPROXY。",
	})
	c.Example = "  yingzao image sdk build --platform linux/loong64 --to sdk"
	from := a.fromFlags(c)
	platform := c.Flags().String("platform", "", a.say("the platform to make, e.g. linux/loong64", "要构建的平台，如 linux/loong64"))
	to := c.Flags().String("to", "", a.say("the folder it goes to", "输出目录"))
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *platform == "" || *to == "" {
			return msg.Errorf("image sdk build: --platform and --to are needed", "image sdk build：需要 --platform 和 --to").WithKind(msg.Usage).
				WithHint("for example --platform linux/loong64 --to sdk", "例如 --platform linux/loong64 --to sdk")
		}
		o, _, done, err := from.options(c.Context(), a, *platform)
		if err != nil {
			return err
		}
		o.To = *to
		r, err := rebuild.Build(c.Context(), o)
		done(err)
		if err != nil {
			return err
		}
		if format.json() {
			return a.printJSON(r)
		}
		a.printBuilt(r)
		return nil
	}
	return c
}

// fromFlags say which SDK is built from.
type fromFlags struct {
	dir     string
	sdk     *sdkFlags
	vouched fetch.Options // what the SDK to build from was found with, once options ran
}

func (a *app) fromFlags(c *cobra.Command) *fromFlags {
	f := &fromFlags{sdk: a.vouchFlags(c)}
	c.Flags().StringVar(&f.dir, "from", "", a.say("root of the SDK to build from (default: that of the go command)", "来源 SDK 的根目录（默认：go 命令所在的 SDK）"))
	return f
}

// options proves the SDK to build from. known is what the matrix has for the
// platform, zero if nothing; done ends the progress.
func (f *fromFlags) options(ctx context.Context, a *app, platform string) (o rebuild.Options, known matrix.SDK, done func(error), err error) {
	targets, err := platforms("platform", []string{platform})
	if err != nil {
		return o, known, nil, err
	}
	if targets[0].ABI1 {
		return o, known, nil, msg.Errorf("--platform: %s is Loongson's own toolchain and cannot be made from Go's", "--platform：%s 是龙芯自有的工具链，无法由官方 Go 构建", platform).WithKind(msg.Usage).
			WithHint("fetch it: yingzao image sdk fetch --platform %s", "请下载：yingzao image sdk fetch --platform %s", platform)
	}
	m, err := matrix.Load()
	if err != nil {
		return o, known, nil, err
	}
	if f.dir == "" {
		t, err := gotool.Find(ctx, gotool.Options{Dir: os.TempDir(), Environ: a.environ})
		if err != nil {
			return o, known, nil, msg.Errorf("find an SDK to build from: %w", "查找来源 SDK：%w", err).WithHint("name one with --from DIR", "请用 --from DIR 指定")
		}
		f.dir = t.Goroot
	}
	if f.sdk.goVersion, err = versionOf(f.dir); err != nil {
		return o, known, nil, err
	}
	f.sdk.dirs = []string{f.dir}
	sources, err := f.sdk.sources(ctx, a, m, []target.Target{{OS: runtime.GOOS, Arch: runtime.GOARCH}})
	if err != nil {
		return o, known, nil, err
	}
	s, err := fetch.Find(ctx, sources[0].release, "", sources[0].options)
	if err != nil {
		return o, known, nil, err
	}
	if s.Close != nil {
		defer s.Close()
	}
	p := a.progress()
	p.Start("sdk", sources[0].release.Version+" "+platform, 0)
	o = rebuild.Options{GOROOT: f.dir, Vouched: s.H1, GOOS: targets[0].OS, GOARCH: targets[0].Arch, Environ: a.environ, Log: func(line string) { p.Phase("sdk", line) }}
	f.vouched = sources[0].options
	known, _ = m.SDKFor(f.sdk.goVersion, targets[0].Arch, "")
	return o, known, func(err error) { p.Done("sdk", "", err); p.Close() }, nil
}

// versionOf reads which release a GOROOT is, as 1.26.8.
func versionOf(goroot string) (string, error) {
	text, err := os.ReadFile(filepath.Join(goroot, "VERSION"))
	if err != nil {
		return "", msg.Errorf("--from: %s is no GOROOT: %w", "--from：%s 不是 GOROOT：%w", goroot, err).WithKind(msg.Usage).
			WithHint("give the root of an unpacked Go SDK, the folder that contains bin/go", "请给出已解压的 Go SDK 根目录，即包含 bin/go 的目录")
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimPrefix(strings.TrimSpace(line), "go"), nil
}

func (a *app) printBuilt(r *rebuild.Result) {
	a.printf("%s %s/%s in %s, from the SDK %s\n", "%s %s/%s，用时 %s，来源 SDK %s\n", r.Go, r.GOOS, r.GOARCH, term.Duration(asDuration(r.Seconds)), r.Source)
	a.printf("  h1      %s\n", "  h1      %s\n", r.H1)
	if r.Zip.Path != "" {
		a.printf("  module  %s (%s)\n", "  模块    %s（%s）\n", r.Zip.Path, term.Size(r.Zip.Size))
		a.printf("  archive %s (%s, sha256 %s)\n", "  安装包  %s（%s，sha256 %s）\n", r.Archive.Path, term.Size(r.Archive.Size), r.Archive.SHA256)
	}
}
