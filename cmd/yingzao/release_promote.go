package main

import (
	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// releasePromote makes a version the latest; an older one is a rollback.
func (a *app) releasePromote() *cobra.Command {
	c := a.command("promote PROJECT VERSION", msg.Text{EN: "make a version the latest: a rollback, or its end", ZH: "把某个版本设为最新版：回退，或结束回退"}, msg.Text{
		EN: "latest.json, the page and install.sh name this version from now on. Publishing lower versions, or the\nsame ones again, changes nothing; a version above all that were there takes over. Promoting the highest\nversion ends a rollback. Yanked and incomplete versions are refused.",
		ZH: "此后 latest.json、下载页与 install.sh 都指向该版本。发布更低的版本或重复发布都不会改变它；\n高于当时所有版本的新版本会接替它。提升最高版本即结束回退。已撤回或不完整的版本会被拒绝。",
	})
	c.Args = nil
	to := a.toFlag(c)
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		st, project, version, err := a.storeAnd(c, *to, args, 2, 2)
		if err != nil {
			return err
		}
		r, err := publish.Promote(c.Context(), st, project, version, publish.ManageOptions{})
		if err != nil {
			return err
		}
		if format.json() {
			return a.printJSON(r)
		}
		if r.Already {
			a.printf("latest of %s was %s already; nothing was changed\n", "%s 的最新版已是 %s；未作更改\n", project, version)
		} else {
			a.printf("latest of %s is now %s (before: %s)\n", "%s 的最新版现为 %s（此前：%s）\n", project, version, r.Before)
		}
		if r.Over != "" {
			a.printf("it stays until a version above %s is published, or %[1]s is promoted\n", "它会保持到发布了高于 %s 的版本，或提升 %[1]s 为止\n", r.Over)
		}
		a.printWarnings(r.Warnings)
		return nil
	}
	return c
}

func (a *app) printWarnings(list []msg.Text) {
	for _, w := range list {
		a.note("warning: %s\n", "警告：%s\n", w)
	}
}
