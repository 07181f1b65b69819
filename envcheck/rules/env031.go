package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env031 = envcheck.Rule{
	Code:     "ENV031",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOMEMLIMIT is malformed, which kills every Go program at its start", ZH: "GOMEMLIMIT 格式有误，所有 Go 程序一启动就会崩溃"},
	Why: msg.Text{
		EN: "The run-time stops with \"fatal error: malformed GOMEMLIMIT\" before main begins: the go command, docker, kubectl and this program too. So this finding can only come from files (shell start files, Dockerfiles, CI files) or from a snapshot taken elsewhere; in force, only a shell can tell. Percentages such as 80% and units such as 2g do not exist. A line in the go env file does nothing.",
		ZH: "运行时在 main 开始前就以 “fatal error: malformed GOMEMLIMIT” 终止：go 命令、docker、kubectl 乃至本程序都无法幸免。因此本项只能从文件（shell 启动文件、Dockerfile、CI 文件）或别处采集的快照中发现；若已在环境中生效，只有 shell 能看出来。不存在 80% 这样的百分比，也没有 2g 这样的单位。写在 go env 文件中则毫无作用。",
	},
	Fix:    msg.Text{EN: "Write a whole number with B, KiB, MiB, GiB or TiB, or off.", ZH: "写整数加 B、KiB、MiB、GiB 或 TiB，或写 off。"},
	Before: "ENV GOMEMLIMIT=80%",
	After:  "ENV GOMEMLIMIT=1600MiB",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GOMEMLIMIT") {
			if s.Value == "" || memoryLimit(s.Value) || s.Place.Origin != "process" && hasVariable(s.Value) {
				continue
			}
			out = append(out, settingFound(s, msg.Textf("GOMEMLIMIT=%s kills every Go program at its start", "GOMEMLIMIT=%s 会使所有 Go 程序一启动就崩溃", s.Value), v.FixUnset(s, true)))
		}
		return out
	},
}

// limit is what the run-time reads (runtime, parseByteCount); a number of 19
// digits or more, or one that its unit makes too large, is not looked into.
var limit = lazyre.New(`^(off|[0-9]{1,18}(B|[KMGT]iB)?)$`)

func memoryLimit(value string) bool { return limit.Re().MatchString(value) }

// hasVariable reports whether a shell or a CI server still has to fill a value in.
var variable = lazyre.New(`\$|\{\{|%[A-Za-z_]+%`)

func hasVariable(value string) bool { return variable.Re().MatchString(value) }
