package main

import (
	"context"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/envcheck/bootstrap/bundle"
	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// bootstrapBundle makes what a desk without any network is set up from.
func (a *app) bootstrapBundle() *cobra.Command {
	c := a.command("bundle", msg.Text{EN: "put all that a desk without any network needs into a folder or a tar", ZH: "将无网络的工作站所需的一切放入一个目录或 tar"}, msg.Text{
		EN: "yingzao itself, Go SDKs with the checksum database's proof, tools with all modules they need, settings, and the\n" +
			"scripts to begin with. Everything is proved from the bundle alone before it gets its name. On the desk:\n" +
			"sh bootstrap.sh (Windows: bootstrap.cmd), or yingzao bootstrap apply --from BUNDLE.",
		ZH: "包含 yingzao 程序、附校验数据库证明的 Go SDK、工具及其全部依赖模块、设置，以及起步脚本。\n" +
			"生成前，一切内容都仅凭离线包自身完成验证。在工作站上执行：\n" +
			"sh bootstrap.sh（Windows：bootstrap.cmd），或 yingzao bootstrap apply --from BUNDLE。",
	})
	c.Example = "  yingzao bootstrap bundle --to desk.tar --platform linux/amd64,linux/arm64 --binary linux/arm64=yingzao_linux_arm64 --org yingzao.yaml"
	f := a.vouchFlags(c)
	s := c.Flags()
	o := bundle.Options{Environ: a.environ}
	s.StringVar(&o.To, "to", "", a.say("the folder, or the file ending in .tar, that it goes to", "输出目录，或以 .tar 结尾的文件"))
	words := s.StringSlice("platform", nil, a.say("platforms, e.g. linux/amd64,windows/amd64 (default: this one)", "平台，如 linux/amd64,windows/amd64（默认：本机平台）"))
	s.StringVar(&f.goVersion, "go", "", a.say("the Go release, e.g. 1.26.8, or none (default: the newest that is known here)", "Go 版本，如 1.26.8，或 none（默认：此处已知的最新版）"))
	s.StringVar(&o.SDK.Dir, "sdk", "", a.say("DIR with the SDKs; nothing else is then asked", "存放 SDK 的 DIR；此时不再使用其他来源"))
	s.StringVar(&f.cache, "cache", "", a.say("folder for downloads (default: in the user's cache folder)", "下载缓存目录（默认：位于用户缓存目录中）"))
	binaries := s.StringSlice("binary", nil, a.say("PLATFORM=FILE: the yingzao of a platform; that of this one is this program", "平台=FILE：某平台的 yingzao；本机平台默认为当前程序"))
	s.StringSliceVar(&o.Tools, "tools", nil, a.say("packages as go install takes them, with whole versions, beside those of --org", "在 --org 所列之外的工具包，写法同 go install，须带完整版本号"))
	s.StringVar(&o.Org, "org", "", a.say("FILE with the organisation's settings; its tools and its Go go into the bundle", "组织的设置文件 FILE；其中的工具与 Go 一并放入离线包"))
	s.StringSliceVar(&o.URLs, "url", nil, a.say("where the scripts find yingzao when they are not in the bundle", "脚本不在离线包中时，从哪里获取 yingzao"))
	s.Int64Var(&o.Sequence, "sequence", 0, a.say("the bundle's number; a desk refuses a lower one than it has seen (default: the next)", "离线包的编号；工作站拒绝比已见过的更低的编号（默认：下一个）"))
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if o.To == "" {
			return msg.Errorf("bootstrap bundle: --to is needed", "bootstrap bundle：需要 --to").WithKind(msg.Usage).
				WithHint("for example --to desk.tar", "例如 --to desk.tar")
		}
		if err := a.bundleOptions(c.Context(), &o, f, *words, *binaries); err != nil {
			return err
		}
		o.Progress = func(what msg.Text) { a.note("%v\n", "%v\n", what) }
		made, err := bundle.Make(c.Context(), o)
		if err != nil {
			return err
		}
		if format.json() {
			return a.printJSON(bundleMade{o.To, made.SHA256, made.Manifest.Sequence, made.Size, made.Unchanged})
		}
		a.printBundle(o.To, made)
		return nil
	}
	return c
}

