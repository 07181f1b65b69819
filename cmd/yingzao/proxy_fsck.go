package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/proxy/upkeep"
)

// proxyFsck reads every file of the cache again.
func (a *app) proxyFsck() *cobra.Command {
	c := a.command("fsck", msg.Text{EN: "read every file of the cache again, prove it, and mend what is wrong", ZH: "重新读取并验证缓存中的每个文件，并修复问题"}, msg.Text{
		EN: "Compares zips and go.mod files with their hashes, and proves every record of the checksum database\nunder the site's signed head; in the directory and, where one is configured, in the bucket that replicas share,\nwhile they go on. Without --repair nothing is changed and no mirror is asked. With it, what is wrong is moved\ninto quarantine and fetched again; missing proofs are completed. In a bucket the object is copied to\n.yingzao/quarantine/ before it is deleted; a bucket with versions keeps the old version as well, until its\nlifecycle rule removes it. Exits with 3 when something is wrong and was not mended.",
		ZH: "核对 zip 与 go.mod 的哈希，并在本站的签名树头之下证明校验数据库的每条记录；既检查目录，也检查配置的共享存储桶，\n其他副本可照常运行。不带 --repair 时不作任何改动，也不询问镜像；带上它则将有问题的文件移入隔离区并重新取回，\n并补全缺少的证明。存储桶中的对象先复制到 .yingzao/quarantine/ 再删除；开启版本控制的桶还会保留旧版本，\n直到其生命周期规则将其清除。存在问题且未能修复时以 3 退出。",
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
		p := a.progress()
		p.Start("fsck", a.say("reading", "读取"), 0)
		var last int64
		o.Progress = func(files int, bytes int64) {
			p.Phase("fsck", a.say("files: ", "文件：")+strconv.Itoa(files))
			p.Add("fsck", bytes-last)
			last = bytes
		}
		r, err := upkeep.Check(c.Context(), conf, a.proxyDeps(), o)
		p.Close()
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
	a.printWrong(r.Wrong, words)
	for _, p := range r.Proofs {
		if p.Outcome != "" {
			a.printf("%s  %s: %v\n", "%s  %s：%v\n", words[p.Outcome], p.Database, p.Reason)
			continue
		}
		a.printf("%s: records proven: %d, under a head of %d\n", "%s：已证明的记录：%d 条，树头含 %d 条\n", p.Database, p.Records, p.Tree)
	}
	if r.Cache != "" {
		a.printf("%s: files: %d, %s; wrong: %d\n", "%s：文件：%d 个，%s；有误：%d 个\n", r.Cache, r.Files, term.Size(r.Bytes), len(r.Wrong))
	}
	if b := r.Bucket; b != nil {
		a.printBucket(b, words)
	}
	if r.Proven > 0 {
		a.printf("proofs completed: %d\n", "补全的证明：%d 个\n", r.Proven)
	}
	if r.Unproven > 0 {
		a.printf("files that wait for a proof by the checksum database: %d\n", "等待校验数据库证明的文件：%d 个\n", r.Unproven)
	}
	if got := r.Collected; got != nil {
		a.printf("files removed to make room: %d; %s are left\n", "为腾出空间移除的文件：%d 个；剩余 %s\n", got.Removed, term.Size(got.After))
	}
	if !r.Sound() {
		a.note("hint: --repair fetches what is wrong again; what is lost is in .yingzao/quarantine\n", "提示：--repair 会重新取回有误的文件；已失去的文件在 .yingzao/quarantine 中\n")
	}
}

func (a *app) printWrong(all []upkeep.Wrong, words map[upkeep.Outcome]string) {
	for _, w := range all {
		a.printf("%s  %s: %v\n", "%s  %s：%v\n", words[w.Outcome], w.Key, w.Reason)
		if !w.Why.IsZero() {
			a.printf("    no other is to be had: %v\n", "    无法取得替代：%v\n", w.Why)
		}
	}
}

func (a *app) printBucket(b *upkeep.BucketReport, words map[upkeep.Outcome]string) {
	a.printWrong(b.Wrong, words)
	a.printf("%s: objects: %d, %s; wrong: %d\n", "%s：对象：%d 个，%s；有误：%d 个\n", b.Store, b.Objects, term.Size(b.Bytes), len(b.Wrong))
	for _, line := range []struct {
		count int
		text  msg.Text
		keys  []string
	}{
		{b.Young, msg.Text{EN: "came meanwhile, or may still be on their way, and were not judged", ZH: "检查期间写入或可能仍在写入，未作判断"}, nil},
		{b.Orphans.Count, msg.Text{EN: "records without their file, kept so that the same comes again", ZH: "没有对应文件的记录，予以保留以确保再次取回的内容相同"}, nil},
		{b.Foreign.Count, msg.Text{EN: "keys that no proxy writes, left alone", ZH: "并非代理写入的键，未作改动"}, b.Foreign.First},
		{b.Uploads, msg.Text{EN: "uploads that nobody finished for a week", ZH: "一周内无人完成的上传"}, nil},
	} {
		if line.count > 0 {
			a.printf("  %d  %v\n", "  %d  %v\n", line.count, line.text)
		}
		for _, key := range line.keys[:min(len(line.keys), 10)] {
			a.printf("    %s\n", "    %s\n", key)
		}
	}
}
