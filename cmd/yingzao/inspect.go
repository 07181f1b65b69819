package main

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/inspect"
	"github.com/yingzao-dev/yingzao/release/vuln"
)

// inspect tells what executables are, in files, folders and archives.
func (a *app) inspect() *cobra.Command {
	c := a.command("inspect FILE|DIR|ARCHIVE…", msg.Text{
		EN: "tell what a binary is: static? which architecture, level, LoongArch world, Go, module",
		ZH: "查看二进制：是否静态、架构、级别、龙架构新旧世界、Go 版本、模块",
	}, msg.Text{
		EN: "Looks into folders and archives (tar.gz, tar.zst, tar.xz, zip). Exits with 3 when a binary breaks a rule.\n\n" +
			"With --host it tells what this machine is, and of each file whether it can run here: architecture, CPU level, LoongArch world, page size, loader, glibc. Nothing is started but, on LoongArch, a program of 212 bytes that asks the kernel. Exits with 3 when a file cannot run.",
		ZH: "可查看目录和归档（tar.gz、tar.zst、tar.xz、zip）。有二进制违反规则时以 3 退出。\n\n" +
			"加上 --host 则说明本机的情况，以及各文件能否在本机运行：架构、CPU 级别、龙架构世界、页大小、加载器、glibc。不会运行这些文件；仅在龙架构上运行一个 212 字节的程序询问内核。有文件无法运行时以 3 退出。",
	})
	c.Args = nil
	want := c.Flags().String("target", "", a.say("the target it has to be, e.g. linux/loong64", "要求的目标，如 linux/loong64"))
	dynamic := c.Flags().Bool("allow-dynamic", false, a.say("a dynamic or cgo program is no error", "动态链接或 cgo 程序不算错误"))
	cpu := c.Flags().String("cpu", "", a.say("the CPU it has to run on, e.g. kunpeng916, hygon-c86", "要求能运行的 CPU，如 kunpeng916、hygon-c86"))
	host := a.hostFlags(c)
	scan := a.vulnFlags(c)
	format := &inspectFormat{"text"}
	c.Flags().Var(format, "format", a.say("output: text or json; cyclonedx or spdx, the bill of materials of a Go program", "输出格式：text 或 json；cyclonedx 或 spdx 为 Go 程序的物料清单"))
	c.RunE = func(c *cobra.Command, args []string) error {
		if host.asked(c) {
			return a.inspectHost(c, *host, &format.outputFormat, args)
		}
		if format.bill() {
			return a.inspectBill(c, format.String(), args)
		}
		if len(args) == 0 {
			return msg.Errorf("inspect: name a file, a folder or an archive", "inspect：请指定文件、目录或归档").WithHint("for example: yingzao inspect dist", "例如：yingzao inspect dist").WithKind(msg.Usage)
		}
		p := inspect.Policy{AllowDynamic: *dynamic, CPU: *cpu}
		if *want != "" {
			t, err := target.Parse(*want)
			if err != nil {
				return err
			}
			p.Target = t
		}
		if _, known := inspect.FindCPU(*cpu); *cpu != "" && !known {
			var names []string
			for _, k := range inspect.CPUs() {
				names = append(names, k.Name)
			}
			return msg.Errorf("--cpu: unknown CPU %q", "--cpu：未知的 CPU %q", *cpu).WithHint("one of %s", "可取 %s", strings.Join(names, ", ")).WithKind(msg.Usage)
		}
		scanner, err := scan()
		if err != nil {
			return err
		}
		found, err := inspectAll(c.Context(), args, p, scanner)
		if err != nil {
			return err
		}
		if format.json() {
			if err := a.printJSON(found); err != nil {
				return err
			}
		} else {
			a.printInspected(found)
		}
		for _, f := range found {
			if !f.Verdict.OK || f.Vulnerable() {
				return silent{exitFindings}
			}
		}
		return nil
	}
	return c
}

// inspectAll inspects every argument; there has to be an executable in one of them.
func inspectAll(ctx context.Context, args []string, p inspect.Policy, s *vuln.Scanner) (found []release.Inspected, err error) {
	for _, arg := range args {
		list, err := release.InspectPath(ctx, arg, p, s)
		found = append(found, list...)
		if err != nil {
			return nil, inspectError(arg, err)
		}
	}
	if len(found) == 0 {
		return nil, msg.Errorf("inspect: there is no executable in %s", "inspect：%s 中没有可执行文件", strings.Join(args, ", ")).WithKind(msg.Incomplete).
			WithHint("name the folder or archive that holds the binaries", "请指定包含二进制的目录或归档")
	}
	return found, nil
}

func inspectError(arg string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return msg.Errorf("inspect %s: there is no such file", "inspect %s：文件不存在", arg).WithKind(msg.Usage).
			WithHint("correct the path", "请修正路径")
	}
	return err
}

func (a *app) printInspected(list []release.Inspected) {
	for _, f := range list {
		s := f.Verdict.Facts
		what := s.OS + "/" + s.Arch
		if s.Level != "" {
			what += "/" + s.Level
		}
		static := a.style.Green(a.say("static", "静态"))
		if !f.Verdict.Static {
			static = a.style.Red(a.say("not static", "非静态"))
		}
		parts := []string{what, static}
		if s.World != "" {
			parts = append(parts, msg.Textf("LoongArch world: %s (sigset %d bytes)", "龙架构世界：%s（sigset %d 字节）", s.World, s.Sigset).In(a.lang))
		}
		if s.Go != "" {
			parts = append(parts, s.Go)
		}
		if s.Module != "" {
			parts = append(parts, strings.TrimSuffix(s.Module+"@"+s.ModuleVersion, "@"))
		}
		a.printf("%s\n  %s  %s\n", "%s\n  %s  %s\n", f.Name, strings.Join(parts, "  "), term.Size(f.Size))
		a.printFindings(f.Verdict)
		a.printVulnerabilities(f)
	}
}

func (a *app) printFindings(v inspect.Verdict) {
	for _, x := range v.Findings {
		rule := x.Rule()
		label := map[inspect.Severity]string{inspect.Error: a.style.Red(a.say("error", "错误")), inspect.Warning: a.style.Yellow(a.say("warning", "警告")), inspect.Note: a.style.Dim(a.say("note", "说明"))}[x.Severity]
		a.printf("  %s %s %s: %s\n", "  %s %s %s：%s\n", label, x.Code, rule.Title, x.Evidence)
		if x.Severity != inspect.Note {
			a.printf("        %s\n", "        %s\n", rule.Fix)
		}
	}
}
