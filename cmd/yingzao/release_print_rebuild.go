package main

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/rebuild"
)

// printRebuilt shows what came of a rebuild.
func (a *app) printRebuilt(r *rebuild.Report) {
	a.printf("%s %s, from %s\n", "%s %s，源码来自 %s\n", r.Project, r.Version, strings.TrimSpace(r.Source.From+" "+r.Source.Commit))
	for _, t := range r.Toolchains {
		a.printf("  built with %s (%s), cache: %s\n", "  构建工具链 %s（%s），缓存：%s\n", t.Module, t.Proof, r.Cache)
	}
	if len(r.Signed) == 0 {
		a.printf("  signatures: not checked\n", "  签名：未校验\n")
	} else {
		a.printf("  signed by: %s\n", "  签名者：%s\n", strings.Join(r.Signed, ", "))
	}
	word := map[rebuild.Status]string{
		rebuild.Identical: a.style.Green(a.say("identical", "相同")), rebuild.Different: a.style.Red(a.say("DIFFERENT", "不同")),
		rebuild.Missing: a.style.Yellow(a.say("not compared", "未比对")), rebuild.Skipped: a.style.Yellow(a.say("skipped", "跳过")),
	}
	for _, art := range r.Artifacts {
		a.printf("  %s  %s\n", "  %s  %s\n", word[art.Status], art.Name)
		if art.Note != nil {
			a.printf("      %s\n", "      %s\n", *art.Note)
		}
		for _, d := range art.Differences {
			a.printDifference(d)
		}
	}
	a.printf("%d artifacts identical, %d different, %d not compared, in %.1f s\n", "制品：相同 %d，不同 %d，未比对 %d，用时 %.1f 秒\n",
		len(r.Same()), r.Count(rebuild.Different), r.Count(rebuild.Missing), r.Seconds)
}

func (a *app) printDifference(d rebuild.Difference) {
	if d.File != "" {
		a.printf("      %s: %s\n", "      %s：%s\n", d.File, d.Text)
	} else {
		a.printf("      %s\n", "      %s\n", d.Text)
	}
	for _, s := range d.Sections {
		switch {
		case s.Published < 0:
			a.printf("        section %s: only in what was built\n", "        节 %s：只在重建结果中\n", s.Name)
		case s.Rebuilt < 0:
			a.printf("        section %s: only in what is published\n", "        节 %s：只在已发布文件中\n", s.Name)
		default:
			a.printf("        section %s: %d bytes differ, the first at offset %d\n", "        节 %s：%d 字节不同，首个偏移为 %d\n", s.Name, s.Bytes, s.Offset)
		}
	}
	for _, c := range d.Causes {
		both := msg.Text{}
		if c.Published != "" || c.Rebuilt != "" {
			both = msg.Textf(" (published: %s; built: %s)", "（已发布：%s；重建：%s）", or(c.Published), or(c.Rebuilt))
		}
		a.printf("        likely cause: %s%s\n", "        可能的原因：%s%s\n", c.Text, both)
	}
}

func or(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