type bundleMade struct {
	Bundle    string `json:"bundle"`
	SHA256    string `json:"sha256"` // of bundle.json
	Sequence  int64  `json:"sequence"`
	Bytes     int64  `json:"bytes"`
	Unchanged bool   `json:"unchanged"`
}

// bundleOptions fills in what the flags leave open.
func (a *app) bundleOptions(ctx context.Context, o *bundle.Options, f *sdkFlags, words, binaries []string) error {
	dir := o.SDK.Dir
	var err error
	if o.SDK, err = f.common(ctx, a); err != nil {
		return err
	}
	o.SDK.Dir, o.SumDB, o.ProofFile, o.Version = dir, f.sumdb, f.proof, buildVersion().Version
	self := runtime.GOOS + "/" + runtime.GOARCH
	if len(words) == 0 {
		words = []string{self}
	}
	o.Programs = map[string]string{}
	for _, word := range binaries {
		platform, file, named := strings.Cut(word, "=")
		if t, err := target.Parse(platform); err != nil || !named || t.Level != "" {
			return msg.Errorf("--binary: %q is not PLATFORM=FILE", "--binary：%q 不是 平台=FILE", word).WithKind(msg.Usage).
				WithHint("for example linux/arm64=dist/yingzao_linux_arm64", "例如 linux/arm64=dist/yingzao_linux_arm64")
		}
		o.Programs[platform] = file
	}
	for _, word := range words {
		t, err := target.Parse(word)
		if err != nil {
			return err
		}
		if o.Programs[word] == "" && word == self {
			if o.Programs[word], err = os.Executable(); err != nil {
				return msg.Errorf("find this program: %w", "查找当前程序：%w", err)
			}
		}
		if o.Programs[word] == "" {
			return msg.Errorf("bootstrap bundle: there is no yingzao for %s", "bootstrap bundle：缺少适用于 %s 的 yingzao", word).WithKind(msg.Usage).
				WithHint("give it: --binary %[1]s=FILE", "请给出：--binary %[1]s=FILE", word)
		}
		// The old world's Go is in no checksum database; its yingzao is welcome.
		if !t.ABI1 && f.goVersion != "none" && !slices.Contains(o.Platforms, word) {
			o.Platforms = append(o.Platforms, word)
		}
	}
	m, err := matrix.Load()
	if err != nil {
		return err
	}
	if err := bundleOrg(o, f.goVersion, m); err != nil {
		return err
	}
	if len(f.h1) > 0 {
		if len(f.h1) != 1 || len(o.Platforms) != 1 {
			return msg.Errorf("bootstrap bundle: one --sdk-h1 is for one platform", "bootstrap bundle：一个 --sdk-h1 只适用于一个平台").WithKind(msg.Usage)
		}
		o.SDK.H1 = f.h1[0]
	}
	return nil
}

func (a *app) printBundle(to string, made *bundle.Made) {
	if made.Unchanged {
		a.note("%s held the same already\n", "%s 的内容已是如此\n", to)
	}
	m := made.Manifest
	a.printf("%s  number %d, %d files, %.1f MB\n", "%s  编号 %d，%d 个文件，%.1f MB\n", to, m.Sequence, len(m.Files), float64(made.Size)/1e6)
	for _, s := range m.SDKs {
		by := msg.Text{EN: "no proof inside: a desk takes it by what its yingzao knows, or by --sdk-h1", ZH: "不含证明：工作站须凭其 yingzao 已知的值或 --sdk-h1 接受"}
		if m.Proof != "" {
			by = msg.Text{EN: "as the checksum database says", ZH: "与校验数据库一致"}
		}
		a.printf("  %s %s  %s  (%v)\n", "  %s %s  %s（%v）\n", s.Version, s.Platform, s.H1, by)
	}
	a.printf("sha256 of bundle.json  %s\n", "bundle.json 的 sha256  %s\n", made.SHA256)
	a.note("Tell this sum by another way than the bundle: it is what proves who made it.\n", "请通过离线包以外的途径告知此校验和：只有它能证明离线包由谁制作。\n")
}
