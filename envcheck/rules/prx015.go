package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx015 = envcheck.Rule{
	Code:     "PRX015",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOPROXY holds a user name or password", ZH: "GOPROXY 中写有用户名或密码"},
	Why: msg.Text{
		EN: "go env prints the value in full, and so do CI logs and bug reports. Over http:// it does not even work: \"refusing to pass credentials to insecure URL\".",
		ZH: "go env 会完整打印该值，CI 日志与错误报告中也会出现。若是 http://，它甚至不起作用：“refusing to pass credentials to insecure URL”。",
	},
	Fix:    msg.Text{EN: "Put the credentials into the netrc file (machine, login, password) or a GOAUTH command, leave the bare https:// address here, and change the password.", ZH: "把凭据写入 netrc 文件（machine、login、password）或交给 GOAUTH 命令，此处只留 https:// 地址，并更换密码。"},
	Before: "GOPROXY=https://build:secret@goproxy.corp.example,direct",
	After:  "GOPROXY=https://goproxy.corp.example,direct",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachEntry(v, func(l proxyList, i int, p goenv.Proxy) *envcheck.Finding {
			if p.URL == nil || p.URL.User == nil {
				return nil
			}
			m := msg.Textf("the address of %[1]s in GOPROXY holds credentials", "GOPROXY 中 %[1]s 的地址带有凭据", p.URL.Host)
			if p.URL.Scheme == "http" {
				m = msg.Textf("the address of %[1]s in GOPROXY holds credentials, which the go command refuses to send over http://", "GOPROXY 中 %[1]s 的地址带有凭据，而 go 命令拒绝通过 http:// 发送", p.URL.Host)
			}
			bare := func(p goenv.Proxy) string {
				if p.URL == nil || p.URL.User == nil {
					return ""
				}
				u := *p.URL
				u.User = nil
				return u.String()
			}
			f := l.finding(m, l.fix(v, l.mended(bare), false))
			f.Subject = p.URL.Host
			return f
		})
	},
}
