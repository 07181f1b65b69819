package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env001 = envcheck.Rule{
	Code:     "ENV001",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A value written by go env -w is shadowed by the environment", ZH: "go env -w 写入的值被环境变量遮蔽"},
	Why: msg.Text{
		EN: "A variable of the process wins over the env file. What \"go env -w\" wrote has no effect here, and a shell without that variable (an IDE, a service, a CI job) builds with the other value.",
		ZH: "进程的环境变量优先于 env 文件，因此 “go env -w” 写入的值在此不起作用；而在没有该变量的 shell（IDE、服务、CI 作业）里，又会用另一个值构建。",
	},
	Fix: msg.Text{
		EN: "Keep one of the two: remove the variable where it is set, or remove the line with go env -u.",
		ZH: "两者只留其一：在设置处删除该变量，或用 go env -u 删除 env 文件中的这一行。",
	},
	Before: "export GOPROXY=https://old.example\ngo env -w GOPROXY=https://goproxy.cn,direct",
	After:  "unset GOPROXY",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.AllSettings() {
			if s.InForce || s.Place.Origin != string(goenv.FromFile) {
				continue
			}
			over := v.InForce(s.Key)
			if over.Place.Origin != string(goenv.FromProcess) || over.Value == s.Value {
				continue
			}
			f := settingFound(over, msg.Textf("%[1]s in the environment shadows line %[2]d of %[3]s", "环境变量 %[1]s 遮蔽了 %[3]s 第 %[2]d 行", s.Key, s.Place.Line, s.Place.File), v.FixUnset(over, false))
			f.Evidence = append(f.Evidence, envcheck.Evidence{Name: s.Key, Value: s.Value, Place: s.Place})
			out = append(out, f)
		}
		return out
	},
}
