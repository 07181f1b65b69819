package rules

import (
	"cmp"
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx010 = envcheck.Rule{
	Code:     "PRX010",
	Severity: envcheck.Info,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOPROXY has no back-up for an outage", ZH: "GOPROXY 在镜像故障时没有后备"},
	Why: msg.Text{
		EN: "After a comma the next entry is tried only when the mirror says 404 or 410. A mirror that is down, answers 500 or 403, or cannot be reached stops the build, however many mirrors follow. After a pipe any failure moves on.",
		ZH: "逗号之后的条目只在镜像回答 404 或 410 时才会尝试。镜像宕机、回答 500 或 403、或无法连接时，后面有再多镜像，构建也会中止。竖线则在任何失败后转到下一项。",
	},
	Fix:    msg.Text{EN: "Name two mirrors and put a pipe between them, and a comma before direct.", ZH: "写两个镜像，中间用竖线，direct 之前用逗号。"},
	Before: "GOPROXY=https://goproxy.cn,direct",
	After:  "GOPROXY='" + envcheck.MirrorsCN + "'",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, l := range proxyLists(v) {
			mirrors := l.entries.Mirrors()
			if l.Value == v.Recommended() || v.Profile.AirGap || len(mirrors) == 0 {
				continue
			}
			if _, public := publicMirrorOf(mirrors[0].URL); len(mirrors) == 1 && public {
				out = append(out, *l.finding(msg.Textf("%[1]s is the only mirror in GOPROXY: no build while it is down", "GOPROXY 中只有 %[1]s 一个镜像：它故障时无法构建", word(mirrors[0])),
					l.fix(v, cmp.Or(v.Recommended(), envcheck.MirrorsCN), false)))
				continue
			}
			better := slices.Clone(l.entries)
			first := -1
			for i := range better[:len(better)-1] {
				if next := better[i+1]; better[i].URL != nil && next.URL != nil && !next.Dead && better[i].Sep == ',' {
					better[i].Sep = '|'
					if first < 0 {
						first = i
					}
				}
			}
			if first >= 0 {
				out = append(out, *l.finding(msg.Textf("%[2]s is not asked when %[1]s is down: there is a comma between them", "%[1]s 故障时不会改用 %[2]s：两者之间是逗号", word(better[first]), word(better[first+1])),
					l.fix(v, joinProxies(better), false)))
			}
		}
		return out
	},
}
