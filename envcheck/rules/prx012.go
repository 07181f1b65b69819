package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx012 = envcheck.Rule{
	Code:     "PRX012",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The default Go module proxy is asked first, in mainland China", ZH: "在中国大陆首先访问的是默认 Go 模块代理"},
	Why: msg.Text{
		EN: "The default Go module proxy is slow or filtered from mainland China: a download hangs until it times out, and only then is the next entry tried, if the list allows that at all.",
		ZH: "在中国大陆访问默认 Go 模块代理缓慢或被过滤：下载会一直挂到超时，之后才尝试下一项，前提是列表允许这样做。",
	},
	Fix:    msg.Text{EN: "Name mirrors inside the country.", ZH: "改用国内镜像。"},
	Before: "go env -u GOPROXY",
	After:  "go env -w GOPROXY='" + envcheck.MirrorsCN + "'",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		l := proxyInForce(v)
		mirrors := l.entries.Mirrors()
		if !v.Profile.China || v.Recommended() == "" || len(mirrors) == 0 || !isDefaultMirror(v, mirrors[0]) {
			return nil
		}
		m := msg.Text{EN: "GOPROXY begins with the default Go module proxy", ZH: "GOPROXY 以默认 Go 模块代理开头"}
		if l.Place.Origin == string(goenv.FromGoroot) {
			m = msg.Text{EN: "nobody has set GOPROXY, so the default Go module proxy is asked", ZH: "未设置 GOPROXY，因此访问默认 Go 模块代理"}
		}
		return []envcheck.Finding{*l.finding(m, v.FixProxy(l.Setting, false))}
	},
}
