package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env002 = envcheck.Rule{
	Code:     "ENV002",
	Severity: envcheck.Info,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "An empty variable does not clear a setting", ZH: "空的环境变量并不能清除设置"},
	Why: msg.Text{
		EN: "The go command treats a variable that is empty as one that is not there and goes on to the env file, then to GOROOT/go.env. GOFLAGS= in front of a build still builds with the flags of the file: binaries lost their version stamp that way.",
		ZH: "go 命令把空变量视为不存在，继续读取 env 文件，再读 GOROOT/go.env。在构建前写 GOFLAGS= 仍会使用文件中的标志：曾有二进制文件因此丢失版本信息。",
	},
	Fix: msg.Text{
		EN: "Write the value that is meant, or GOENV=off to leave the env file out of one run.",
		ZH: "写明真正需要的值；若想在一次运行中忽略 env 文件，请用 GOENV=off。",
	},
	Before: `GOFLAGS= go build`,
	After:  `GOENV=off go build`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, kv := range v.Environ {
			key, value, _ := strings.Cut(kv, "=")
			s := v.InForce(key)
			if value != "" || !goenv.Known(key) || s.Value == "" || s.Place.Origin == string(goenv.FromProcess) {
				continue
			}
			f := settingFound(s, msg.Textf("%[1]s is empty in the environment, so %[2]q from %[3]s is used", "环境变量 %[1]s 为空，因此使用 %[3]s 中的 %[2]q", key, s.Value, s.Place.File),
				&envcheck.Fix{Note: msg.Textf("give %s the value that is meant, or set GOENV=off", "为 %s 写明所需的值，或设置 GOENV=off", key)})
			f.Where = envcheck.Place{Origin: string(goenv.FromProcess)}
			out = append(out, f)
		}
		return out
	},
}
