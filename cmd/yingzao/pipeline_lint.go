package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/pipelines/lint"
)

// lintFormats are what pipeline lint writes.
var lintFormats = []string{"text", "json", "codequality", "sarif"}

// pipelineLint judges pipeline files.
func (a *app) pipelineLint() *cobra.Command {
	c := a.command("lint FILE…", msg.Text{EN: "tell what is wrong with a .gitlab-ci.yml, Jenkinsfile or BlueKing YAML", ZH: "检查 .gitlab-ci.yml、Jenkinsfile 或蓝盾 YAML 有什么问题"}, msg.Text{
		EN: "Reads anybody's pipeline files; - is standard input. Exits with 3 when something at or above --fail-on was\nfound. yingzao explain CODE tells about a rule; a comment silences one: # yingzao:ignore CODE reason",
		ZH: "可检查任意流水线文件；- 为标准输入。发现达到 --fail-on 的问题时以 3 退出。\nyingzao explain 编号 可说明规则；注释可忽略某条规则：# yingzao:ignore 编号 理由",
	})
	c.Args = nil
	failOn := c.Flags().String("fail-on", "error", a.say("mildest severity that fails: note, warning, error or never", "判为失败的最低级别：note、warning、error 或 never"))
	format := c.Flags().String("format", "text", a.say("output: text, json, codequality (GitLab) or sarif", "输出格式：text、json、codequality（GitLab）或 sarif"))
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return msg.Errorf("pipeline lint: name a file", "pipeline lint：请指定文件").WithKind(msg.Usage).WithHint("for example: yingzao pipeline lint .gitlab-ci.yml", "例如：yingzao pipeline lint .gitlab-ci.yml")
		case !slices.Contains(lintSeverities, *failOn):
			return msg.Errorf("--fail-on: unknown severity %q", "--fail-on：未知的级别 %q", *failOn).WithKind(msg.Usage).WithHint("one of %s", "可取 %s", strings.Join(lintSeverities, ", "))
		case !slices.Contains(lintFormats, *format):
			return msg.Errorf("--format: unknown format %q", "--format：未知的格式 %q", *format).WithKind(msg.Usage).WithHint("one of %s", "可取 %s", strings.Join(lintFormats, ", "))
		}
		found := []lint.Finding{}
		for _, name := range args {
			list, err := a.lintPipeline(c, name)
			if err != nil {
				return err
			}
			found = append(found, list...)
		}
		if err := a.printPipelineLint(*format, found); err != nil {
			return err
		}
		if slices.ContainsFunc(found, func(f lint.Finding) bool { return *failOn != "never" && f.Severity.AtLeast(lint.Severity(*failOn)) }) {
			return silent{exitFindings}
		}
		return nil
	}
	return c
}

// lintPipeline judges one file. The folder that it lies in tells what else there is;
// nothing outside of that is read.
func (a *app) lintPipeline(c *cobra.Command, name string) ([]lint.Finding, error) {
	const limit = 2 << 20 // above the limits of lint, which say what is wrong
	in, options := a.in, lint.Options{}
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, msg.Errorf("pipeline lint: %w", "pipeline lint：%w", err).WithKind(msg.Usage).WithHint("correct the path", "请修正路径")
		}
		defer f.Close()
		in = f
		if root, err := os.OpenRoot(filepath.Dir(name)); err == nil {
			defer root.Close()
			options.Project = root.FS()
		}
	}
	text, err := io.ReadAll(io.LimitReader(in, limit))
	if err != nil {
		return nil, msg.Errorf("pipeline lint: %w", "pipeline lint：%w", err).WithKind(msg.Usage).WithHint("name a file, or - for standard input", "请指定文件，或用 - 表示标准输入")
	}
	return lint.Check(c.Context(), name, text, options)
}

func (a *app) printPipelineLint(format string, found []lint.Finding) error {
	switch format {
	case "json":
		return a.printJSON(struct {
			Schema   int            `json:"schema"`
			Findings []lint.Finding `json:"findings"`
		}{1, found})
	case "codequality":
		return lint.CodeQuality(a.out, found)
	case "sarif":
		return lint.SARIF(a.out, found, buildVersion().Version)
	}
	style := a.outStyle()
	for _, f := range found {
		label := map[lint.Severity]string{lint.Error: style.Red(a.say("error", "错误")), lint.Warning: style.Yellow(a.say("warning", "警告")), lint.Note: style.Dim(a.say("note", "说明"))}[f.Severity]
		a.printf("%s:%d: %s %s: %s\n", "%s:%d：%s %s：%s\n", term.Clean(f.File), f.Line, label, f.Code, term.Clean(f.Message.In(a.lang)))
		if rule, ok := lint.FindRule(f.Code); ok && f.Severity != lint.Note {
			a.printf("    %v\n", "    %v\n", rule.Fix)
		}
	}
	if len(found) == 0 {
		a.note("nothing found\n", "没有发现问题\n")
	}
	return nil
}
