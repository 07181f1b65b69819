package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// releasePlan decides everything and writes plan.json.
func (a *app) releasePlan() *cobra.Command {
	c := a.command("plan", msg.Text{EN: "decide what will be built and write plan.json", ZH: "确定构建内容并写出 plan.json"}, msg.Text{})
	f := a.releaseFlags(c)
	out := c.Flags().StringP("out", "o", "", a.say("file to write (default: plan.json in the output folder)", "写入的文件（默认：输出目录中的 plan.json）"))
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		o, err := f.options(a)
		if err != nil {
			return err
		}
		if *out != "" {
			o.Outputs = []string{*out}
		}
		defer o.Progress.Close()
		r, err := release.MakePlan(c.Context(), o)
		a.printNotices(r)
		if err != nil {
			return err
		}
		if format.json() && *out == "" {
			return a.printJSON(r.Plan)
		}
		if *out == "" {
			*out = filepath.Join(r.Dist, release.PlanFile)
		}
		if err := release.WritePlan(c.Context(), r.Plan, *out); err != nil {
			return err
		}
		if format.json() {
			return a.printJSON(r.Plan)
		}
		return a.printPlan(r.Plan, *out)
	}
	return c
}

// releaseBuild builds one target of a plan.
func (a *app) releaseBuild() *cobra.Command {
	c := a.command("build", msg.Text{EN: "build one target of a plan into a part", ZH: "把计划中的一个目标构建为部件"}, msg.Text{})
	f := &releaseFlags{}
	a.projectFlags(c, f)
	planFile := c.Flags().String("plan", filepath.Join("dist", release.PlanFile), a.say("the plan", "计划文件"))
	name := c.Flags().String("target", "", a.say("the target to build", "要构建的目标"))
	part := c.Flags().String("part", "", a.say("folder for the part (default: dist/parts/TARGET)", "部件目录（默认：dist/parts/目标）"))
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *name == "" {
			return msg.Errorf("build: name a target", "构建：请指定一个目标").WithHint("for example: --target linux/amd64", "例如：--target linux/amd64").WithKind(msg.Usage)
		}
		t, err := target.Parse(*name)
		if err != nil {
			return err
		}
		o, err := f.options(a)
		if err != nil {
			return err
		}
		plan, err := release.ReadPlan(*planFile)
		if err != nil {
			return err
		}
		defer o.Progress.Close()
		if *part == "" {
			*part = filepath.Join(filepath.Dir(*planFile), "parts", t.Slug())
		}
		o.Outputs = []string{*planFile, *part}
		p, err := release.BuildPart(c.Context(), o, plan, t, *part)
		if err != nil {
			return err
		}
		o.Progress.Close()
		if format.json() {
			return a.printJSON(p)
		}
		return a.printArtifacts(p.Artifacts)
	}
	return c
}

// releaseMerge makes one release of parts.
func (a *app) releaseMerge() *cobra.Command {
	c := a.command("merge PART…", msg.Text{EN: "merge the parts of a plan into one release", ZH: "把计划的各部件合并为一次发布"}, msg.Text{})
	c.Args = nil
	planFile := c.Flags().String("plan", filepath.Join("dist", release.PlanFile), a.say("the plan", "计划文件"))
	dir := c.Flags().StringP("dir", "C", ".", a.say("the project's folder", "项目目录"))
	out := c.Flags().String("out", "", a.say("output folder (default: the plan's)", "输出目录（默认：计划所在目录）"))
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		plan, err := release.ReadPlan(*planFile)
		if err != nil {
			return err
		}
		if *out == "" {
			*out = filepath.Dir(*planFile)
		}
		if len(args) == 0 {
			if args, err = filepath.Glob(filepath.Join(*out, "parts", "*", release.PartFile)); err != nil {
				return err
			}
			for i := range args {
				args[i] = filepath.Dir(args[i])
			}
		}
		m, err := release.Merge(c.Context(), plan, *dir, args, *out)
		if err != nil {
			return err
		}
		if format.json() {
			return a.printJSON(m)
		}
		return a.printArtifacts(m.Artifacts)
	}
	return c
}

// printArtifacts shows files with size and digest.
func (a *app) printArtifacts(list []manifest.Artifact) error {
	return a.artifactTable(list).Write(a.out)
}
