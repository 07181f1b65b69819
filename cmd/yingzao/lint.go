package main

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var lintSeverities = []string{"note", "warning", "error", "never"}

// linted is a kind of file that a command judges.
type linted struct {
	command string   // image lint
	name    msg.Text // asks to name a file
	example string   // the name of one
}

// lintCommand gives a command what all linters have: --fail-on, --format, and files
// that check judges by rules.
func lintCommand[V lint.View](a *app, c *cobra.Command, l linted, rules lint.Rules[V], check func(ctx context.Context, name string) ([]lint.Finding, error)) *cobra.Command {
	c.Args = nil
	failOn := c.Flags().String("fail-on", "error", a.say("mildest severity that fails: note, warning, error or never", "判为失败的最低级别：note、warning、error 或 never"))
	format := c.Flags().String("format", "text", a.say("output: text, json, codequality (GitLab) or sarif", "输出格式：text、json、codequality（GitLab）或 sarif"))
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return msg.Errorf("%s: %s", "%s：%s", l.command, l.name).WithKind(msg.Usage).WithHint("for example: yingzao %s %s", "例如：yingzao %s %s", l.command, l.example)
		case !slices.Contains(lintSeverities, *failOn):
			return msg.Errorf("--fail-on: unknown severity %q", "--fail-on：未知的级别 %q", *failOn).WithKind(msg.Usage).WithHint("one of %s", "可取 %s", strings.Join(lintSeverities, ", "))
		case !slices.Contains(lint.Formats(), *format):
			return msg.Errorf("--format: unknown format %q", "--format：未知的格式 %q", *format).WithKind(msg.Usage).WithHint("one of %s", "可取 %s", strings.Join(lint.Formats(), ", "))
		}
		var found []lint.Finding
		for _, name := range args {
			list, err := check(c.Context(), name)
			if err != nil {
				return err
			}
			found = append(found, list...)
		}
		if err := rules.Write(a.out, found, lint.Options{Format: *format, Lang: a.lang, Style: a.outStyle(), Version: buildVersion().Version}); err != nil {
			return err
		}
		if len(found) == 0 && *format == "text" {
			a.note("nothing found\n", "没有发现问题\n")
		}
		if slices.ContainsFunc(found, func(f lint.Finding) bool { return *failOn != "never" && f.Severity.AtLeast(lint.Severity(*failOn)) }) {
			return silent{exitFindings}
		}
		return nil
	}
	return c
}

// read reads at most so many bytes of a file, or of standard input.
func (l linted) read(a *app, name string, limit int64) ([]byte, error) {
	in := a.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, msg.Errorf("%s: %w", "%s：%w", l.command, err).WithKind(msg.Usage).WithHint("correct the path", "请修正路径")
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, limit))
	if err != nil {
		return nil, msg.Errorf("%s: %w", "%s：%w", l.command, err).WithKind(msg.Usage).WithHint("%s, or - for standard input", "%s，或用 - 表示标准输入", l.name)
	}
	return text, nil
}
