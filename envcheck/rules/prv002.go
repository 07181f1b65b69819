package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv002 = envcheck.Rule{
	Code:     "PRV002",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The names of private modules go to the checksum database", ZH: "私有模块的名称会泄露给校验和数据库"},
	Why: msg.Text{
		EN: "Path and version of every module that go.sum does not have yet are sent to the checksum database, which is public and keeps a log, unless GONOSUMDB (by default GOPRIVATE) matches. For a private module it then fails, because the database cannot fetch it: the name is out, and the build broken. Where go.sum has its lines this happens at the next new version.",
		ZH: "凡 go.sum 中尚无记录的模块，其路径和版本都会发送到公开且留有日志的校验和数据库，除非 GONOSUMDB（默认取 GOPRIVATE）与之匹配。数据库无法获取私有模块，因此名称已经泄露，构建还会失败。若 go.sum 已有记录，则在下次引入新版本时发生。",
	},
	Fix: msg.Text{
		EN: "Add the host to GOPRIVATE, or to GONOSUMDB where that is set or the mirrors are your own.",
		ZH: "把该主机加入 GOPRIVATE；若已设置 GONOSUMDB，或镜像为自建，则加入 GONOSUMDB。",
	},
	Before: `GONOPROXY=git.corp.example and nothing for the database`,
	After:  `go env -w GOPRIVATE=git.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		db := outsideSumDB(v)
		if db == "" || v.LeakConfig().Vendored {
			return nil
		}
		list := slices.DeleteFunc(privateAsked(v), func(e leak.Exposure) bool {
			return goenv.MatchPatterns(v.Env.Get("GONOSUMDB"), e.Path) || len(e.Outside(leak.Mirror)) > 0 // PRV001 tells of it
		})
		return byScope(v, list, func(scope string, why msg.Text, n int) msg.Text {
			return msg.Textf("the checksum database %[2]s is asked about modules of %[1]s (%[3]d here; private because: %[4]v)", "go 命令会向校验和数据库 %[2]s 查询 %[1]s 的模块（此处 %[3]d 个；判为私有的理由：%[4]v）", scope, db, n, why)
		}, func() *envcheck.Fix { return coverFix(v, "GONOSUMDB", false) })
	},
}
