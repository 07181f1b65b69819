package main

import (
	"context"
	"sync"

	"github.com/spf13/cobra"

	imagelint "github.com/yingzao-dev/yingzao/images/lint"
	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// imageLint judges Dockerfiles.
func (a *app) imageLint() *cobra.Command {
	l := linted{"image lint", msg.Text{EN: "name a Dockerfile", ZH: "请指定 Dockerfile"}, "Dockerfile"}
	c := a.command("lint FILE…", msg.Text{EN: "tell what is wrong with Dockerfiles that build Go on these systems", ZH: "检查在这些系统上构建 Go 的 Dockerfile 有什么问题"}, msg.Text{
		EN: "Reads any Dockerfile; - is standard input. Exits with 3 when something at or above --fail-on was found.\nyingzao explain CODE tells about a rule; a comment silences one: # yingzao:ignore CODE reason",
		ZH: "可检查任意 Dockerfile；- 为标准输入。发现达到 --fail-on 的问题时以 3 退出。\nyingzao explain 编号 可说明规则；注释可忽略某条规则：# yingzao:ignore 编号 理由",
	})
	load := sync.OnceValues(matrix.Load)
	return lintCommand(a, c, l, imagelint.Rules(), func(ctx context.Context, name string) ([]lint.Finding, error) {
		m, err := load()
		if err != nil {
			return nil, err
		}
		const limit = 1 << 20 // nobody writes Dockerfiles of more than that
		text, err := l.read(a, name, limit+1)
		if err != nil {
			return nil, err
		}
		if len(text) > limit {
			return nil, msg.Errorf("image lint %s: more than 1 MB", "image lint %s：超过 1 MB", name).WithKind(msg.Usage).WithHint("it is no Dockerfile", "它不是 Dockerfile")
		}
		return imagelint.Check(ctx, name, text, imagelint.Options{Matrix: m})
	})
}
