package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var ci010 = envcheck.Rule{
	Code:     "CI010",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A job writes settings into the user's env file", ZH: "作业把设置写进用户的 env 文件"},
	Why: msg.Text{
		EN: "go env -w writes for the user, not for the job. On a shell runner or a Jenkins agent the setting stays, and applies to every later job of every project; a GOSUMDB=off or GOFLAGS of one team then rules all. In an image it belongs to the user that wrote it, and is gone after USER.",
		ZH: "go env -w 面向用户而非作业。在 shell runner 或 Jenkins 代理上，设置会留下来，影响之后所有项目的作业；一个团队的 GOSUMDB=off 或 GOFLAGS 从此对所有人生效。在镜像中，它属于写入时的用户，切换 USER 之后即失效。",
	},
	Fix: msg.Text{
		EN: "Set it as a variable: variables: in GitLab, environment {} in Jenkins, ENV in a Dockerfile.",
		ZH: "改用变量：GitLab 的 variables:、Jenkins 的 environment {}、Dockerfile 的 ENV。",
	},
	Before: "script:\n  - go env -w GOPROXY=https://goproxy.cn,direct",
	After:  "variables:\n  GOPROXY: https://goproxy.cn,direct",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, l := range ciCommands(v) {
			m := writesEnv.Re().FindStringSubmatch(l.text)
			if m == nil {
				continue
			}
			f := envcheck.Finding{Where: l.place(), Evidence: l.evidence()}
			f.Subject, _, _ = strings.Cut(strings.Trim(m[1], `"'`), "=")
			switch l.file.Kind {
			case envcheck.FromGitLab, envcheck.FromJenkins:
				f.Message = msg.Textf("go env -w %s outlives the job where the runner keeps its home folder", "若 runner 保留主目录，go env -w %s 在作业结束后依然有效", f.Subject)
				f.Fix = &envcheck.Fix{Note: msg.Textf("set %s as a variable of the job", "把 %s 设为作业变量", f.Subject)}
				if strings.Contains(m[1], "GOSUMDB=off") {
					f.Fix.Note = msg.Textf("take the line out: GOSUMDB=off is no remedy anywhere", "删去该行：GOSUMDB=off 在任何地方都不是办法")
				}
			case envcheck.FromDocker:
				user := laterUser(l)
				if user == "" {
					continue // the only user of the image
				}
				f.Message = msg.Textf("go env -w %[1]s is written for the user before USER %[2]s, who does not see it", "go env -w %[1]s 写给了 USER %[2]s 之前的用户，后者看不到它", f.Subject, user)
				f.Fix = &envcheck.Fix{Note: msg.Textf("write ENV %s=…", "改写为 ENV %s=…", f.Subject)}
			default:
				continue // a person's own script
			}
			out = append(out, f)
		}
		return out
	},
}

var writesEnv = lazyre.New(`\bgo[\d.]* env -w (\S+)`)

// laterUser is the user that the stage of an instruction changes to afterwards;
// "" = none.
func laterUser(l ciLine) string {
	for _, s := range stages(l.file) {
		seen := false
		for _, i := range s {
			seen = seen || i.Line == l.no
			if word, rest := instruction(i.Text); seen && word == "USER" {
				return rest
			}
		}
	}
	return ""
}
