package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx014 = envcheck.Rule{
	Code:     "PRX014",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A mirror in GOPROXY is asked without encryption", ZH: "GOPROXY 中的镜像以明文访问"},
	Why: msg.Text{
		EN: "The go command asks http:// mirrors without a word. Everybody on the way reads the names of all modules, and can change what the checksum database does not cover: private modules, and everything where GOSUMDB is off. Inside a private network this is a warning only.",
		ZH: "go 命令会不声不响地访问 http:// 镜像。沿途任何人都能看到全部模块名，并能篡改校验和数据库未覆盖的内容：私有模块，以及关闭 GOSUMDB 时的一切。在内网中只作警告。",
	},
	Fix:    msg.Text{EN: "Use the https:// address of the mirror.", ZH: "使用镜像的 https:// 地址。"},
	Before: "GOPROXY=http://goproxy.cn,direct",
	After:  "GOPROXY=https://goproxy.cn,direct",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachEntry(v, func(l proxyList, i int, p goenv.Proxy) *envcheck.Finding {
			if !inTheClear(p) {
				return nil
			}
			_, known := publicMirrorOf(p.URL)
			secure := func(p goenv.Proxy) string {
				if !inTheClear(p) {
					return ""
				}
				return "https" + strings.TrimSpace(p.Raw)[len("http"):]
			}
			f := l.finding(msg.Textf("%[1]s is asked in the clear", "对 %[1]s 的访问是明文的", word(p)), l.fix(v, l.mended(secure), known))
			f.Subject = p.URL.Hostname()
			if isInside(v, p.URL.Hostname()) {
				f.Severity = envcheck.Warning
			}
			return f
		})
	},
}

func inTheClear(p goenv.Proxy) bool {
	return p.URL != nil && p.URL.Scheme == "http" && !isLoopback(p.URL.Hostname())
}
