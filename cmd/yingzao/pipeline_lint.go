package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
	pipelinelint "github.com/yingzao-dev/yingzao/pipelines/lint"
)

// pipelineLint judges pipeline files. The folder that one lies in tells what else there
// is; nothing outside of that is read.
func (a *app) pipelineLint() *cobra.Command {
	l := linted{"pipeline lint", msg.Text{EN: "name a file", ZH: "请指定文件"}, ".gitlab-ci.yml"}
	c := a.command("lint FILE…", msg.Text{EN: "tell what is wrong with a .gitlab-ci.yml, Jenkinsfile or BlueKing YAML", ZH: "检查 .gitlab-ci.yml、Jenkinsfile 或蓝盾 YAML 有什么问题"}, msg.Text{
		EN: "Reads anybody's pipeline files; - is standard input. Exits with 3 when something at or above --fail-on was\nfound. yingzao explain CODE tells about a rule; a comment silences one: # yingzao:ignore CODE reason",
		ZH: "可检查任意流水线文件；- 为标准输入。发现达到 --fail-on 的问题时以 3 退出。\nyingzao explain 编号 可说明规则；注释可忽略某条规则：# yingzao:ignore 编号 理由",
	})
	return lintCommand(a, c, l, pipelinelint.Rules(), func(ctx context.Context, name string) ([]lint.Finding, error) {
		const limit = 2 << 20 // above the limits of lint, which say what is wrong
		text, err := l.read(a, name, limit)
		if err != nil {
			return nil, err
		}
		var o pipelinelint.Options
		if name != "-" {
			if root, err := os.OpenRoot(filepath.Dir(name)); err == nil {
				defer root.Close()
				o.Project = root.FS()
			}
		}
		return pipelinelint.Check(ctx, name, text, o)
	})
}
