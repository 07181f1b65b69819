package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum001 = envcheck.Rule{
	Code:     "SUM001",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOSUMDB=off turns verification off for all modules", ZH: "GOSUMDB=off 关闭了所有模块的校验"},
	Why: msg.Text{
		EN: "New modules are taken as the mirror gives them: the go command builds changed code without a word. It is also in the way of toolchain downloads, which are always verified: \"checksum database disabled by GOSUMDB=off\".",
		ZH: "新模块镜像给什么就是什么：被篡改的代码会不声不响地参与构建。它还会妨碍下载工具链，因为工具链总要校验：“checksum database disabled by GOSUMDB=off”。",
	},
	Fix:    msg.Text{EN: "Remove the setting. Exempt private modules alone, by GOPRIVATE or GONOSUMDB. Where the database cannot be reached, use a mirror that carries it.", ZH: "删除该设置。只用 GOPRIVATE 或 GONOSUMDB 豁免私有模块。若无法访问校验和数据库，请使用代理它的镜像。"},
	Before: `go env -w GOSUMDB=off`,
	After:  "go env -u GOSUMDB\ngo env -w GOPRIVATE=git.corp.example",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range sumValues(v) {
			if s.Value == "off" {
				out = append(out, sumFinding(s, msg.Text{EN: "GOSUMDB is off: no module is verified", ZH: "GOSUMDB 为 off：所有模块都不校验"}, publicSumDB(v, s, false)))
			}
		}
		return out
	},
}
