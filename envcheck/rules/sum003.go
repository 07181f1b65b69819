package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum003 = envcheck.Rule{
	Code:     "SUM003",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOSUMDB is written as a URL", ZH: "GOSUMDB 写成了 URL"},
	Why: msg.Text{
		EN: "Many posts advise it, but GOSUMDB takes a name: the go command reads the URL as a broken key and stops with \"invalid GOSUMDB: malformed verifier id\" as soon as a new checksum is needed.",
		ZH: "不少文章这样建议，但 GOSUMDB 要的是名称：go 命令会把 URL 当作残缺的密钥，一旦需要新的校验和就以 “invalid GOSUMDB: malformed verifier id” 中止。",
	},
	Fix:    msg.Text{EN: "Write the name alone; where the mirror carries the database, as goproxy.cn does, remove the setting instead.", ZH: "只写名称；若镜像已代理该数据库（如 goproxy.cn），则删除该设置即可。"},
	Before: `GOSUMDB=https://sum.golang.google.cn`,
	After:  `GOSUMDB=sum.golang.google.cn`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range sumValues(v) {
			host, ok := aliasAsURL(s.Value)
			if !ok {
				continue
			}
			fix := publicSumDB(v, s, true)
			if host == goenv.PublicSumDBAlias && len(v.Policy.GOSUMDB) == 0 {
				fix = v.FixSet(s, host, true)
			}
			out = append(out, sumFinding(s, msg.Textf("GOSUMDB is the URL %[1]s where the name %[2]s is meant", "GOSUMDB 写成了 URL %[1]s，应写名称 %[2]s", s.Value, host), fix))
		}
		return out
	},
}
