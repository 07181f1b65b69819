package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv013 = envcheck.Rule{
	Code:     "PRV013",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOPROXY=off does not keep private modules off the network", ZH: "GOPROXY=off 不能阻止私有模块访问网络"},
	Why: msg.Text{
		EN: "A module that GONOPROXY (by default GOPRIVATE) matches is fetched from its own host whatever GOPROXY says: \"off\" is not reached. An offline build so waits for a host that it cannot reach, or takes what it was not meant to.",
		ZH: "GONOPROXY（默认取 GOPRIVATE）匹配的模块无论 GOPROXY 为何值都会直接访问其自身主机，不会走到 off。离线构建因此会等待无法访问的主机，或取回本不该取的内容。",
	},
	Fix: msg.Text{
		EN: "Serve the private modules from the offline mirror too, and let GONOPROXY match nothing.",
		ZH: "让离线镜像也提供私有模块，并使 GONOPROXY 不匹配任何模块。",
	},
	Before: `GOPROXY=off GOPRIVATE=git.corp.example`,
	After:  `go env -w GONOPROXY=none`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		live := v.LeakConfig().Proxies.Live()
		if live.Last() != "off" || slices.ContainsFunc(live, func(p goenv.Proxy) bool { return p.URL != nil && p.URL.Scheme != "file" }) {
			return nil
		}
		list := slices.DeleteFunc(slices.Clone(v.Exposures), func(e leak.Exposure) bool {
			return !slices.ContainsFunc(e.Asks, func(a leak.Ask) bool { return a.Kind == leak.Direct })
		})
		return byScope(v, list, func(scope string, _ msg.Text, n int) msg.Text {
			return msg.Textf("GOPROXY=off, but modules of %[1]s (%[2]d here) are fetched from their own host", "虽然 GOPROXY=off，%[1]s 的模块（此处 %[2]d 个）仍会直接访问其自身主机", scope, n)
		}, func() *envcheck.Fix { return nil })
	},
}
