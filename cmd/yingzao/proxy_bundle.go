package main

import (
	"runtime"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/proxy/bundle"
	"github.com/yingzao-dev/yingzao/proxy/upkeep"
)

// proxyBundle makes what carries modules across an air gap.
func (a *app) proxyBundle() *cobra.Command {
	c := a.command("bundle [MODULE@VERSION…]", msg.Text{EN: "put modules, toolchains and their proofs into a folder or a tar", ZH: "将模块、工具链及其证明放入一个目录或 tar"}, msg.Text{
		EN: "What the cache does not have is fetched and proven. A stock go command takes the folder as\nGOPROXY=file://…, with an empty go.sum and the checksum database on; `yingzao proxy import` puts a folder or\na tar into the cache of a proxy. Private modules go in without the database's proof.",
		ZH: "缓存中没有的会先取回并验证。原版 go 命令可将该目录用作 GOPROXY=file://…，go.sum 可为空，校验数据库照常启用；\n`yingzao proxy import` 把目录或 tar 导入代理的缓存。私有模块没有校验数据库的证明，原样放入。",
	})
	c.Args = nil
	c.Example = "  yingzao proxy bundle --to site.tar --from-mod go.mod --toolchain go1.26.8 --platform linux/amd64,linux/arm64\n" +
		"  yingzao proxy bundle --to week2 --from-log access.log --base week1/manifest.json"
	f, o := proxyFlags{}, upkeep.ExportOptions{}
	s := c.Flags()
	s.StringVar(&o.To, "to", "", a.say("the folder, or the file ending in .tar or .tar.zst, that it goes to", "输出目录，或以 .tar、.tar.zst 结尾的文件"))
	mods := s.StringSlice("from-mod", nil, a.say("all that the project of a go.mod needs, as its go.sum says, or its graph where there is none", "go.mod 所属项目需要的一切，以 go.sum 为准；没有时按依赖图"))
	works := s.StringSlice("from-work", nil, a.say("all that the modules of a go.work need", "go.work 中各模块需要的一切"))
	s.StringSliceVar(&o.From.Logs, "from-log", nil, a.say("all that an access log shows", "访问日志中出现的一切"))
	s.StringSliceVar(&o.From.Toolchains, "toolchain", nil, a.say("Go releases, e.g. go1.26.8", "Go 版本，如 go1.26.8"))
	s.StringSliceVar(&o.From.Platforms, "platform", nil, a.say("platforms of the toolchains, e.g. linux/arm64 (default: this one)", "工具链的平台，如 linux/arm64（默认：本机平台）"))
	s.StringVar(&o.Base, "base", "", a.say("manifest.json, or the folder, of an earlier bundle: what is in that one stays out", "较早离线包的 manifest.json 或目录：其中已有的不再放入"))
	s.StringSliceVar(&o.Earlier, "earlier", nil, a.say("manifest.json, or folders, of bundles that were handed out before", "此前已分发的离线包的 manifest.json 或目录"))
	s.StringVar(&o.Series, "series", "", a.say("name of bundles that follow one another", "前后相继的离线包的系列名称"))
	s.Int64Var(&o.Sequence, "sequence", 0, a.say("the bundle's number; a site refuses a lower one than it has seen (default: the next)", "离线包的编号；站点拒绝比已见过的更低的编号（默认：下一个）"))
	a.cacheFlags(c, &f)
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if o.To == "" {
			return msg.Errorf("proxy bundle: --to is needed", "proxy bundle：需要 --to").WithKind(msg.Usage).
				WithHint("for example --to site.tar", "例如 --to site.tar")
		}
		conf, err := a.proxyConfig(c, f)
		if err != nil {
			return err
		}
		o.From.Modules, o.From.Projects = args, append(*mods, *works...)
		if len(o.From.Platforms) == 0 {
			o.From.Platforms = []string{runtime.GOOS + "/" + runtime.GOARCH}
		}
		o.Progress = func(t msg.Text) { a.note("%v\n", "%v\n", t) }
		m, err := upkeep.Export(c.Context(), conf, a.proxyDeps(), o)
		if err != nil {
			return err
		}
		return a.printProxyBundle(o.To, m, format.json())
	}
	return c
}

// proxyBundled is what machines get.
type proxyBundled struct {
	Bundle   string `json:"bundle"`
	Series   string `json:"series"`
	Sequence int64  `json:"sequence"`
	Versions int    `json:"versions"` // of modules, those of the base left out
	Zips     int    `json:"zips"`     // of them with all their code
	Files    int    `json:"files"`
	Bytes    int64  `json:"bytes"`
	Database string `json:"database,omitempty"`
	Tree     int64  `json:"tree,omitempty"` // records under the signed head
	SHA256   string `json:"sha256"`         // of manifest.json
}

func (a *app) printProxyBundle(to string, m *bundle.Manifest, asJSON bool) error {
	out := proxyBundled{Bundle: to, Series: m.Series, Sequence: m.Sequence, Files: len(m.Files), Bytes: m.Bytes(), Tree: m.SumDB.Size(), SHA256: m.SHA256()}
	out.Versions, out.Zips = m.Counts()
	if m.SumDB != nil {
		out.Database = m.SumDB.Name
	}
	if asJSON {
		return a.printJSON(out)
	}
	a.printf("%s  number %d of series %s; versions: %d, with their code: %d; %s\n", "%s  系列 %[3]s 的第 %[2]d 号；版本：%[4]d 个，其中带代码：%[5]d 个；%[6]s\n",
		to, m.Sequence, m.Series, out.Versions, out.Zips, term.Size(out.Bytes))
	if m.SumDB != nil {
		a.printf("proven by %s under its head of %d records\n", "由 %s 证明，其树头含 %d 条记录\n", out.Database, out.Tree)
	} else {
		a.printf("nothing in it is proven by a checksum database\n", "其中没有任何内容经校验数据库证明\n")
	}
	a.printf("sha256 of manifest.json  %s\n", "manifest.json 的 sha256  %s\n", out.SHA256)
	a.note("Tell this sum by another way than the bundle: `yingzao proxy import --sha256` compares it.\n", "请通过离线包以外的途径告知此校验和：`yingzao proxy import --sha256` 会比对它。\n")
	return nil
}
