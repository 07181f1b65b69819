package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var ci013 = envcheck.Rule{
	Code:     "CI013",
	Severity: envcheck.Error,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "A GitLab CI file is not YAML", ZH: "GitLab CI 文件不是合法的 YAML"},
	Why: msg.Text{
		EN: "GitLab runs nothing of a file that does not parse. Copied from an article, lines have usually lost their indentation, or got full-width punctuation and tabs.",
		ZH: "文件无法解析时，GitLab 什么也不会运行。从文章复制来的内容常丢失缩进，或混入全角标点和制表符。",
	},
	Fix:    msg.Text{EN: "Mend the line that the message names; the editor in GitLab shows the result.", ZH: "修正消息指出的行；可在 GitLab 的流水线编辑器中查看结果。"},
	Before: "cache:\n    key: go\n  paths:\n    - .cache/",
	After:  "cache:\n  key: go\n  paths:\n    - .cache/",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, f := range v.CIFiles {
			if f.Kind != envcheck.FromGitLab || f.Error == "" {
				continue
			}
			where := envcheck.Place{Origin: f.Kind, File: f.Path}
			out = append(out, envcheck.Finding{
				Subject:  f.Path,
				Where:    where,
				Message:  msg.Textf("the file does not parse: %s", "文件无法解析：%s", f.Error),
				Evidence: []envcheck.Evidence{{Name: "error", Value: f.Error, Place: where}},
			})
		}
		return out
	},
}
