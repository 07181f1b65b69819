package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv001 = envcheck.Rule{
	Code:     "PRV001",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The names of private modules go to somebody else's mirror", ZH: "私有模块的名称会泄露给外部镜像"},
	Why: msg.Text{
		EN: "The go command asks every mirror of GOPROXY for a module before its own host is asked, unless GONOPROXY (by default GOPRIVATE) matches the path. Host, group and project are in the path, and the mirror keeps them in its log, even though it answers 404.",
		ZH: "除非 GONOPROXY（默认取 GOPRIVATE）匹配模块路径，go 命令会先向 GOPROXY 中的每个镜像查询，再访问模块自身的主机。路径中包含主机名、组名与项目名；即使镜像返回 404，也会留在对方日志里。",
	},
	Fix: msg.Text{
		EN: "Add the host to GOPRIVATE, keeping what is there.",
		ZH: "把该主机加入 GOPRIVATE，并保留已有内容。",
	},
	Before: `GOPROXY=https://goproxy.cn,direct and require git.corp.example/team/lib`,
	After:  `go env -w GOPRIVATE=git.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		mirrors := strings.Join(outsideMirrors(v), ", ")
		return byScope(v, leakedToMirrors(v), func(scope string, why msg.Text, n int) msg.Text {
			return msg.Textf("%[2]s learns the names of modules of %[1]s (%[3]d here; private because: %[4]v)", "%[2]s 会得知 %[1]s 的模块名称（此处 %[3]d 个；判为私有的理由：%[4]v）", scope, mirrors, n, why)
		}, func() *envcheck.Fix { return coverFix(v, "GONOPROXY", knownStrangers(v)) })
	},
}

// leakedToMirrors are the private modules of which outside mirrors are asked.
func leakedToMirrors(v *envcheck.View) []leak.Exposure {
	return slices.DeleteFunc(privateAsked(v), func(e leak.Exposure) bool { return len(e.Outside(leak.Mirror)) == 0 })
}

// knownStrangers reports whether all mirrors outside are public ones and the
// modules' own hosts follow: then a private module cannot have come by a mirror,
// and nothing is lost when none is asked.
func knownStrangers(v *envcheck.View) bool {
	return v.Proxies.Last() == "direct" && !slices.ContainsFunc(outsideMirrors(v), func(h string) bool { return !leak.PublicHost(h) })
}
