package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// age is the value of --older-than.
type age struct {
	text string
	d    time.Duration
}

func (v *age) String() string { return v.text }
func (v *age) Type() string   { return "age" }

// Set is part of pflag.Value.
func (v *age) Set(s string) (err error) {
	v.text = s
	v.d, err = publish.ParseAge(s)
	return err
}

// releaseGC removes old snapshots and what dead uploads left.
func (a *app) releaseGC() *cobra.Command {
	c := a.command("gc [PROJECT]", msg.Text{EN: "remove old snapshots and what dead uploads left", ZH: "清理旧的快照版与已中断上传的残留"}, msg.Text{
		EN: "Removes snapshots that are not among the newest and older than the given age, and what uploads left\nthat died more than a day ago. Never a release, never the latest or a promoted version, never what an\nupload younger than a day may need. Unfinished uploads are aborted when no project is named.",
		ZH: "删除不在最新若干个之内且早于给定时长的快照版，以及一天前已中断的上传的残留。绝不删除正式版、\n最新版或人工指定的版本，也不删除一天之内的上传可能需要的内容。未指定项目时，还会放弃未完成的上传。",
	})
	c.Args = nil
	c.Example = "  yingzao release gc --to /srv/downloads --dry-run\n  yingzao release gc --to /srv/downloads --keep-snapshots 5 --older-than 2w"
	to := a.toFlag(c)
	o, old := publish.GCOptions{}, age{"30d", publish.DefaultOlderThan}
	f := c.Flags()
	f.BoolVar(&o.DryRun, "dry-run", false, a.say("only tell what would go", "只显示将删除的内容"))
	f.IntVar(&o.KeepSnapshots, "keep-snapshots", publish.DefaultKeepSnapshots, a.say("how many of the newest stay, of each project", "每个项目保留最新的多少个"))
	f.Var(&old, "older-than", a.say("younger ones stay; e.g. 2w, 12h, or 0", "更新的保留；如 2w、12h，或 0"))
	f.BoolVar(&o.Prereleases, "prereleases", false, a.say("prereleases too, by the same rule", "同样清理预发布版"))
	f.BoolVar(&o.Strays, "strays", false, a.say("also folders that nobody claimed and that have no manifest", "同时清理无人占用且没有清单的目录"))
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		st, project, _, err := a.storeAnd(c, *to, args, 0, 1)
		if err != nil {
			return err
		}
		o.Project, o.OlderThan = project, old.d
		if o.OlderThan == 0 {
			o.OlderThan = -1 // none is too young
		}
		switch {
		case o.KeepSnapshots < 0:
			return msg.Errorf("--keep-snapshots: %d is less than 0", "--keep-snapshots：%d 小于 0", o.KeepSnapshots).WithKind(msg.Usage).
				WithHint("0 keeps none", "0 表示一个也不保留")
		case o.KeepSnapshots == 0:
			o.KeepSnapshots = -1
		}
		r, err := publish.GC(c.Context(), st, o)
		if r == nil {
			return err
		}
		return printReport(a, format, r, a.printGC, err)
	}
	return c
}

func (a *app) printGC(r *publish.GCReport) {
	kinds := map[string]msg.Text{
		"snapshot": {EN: "snapshot", ZH: "快照版"}, "prerelease": {EN: "prerelease", ZH: "预发布版"}, "unfinished": {EN: "unfinished upload", ZH: "未完成的上传"},
		"stray": {EN: "files without a manifest", ZH: "没有清单的文件"}, "claim": {EN: "void claim", ZH: "已失效的占用"}, "interrupted": {EN: "left by an interrupted gc", ZH: "上次 gc 中断的残留"},
	}
	reasons := map[string]msg.Text{
		"latest": {EN: "it is the latest", ZH: "它是最新版"}, "promoted": {EN: "it is promoted, or passed over by what is", ZH: "它由人工指定，或被人工指定的版本越过"},
		"newest": {EN: "it is among the newest", ZH: "它在最新的若干个之内"}, "young": {EN: "it is too young", ZH: "它还太新"},
		"busy": {EN: "an upload may need it", ZH: "可能有上传需要它"}, "stray": {EN: "it has no manifest and nobody claimed it; --strays removes it", ZH: "它没有清单且无人占用；用 --strays 可清理"},
	}
	n := 0
	for _, p := range r.Projects {
		for _, x := range p.Removals {
			state := msg.Text{EN: "would go", ZH: "将删除"}
			if x.Removed {
				state = msg.Text{EN: "removed", ZH: "已删除"}
			} else if !r.DryRun {
				state = msg.Text{EN: "NOT removed", ZH: "未删除"}
			}
			n++
			a.printf("%s %s  %s  %s  %s\n", "%s %s  %s  %s  %s\n", p.Project, x.Version, kinds[x.Kind], term.Size(x.Size), state)
			for _, o := range x.Objects {
				a.printf("  %s  %s\n", "  %s  %s\n", o.Key, term.Size(o.Size))
			}
		}
		for _, k := range p.Kept {
			a.note("stays: %s %s: %s\n", "保留：%s %s：%s\n", p.Project, k.Version, reasons[k.Why])
		}
	}
	a.printWarnings(r.Warnings)
	for _, u := range r.Uploads {
		a.printf("unfinished upload of %s, begun %s\n", "未完成的上传 %s，始于 %s\n", u.Key, u.Begun.UTC().Format(time.RFC3339))
	}
	switch {
	case n == 0:
		a.printf("nothing to remove\n", "没有需要清理的内容\n")
	case r.DryRun:
		a.printf("%d would go, %s in all; nothing was changed\n", "将删除 %d 项，共 %s；未作更改\n", n, term.Size(r.Size))
	default:
		a.printf("%d in all, %s\n", "共 %d 项，%s\n", n, term.Size(r.Size))
	}
	switch {
	case r.Aborted > 0:
		a.printf("%d unfinished uploads were thrown away\n", "已清除 %d 个未完成的上传\n", r.Aborted)
	case len(r.Uploads) > 0:
		a.printf("%d unfinished uploads would go\n", "将清除 %d 个未完成的上传\n", len(r.Uploads))
	}
}
