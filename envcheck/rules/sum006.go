package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum006 = envcheck.Rule{
	Code:     "SUM006",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "A mirror's answer blocks the checksum database", ZH: "镜像的应答挡住了校验和数据库"},
	Why: msg.Text{
		EN: "Before asking the database the go command asks each mirror for /sumdb/<name>/supported. 200 means through me, 404 and 410 mean not here; anything else, such as 403 or 504, stops the build, although the modules themselves come.",
		ZH: "访问数据库之前，go 命令会先向每个镜像请求 /sumdb/<name>/supported。200 表示由我代理，404、410 表示没有；其他回答（如 403、504）都会中止构建，尽管模块本身能够下载。",
	},
	Fix:    msg.Text{EN: "Put a mirror that carries the database, or direct, behind it with a pipe; or name the database's own address in GOSUMDB; or have the mirror answer 404.", ZH: "在它之后用竖线接上可代理数据库的镜像或 direct；或在 GOSUMDB 中写数据库自己的地址；或让该镜像回答 404。"},
	Before: "GOPROXY=https://goproxy.corp.example,https://goproxy.cn,direct",
	After:  "GOPROXY='https://goproxy.corp.example|https://goproxy.cn,direct'",
	Since:  "0.2.0",
	Causes: []string{"SUM017"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		l := proxyInForce(v)
		if !throughMirrors(v) {
			return nil
		}
		r, known := routeSum(v, l)
		if !known || r.failing < 0 {
			return nil
		}
		m, _ := probeOf(v, l, r.failing)
		f := l.probeFinding(m, msg.Textf("%[1]s answers neither yes nor no about %[2]s (%[3]s)", "%[1]s 对 %[2]s 的询问既未回答有也未回答没有（%[3]s）", word(l.entries[r.failing]), v.SumDB.Name, m.SumDB), passFailing(v, l, r.failing))
		return []envcheck.Finding{*f}
	},
}

// passFailing gets past a mirror whose answer is fatal: by a pipe where that
// leads somewhere, else by the database's other address.
func passFailing(v *envcheck.View, l proxyList, i int) *envcheck.Fix {
	piped := proxyList{l.Setting, slices.Clone(l.entries)}
	if i+1 < len(piped.entries) {
		piped.entries[i].Sep = '|'
		if r, known := routeSum(v, piped); known && r.failing < 0 {
			return l.fix(v, joinProxies(piped.entries), false)
		}
	}
	if v.SumDB.Public() && len(v.Policy.GOSUMDB) == 0 {
		s := v.InForce("GOSUMDB")
		s.Key = "GOSUMDB"
		return v.FixSet(s, goenv.PublicSumDBAlias, false)
	}
	return nil
}
