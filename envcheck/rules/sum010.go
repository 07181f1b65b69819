package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum010 = envcheck.Rule{
	Code:     "SUM010",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A variable that Go does not know is set to switch verification off", ZH: "设置了 Go 并不存在的“关闭校验”变量"},
	Why: msg.Text{
		EN: "Guides name GONOSUMCHECK, GOSUMCHECK or GONOVERIFY, which no Go release reads. They change nothing, and whoever set one believes something else.",
		ZH: "教程中提到的 GONOSUMCHECK、GOSUMCHECK、GONOVERIFY，没有任何 Go 发行版会读取。它们毫无作用，而设置者却信以为真。",
	},
	Fix:    msg.Text{EN: "Remove it. Private modules are exempted by GOPRIVATE or GONOSUMDB.", ZH: "删除它。私有模块请用 GOPRIVATE 或 GONOSUMDB 豁免。"},
	Before: `export GONOSUMCHECK=1`,
	After:  `export GOPRIVATE=git.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf(fictions...) {
			out = append(out, envcheck.Finding{Subject: s.Key, Where: s.Place, Fix: v.FixUnset(s, true),
				Message:  msg.Textf("%[1]s means nothing to Go", "Go 不认识 %[1]s", s.Key),
				Evidence: []envcheck.Evidence{{Name: s.Key, Value: s.Value, Place: s.Place}}})
		}
		return out
	},
}

// fictions are names that guides give and that never were in a release of Go.
var fictions = []string{"GONOSUMCHECK", "GOSUMCHECK", "GONOVERIFY", "GOVERIFY", "GONOCHECKSUM", "GOCHECKSUM", "GOCHECKSUMDB", "GONOCHECKSUMDB", "GOSUMDBOFF"}
