package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var ci002 = envcheck.Rule{
	Code:     "CI002",
	Severity: envcheck.Warning,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "A job prints its whole environment", ZH: "作业打印了全部环境变量"},
	Why: msg.Text{
		EN: "Tokens of the job stand in the environment, and logs are read by more people than secrets are given to. GitLab and Jenkins mask only values that were marked, in the very form in which they were stored: not CI_JOB_TOKEN inside a URL, not a base64 form.",
		ZH: "环境变量中有作业的令牌，而能看日志的人多于有权知道密钥的人。GitLab 和 Jenkins 只屏蔽做过标记、且与保存形式完全一致的值；URL 中的 CI_JOB_TOKEN、base64 形式都不在其列。",
	},
	Fix: msg.Text{
		EN: "Print what you want to see: go env for Go's settings, or single variables by name.",
		ZH: "只打印想看的内容：Go 的设置用 go env，其他变量逐个写明。",
	},
	Before: `env | sort`,
	After:  `go env`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, l := range ciCommands(v) {
			for _, c := range splitCommands(l.text) {
				if !environDump.Re().MatchString(c) {
					continue
				}
				out = append(out, envcheck.Finding{
					Subject:  l.file.Path,
					Where:    l.place(),
					Message:  msg.Textf("%q puts every variable of the job into its log, tokens too", "%q 会把作业的所有变量写进日志，包括令牌", c),
					Evidence: l.evidence(),
					Fix:      &envcheck.Fix{Note: msg.Textf("print go env instead, or single variables", "改为打印 go env 或单个变量")},
				})
				break
			}
		}
		return out
	},
}

// environDump is a command that prints the environment and does nothing else with it.
var environDump = lazyre.New(`(?i)^(sudo )?(/usr/bin/)?(env|printenv|export -p|export|set|declare -x|(get-childitem|gci|dir|ls) env:\*?)(\s*>&?2|\s*2>&1)?$`)
