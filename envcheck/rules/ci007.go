package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var ci007 = envcheck.Rule{
	Code:     "CI007",
	Severity: envcheck.Error,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "Part of a cache section has lost its indentation", ZH: "缓存配置的一部分缩进丢失"},
	Why: msg.Text{
		EN: "YAML nests by indentation. A key: or paths: beside cache: instead of below it does not belong to the cache: GitLab refuses the file, or at the top level takes it for something else, and nothing is cached as it was meant.",
		ZH: "YAML 靠缩进表示层级。与 cache: 平级而非其下级的 key: 或 paths: 不属于缓存：GitLab 会拒绝该文件，或在顶层把它当作别的内容，缓存不会按预期工作。",
	},
	Fix:    msg.Text{EN: "Indent it below cache:.", ZH: "把它缩进到 cache: 之下。"},
	Before: "cache:\n  paths:\n    - .cache/go-mod/\nkey: go",
	After:  "cache:\n  key: go\n  paths:\n    - .cache/go-mod/",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for i := range v.CIFiles {
			f := &v.CIFiles[i]
			for _, s := range f.Strays {
				where := envcheck.Place{Origin: f.Kind, File: f.Path, Line: s.Line}
				out = append(out, envcheck.Finding{
					Subject:  s.Text,
					Where:    where,
					Message:  msg.Textf("%q stands outside of the cache section that it is meant for", "%q 位于它所属的 cache 配置之外", s.Text),
					Evidence: []envcheck.Evidence{{Name: "line", Value: s.Text, Place: where}},
					Fix:      &envcheck.Fix{Note: msg.Textf("indent line %d below cache:", "把第 %d 行缩进到 cache: 之下", s.Line)},
				})
			}
		}
		return out
	},
}
