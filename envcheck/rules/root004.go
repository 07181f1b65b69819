package rules

import (
	"path"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var root004 = envcheck.Rule{
	Code:     "ROOT004",
	Severity: envcheck.Warning,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "PATH holds go commands of different versions", ZH: "PATH 中有多个不同版本的 go"},
	Why: msg.Text{
		EN: "The first one runs. Another order of PATH (an IDE, sudo, a service, a login shell) builds with another Go.",
		ZH: "运行的是第一个。PATH 顺序一变（IDE、sudo、服务、登录 shell），就会用另一个 Go 构建。",
	},
	Fix:    msg.Text{EN: "Keep one on PATH; put the folder of the one you mean first, or remove the others.", ZH: "PATH 中只保留一个；把想用的那个所在目录放在最前，或删除其余的。"},
	Before: "PATH=/usr/bin:/usr/local/go/bin   # /usr/bin/go is the distribution's",
	After:  "PATH=/usr/local/go/bin:/usr/bin",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if len(v.Gos) < 2 || v.Gos[0].Version == "" {
			return nil
		}
		first := v.Gos[0]
		evidence := []envcheck.Evidence{{Name: first.Path, Value: first.Version}}
		for _, g := range v.Gos[1:] {
			if g.Version != "" && g.Version != first.Version && g.Resolved != first.Resolved {
				evidence = append(evidence, envcheck.Evidence{Name: g.Path, Value: g.Version})
			}
		}
		if len(evidence) < 2 {
			return nil
		}
		return []envcheck.Finding{{Subject: first.Path, Evidence: evidence,
			Message: msg.Textf("%[1]s (%[2]s) runs; %[3]s further on PATH is %[4]s", "运行的是 %[1]s（%[2]s）；PATH 后面的 %[3]s 是 %[4]s", first.Path, first.Version, evidence[1].Name, evidence[1].Value),
			Fix:     &envcheck.Fix{Note: msg.Textf("the folder %s has to stand first on PATH if this is the Go you mean", "若确实要用这个 Go，请让目录 %s 位于 PATH 最前", path.Dir(first.Path))}}}
	},
}
