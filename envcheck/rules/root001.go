package rules

import (
	"path"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var root001 = envcheck.Rule{
	Code:     "ROOT001",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOROOT is set by hand", ZH: "手动设置了 GOROOT"},
	Why: msg.Text{
		EN: "The go command finds its root by where it stands. A GOROOT in the environment wins over that and stays behind when Go is upgraded or a second one is called: then go of one version compiles with the library and compiler of another.",
		ZH: "go 命令会根据自身所在位置找到根目录。环境中的 GOROOT 优先级更高，升级 Go 或调用另一份 Go 时它却不会跟着变：于是一个版本的 go 使用另一个版本的标准库和编译器。",
	},
	Fix:    msg.Text{EN: "Remove it; only the bin folder of Go belongs on PATH.", ZH: "删除它；只需把 Go 的 bin 目录放进 PATH。"},
	Before: "export GOROOT=/usr/local/go\nexport PATH=$GOROOT/bin:$PATH",
	After:  "export PATH=/usr/local/go/bin:$PATH",
	Since:  "0.2.0",
	Causes: []string{"ENV010", "ROOT002", "ROOT003"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GOROOT") {
			own := v.Goroot.OwnPath
			if s.Value == "" || s.InForce && own == "" {
				continue // a go that stands alone needs it: ROOT005
			}
			f := settingFound(s, msg.Textf("GOROOT is set to %s", "GOROOT 被设为 %s", s.Value), v.FixUnset(s, own != "" && s.Place.Origin == string(goenv.FromFile)))
			if own != "" && path.Clean(s.Value) == own {
				f.Severity = envcheck.Info
				f.Message = msg.Textf("GOROOT is set to %s, which go would find by itself", "GOROOT 被设为 %s，而 go 自己就能找到它", s.Value)
			}
			out = append(out, f)
		}
		return out
	},
}
