package inspect

import (
	"fmt"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

const (
	codeNotAProgram = "INS001"
	codeTarget      = "INS002"
)

var targetRules = []Rule{{
	Code: codeNotAProgram, Name: "not-a-program", Severity: Error,
	Title: msg.Text{EN: "not a program", ZH: "不是可运行的程序"},
	Why:   msg.Text{EN: "The file is a library, an object file or a core dump; it cannot be started.", ZH: "该文件是库、目标文件或内存转储，无法启动。"},
	Fix:   msg.Text{EN: "Build package main with the default -buildmode.", ZH: "请用默认的 -buildmode 构建 main 包。"},
	check: func(f *Facts, _ *Policy) string {
		if f.Type == Exec || f.Type == PIE {
			return ""
		}
		return f.Format + " " + f.Type
	},
}, {
	Code: codeTarget, Name: "wrong-target", Severity: Error,
	Title: msg.Text{EN: "built for another system or architecture", ZH: "操作系统或架构与目标不符"},
	Why:   msg.Text{EN: "The file's own header names another machine than the target; it would not start there.", ZH: "文件头标明的机器与目标不同，在目标机器上无法启动。"},
	Fix:   msg.Text{EN: "Build with the GOOS and GOARCH of the target, and look whether a hook or a cache replaced the file.", ZH: "请用目标的 GOOS 和 GOARCH 构建，并检查文件是否被钩子或缓存替换。"},
	check: func(f *Facts, p *Policy) string {
		t := p.Target
		if t == (target.Target{}) || f.OS == t.OS && f.Arch == t.Arch {
			return ""
		}
		return fmt.Sprintf("%s/%s, want %s/%s", f.OS, f.Arch, t.OS, t.Arch)
	},
}, {
	Code: "INS003", Name: "level", Severity: Error, RelaxedTo: Warning,
	Title: msg.Text{EN: "another CPU level than the target's", ZH: "CPU 级别与目标不符"},
	Why: msg.Text{EN: "Code for a higher level dies on older processors, on arm64 with SIGILL and no message. A lower level than asked runs, but it is not what was asked.",
		ZH: "级别过高的代码在较老的处理器上会崩溃，在 arm64 上只有 SIGILL 而没有任何提示；级别过低可以运行，但并非所要求的产物。"},
	Fix: msg.Text{EN: "Set the level in the target (linux/amd64/v2), not in the environment: GOAMD64, GOARM64 and their like may come from go env -w.",
		ZH: "请在目标中写明级别（如 linux/amd64/v2），不要依赖环境：GOAMD64、GOARM64 等可能来自 go env -w。"},
	check: func(f *Facts, p *Policy) string {
		want := p.Target.FullLevel()
		if want == "" || f.Level == "" || f.Arch != p.Target.Arch || f.Level == want {
			return ""
		}
		return f.Level + ", want " + want
	},
	relaxed: func(f *Facts, p *Policy) bool { return runsOn(f.Arch, f.Level, p.Target.FullLevel()) },
}, {
	Code: "INS004", Name: "cpu", Severity: Error,
	Title: msg.Text{EN: "does not run on the named processor", ZH: "无法在指定的处理器上运行"},
	Why:   msg.Text{EN: "The processor lacks instructions that the level allows the compiler to use.", ZH: "该级别允许编译器使用的指令，此处理器并不具备。"},
	Fix:   msg.Text{EN: "Build for a lower level; the default one runs everywhere.", ZH: "请降低级别构建；默认级别在所有机器上都能运行。"},
	check: func(f *Facts, p *Policy) string {
		if p.CPU == "" {
			return ""
		}
		c, ok := FindCPU(p.CPU)
		if !ok {
			var names []string
			for _, c := range cpus {
				names = append(names, c.Name)
			}
			return fmt.Sprintf("no processor %q; known: %s", p.CPU, strings.Join(names, " "))
		}
		if c.Runs(f.Arch, f.Level) {
			return ""
		}
		return fmt.Sprintf("%s has %s, the file wants %s", c.Name, strings.TrimSpace(c.Arch+" "+c.Level), strings.TrimSpace(f.Arch+" "+f.Level))
	},
}}
