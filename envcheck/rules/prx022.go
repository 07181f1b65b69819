package rules

import (
	"cmp"
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx022 = envcheck.Rule{
	Code:     "PRX022",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOPROXY leads outside, in a network without a way out", ZH: "在没有出口的网络中，GOPROXY 仍指向外部"},
	Why: msg.Text{
		EN: "direct is not offline: it asks the host in each module path and still needs the checksum database. Without a way out every module that is missing costs a connection timeout instead of a clear message.",
		ZH: "direct 并不是离线：它会访问每个模块路径中的主机，并且仍需要校验和数据库。没有出口时，每个缺失的模块都要等到连接超时，而不是给出明确提示。",
	},
	Fix:    msg.Text{EN: "Name the mirrors inside, and end the list with off.", ZH: "填写内部镜像，并以 off 结尾。"},
	Before: "GOPROXY=https://goproxy.corp.example,direct",
	After:  "GOPROXY=https://goproxy.corp.example,off",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		l := proxyInForce(v)
		if !v.Profile.AirGap || len(l.entries) == 0 {
			return nil
		}
		var outside string
		inside := slices.Clone(l.entries.Live())
		inside = slices.DeleteFunc(inside, func(p goenv.Proxy) bool {
			_, public := publicMirrorOf(p.URL)
			if out := p.Word == "direct" || public || isDefaultMirror(v, p); !out {
				return false
			}
			outside = cmp.Or(outside, word(p))
			return true
		})
		if outside == "" {
			return nil
		}
		if n := len(inside); n > 0 {
			inside[n-1].Sep = ','
		}
		if inside.Last() != "off" {
			inside = append(inside, goenv.Proxy{Raw: "off", Word: "off"})
		}
		fix := l.fix(v, joinProxies(inside), false)
		if r, err := goenv.ParseProxies(v.Recommended()); err == nil && r.Last() == "off" {
			fix = v.FixProxy(l.Setting, false)
		}
		return []envcheck.Finding{*l.finding(msg.Textf("%[1]s in GOPROXY leads outside", "GOPROXY 中的 %[1]s 指向外部", outside), fix)}
	},
}
