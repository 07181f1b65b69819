package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx007 = envcheck.Rule{
	Code:     "PRX007",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "Entries behind direct or off in GOPROXY are never read", ZH: "GOPROXY 中 direct 或 off 之后的条目不起作用"},
	Why: msg.Text{
		EN: "The go command stops reading the list at the first direct or off. A mirror that was meant as a back-up there is never asked, and not even a mistake in it is reported.",
		ZH: "go 命令读到第一个 direct 或 off 就停止。写在其后的备用镜像从不会被访问，其中即使有错也不会报告。",
	},
	Fix:    msg.Text{EN: "Remove what follows, or move it before direct.", ZH: "删除其后的条目，或将其移到 direct 之前。"},
	Before: `GOPROXY=https://goproxy.cn,direct,https://goproxy.io`,
	After:  `GOPROXY=https://goproxy.cn,direct`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, l := range proxyLists(v) {
			live := l.entries.Live()
			if len(live) == len(l.entries) || mirrorAfterDirect(l) {
				continue
			}
			out = append(out, *l.finding(msg.Textf("GOPROXY ends at %[1]s; %[2]s behind it is never read", "GOPROXY 到 %[1]s 为止，其后的 %[2]s 不会被读取", live.Last(), mask(joinProxies(l.entries[len(live):]))), l.fix(v, joinProxies(live), true)))
		}
		return out
	},
}

// mirrorAfterDirect reports whether the list begins with direct and names
// mirrors after it: then they are in the wrong order (PRX008).
func mirrorAfterDirect(l proxyList) bool {
	if len(l.entries) < 2 || l.entries[0].Word != "direct" {
		return false
	}
	for _, p := range l.entries[1:] {
		if p.URL != nil {
			return true
		}
	}
	return false
}
