package main

import (
	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// bootstrapUndo takes an apply back.
func (a *app) bootstrapUndo() *cobra.Command {
	c := a.command("undo", msg.Text{EN: "take the last apply back, byte for byte", ZH: "逐字节撤销上一次 apply"}, msg.Text{
		EN: "Where a file was changed since, only our lines go. SDKs and tools stay on the disk, off PATH.",
		ZH: "若文件此后被修改过，则只移除本工具的内容。SDK 与工具留在磁盘上，但不再位于 PATH 中。",
	})
	all := c.Flags().Bool("all", false, a.say("every apply, not only the last", "撤销所有 apply，而不只是最后一次"))
	c.RunE = func(c *cobra.Command, _ []string) error {
		d, err := a.desk(c.Context())
		if err != nil {
			return err
		}
		unlock, err := d.Lock(c.Context(), a.waiting)
		if err != nil {
			return err
		}
		defer unlock()
		restored, err := d.Undo(*all)
		for _, f := range restored {
			a.note("restored %s\n", "已恢复 %s\n", f)
		}
		if err == nil && len(restored) == 0 {
			a.note("nothing to take back\n", "没有可撤销的改动\n")
		}
		if n, _ := d.Journal().Entries(); err == nil && n > 0 {
			a.note("%d earlier apply stands; --all takes everything back\n", "还有 %d 次更早的 apply；--all 可全部撤销\n", n)
		}
		return err
	}
	return c
}
