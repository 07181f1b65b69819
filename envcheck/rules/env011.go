package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env011 = envcheck.Rule{
	Code:     "ENV011",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GO111MODULE turns modules off or is not valid", ZH: "GO111MODULE 关闭了模块模式或取值无效"},
	Why: msg.Text{
		EN: "Modules have been the normal way since Go 1.16. With off, go get and go mod fail and go.mod is not looked at, the toolchain line included; auto is a leftover; any other word, ON among them, stops the go command with \"unknown environment setting\".",
		ZH: "自 Go 1.16 起模块模式就是常态。设为 off 时 go get 与 go mod 会失败，go.mod（包括 toolchain 行）不被读取；auto 是历史遗留；其他任何写法（包括 ON）都会使 go 命令以 “unknown environment setting” 中止。",
	},
	Fix:    msg.Text{EN: "Remove the setting.", ZH: "删除该设置。"},
	Before: "export GO111MODULE=off",
	After:  "unset GO111MODULE",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GO111MODULE") {
			var f envcheck.Finding
			switch s.Value {
			case "", "on":
				continue
			case "off":
				f = settingFound(s, msg.Text{EN: "GO111MODULE=off: go.mod is not looked at, go get and go mod fail", ZH: "GO111MODULE=off：不读取 go.mod，go get 与 go mod 会失败"}, v.FixUnset(s, false))
			case "auto":
				f = settingFound(s, msg.Text{EN: "GO111MODULE=auto: outside of a module the go command behaves as it did before modules", ZH: "GO111MODULE=auto：在模块之外，go 命令的行为与模块出现之前一样"}, v.FixUnset(s, false))
				f.Severity = envcheck.Warning
			default:
				f = settingFound(s, msg.Textf("GO111MODULE=%q is none of on, auto, off: builds stop at once", "GO111MODULE=%q 不是 on、auto、off 之一：构建会立即中止", s.Value), v.FixUnset(s, true))
			}
			out = append(out, f)
		}
		return out
	},
}
