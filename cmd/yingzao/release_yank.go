package main

import (
	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// releaseYank withdraws a version without deleting it, or takes that back.
func (a *app) releaseYank() *cobra.Command {
	c := a.command("yank PROJECT VERSION", msg.Text{EN: "withdraw a version: a mark with a reason, not a deletion", ZH: "撤回某个版本：附原因的标记，而非删除"}, msg.Text{
		EN: "The version's files stay for those who have pinned it. It can no longer be the latest, install.sh\nrefuses it, and the page and the index say why. latest.json moves to the highest version that remains,\nand goes away when none does.",
		ZH: "版本的文件保留，已锁定该版本的用户不受影响。它不再可能成为最新版，install.sh 会拒绝安装，\n下载页与索引会说明原因。latest.json 改指其余版本中最高的一个；一个都不剩时会被移除。",
	})
	c.Args = nil
	to := a.toFlag(c)
	reason := c.Flags().String("reason", "", a.say("why nobody should install it, in one line", "为何不应再安装它，一行"))
	undo := c.Flags().Bool("undo", false, a.say("take the yank back", "取消撤回"))
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		st, project, version, err := a.storeAnd(c, *to, args, 2, 2)
		if err != nil {
			return err
		}
		var r *publish.Change
		switch {
		case *undo && *reason != "":
			return msg.Errorf("yank: --undo takes no reason", "撤回：--undo 不需要原因").WithKind(msg.Usage).
				WithHint("leave out --reason, or --undo", "请去掉 --reason 或 --undo")
		case *undo:
			r, err = publish.Unyank(c.Context(), st, project, version, publish.ManageOptions{})
		default:
			r, err = publish.Yank(c.Context(), st, project, version, *reason, publish.ManageOptions{})
		}
		if err != nil {
			return err
		}
		if format.json() {
			return a.printJSON(r)
		}
		switch {
		case r.Already && *undo:
			a.printf("%s %s was not yanked; nothing was changed\n", "%s %s 并未撤回；未作更改\n", project, version)
		case r.Already:
			a.printf("%s %s was yanked already for this reason; nothing was changed\n", "%s %s 已因该原因撤回；未作更改\n", project, version)
		case *undo:
			a.printf("%s %s is no longer yanked\n", "%s %s 已取消撤回\n", project, version)
		default:
			a.printf("%s %s is yanked; its files stay\n", "%s %s 已撤回；其文件保留\n", project, version)
		}
		switch r.Latest {
		case "":
			a.printf("no version can be the latest now; latest.json is gone\n", "现在没有可作为最新版的版本；latest.json 已移除\n")
		case r.Before:
			a.printf("latest stays %s\n", "最新版仍为 %s\n", r.Latest)
		default:
			a.printf("latest is now %s\n", "最新版现为 %s\n", r.Latest)
		}
		a.printWarnings(r.Warnings)
		return nil
	}
	return c
}
