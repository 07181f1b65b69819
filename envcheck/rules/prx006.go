package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx006 = envcheck.Rule{
	Code:     "PRX006",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "An address in GOPROXY cannot be used", ZH: "GOPROXY 中有无法使用的地址"},
	Why: msg.Text{
		EN: "A mirror is an https, http or file URL; http and https need a host, file must not have one. An unknown scheme or a file URL with a host makes the go command refuse the whole list, an address without a host fails at each download.",
		ZH: "镜像必须是 https、http 或 file URL；http 与 https 要有主机名，file 不能有。协议未知或 file 带主机名时 go 命令拒绝整个列表；缺少主机名则每次下载都失败。",
	},
	Fix:    msg.Text{EN: "Write the mirror's whole URL; a folder is file:///path with three slashes.", ZH: "写出镜像的完整 URL；目录写作 file:///path，三个斜杠。"},
	Before: `GOPROXY=htps://goproxy.cn,direct`,
	After:  `GOPROXY=https://goproxy.cn,direct`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachEntry(v, func(l proxyList, i int, p goenv.Proxy) *envcheck.Finding {
			switch {
			case isQuoted(p) || isGlued(p) || bareWord(p) != "" || dressedWord(p) != "":
				return nil
			case p.Err != nil:
				return l.finding(msg.Textf("the entry %[1]q of GOPROXY is refused: %[2]s", "GOPROXY 的条目 %[1]q 会被拒绝：%[2]s", word(p), mask(p.Err.Error())), nil)
			case p.URL != nil && p.URL.Scheme != "file" && p.URL.Hostname() == "":
				return l.finding(msg.Textf("the entry %[1]q of GOPROXY has no host", "GOPROXY 的条目 %[1]q 没有主机名", word(p)), nil)
			}
			return nil
		})
	},
}
