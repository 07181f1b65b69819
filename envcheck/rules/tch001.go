package rules

import (
	"go/version"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tch001 = envcheck.Rule{
	Code:     "TCH001",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The project needs a newer Go, and GOTOOLCHAIN forbids switching to it", ZH: "项目需要更新的 Go，而 GOTOOLCHAIN 禁止切换"},
	Why: msg.Text{
		EN: "The go line of go.mod is a requirement. With GOTOOLCHAIN=local every command stops with \"go.mod requires go >= …\". A newer toolchain line alone is not enforced.",
		ZH: "go.mod 的 go 行是硬性要求。GOTOOLCHAIN=local 时所有命令都会以 “go.mod requires go >= …” 中止。仅 toolchain 行较新则不会强制。",
	},
	Fix: msg.Text{
		EN: "Install the Go that is asked for, or let the go command fetch it with GOTOOLCHAIN=auto. In go.mod ask for no newer Go than the code needs.",
		ZH: "安装所要求的 Go，或用 GOTOOLCHAIN=auto 让 go 命令自行获取。go.mod 中不要要求高于代码实际需要的版本。",
	},
	Before: "go 1.27.1   # and GOTOOLCHAIN=local with go1.26.8",
	After:  "go env -w GOTOOLCHAIN=auto",
	Since:  "0.2.0",
	Causes: []string{"ROOT003"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		w, have := wants(v), minimum(v)
		if v.Toolchain.Mode != "" || have == "" || w.goVersion == "" || version.Compare(w.goVersion, have) <= 0 || v.Env.Get("GO111MODULE") == "off" {
			return nil
		}
		f := envcheck.Finding{Subject: w.goVersion, Where: w.goPlace(), Evidence: toolchainEvidence(v),
			Message: msg.Textf("%[1]s requires %[2]s; %[3]s runs and may not switch", "%[1]s 要求 %[2]s；运行的是 %[3]s，且不允许切换", w.file, w.goVersion, have)}
		if s := v.InForce("GOTOOLCHAIN"); s.Value != "" && !v.Profile.AirGap {
			f.Fix = v.FixSet(s, "auto", false)
		}
		return []envcheck.Finding{f}
	},
}
