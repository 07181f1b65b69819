package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/upkeep"
)

// proxyExplain tells where a version came from and what a client would get.
func (a *app) proxyExplain() *cobra.Command {
	c := a.command("explain MODULE@VERSION[.info|.mod|.zip]", msg.Text{EN: "tell by which route, mirror, rule and proof a version is answered", ZH: "说明某个版本由哪条路由、哪个镜像、哪条规则与证明来应答"}, msg.Text{
		EN: "Looks into the configuration, the cache and its records, and asks nobody. With --online the checksum\ndatabase is asked for the record and the route's source for the version.",
		ZH: "只查看配置、缓存及其记录，不联网。带 --online 时向校验数据库查询其记录，并向该路由的来源查询该版本。",
	})
	c.Args = nil
	c.Example = "  yingzao proxy explain golang.org/x/text@v0.14.0\n  yingzao proxy explain git.corp.example/team/tool@v1.2.3.zip --config .yingzao.yaml"
	f, o := proxyFlags{}, upkeep.ExplainOptions{}
	c.Flags().BoolVar(&o.Online, "online", false, a.say("ask the database and the source too", "同时查询数据库与来源"))
	a.cacheFlags(c, &f)
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		word, err := onlyOne(c, args, c.CommandPath()+" golang.org/x/text@v0.14.0")
		if err != nil {
			return err
		}
		file, err := upkeep.ParseVersion(word)
		if err != nil {
			return err
		}
		conf, err := a.proxyConfig(c, f)
		if err != nil {
			return err
		}
		e, err := upkeep.Explain(c.Context(), conf, a.proxyDeps(), file, o)
		if err != nil {
			return err
		}
		if format.json() {
			return a.printJSON(e)
		}
		a.printExplanation(e)
		return nil
	}
	return c
}

func (a *app) printExplanation(e upkeep.Explanation) {
	a.printf("%s@%s\n", "%s@%s\n", e.Module, e.Version)
	private := ""
	if e.Route.Private {
		private = a.say(", private: its name leaves for nobody else", "，私有：名称不会告知其他任何人")
	}
	a.printf("route %s (%s)%s\n", "路由 %s（%s）%s\n", e.Route.Name, e.Route.Match, private)
	switch {
	case e.Route.Block != "":
		a.printf("  blocked: %s\n", "  已禁止：%s\n", e.Route.Block)
	case len(e.Route.From) > 0:
		a.printf("  asks %s\n", "  来源 %s\n", strings.Join(e.Route.From, ", "))
	default:
		a.printf("  asks nobody: the cache is all there is\n", "  不询问任何来源：仅用缓存\n")
	}
	if len(e.Route.Access) > 0 {
		a.printf("  needs the token of %s\n", "  需要以下持有者的令牌：%s\n", strings.Join(e.Route.Access, ", "))
	}
	for _, f := range e.Files {
		a.printAbout(f)
	}
	if r := e.Record; r != nil && r.Unknown.IsZero() {
		a.printf("%s  record %d under a head of %d\n", "%s  记录 %d，树头含 %d 条\n", r.Database, r.Number, r.Tree)
		a.printf("  .zip %s\n  .mod %s\n", "  .zip %s\n  .mod %s\n", r.Zip, r.Mod)
	} else if r != nil {
		a.printf("%s  %v\n", "%s  %v\n", r.Database, r.Unknown)
	}
	if o := e.Online; o != nil && o.Trouble.IsZero() {
		a.printf("the source says  %s\n", "来源答复  %s\n", o.Info)
	} else if o != nil {
		a.printf("the source says  %v\n", "来源答复  %v\n", o.Trouble)
	}
}

func (a *app) printAbout(f upkeep.About) {
	answer := map[upkeep.Answer]string{
		upkeep.Cached: a.say("200 out of the cache", "200，取自缓存"), upkeep.Fetched: a.say("not here; the source is asked", "本地没有；将询问来源"),
		upkeep.Blocked: a.say("403 by the rule", "403，依规则禁止"), upkeep.Absent: a.say("404: not here, and nobody is asked", "404：本地没有，且不询问任何来源"),
	}[f.Answer]
	if f.Size > 0 {
		answer += "  " + term.Size(f.Size)
	}
	a.printf(".%s  %s\n", ".%s  %s\n", f.Kind, answer)
	for _, p := range f.Pieces {
		a.printf("  from %s, %s\n", "  来自 %s，%s\n", p.From, term.Size(p.Bytes))
	}
	switch {
	case f.H1 == "":
	case f.Proof == cache.Unproven:
		a.printf("  %s  no proof yet: the checksum database was out of reach; it is asked again when the file is asked for, and by proxy fsck --repair\n",
			"  %s  尚无证明：当时无法连接校验数据库；再次请求该文件或运行 proxy fsck --repair 时会重新查询\n", f.H1)
	case !f.Proven.IsZero():
		a.printf("  %s  proof: %s, came later: %s\n", "  %s  证明：%s，事后于 %s 补全\n", f.H1, f.Proof, f.Proven.Local().Format(time.DateTime))
	default:
		a.printf("  %s  proof: %s\n", "  %s  证明：%s\n", f.H1, f.Proof)
	}
	if !f.Time.IsZero() {
		a.printf("  since %s\n", "  自 %s 起\n", f.Time.Local().Format(time.DateTime))
	}
	if q := f.Aside; q != nil {
		a.printf("  one was put into quarantine %s: %s\n", "  %s 曾有一份被隔离：%s\n", q.Time.Local().Format(time.DateTime), q.Reason)
	}
}
