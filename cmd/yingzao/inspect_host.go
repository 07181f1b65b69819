package main

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/loongarch"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/inspect"
)

// hostOptions are the flags of inspect that ask about this machine.
type hostOptions struct {
	host bool
	root string
}

func (a *app) hostFlags(c *cobra.Command) *hostOptions {
	var o hostOptions
	c.Flags().BoolVar(&o.host, "host", false, a.say("what this machine is, and whether the files can run on it", "说明本机情况，以及各文件能否在本机运行"))
	c.Flags().StringVar(&o.root, "root", "", a.say("with --host: a chroot or unpacked image instead of /", "与 --host 合用：以 chroot 或解开的镜像代替 /"))
	return &o
}

func (o *hostOptions) asked(c *cobra.Command) bool { return o.host || c.Flags().Changed("root") }

// hostAnswer is the JSON of inspect --host.
type hostAnswer struct {
	Schema int                  `json:"schema"`
	Host   loongarch.HostReport `json:"host"`
	Files  []hostFile           `json:"files"` // empty when none was named
}

type hostFile struct {
	Runs string `json:"runs"` // yes, no, unknown
	release.Inspected
}

func (a *app) inspectHost(c *cobra.Command, o hostOptions, format *outputFormat, args []string) error {
	for _, other := range []string{"target", "cpu", "allow-dynamic", "vulndb"} {
		if c.Flags().Changed(other) {
			return msg.Errorf("--%s: not together with --host", "--%s：不能与 --host 合用", other).WithKind(msg.Usage).
				WithHint("--host asks whether a file runs here, --%s what it has to be", "--host 问的是能否在本机运行，--%s 是对文件的要求", other)
		}
	}
	if !o.host {
		return msg.Errorf("--root: only together with --host", "--root：只能与 --host 合用").WithKind(msg.Usage).WithHint("add --host", "请加上 --host")
	}
	r, err := loongarch.Host(c.Context(), loongarch.HostOptions{Root: o.root})
	if err != nil {
		return err
	}
	var found []release.Inspected
	if len(args) > 0 {
		if found, err = inspectAll(c.Context(), args, inspect.Policy{Host: machineOf(&r)}, nil); err != nil {
			return err
		}
	}
	answer := hostAnswer{Schema: 1, Host: r, Files: []hostFile{}}
	code := exitOK
	for _, f := range found {
		answer.Files = append(answer.Files, hostFile{f.Verdict.Runs(), f})
		if f.Verdict.Runs() == inspect.RunsNo {
			code = exitFindings
		}
	}
	if format.json() {
		err = a.printJSON(answer)
	} else {
		a.printHost(&r)
		for _, f := range answer.Files {
			a.printf("%s\n  %s  %s\n", "%s\n  %s  %s\n", f.Name, a.runsHere(f.Runs), strings.TrimSuffix(f.Verdict.Facts.OS+"/"+f.Verdict.Facts.Arch+"/"+f.Verdict.Facts.Level, "/"))
			a.printFindings(f.Verdict)
		}
	}
	if err == nil && code != exitOK {
		err = silent{code}
	}
	return err
}

func (a *app) runsHere(answer string) string {
	switch answer {
	case inspect.RunsYes:
		return a.style.Green(a.say("runs here", "可在本机运行"))
	case inspect.RunsNo:
		return a.style.Red(a.say("cannot run here", "无法在本机运行"))
	}
	return a.style.Yellow(a.say("not certain to run here", "不确定能否在本机运行"))
}

// machineOf is what the rules want to know of the report.
func machineOf(r *loongarch.HostReport) *inspect.Machine {
	m := &inspect.Machine{OS: r.OS, Arch: r.Arch, Level: r.CPU.Level, PageSize: r.PageSize, Glibc: r.Glibc}
	if r.OS == "linux" {
		m.Has = r.Has
	}
	if r.KernelWorld != nil {
		m.KernelWorld, m.TreeWorld = string(r.KernelWorld.World), string(r.TreeWorld.World)
	}
	return m
}

// printHost shows a report; its texts come from a tree that may be a stranger's.
func (a *app) printHost(r *loongarch.HostReport) {
	a.printf("%s/%s  %s  kernel %s  pages of %d KiB\n", "%s/%s  %s  内核 %s  页大小 %d KiB\n", r.OS, r.Arch,
		term.Clean(cmp.Or(r.System.Name, a.say("system not known", "系统未知"))), cmp.Or(r.Kernel, "?"), r.PageSize>>10)
	processor := term.Clean(r.CPU.Model)
	if known, ok := inspect.FindCPU(r.CPU.Name); ok {
		processor = strings.TrimPrefix(processor+", "+known.Title.In(a.lang), ", ")
	}
	if r.CPU.Level != "" {
		variable := "GO" + strings.ToUpper(r.Arch)
		processor += msg.Textf("; programs up to %s=%s run on it", "；可运行至 %s=%s 级别的程序", variable, r.CPU.Level).In(a.lang)
	}
	a.printf("  processor: %s\n", "  处理器：%s\n", cmp.Or(processor, a.say("not known", "未知")))
	if r.Glibc != "" {
		a.printf("  glibc: %s\n", "  glibc 版本：%s\n", term.Clean(r.Glibc))
	}
	if r.Emulated == "yes" {
		a.printf("  emulated by %s, so the processor and the kernel's world cannot be known\n", "  由 %s 模拟，因此无法得知处理器与内核的世界\n", term.Clean(r.Emulator))
	}
	if r.KernelWorld != nil {
		a.printf("  LoongArch world of the kernel, for static programs: %s (%s)\n", "  内核的龙架构世界（决定静态程序）：%s（%s）\n", r.KernelWorld.World, term.Clean(r.KernelWorld.By))
		a.printf("  LoongArch world of the libraries, for dynamic ones: %s (%s)\n", "  库的龙架构世界（决定动态程序）：%s（%s）\n", r.TreeWorld.World, term.Clean(r.TreeWorld.By))
	}
}
