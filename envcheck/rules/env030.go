package rules

import (
	"strconv"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env030 = envcheck.Rule{
	Code:     "ENV030",
	Severity: envcheck.Info,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A run-time or experiment setting is left over in the environment", ZH: "环境中残留了运行时或实验设置"},
	Why: msg.Text{
		EN: "GODEBUG, GOGC, GOMAXPROCS and GOMEMLIMIT change the go command, the compiler, tests and every Go program that is started from here; GOEXPERIMENT changes what is compiled. A malformed GOGC or GOMAXPROCS is ignored without a word.",
		ZH: "GODEBUG、GOGC、GOMAXPROCS、GOMEMLIMIT 会影响 go 命令、编译器、测试以及从此处启动的所有 Go 程序；GOEXPERIMENT 会改变编译结果。写错的 GOGC 或 GOMAXPROCS 会被静默忽略。",
	},
	Fix:    msg.Text{EN: "Remove it here and set it for the one program that needs it.", ZH: "在此删除，只为需要它的程序单独设置。"},
	Before: "export GOGC=off",
	After:  "GOGC=off ./server",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, key := range []string{"GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GOEXPERIMENT"} {
			s := v.InForce(key)
			if s.Value == "" || key == "GOMEMLIMIT" && !memoryLimit(s.Value) {
				continue
			}
			if key == "GOEXPERIMENT" && unknownExperiment(v, s.Value) != "" {
				continue
			}
			m := msg.Textf("%[1]s=%[2]s acts on every Go program that is started from here", "%[1]s=%[2]s 会作用于从此处启动的所有 Go 程序", key, s.Value)
			_, err := strconv.ParseInt(s.Value, 10, 32)
			switch {
			case key == "GOGC" && s.Value != "off" && err != nil, key == "GOMAXPROCS" && err != nil:
				m = msg.Textf("%[1]s=%[2]s is not a number and is ignored", "%[1]s=%[2]s 不是数字，会被忽略", key, s.Value)
			case key == "GOEXPERIMENT":
				m = msg.Textf("GOEXPERIMENT=%s: everything is compiled with an experiment", "GOEXPERIMENT=%s：所有代码都在实验特性下编译", s.Value)
			}
			out = append(out, settingFound(s, m, v.FixUnset(s, false)))
		}
		return out
	},
}
