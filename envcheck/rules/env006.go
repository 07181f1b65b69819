package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env006 = envcheck.Rule{
	Code:     "ENV006",
	Severity: envcheck.Info,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A setting stands twice in the env file", ZH: "env 文件中同一设置出现多次"},
	Why: msg.Text{
		EN: "The last line wins. Who edits the first one wonders why nothing changes.",
		ZH: "以最后一行为准。若修改的是前面的行，就会奇怪为何毫无变化。",
	},
	Fix:    msg.Text{EN: "Keep one line.", ZH: "只保留一行。"},
	Before: "GOPATH=/home/dev/a\nGOPATH=/home/dev/b",
	After:  "GOPATH=/home/dev/b",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, n := range v.EnvText.Notes() {
			if n.Kind != goenv.NoteDuplicate {
				continue
			}
			last, _ := v.EnvText.Get(n.Key)
			value := strings.TrimSuffix(last.Value, "\r")
			s := envcheck.Setting{Key: n.Key, Value: last.Value, Place: envFilePlace(v, last.Line)}
			f := settingFound(s, msg.Textf("line %[2]d of the env file is without effect: %[1]s is set again in line %[3]d", "env 文件第 %[2]d 行不起作用：第 %[3]d 行又设置了 %[1]s", n.Key, n.Line, last.Line), v.FixSet(s, value, true))
			f.Where = envFilePlace(v, n.Line)
			out = append(out, f)
		}
		return out
	},
}
