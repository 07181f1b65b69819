package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tch007 = envcheck.Rule{
	Code:     "TCH007",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOTOOLCHAIN is not valid", ZH: "GOTOOLCHAIN 无效"},
	Why: msg.Text{
		EN: "It is local, auto, path, or a name such as go1.26.8, perhaps with +auto or +path behind it. Anything else, a bare 1.26.8 among them, stops every go command.",
		ZH: "可用的值是 local、auto、path 或 go1.26.8 这样的名称，后面可带 +auto 或 +path。其他写法（包括不带 go 的 1.26.8）会使所有 go 命令中止。",
	},
	Fix:    msg.Text{EN: "Correct the name, or remove the setting.", ZH: "改正名称，或删除该设置。"},
	Before: "export GOTOOLCHAIN=1.26.8",
	After:  "export GOTOOLCHAIN=go1.26.8",
	Since:  "0.2.0",
	Causes: []string{"ENV010", "ENV014"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GOTOOLCHAIN") {
			_, err := goenv.ParseToolchain(s.Value)
			if err == nil || hasVariable(s.Value) && s.Place.Origin != string(goenv.FromProcess) {
				continue
			}
			fix := v.FixUnset(s, true)
			if _, err := goenv.ParseToolchain("go" + s.Value); err == nil {
				fix = v.FixSet(s, "go"+s.Value, true)
			}
			out = append(out, settingFound(s, msg.Textf("no go command starts: %v", "所有 go 命令都无法启动：%v", err), fix))
		}
		return out
	},
}
