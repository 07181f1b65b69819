package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env014 = envcheck.Rule{
	Code:     "ENV014",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A value ends with a space", ZH: "值的末尾有空格"},
	Why: msg.Text{
		EN: "In cmd.exe \"set GOOS=linux && go build\" gives GOOS the value \"linux \", with the space. The go command does not trim: GOOS, GOARCH, GOTOOLCHAIN and GO111MODULE are refused, CGO_ENABLED=\"0 \" leaves cgo on without a word. (For GOPRIVATE and GOSUMDB see PRV004 and SUM004.)",
		ZH: "在 cmd.exe 中，“set GOOS=linux && go build” 会让 GOOS 的值变成带空格的 “linux ”。go 命令不会去掉空格：GOOS、GOARCH、GOTOOLCHAIN、GO111MODULE 会被拒绝，CGO_ENABLED=“0 ” 则会让 cgo 悄悄保持开启。（GOPRIVATE 与 GOSUMDB 见 PRV004、SUM004。）",
	},
	Fix: msg.Text{
		EN: "Remove the space. In cmd.exe write set \"GOOS=linux\" with the quotes around the whole assignment.",
		ZH: "去掉空格。在 cmd.exe 中用引号包住整个赋值：set \"GOOS=linux\"。",
	},
	Before: `set GOOS=linux && go build`,
	After:  `set "GOOS=linux" && go build`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.AllSettings() {
			trimmed := strings.TrimRight(s.Value, " \t")
			if trimmed == s.Value || trimmed == "" || !goenv.Known(s.Key) || spaceJudged[s.Key] || s.Place.Origin == string(goenv.FromFile) || strings.HasPrefix(s.Key, "CGO_") && s.Key != "CGO_ENABLED" {
				continue // in the env file it is a matter of how the line is written; lists of flags may end in a space
			}
			f := settingFound(s, msg.Textf("%[1]s is %[2]q, with a space at its end", "%[1]s 的值是 %[2]q，末尾有空格", s.Key, s.Value), v.FixSet(s, trimmed, true))
			f.Evidence[0].Value = `"` + s.Value + `"` // or nobody sees it
			out = append(out, f)
		}
		return out
	},
}
