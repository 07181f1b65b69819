package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// imageList tells what can be built, and what cannot and why.
func (a *app) imageList() *cobra.Command {
	c := a.command("list [BASE…]", msg.Text{EN: "list bases, platforms and variants, and why others are missing", ZH: "列出基础镜像、平台与变体，以及缺失项的原因"}, msg.Text{
		EN: "With the name of a base: its reference, digests, evidence and what to know about it.",
		ZH: "指定基础镜像名称时：显示其引用、摘要、依据及注意事项。",
	})
	c.Args = nil
	lock := a.lockFlag(c)
	format := a.formatFlag(c)
	c.RunE = func(_ *cobra.Command, args []string) error {
		m, err := loadMatrix(*lock)
		if err != nil {
			return err
		}
		bases := m.Bases
		if len(args) > 0 {
			bases = nil
			for _, name := range args {
				b, err := m.Find(name)
				if err != nil {
					return err
				}
				bases = append(bases, b)
			}
		}
		switch {
		case format.json():
			return a.printJSON(matrixJSON(m, bases))
		case len(args) > 0:
			for _, b := range bases {
				a.printBase(b)
			}
			return nil
		}
		return a.printMatrix(m)
	}
	return c
}

func (a *app) printMatrix(m *matrix.Matrix) error {
	t := term.Table{Columns: []term.Column{{Title: a.say("base", "基础镜像")}, {Title: a.say("system", "系统")}, {Title: a.say("packages", "软件包")}, {Title: a.say("libc", "libc")}, {Title: a.say("platforms", "平台")}, {Title: a.say("pulled by us", "我方拉取验证")}}}
	var holes [][3]string
	for _, b := range m.Bases {
		var built []string
		for _, p := range b.Platforms {
			if p.Hole.IsZero() {
				built = append(built, archOf(p))
			} else {
				holes = append(holes, [3]string{b.Name, archOf(p), p.Hole.In(a.lang)})
			}
		}
		t.Add(b.Name, b.Title.In(a.lang), string(b.Family), b.Libc, strings.Join(built, " "), verified(a, b))
	}
	if err := t.Write(a.out); err != nil {
		return err
	}
	a.printf("\nGo %s on %s unless told otherwise; variants:\n", "\n默认 Go %s，基础镜像 %s；变体：\n", m.Go, m.Default)
	for _, v := range m.Variants {
		a.printf("  %s  %v\n", "  %s  %v\n", term.Pad(v.Name, 8), v.Title)
		for _, b := range m.Bases {
			if why := v.Hole(b); !why.IsZero() {
				holes = append(holes, [3]string{b.Name, v.Name, why.In(a.lang)})
			}
		}
	}
	if len(holes) > 0 {
		a.printf("\nnot built:\n", "\n不构建：\n")
	}
	for _, h := range holes {
		a.printf("  %s, %s: %s\n", "  %s，%s：%s\n", h[0], h[1], h[2])
	}
	return nil
}

func (a *app) printBase(b matrix.Base) {
	a.printf("%s  %v\n", "%s  %v\n", a.outStyle().Bold(b.Name), b.Title)
	a.printf("  packages %s (%s), libc %s, tier %s\n", "  软件包 %s（%s），libc %s，档位 %s\n", b.Family, strings.Join(b.Managers, ", "), b.Libc, b.Tier)
	for _, p := range b.Platforms {
		what := p.Hole.In(a.lang)
		if p.Hole.IsZero() {
			what = strings.TrimSpace(b.RefFor(p.Arch) + "  " + p.Digest)
			if b.Ref != "" && p.Digest == "" {
				what += a.say("  (unpinned)", "  （未固定摘要）")
			}
		}
		a.printf("  %s  %s\n", "  %s  %s\n", term.Pad(archOf(p), 14), what)
	}
	a.printf("  evidence: %s; pulled by us: %s\n", "  依据：%s；我方拉取验证：%s\n", b.Evidence, verified(a, b))
	if !b.Note.IsZero() {
		a.printf("  %v\n", "  %v\n", b.Note)
	}
}

func verified(a *app, b matrix.Base) string {
	if b.Verified == "never" {
		return a.say("never", "从未")
	}
	return b.Verified
}

// archOf is a platform's word without the system, as in linux/WORD.
func archOf(p matrix.Platform) string {
	if p.World == "old" {
		return p.Arch + "-" + matrix.ABI1
	}
	return p.Arch
}

// platformOf finds the base's platform of a target's word; false if there is none.
func platformOf(b matrix.Base, word string) (matrix.Platform, bool) {
	i := slices.IndexFunc(b.Platforms, func(p matrix.Platform) bool { return archOf(p) == word })
	if i < 0 {
		return matrix.Platform{}, false
	}
	return b.Platforms[i], true
}
