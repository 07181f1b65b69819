package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/report"
	"github.com/yingzao-dev/yingzao/envcheck/rules"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// check tells what is wrong with the Go environment, and mends it.
func (a *app) check() *cobra.Command {
	c := a.command("check [DIR|FILE…]", msg.Text{
		EN: "tell what is wrong with the Go environment, who learns private names, and mend it",
		ZH: "检查 Go 环境的问题、谁会得知私有模块名，并可修复",
	}, msg.Text{
		EN: "Reads settings, files and the project; opens no connection unless --online. A FILE (script, Dockerfile,\n.gitlab-ci.yml, article in Markdown) is read for the settings it makes. Exits with 3 when something at or\nabove --fail-on was found, with 4 when something could not be learnt.",
		ZH: "读取设置、文件与项目；除非使用 --online，不会建立任何连接。若给出 FILE（脚本、Dockerfile、\n.gitlab-ci.yml、Markdown 文章），则检查其中的设置。发现达到 --fail-on 的问题时以 3 退出，\n有内容无法得知时以 4 退出。",
	})
	c.Args = nil
	o := a.checkFlags(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := o.split(args); err != nil {
			return err
		}
		if o.undo {
			return a.checkUndo()
		}
		opts, err := o.options()
		if err != nil {
			return err
		}
		s, err := a.snapshot(c.Context(), o, opts)
		if err != nil {
			return err
		}
		r := envcheck.Check(s, rules.All(), opts)
		if o.fix != "" {
			return a.checkFix(c.Context(), o, s, opts)
		}
		if o.writeBaseline != "" {
			return a.writeBaseline(o, r)
		}
		if o.trace {
			if r.Trace, err = a.lookTrace(c.Context(), o, s, opts); err != nil {
				return err
			}
		}
		if err := a.writeReports(c.Context(), o, r); err != nil {
			return err
		}
		if err := a.printReport(a.out, o.format, o, r); err != nil {
			return err
		}
		return o.verdict(r)
	}
	return c
}

// verdict turns a report into an exit code.
func (o *checkOptions) verdict(r *envcheck.Report) error {
	switch {
	case r.Trace != nil && len(r.Trace.Unforeseen) > 0:
		return silent{exitFailed} // we were wrong, not the environment
	case r.Worst != "" && o.failOn != "" && r.Worst.AtLeast(o.failOn):
		return silent{exitFindings}
	case len(r.Missing) > 0:
		return silent{exitIncomplete}
	}
	return nil
}

func (a *app) printReport(w io.Writer, format string, o *checkOptions, r *envcheck.Report) error {
	switch format {
	case "json":
		return report.JSON(w, r)
	case "junit":
		return report.JUnit(w, r, rules.All(), o.failOn)
	case "sarif":
		return report.SARIF(w, r, rules.All(), buildVersion().Version)
	case "codequality":
		return report.CodeQuality(w, r)
	}
	return report.Text(w, r, report.Options{Lang: a.lang, Style: term.NewStyle(w, a.getenv), Rules: rules.All(), Verbose: o.verbose})
}

// writeReports writes what --report asks for, before anything can fail the check:
// a CI system wants the report of a failing run most of all.
func (a *app) writeReports(ctx context.Context, o *checkOptions, r *envcheck.Report) error {
	return a.reportFiles(ctx, o.reports, checkFormats, func(format string, w io.Writer) error { return a.printReport(w, format, o, r) })
}

// split tells the project's folder from files among the arguments.
func (o *checkOptions) split(args []string) error {
	for _, arg := range args {
		info, err := os.Stat(arg)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return msg.Errorf("check %s: there is no such file or folder", "check %s：没有该文件或目录", arg).WithKind(msg.Usage).WithHint("correct the path", "请修正路径")
		case err != nil:
			return msg.Errorf("check %s: %w", "check %s：%w", arg, err)
		case !info.IsDir():
			o.files = append(o.files, arg)
		case o.dir != "":
			return msg.Errorf("check: one folder at a time: %s and %s", "check：一次只能检查一个目录：%s 与 %s", o.dir, arg).WithKind(msg.Usage)
		default:
			o.dir = arg
		}
	}
	if o.dir == "" {
		o.dir = "."
	}
	return nil
}

// policyFile is the policy that applies: the one that was named, else the
// project's own; "" = none.
func (o *checkOptions) policyFile() string {
	if o.policy != "" {
		return o.policy
	}
	if own := filepath.Join(o.dir, ".yingzao.yaml"); fileExists(own) {
		return own
	}
	return ""
}

func fileExists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
