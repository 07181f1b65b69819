package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines"
)

// pipeline is what CI systems call.
func (a *app) pipeline() *cobra.Command {
	c := a.command("pipeline", msg.Text{EN: "what GitLab, Jenkins and BlueKing call: one command a stage", ZH: "供 GitLab、Jenkins 与蓝盾调用：每个阶段一条命令"}, msg.Text{})
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	if a.args != nil && !slices.Contains(a.args, "pipeline") {
		return c // its flags are read out of a file, a quarter of any other command's start
	}
	c.AddCommand(a.pipelineInit(), a.pipelineRun(), a.pipelineTargets(), a.pipelineLint(), a.pipelineExport(), a.pipelineAtom())
	return c
}

// pipelineRun runs one stage, or all of them.
func (a *app) pipelineRun() *cobra.Command {
	c := a.command("run STAGE", msg.Text{EN: "run one stage of a pipeline", ZH: "运行流水线的一个阶段"}, msg.Text{
		EN: "The stages are " + strings.Join(pipelines.Stages(), ", ") + ", and release for all of them.\nEvery command of a stage is shown before it runs. A parameter is taken from its flag, then from the\nJSON object in " + pipelines.ParamsVariable + ", then from its own variable, such as YINGZAO_PUBLISH_TO.",
		ZH: "阶段依次为 " + strings.Join(pipelines.Stages(), "、") + "；release 依次执行全部阶段。\n阶段中的每条命令在执行前都会显示。参数依次取自选项、" + pipelines.ParamsVariable + " 中的 JSON 对象、\n以及各自的变量，例如 YINGZAO_PUBLISH_TO。",
	})
	c.Args = nil
	params, err := pipelines.Params()
	values := map[string]*string{}
	for _, p := range params {
		if p.In("command") {
			values[p.Name] = c.Flags().String(p.Flag(), "", p.Text.In(a.lang))
		}
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		if err != nil {
			return err
		}
		if len(args) != 1 {
			return msg.Errorf("run stage: name one stage", "运行阶段：请指定一个阶段").WithKind(msg.Usage).
				WithHint("the stages are %s, and release for all of them", "可用的阶段：%s，以及依次执行全部阶段的 release", strings.Join(pipelines.Stages(), ", "))
		}
		given := pipelines.Values{}
		for name, v := range values {
			given[name] = *v
		}
		v, err := pipelines.Resolve(params, given, a.getenv)
		if err != nil {
			return err
		}
		return a.runStage(c.Context(), args[0], v)
	}
	return c
}

// pipelineTargets lists what the plan builds, one a line, for systems that make a
// job of each.
func (a *app) pipelineTargets() *cobra.Command {
	c := a.command("targets", msg.Text{EN: "list the plan's targets, one a line", ZH: "逐行列出计划中的构建目标"}, msg.Text{})
	dir := c.Flags().StringP("dir", "C", ".", a.say("the project's folder", "项目目录"))
	c.RunE = func(*cobra.Command, []string) error {
		targets, err := planTargets(*dir)
		if err != nil {
			return err
		}
		a.printf("%s\n", "%s\n", strings.Join(targets, "\n"))
		return nil
	}
	return c
}
