package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/envcheck/bootstrap"
	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// bootstrapPlan shows what would happen.
func (a *app) bootstrapPlan() *cobra.Command {
	c := a.command("plan", msg.Text{EN: "show everything that apply would do, and touch nothing", ZH: "显示 apply 将做的一切，不作任何改动"}, msg.Text{})
	f := a.bootstrapFlags(c)
	c.RunE = func(c *cobra.Command, _ []string) error { return a.bootstrapPlanned(c.Context(), f, a.showPlan(f)) }
	return c
}

func (a *app) showPlan(f *bootstrapFlags) func(*bootstrap.Desk, *bootstrap.Plan) error {
	return func(d *bootstrap.Desk, p *bootstrap.Plan) error {
		if f.format.json() {
			return a.printJSON(planJSON(d, p))
		}
		a.printDeskPlan(p)
		return nil
	}
}

// deskPlan is a plan for machines.
type deskPlan struct {
	Schema int                   `json:"schema"`
	Root   string                `json:"root"`
	Empty  bool                  `json:"empty"`
	Go     bootstrap.SDK         `json:"go"`
	Tools  []bootstrap.ToolState `json:"tools"`
	Files  []deskFile            `json:"files"`
	Notes  []bootstrap.Note      `json:"notes"`
	Raised map[string]int64      `json:"raised,omitempty"` // sequence numbers that will be remembered
}

type deskFile struct {
	Path string   `json:"path"`
	New  bool     `json:"new"`
	For  []string `json:"for"` // "go", "settings", "ca", "git", "path"
}

func planJSON(d *bootstrap.Desk, p *bootstrap.Plan) deskPlan {
	out := deskPlan{Schema: 1, Root: d.Root, Empty: p.Empty(), Go: p.SDK, Tools: append([]bootstrap.ToolState{}, p.Tools...), Files: []deskFile{}, Notes: append([]bootstrap.Note{}, p.Notes...), Raised: p.Raised()}
	for _, f := range p.Files().Files {
		out.Files = append(out.Files, deskFile{Path: f.Path, New: !f.Existed, For: f.Codes})
	}
	return out
}

func (a *app) printDeskPlan(p *bootstrap.Plan) {
	s := p.SDK
	what := map[bootstrap.SDKState]msg.Text{
		bootstrap.Keep:    {EN: "is there, every byte as it was proven", ZH: "已安装，每个字节都与验证时一致"},
		bootstrap.Install: {EN: "will be installed", ZH: "将被安装"},
		bootstrap.Replace: {EN: "will be replaced", ZH: "将被替换"},
	}[s.State]
	a.printf("%s  %s  %v\n", "%s  %s  %v\n", a.outStyle().Bold(s.Version), s.Platform, what)
	a.printf("  in %s\n", "  位于 %s\n", s.Dir)
	if s.State != bootstrap.Keep && s.Source != "" {
		size := a.say("size not known", "大小未知")
		if s.Size > 0 {
			size = term.Size(s.Size)
		}
		a.printf("  from %s (%s)\n", "  来源 %s（%s）\n", httpx.Redact(s.Source), size)
	}
	if by := voucher(fetch.Voucher(s.By)); !by.IsZero() {
		a.printf("  %s  %v\n", "  %s  %v\n", s.H1, by)
	}
	for _, t := range p.Tools {
		state := msg.Text{EN: "will be built", ZH: "将被构建"}
		if t.Ready {
			state = msg.Text{EN: "is there", ZH: "已就绪"}
		}
		a.printf("%s@%s  %v\n", "%s@%s  %v\n", t.Package, t.Version, state)
	}
	if d := p.Files().Diff(); d != "" {
		a.printf("\n", "\n")
		for _, line := range strings.SplitAfter(httpx.Redact(d), "\n") {
			// What stays is the user's, and may be secret in ways that nobody can tell; but
			// not the type of a registry value.
			if !strings.HasPrefix(line, " ") || strings.HasPrefix(line, " REG_") {
				_, _ = a.out.Write([]byte(a.diffLine(line)))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Raised())) {
		a.printf("remembered: %q has number %d, and a lower one will be refused\n", "记录：%q 的编号为 %d，更低的将被拒绝\n", name, p.Raised()[name])
	}
	if len(p.Notes) > 0 {
		a.printf("\nfound, and left to you:\n", "\n以下内容由您自行决定：\n")
	}
	for _, n := range p.Notes {
		a.printf("  %s  %v\n", "  %s  %v\n", term.Pad(n.Code, 12), n.Text)
	}
	if p.Empty() {
		a.printf("\nnothing to do\n", "\n无事可做\n")
	}
}

// linuxArch splits a platform of the matrix.
func linuxArch(platform string) (arch, world string, ok bool) {
	arch, ok = strings.CutPrefix(platform, "linux/")
	if base, old := strings.CutSuffix(arch, "-"+matrix.ABI1); old {
		return base, "old", ok
	}
	return arch, "", ok
}
