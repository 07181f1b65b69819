package main

import (
	"bufio"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/envcheck/bootstrap"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// bootstrapApply carries a plan out.
func (a *app) bootstrapApply() *cobra.Command {
	c := a.command("apply", msg.Text{EN: "do what plan shows, and check before and after", ZH: "执行 plan 所示内容，并在前后各检查一次"}, msg.Text{
		EN: "Asks first, unless --yes. A second apply changes nothing; one that was killed is completed by the next.",
		ZH: "除非使用 --yes，否则先征求同意。再次执行不会有改动；中途被终止时，下一次执行会补全。",
	})
	f := a.bootstrapFlags(c)
	yes := c.Flags().Bool("yes", false, a.say("do not ask", "不询问"))
	c.RunE = func(c *cobra.Command, _ []string) error { return a.applyPlan(c.Context(), f, *yes) }
	return c
}

// applyPlan plans and applies under the desk's lock.
func (a *app) applyPlan(ctx context.Context, f *bootstrapFlags, yes bool) error {
	d, err := a.desk(ctx)
	if err != nil {
		return err
	}
	unlock, err := d.Lock(ctx, a.waiting)
	if err != nil {
		return err
	}
	defer unlock()
	switch again, err := d.Recover(); {
	case err != nil:
		return err
	case again:
		a.note("an earlier apply or undo was broken off; its files were taken back first\n", "之前的 apply 或 undo 被中断；已先恢复其文件\n")
	}
	progress := a.progress()
	defer progress.Close()
	return a.bootstrapPlanned(ctx, f, func(d *bootstrap.Desk, p *bootstrap.Plan) error {
		if !f.format.json() {
			a.printDeskPlan(p)
		}
		if !p.Empty() && !yes {
			if err := a.consent(ctx); err != nil {
				return err
			}
		}
		err := p.Apply(ctx, time.Now())
		if err != nil && !p.Applied {
			return err
		}
		return msg.Join(err, a.beforeAfter(ctx, f, d, p))
	})
}

// waiting tells why nothing happens.
func (a *app) waiting() {
	a.note("another bootstrap is at work; waiting for it\n", "另一个 bootstrap 正在运行；等待其结束\n")
}

// consent asks a person.
func (a *app) consent(ctx context.Context) error {
	in, ok := a.in.(interface {
		Write([]byte) (int, error)
		Read([]byte) (int, error)
	})
	if !ok || !term.IsTerminal(in) {
		return msg.Errorf("bootstrap apply: nobody can be asked here", "bootstrap apply：此处无法征求同意").WithKind(msg.Usage).
			WithHint("look at yingzao bootstrap plan, then add --yes", "请先查看 yingzao bootstrap plan，再加上 --yes")
	}
	a.note("\ndo this? [y/N] ", "\n执行以上改动？[y/N] ")
	answer := make(chan string, 1)
	go func() { line, _ := bufio.NewReader(in).ReadString('\n'); answer <- line }()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case line := <-answer:
		if !slices.Contains([]string{"y", "yes", "是", "好"}, strings.ToLower(strings.TrimSpace(line))) {
			return msg.Errorf("bootstrap apply: not wanted; nothing was changed", "bootstrap apply：未获同意；未作任何改动")
		}
	}
	return nil
}
