package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env007 = envcheck.Rule{
	Code:     "ENV007",
	Severity: envcheck.Info,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOENV=off: the env file is not read", ZH: "GOENV=off：不读取 env 文件"},
	Why: msg.Text{
		EN: "What go env -w wrote earlier has no effect, and go env -w itself fails. For a build that must not depend on the user this is right; on a desk it is usually forgotten.",
		ZH: "以前用 go env -w 写入的内容不再生效，go env -w 本身也会失败。对不应依赖用户设置的构建这是对的；在个人机器上往往是遗忘所致。",
	},
	Fix:    msg.Text{EN: "Remove GOENV unless it is meant.", ZH: "如非有意，请删除 GOENV。"},
	Before: "export GOENV=off",
	After:  "unset GOENV",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		s := v.InForce("GOENV")
		if !v.EnvFile.Off || s.Place.Origin != string(goenv.FromProcess) || v.Profile.CI {
			return nil
		}
		return []envcheck.Finding{settingFound(s, msg.Text{}, v.FixUnset(s, false))}
	},
}
