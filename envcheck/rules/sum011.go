package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum011 = envcheck.Rule{
	Code:     "SUM011",
	Severity: envcheck.Info,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "GOSUMDB names a database other than the public one", ZH: "GOSUMDB 不是公共校验和数据库"},
	Why: msg.Text{
		EN: "Whoever holds the key of that database decides what every build here accepts. That is right for a house with a database of its own, and wrong for a key that was copied from a guide. Where the policy lists the values that are allowed (check.gosumdb in .yingzao.yaml), another one is an error.",
		ZH: "谁掌握该数据库的密钥，谁就决定此处的构建接受什么。若是自建数据库，这没有问题；若是从教程里抄来的密钥，则不然。若策略列出了允许的值（.yingzao.yaml 的 check.gosumdb），其他值即为错误。",
	},
	Fix:    msg.Text{EN: "If the database is yours, list its value in the policy; otherwise remove the setting.", ZH: "若确为自有数据库，请把该值列入策略；否则删除该设置。"},
	Before: "GOSUMDB=sum.corp.example+0c49edb5+Ab…",
	After:  "check:\n  gosumdb: [sum.corp.example+0c49edb5+Ab…]",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range sumValues(v) {
			db, err := goenv.ParseSumDB(s.Value)
			if err != nil || db.Off || s.Place.Origin == string(goenv.FromGoroot) && !s.InForce {
				continue
			}
			if len(v.Policy.GOSUMDB) == 0 {
				if !db.Public() {
					out = append(out, sumFinding(s, msg.Textf("GOSUMDB names the database %[1]s", "GOSUMDB 指定的数据库是 %[1]s", db.Name), nil))
				}
				continue
			}
			if slices.ContainsFunc(v.Policy.GOSUMDB, func(allowed string) bool { return sameSumDB(allowed, db) }) {
				continue
			}
			f := sumFinding(s, msg.Textf("the database %[1]s in GOSUMDB is not on the organisation's list", "GOSUMDB 中的数据库 %[1]s 不在组织的列表中", db.Name), publicSumDB(v, s, false))
			f.Severity = envcheck.Error
			out = append(out, f)
		}
		return out
	},
}

// sameSumDB reports whether a value of the policy means the database, asked in
// the same way.
func sameSumDB(allowed string, db goenv.SumDB) bool {
	a, err := goenv.ParseSumDB(allowed)
	if err != nil || a.Key != db.Key || (a.URL == nil) != (db.URL == nil) {
		return false
	}
	return a.URL == nil || *a.URL == *db.URL
}
