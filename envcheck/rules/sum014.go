package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum014 = envcheck.Rule{
	Code:     "SUM014",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A script gets round a checksum instead of heeding it", ZH: "脚本绕过校验和，而不是正视它"},
	Why: msg.Text{
		EN: "A checksum mismatch means that the bytes differ from those that were recorded; a database that is blocked gives a network error instead. Deleting go.sum or switching verification off makes the build accept whatever comes, in every run.",
		ZH: "校验和不匹配意味着字节与记录不同；数据库被屏蔽时出现的则是网络错误。删除 go.sum 或关闭校验，会使每次构建都来者不拒。",
	},
	Fix:    msg.Text{EN: "Remove the line. On a mismatch run go clean -modcache, compare two mirrors, and ask the module's author; exempt private modules by GOPRIVATE.", ZH: "删除该行。遇到不匹配时，运行 go clean -modcache，对比两个镜像，并询问模块作者；私有模块用 GOPRIVATE 豁免。"},
	Before: "rm -f go.sum && GOSUMDB=off go mod tidy",
	After:  "go mod download && go mod verify",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, file := range v.CIFiles {
			for _, line := range file.Lines {
				trick, what := sumTrick(line.Text)
				where := envcheck.Place{Origin: file.Kind, File: file.Path, Line: line.Line}
				if trick == "" || trick == "setting" && settingAt(v, where) {
					continue
				}
				out = append(out, envcheck.Finding{Subject: file.Path, Where: where,
					Message:  msg.Textf("%[1]s: %[2]v", "%[1]s：%[2]v", mask(clip(line.Text)), what),
					Evidence: []envcheck.Evidence{{Name: "line", Value: mask(clip(line.Text)), Place: where}}})
			}
		}
		return out
	},
}

// settingAt reports whether a line is known as a setting: then the rule about
// the value speaks.
func settingAt(v *envcheck.View, at envcheck.Place) bool {
	for _, s := range v.SettingsOf("GOSUMDB", "GONOSUMDB", "GONOSUMCHECK") {
		if s.Place.File == at.File && s.Place.Line == at.Line {
			return true
		}
	}
	return false
}

// clip shortens a line to what fits a report.
func clip(s string) string {
	r := []rune(s)
	if len(r) <= 120 {
		return s
	}
	return string(r[:119]) + "…"
}
