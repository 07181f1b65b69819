package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var win001 = envcheck.Rule{
	Code:     "WIN001",
	Severity: envcheck.Warning,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "A variable is set for the user and for the system, differently", ZH: "用户变量与系统变量的值不同"},
	Why: msg.Text{
		EN: "The user's value hides the system's, except for services and scheduled tasks, which have only the system's: Jenkins and a GitLab runner build with other settings than the desk beside them. Only PATH is joined.",
		ZH: "用户变量会遮盖系统变量；但服务和计划任务只有系统变量，于是同一台机器上的 Jenkins、GitLab Runner 与桌面用的是不同设置。只有 PATH 会合并。",
	},
	Fix:    msg.Text{EN: "Keep one of the two.", ZH: "两处只保留一处。"},
	Before: "setx /M GOPROXY https://goproxy.io,direct\nsetx GOPROXY https://goproxy.cn,direct",
	After:  `reg delete HKCU\Environment /v GOPROXY`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, user := range v.Snapshot.Settings {
			if user.Place.Origin != envcheck.FromUserReg || strings.EqualFold(user.Key, "PATH") {
				continue
			}
			for _, system := range v.Snapshot.Settings {
				if system.Place.Origin != envcheck.FromSysReg || !strings.EqualFold(system.Key, user.Key) || system.Value == user.Value || temporary(user.Key) {
					continue
				}
				out = append(out, envcheck.Finding{
					Subject: user.Key,
					Where:   user.Place,
					Message: msg.Textf("%[1]s is %[2]s for this user and %[3]s for the system: services see the second", "%[1]s 的用户变量为 %[2]s，系统变量为 %[3]s：服务看到的是后者", user.Key, user.Value, system.Value),
					Evidence: []envcheck.Evidence{
						{Name: user.Key, Value: user.Value, Place: user.Place},
						{Name: user.Key, Value: system.Value, Place: system.Place},
					},
					Fix: &envcheck.Fix{Command: `reg delete HKCU\Environment /v ` + user.Key, Note: msg.Textf("if the system's value is the right one; open a new window afterwards", "适用于系统变量正确的情况；之后需重新打开窗口")},
				})
			}
		}
		return out
	},
}

// temporary are variables that every Windows sets twice.
func temporary(key string) bool {
	return strings.EqualFold(key, "TEMP") || strings.EqualFold(key, "TMP")
}
