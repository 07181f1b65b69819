package main

import (
	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/proxy/adopt"
	"github.com/yingzao-dev/yingzao/proxy/upkeep"
)

// proxyImport takes over a bundle or another program's cache.
func (a *app) proxyImport() *cobra.Command {
	c := a.command("import PATH", msg.Text{EN: "prove a bundle or another proxy's files and put them into the cache", ZH: "验证离线包或其他代理的文件并放入缓存"}, msg.Text{
		EN: "Takes a bundle as a folder or a tar, a GOMODCACHE, goproxy's cache, Athens' disk storage. Nothing in\nthem is believed: a bundle brings the checksum database's proofs, the others are looked up there. Modules of\nprivate routes need a go.sum that has them (not in a bundle), or --trust-private. A proxy may be running.",
		ZH: "可导入目录或 tar 形式的离线包、GOMODCACHE、goproxy 的缓存、Athens 的磁盘存储。其中的内容一概不直接采信：\n离线包自带校验数据库的证明，其余的逐一查询数据库。私有路由的模块须有 go.sum 佐证（离线包除外）或使用\n--trust-private。代理运行期间也可导入。",
	})
	c.Args = nil
	c.Example = "  yingzao proxy import site.tar --sha256 SUM\n  yingzao proxy import ~/go/pkg/mod --go-sum go.sum"
	f, o := proxyFlags{}, upkeep.ImportOptions{}
	s := c.Flags()
	s.StringVar(&o.SHA256, "sha256", "", a.say("what the bundle's manifest.json has to have", "离线包的 manifest.json 应有的 sha256"))
	s.StringVar((*string)(&o.Layout), "layout", string(adopt.Auto), a.say("auto, bundle, modcache, goproxy or athens", "auto、bundle、modcache、goproxy 或 athens"))
	s.StringSliceVar(&o.GoSum, "go-sum", nil, a.say("go.sum files that count before the database", "优先于校验数据库的 go.sum 文件"))
	s.BoolVar(&o.TrustPrivate, "trust-private", false, a.say("take modules of private routes without a proof", "私有路由的模块无需证明即可导入"))
	a.cacheFlags(c, &f)
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		var err error
		if o.Path, err = onlyOne(c, args, c.CommandPath()+" site.tar"); err != nil {
			return err
		}
		conf, err := a.proxyConfig(c, f)
		if err != nil {
			return err
		}
		got, err := upkeep.Import(c.Context(), conf, a.proxyDeps(), o)
		if err != nil {
			return err
		}
		return a.printProxyImport(o.Path, got, format.json())
	}
	return c
}

// proxyImported is what machines get: of a bundle its number and tree, of others what
// stayed out.
type proxyImported struct {
	Layout   adopt.Layout    `json:"layout"`
	Files    int             `json:"files"` // that were not there yet
	Bytes    int64           `json:"bytes"`
	Present  int             `json:"present,omitempty"`
	Series   string          `json:"series,omitempty"`
	Sequence int64           `json:"sequence,omitempty"`
	SHA256   string          `json:"sha256,omitempty"`
	Records  int             `json:"records,omitempty"`
	Before   int64           `json:"tree_before,omitempty"`
	After    int64           `json:"tree_after,omitempty"`
	Unproven []adopt.Problem `json:"unproven,omitempty"`
	Refused  []adopt.Problem `json:"refused,omitempty"`
	Unknown  []string        `json:"unknown,omitempty"`
}

func (a *app) printProxyImport(path string, got upkeep.Imported, asJSON bool) error {
	var out proxyImported
	if b := got.Bundle; b != nil {
		out = proxyImported{Layout: upkeep.Bundle, Files: b.Files, Bytes: b.Bytes, Series: b.Manifest.Series, Sequence: b.Manifest.Sequence,
			SHA256: b.Manifest.SHA256(), Records: b.Records, Before: b.Before, After: b.After}
	} else {
		t := got.Tree
		out = proxyImported{Layout: t.Layout, Files: t.Imported, Bytes: t.Bytes, Present: t.Present, Unproven: t.Unproven, Refused: t.Refused, Unknown: t.Unknown}
	}
	var err error
	switch {
	case len(out.Refused) > 0:
		err = silent{exitFindings}
	case len(out.Unproven) > 0:
		err = silent{exitIncomplete}
	}
	if asJSON {
		return msg.Join(a.printJSON(out), err)
	}
	a.printf("%s (%s)  new files: %d, %s\n", "%s（%s）  新文件：%d 个，%s\n", path, out.Layout, out.Files, term.Size(out.Bytes))
	if out.Sequence > 0 {
		a.printf("number %d of series %s, sha256 of manifest.json  %s\n", "系列 %[2]s 的第 %[1]d 号，manifest.json 的 sha256  %[3]s\n", out.Sequence, out.Series, out.SHA256)
	}
	if out.After > 0 {
		a.printf("records proven: %d; records in the site's tree: %d, before: %d\n", "已证明的记录：%d 条；本站树中的记录：%d 条，此前：%d 条\n", out.Records, out.After, out.Before)
	}
	if out.Present > 0 {
		a.printf("files that were there already: %d\n", "此前已有的文件：%d 个\n", out.Present)
	}
	a.printProblems(a.style.Red(a.say("refused", "已拒绝")), out.Refused)
	a.printProblems(a.style.Yellow(a.say("not proven", "未证明")), out.Unproven)
	if len(out.Unknown) > 0 {
		a.printf("files that are no modules: %d, the first is %q\n", "不是模块的文件：%d 个，首个为 %q\n", len(out.Unknown), out.Unknown[0])
	}
	return err
}

// shownProblems is how many files of a kind people are shown.
const shownProblems = 20

func (a *app) printProblems(word string, all []adopt.Problem) {
	for _, p := range all[:min(len(all), shownProblems)] {
		a.printf("%s  %s: %v\n", "%s  %s：%v\n", word, p.File, p.Reason)
	}
	if more := len(all) - shownProblems; more > 0 {
		a.printf("%s  … and %d more: --format json has them all\n", "%s  …… 另有 %d 个：--format json 会全部列出\n", word, more)
	}
}
