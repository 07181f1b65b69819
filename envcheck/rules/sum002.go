package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum002 = envcheck.Rule{
	Code:     "SUM002",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOSUMDB is not a checksum database", ZH: "GOSUMDB 不是有效的校验和数据库"},
	Why: msg.Text{
		EN: "The go command stops with \"invalid GOSUMDB\" as soon as it needs a checksum that go.sum does not have. Until then nothing is noticed, so a broken value can hide for months.",
		ZH: "一旦需要 go.sum 中没有的校验和，go 命令就会以 “invalid GOSUMDB” 中止。在此之前毫无迹象，错误的值可能潜伏数月。",
	},
	Fix: msg.Text{
		EN: "Remove the setting: the default database is asked through the mirror, which works in mainland China with goproxy.cn. For a private database write its whole verifier key.",
		ZH: "删除该设置：默认数据库会经由镜像访问，在中国大陆配合 goproxy.cn 即可使用。若为私有数据库，请写完整的验证密钥。",
	},
	Before: `GOSUMDB="sum.golang.org+https://gocenter.io/sumdb/sum.golang.org"`,
	After:  `go env -u GOSUMDB`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range sumValues(v) {
			_, err := goenv.ParseSumDB(s.Value)
			if _, url := aliasAsURL(s.Value); err == nil || url || almostAlias(s.Value) {
				continue
			}
			out = append(out, sumFinding(s, msg.Textf("GOSUMDB is not a checksum database: %v", "GOSUMDB 不是有效的校验和数据库：%v", err), publicSumDB(v, s, true)))
		}
		return out
	},
}
