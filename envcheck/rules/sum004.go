package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum004 = envcheck.Rule{
	Code:     "SUM004",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "sum.golang.google.cn in GOSUMDB does not stand alone", ZH: "GOSUMDB 中的 sum.golang.google.cn 带有多余内容"},
	Why: msg.Text{
		EN: "The alias works only as the exact value. With a space after it, a slash, or a URL of its own it is read as a key: \"invalid GOSUMDB: malformed verifier id\".",
		ZH: "该别名只有在值与之完全一致时才有效。后面多出空格、斜杠或另带 URL 时会被当作密钥：“invalid GOSUMDB: malformed verifier id”。",
	},
	Fix:    msg.Text{EN: "Write exactly sum.golang.google.cn; it already stands for the address.", ZH: "准确写成 sum.golang.google.cn；它本身就代表该地址。"},
	Before: `GOSUMDB="sum.golang.google.cn https://sum.golang.google.cn"`,
	After:  `GOSUMDB=sum.golang.google.cn`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range sumValues(v) {
			if almostAlias(s.Value) {
				out = append(out, sumFinding(s, msg.Textf("GOSUMDB is %[1]q, not exactly %[2]s", "GOSUMDB 为 %[1]q，与 %[2]s 不完全一致", s.Value, goenv.PublicSumDBAlias), v.FixSet(s, goenv.PublicSumDBAlias, true)))
			}
		}
		return out
	},
}
