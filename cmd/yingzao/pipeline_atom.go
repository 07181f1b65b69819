package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines"
	"github.com/yingzao-dev/yingzao/pipelines/bkci"
	"github.com/yingzao-dev/yingzao/pipelines/stages"
)

// pipelineAtom is the program as a BlueKing plug-in.
func (a *app) pipelineAtom() *cobra.Command {
	c := a.command("atom", msg.Text{EN: "be a BlueKing plug-in: inputs and outcome by its files", ZH: "作为蓝盾插件运行：按其文件协议读取输入、写出结果"}, msg.Text{})
	c.RunE = func(c *cobra.Command, _ []string) error {
		params, err := pipelines.Params()
		if err != nil {
			return err
		}
		atom, err := bkci.Open(params, a.getenv)
		if err != nil {
			return err
		}
		more, err := atom.Environment()
		if err != nil {
			return err
		}
		dir := filepath.Join(atom.Workspace, atom.Inputs["dir"])
		code := run([]string{"pipeline", "run", atom.Stage, "--dir", dir, "--lang", string(a.lang)}, a.in, a.out, a.err, append(slices.Clone(a.environ), more...))
		o := bkci.Outcome{Code: code, Message: "yingzao " + atom.Stage}
		if env, err := os.ReadFile(filepath.Join(dir, stages.Reports, "publish.env")); err == nil && code == exitOK {
			o.Outputs = bkci.ParseEnv(string(env))
		}
		// An interrupted run says so too: BlueKing waits for the file.
		if err := atom.Close(context.WithoutCancel(c.Context()), o); err != nil {
			return err
		}
		if o.Exit() != 0 {
			return silent{o.Exit()}
		}
		return nil
	}
	return c
}
