package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env005 = envcheck.Rule{
	Code:     "ENV005",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A line of the env file has no effect", ZH: "env 文件中有一行不起作用"},
	Why: msg.Text{
		EN: "The go command takes only its own settings from this file. HTTPS_PROXY, NO_PROXY, GODEBUG, GOMEMLIMIT, GOENV and whatever it does not know count in the environment of the process alone, yet \"go env HTTPS_PROXY\" prints the line as if it were used.",
		ZH: "go 命令只从该文件读取自己的设置。HTTPS_PROXY、NO_PROXY、GODEBUG、GOMEMLIMIT、GOENV 以及它不认识的名称只有写在进程环境中才有效，但 “go env HTTPS_PROXY” 仍会打印这一行，好像它生效了一样。",
	},
	Fix: msg.Text{
		EN: "Move it to where environment variables are set (shell start file, CI variables, system settings).",
		ZH: "把它移到设置环境变量的地方（shell 启动文件、CI 变量、系统设置）。",
	},
	Before: "HTTPS_PROXY=http://proxy.corp.example:3128",
	After:  `export HTTPS_PROXY=http://proxy.corp.example:3128`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, a := range v.EnvText.Assignments() {
			if goenv.Known(a.Key) || strings.TrimSpace(a.Key) != a.Key || mistypedSetting(a.Key) != "" {
				continue
			}
			s := envcheck.Setting{Key: a.Key, Value: a.Value, Place: envFilePlace(v, a.Line)}
			m := msg.Textf("the go command knows no setting %s: the line has no effect", "go 命令没有名为 %s 的设置：该行不起作用", a.Key)
			if goenv.KnownProcess(a.Key) {
				m = msg.Textf("%s is read from the environment of the process only: the line has no effect", "%s 只从进程环境读取：该行不起作用", a.Key)
			}
			out = append(out, settingFound(s, m, &envcheck.Fix{Changes: []envcheck.Change{{Kind: envcheck.UnsetEnv, Key: a.Key}}}))
		}
		return out
	},
}
