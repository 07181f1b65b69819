package main

import (
	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/proxy/upkeep"
)

// proxyFsck reads every file of the cache again.
func (a *app) proxyFsck() *cobra.Command {
	c := a.command("fsck", msg.Text{EN: "read every file of the cache again, prove it, and mend what is wrong", ZH: "重新读取并验证缓存中的每个文件，并修复问题"}, msg.Text{
		EN: "Compares zips and go.mod files with their hashes, and proves every record of the checksum database\nunder the site's signed head. Without --repair nothing is changed and nobody is asked. With it, what is wrong\nis moved into quarantine and fetched again. Exits with 3 when something is wrong and was not mended.",
		ZH: "核对 zip 与 go.mod 的哈希，并在本站的签名树头之下证明校验数据库的每条记录。不带 --repair 时不作任何改动，\n也不联网；带上它则将有问题的文件移入隔离区并重新取回。存在问题且未能修复时以 3 退出。",
	})
	c.Example = "  yingzao proxy fsck --repair\n  yingzao proxy fsck --cache /srv/mod --prefix golang.org/x/"
	f, o := proxyFlags{}, upkeep.CheckOptions{}
	s := c.Flags()
	s.BoolVar(&o.Mend, "repair", false, a.say("move what is wrong into quarantine and fetch it again", "将有问题的文件移入隔离区并重新取回"))
	s.StringVar(&o.Prefix, "prefix", "", a.say("only files whose path begins so, e.g. golang.org/x/; the database is then left out", "仅检查路径以此开头的文件，如 golang.org/x/；此时不检查数据库"))
	s.BoolVar(&o.Collect, "collect", false, a.say("then make room by the budget of the configuration", "随后按配置的容量上限清理"))
	a.cacheFlags(c, &f)
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		conf, err := a.proxyConfig(c, f)
		if err != nil {
			return err
		}
		r, err := upkeep.Check(c.Context(), conf, a.proxyDeps(), o)
		if err != nil {
			return err
		}
		if !r.Sound() {
			err = silent{exitFindings}
		}
		return printReport(a, format, r, a.printFsck, err)
	}
	return c
}

func (a *app) printFsck(r upkeep.CheckReport) {
	words := map[upkeep.Outcome]string{
		upkeep.Found: a.style.Red(a.say("wrong", "有误")), upkeep.Lost: a.style.Red(a.say("lost", "已失去")),
		upkeep.Mended: a.style.Green(a.say("mended", "已修复")), upkeep.Gone: a.style.Green(a.say("removed", "已移除")),
	}
	for _, w := range r.Wrong {
		a.printf("%s  %s: %v\n", "%s  %s：%v\n", words[w.Outcome], w.Key, w.Reason)
		if !w.Why.IsZero() {
			a.printf("    no other is to be had: %v\n", "    无法取得替代：%v\n", w.Why)
		}
	}
	for _, p := range r.Proofs {
		if p.Outcome != "" {
			a.printf("%s  %s: %v\n", "%s  %s：%v\n", words[p.Outcome], p.Database, p.Reason)
			continue
		}
		a.printf("%s: records proven: %d, under a head of %d\n", "%s：已证明的记录：%d 条，树头含 %d 条\n", p.Database, p.Records, p.Tree)
	}
	a.printf("%s: files: %d, %s; wrong: %d\n", "%s：文件：%d 个，%s；有误：%d 个\n", r.Cache, r.Files, term.Size(r.Bytes), len(r.Wrong))
	if got := r.Collected; got != nil {
		a.printf("files removed to make room: %d; %s are left\n", "为腾出空间移除的文件：%d 个；剩余 %s\n", got.Removed, term.Size(got.After))
	}
	if !r.Sound() {
		a.note("hint: --repair fetches what is wrong again; what is lost is in .yingzao/quarantine\n", "提示：--repair 会重新取回有误的文件；已失去的文件在 .yingzao/quarantine 中\n")
	}
}
