package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cgo002 = envcheck.Rule{
	Code:     "CGO002",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "cgo has no C compiler", ZH: "cgo 找不到 C 编译器"},
	Why: msg.Text{
		EN: "With CGO_ENABLED=1 every program that imports net or os/user fails to build: C compiler not found. With CGO_ENABLED unset the go command switches cgo off without a word when it finds no compiler, and on where there is one: the same source gives a static program here and a dynamic one there, and packages with only C files vanish with \"build constraints exclude all Go files\".",
		ZH: "CGO_ENABLED=1 时，凡引用 net 或 os/user 的程序都会因找不到 C 编译器而构建失败。未设置 CGO_ENABLED 时，go 命令找不到编译器就悄悄关闭 cgo，找得到就开启：同一份源码在这里得到静态程序，在那里得到动态程序；依赖 cgo 的包则报 “build constraints exclude all Go files”。",
	},
	Fix: msg.Text{
		EN: "Say what you want: CGO_ENABLED=0 for pure Go, or install the compiler and set CGO_ENABLED=1.",
		ZH: "明确写出意图：纯 Go 程序设 CGO_ENABLED=0；需要 cgo 则安装编译器并设 CGO_ENABLED=1。",
	},
	Before: "(no gcc in PATH, CGO_ENABLED not set)",
	After:  `go env -w CGO_ENABLED=0`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		enabled := v.Env.Get("CGO_ENABLED")
		if v.Cgo.CC == "" || v.Cgo.Path != "" || enabled == "0" || enabled == "" && crossBuild(v) {
			return nil
		}
		f := envcheck.Finding{
			Subject:  "CC",
			Evidence: []envcheck.Evidence{{Name: "CC", Value: v.Cgo.CC, Place: v.InForce("CC").Place}},
		}
		s := v.InForce("CGO_ENABLED")
		if enabled == "1" {
			f.Severity, f.Where = envcheck.Error, s.Place
			f.Message = msg.Textf("CGO_ENABLED=1, but the C compiler %s is not in PATH: programs that import net do not build", "CGO_ENABLED=1，但 PATH 中没有 C 编译器 %s：引用 net 的程序无法构建", v.Cgo.CC)
			f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "CGO_ENABLED", Value: "1", Place: s.Place})
			// Not safe: with a compiler installed, cgo may be what is wanted.
			f.Fix = v.FixSet(s, "0", false)
			return []envcheck.Finding{f}
		}
		if !v.Profile.CI {
			f.Severity = envcheck.Info // on a desk the result is not shipped
		}
		f.Message = msg.Textf("CGO_ENABLED is not set and %s is not in PATH: cgo is off here, and on where a compiler is installed", "未设置 CGO_ENABLED，且 PATH 中没有 %s：此处 cgo 关闭，装有编译器的机器上则会开启", v.Cgo.CC)
		f.Fix = v.FixSet(envcheck.Setting{Key: "CGO_ENABLED"}, "0", false)
		if s.Key != "" { // a word that is ignored: CGO001
			f.Fix = v.FixSet(s, "0", false)
		}
		return []envcheck.Finding{f}
	},
}
