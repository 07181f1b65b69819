package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv004 = envcheck.Rule{
	Code:     "PRV004",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A private pattern has white space around it", ZH: "私有模块模式前后带有空白字符"},
	Why: msg.Text{
		EN: "The go command trims nothing: a space after a comma, the one that cmd.exe keeps in \"set X=a && …\", or the carriage return of a Windows text file belongs to the pattern. It then matches nothing, and private names leak.",
		ZH: "go 命令不会去除空白：逗号后的空格、cmd.exe 在 “set X=a && …” 中保留的空格、Windows 文本文件的回车符都会成为模式的一部分。于是什么也匹配不到，私有名称随之泄露。",
	},
	Fix: msg.Text{
		EN: "Remove the white space.",
		ZH: "删除空白字符。",
	},
	Before: `GOPRIVATE="git.corp.example "`,
	After:  `GOPRIVATE=git.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return badPatterns(v, func(p goenv.Pattern) bool { return padded(p.Raw) }, func(key, pattern string) msg.Text {
			return msg.Textf("%[1]s has the entry %[2]q: the white space belongs to the pattern, which so matches no module", "%[1]s 中的 %[2]q 含有空白字符，它属于模式的一部分，因此匹配不到任何模块", key, pattern)
		})
	},
}
