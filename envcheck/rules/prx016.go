package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx016 = envcheck.Rule{
	Code:     "PRX016",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "A web page comes where the mirror should answer", ZH: "镜像的位置返回的是网页"},
	Why: msg.Text{
		EN: "A login page or a firewall's notice came with status 200. The go command takes it for the module: \"invalid character '<'\", \"zip: not a valid zip file\", or even a checksum mismatch. No pipe in GOPROXY helps, because 200 is not a failure.",
		ZH: "以状态码 200 返回的是登录页或防火墙提示页，go 命令会把它当成模块：“invalid character '<'”、“zip: not a valid zip file”，甚至校验和不匹配。GOPROXY 中的竖线也无济于事，因为 200 不算失败。",
	},
	Fix:    msg.Text{EN: "Sign in to the network, or have the firewall let the mirror's host through; compare with the same URL in a browser.", ZH: "先登录网络，或让防火墙放行镜像主机；可用浏览器打开同一 URL 对照。"},
	Before: "200 OK, Content-Type: text/html",
	After:  "200 OK, Content-Type: application/json",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return answered(v, func(l proxyList, i int, m envcheck.MirrorProbe) *envcheck.Finding {
			if m.Class != "portal" {
				return nil
			}
			return l.probeFinding(m, msg.Textf("a web page answers for %[1]s", "访问 %[1]s 得到的是网页", mask(m.URL)), nil)
		})
	},
}
