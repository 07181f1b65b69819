package main

import (
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/images/lint"
	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
)

var lintSeverities = []string{"note", "warning", "error", "never"}

// imageLint judges Dockerfiles.
func (a *app) imageLint() *cobra.Command {
	c := a.command("lint FILE…", msg.Text{EN: "tell what is wrong with Dockerfiles that build Go on these systems", ZH: "检查在这些系统上构建 Go 的 Dockerfile 有什么问题"}, msg.Text{
		EN: "Reads any Dockerfile; - is standard input. Exits with 3 when something at or above --fail-on was found.\nyingzao explain CODE tells about a rule; a comment silences one: # yingzao:ignore CODE reason",
		ZH: "可检查任意 Dockerfile；- 为标准输入。发现达到 --fail-on 的问题时以 3 退出。\nyingzao explain 编号 可说明规则；注释可忽略某条规则：# yingzao:ignore 编号 理由",
	})
	c.Args = nil
	failOn := c.Flags().String("fail-on", "error", a.say("mildest severity that fails: note, warning, error or never", "判为失败的最低级别：note、warning、error 或 never"))
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return msg.Errorf("image lint: name a Dockerfile", "image lint：请指定 Dockerfile").WithKind(msg.Usage).WithHint("for example: yingzao image lint Dockerfile", "例如：yingzao image lint Dockerfile")
		case !slices.Contains(lintSeverities, *failOn):
			return msg.Errorf("--fail-on: unknown severity %q", "--fail-on：未知的级别 %q", *failOn).WithKind(msg.Usage).WithHint("one of %s", "可取 %s", strings.Join(lintSeverities, ", "))
		}
		m, err := matrix.Load()
		if err != nil {
			return err
		}
		found := []lint.Finding{}
		for _, name := range args {
			text, err := a.readDockerfile(name)
			if err != nil {
				return err
			}
			list, err := lint.Check(c.Context(), name, text, lint.Options{Matrix: m})
			if err != nil {
				return err
			}
			found = append(found, list...)
		}
		if format.json() {
			if err := a.printJSON(struct {
				Schema   int            `json:"schema"`
				Findings []lint.Finding `json:"findings"`
			}{1, found}); err != nil {
				return err
			}
		} else {
			a.printLint(found)
		}
		if slices.ContainsFunc(found, func(f lint.Finding) bool { return *failOn != "never" && f.Severity.AtLeast(lint.Severity(*failOn)) }) {
			return silent{exitFindings}
		}
		return nil
	}
	return c
}

// readDockerfile reads a file or standard input; nobody writes Dockerfiles of more
// than a megabyte.
func (a *app) readDockerfile(name string) ([]byte, error) {
	const limit = 1 << 20
	in := a.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, msg.Errorf("image lint: %w", "image lint：%w", err).WithKind(msg.Usage).WithHint("correct the path", "请修正路径")
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, limit+1))
	switch {
	case err != nil:
		return nil, msg.Errorf("image lint: %w", "image lint：%w", err).WithKind(msg.Usage).WithHint("name a Dockerfile, or - for standard input", "请指定 Dockerfile，或用 - 表示标准输入")
	case len(text) > limit:
		return nil, msg.Errorf("image lint %s: more than 1 MB", "image lint %s：超过 1 MB", name).WithKind(msg.Usage).WithHint("it is no Dockerfile", "它不是 Dockerfile")
	}
	return text, nil
}

func (a *app) printLint(found []lint.Finding) {
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
}
