package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines"
	"github.com/yingzao-dev/yingzao/pipelines/start"
)

// pipelineInit writes the file that brings a project into a CI system.
func (a *app) pipelineInit() *cobra.Command {
	c := a.command("init", msg.Text{EN: "write the shortest pipeline file for the project at hand", ZH: "为当前项目生成最短的流水线文件"}, msg.Text{})
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	for _, system := range []struct {
		name        string
		short, long msg.Text
	}{
		{"gitlab", msg.Text{EN: "write .gitlab-ci.yml", ZH: "生成 .gitlab-ci.yml"}, msg.Text{
			EN: "With --shared it refers to the site's component. Otherwise it includes the template as a file of the\nrepository, ci/go-release.yml, which is written too: that works in every GitLab from 17 on, with nothing\nto set up, and for older ones with --legacy.",
			ZH: "使用 --shared 时引用站点的组件；否则引用仓库中的模板文件 ci/go-release.yml（一并生成）：\n适用于 17 及以上的任何 GitLab，无需预先设置；更旧的版本请加 --legacy。",
		}},
		{"jenkins", msg.Text{EN: "write a Jenkinsfile", ZH: "生成 Jenkinsfile"}, msg.Text{
			EN: "It uses the site's shared library; --shared names it, yingzao without one.",
			ZH: "使用站点的共享库，名称由 --shared 指定，默认为 yingzao。",
		}},
		{"bkci", msg.Text{EN: "write .ci/go-release.yml for BlueKing", ZH: "为蓝盾生成 .ci/go-release.yml"}, msg.Text{
			EN: "With --shared it uses the site's plug-in, as yingzao@1.*; otherwise the file carries the script that brings yingzao.",
			ZH: "使用 --shared 时使用站点的插件，例如 yingzao@1.*；否则文件自带获取 yingzao 的脚本。",
		}},
	} {
		c.AddCommand(a.pipelineInitFor(system.name, system.short, system.long))
	}
	return c
}

func (a *app) pipelineInitFor(system string, short, long msg.Text) *cobra.Command {
	c := a.command(system, short, long)
	dir := c.Flags().StringP("dir", "C", ".", a.say("the project's folder", "项目目录"))
	force := c.Flags().Bool("force", false, a.say("replace files that are there", "替换已有的文件"))
	o := start.Options{Lang: a.lang}
	c.Flags().StringVar(&o.Shared, "shared", "", a.say("the site's shared copy: GROUP/PROJECT/go-release@VERSION, a library or a plug-in", "站点的共享副本：GROUP/PROJECT/go-release@版本、共享库或插件"))
	template := new(string)
	if system == "gitlab" {
		c.Flags().BoolVar(&o.Legacy, "legacy", false, a.say("for GitLab before 17: variables instead of inputs", "适用于 17 之前的 GitLab：以变量代替 inputs"))
		template = c.Flags().String("template", "", a.say("the template to copy, such as gitlab/templates/go-release.yml of an export", "要复制的模板，例如导出内容中的 gitlab/templates/go-release.yml"))
	}
	params, err := pipelines.Params()
	values := map[string]*string{}
	for _, p := range params {
		if p.In(system) && p.Name != "dir" {
			values[p.Name] = c.Flags().String(p.Flag(), "", p.Text.In(a.lang))
		}
	}
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err != nil {
			return err
		}
		o.Params, o.Set, o.ToolVersion = params, pipelines.Values{}, publishedVersion(params)
		for name, v := range values {
			o.Set[name] = *v
		}
		if *template != "" {
			if o.Template, err = os.ReadFile(*template); err != nil {
				return msg.Errorf("read template: %w", "读取模板：%w", err).WithKind(msg.Usage).WithHint("name a file", "请指定一个文件")
			}
		}
		root, project, err := startProject(c.Context(), *dir)
		if err != nil {
			return err
		}
		o.Project = project
		files, next, err := start.Files(system, o)
		if err != nil {
			return err
		}
		if err := a.writeStart(c.Context(), root, files, *force); err != nil {
			return err
		}
		a.note("\nNext:\n", "\n接下来：\n")
		for i, t := range next {
			a.note("%d. %v\n", "%d. %v\n", i+1, t)
		}
		return nil
	}
	return c
}

// writeStart writes the files, or none where another one would be lost.
func (a *app) writeStart(ctx context.Context, root string, files []start.File, force bool) error {
	for _, f := range files {
		path := filepath.Join(root, filepath.FromSlash(f.Name))
		have, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && (force || bytes.Equal(have, f.Data)) {
			continue
		}
		if err != nil {
			return msg.Errorf("write pipeline: %w", "生成流水线：%w", err)
		}
		a.note("This would be %s:\n", "将写入 %s 的内容：\n", f.Name)
		a.printf("%s", "%s", f.Data)
		return msg.Errorf("write pipeline: %s is there already, and differs; nothing was written", "生成流水线：%s 已存在且内容不同；没有写入任何文件", path).
			WithHint("%v --force replaces it.", "%v使用 --force 则直接替换。", f.Merge)
	}
	for _, f := range files {
		path := filepath.Join(root, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return msg.Errorf("write pipeline: %w", "生成流水线：%w", err)
		}
		if _, err := archive.WriteFile(ctx, path, 0o644, func(w io.Writer) error { _, err := w.Write(f.Data); return err }); err != nil {
			return err
		}
		a.printf("%s\n", "%s\n", path)
	}
	return nil
}
