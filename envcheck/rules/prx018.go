package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx018 = envcheck.Rule{
	Code:     "PRX018",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "A mirror in GOPROXY is down or slow", ZH: "GOPROXY 中的镜像故障或缓慢"},
	Why: msg.Text{
		EN: "The go command has no time limit of its own: it waits for a slow mirror as long as the connection lives. An error other than 404 and 410 stops the build, unless a pipe follows the mirror in GOPROXY.",
		ZH: "go 命令自身没有超时：只要连接还在，就会一直等待缓慢的镜像。除 404、410 外的错误都会中止构建，除非 GOPROXY 中该镜像之后是竖线。",
	},
	Fix:    msg.Text{EN: "Put a mirror that answers first, and a pipe between mirrors.", ZH: "把能正常应答的镜像放在最前，镜像之间用竖线。"},
	Before: "GOPROXY=https://goproxy.io,direct",
	After:  "GOPROXY='" + envcheck.MirrorsCN + "'",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return answered(v, func(l proxyList, i int, m envcheck.MirrorProbe) *envcheck.Finding {
			var text msg.Text
			url := mask(m.URL)
			switch m.Class {
			case "server":
				text = msg.Textf("%[1]s answers with a server error", "%[1]s 返回服务器错误", url)
			case "timeout":
				text = msg.Textf("%[1]s did not answer in time", "%[1]s 未能及时应答", url)
			case "refused":
				text = msg.Textf("%[1]s accepts no connection", "%[1]s 拒绝连接", url)
			case "slow":
				if m.LatencyMS == 0 {
					text = msg.Textf("%[1]s is so slow that a small answer was not complete in time", "%[1]s 过于缓慢，一次小请求也未能在时限内收完", url)
					break
				}
				text = msg.Textf("%[1]s is slow: %[2]d ms for a small answer", "%[1]s 缓慢：一次小请求耗时 %[2]d 毫秒", url, int(m.LatencyMS))
			default:
				return nil
			}
			return l.probeFinding(m, text, leaveOut(v, l, i))
		})
	},
}

// leaveOut takes a troubled mirror out where another one that is known to answer
// is in the list.
func leaveOut(v *envcheck.View, l proxyList, i int) *envcheck.Fix {
	for j := range l.entries {
		if other, ok := probeOf(v, l, j); ok && j != i && other.Class == "ok" {
			return l.fix(v, joinProxies(l.without(i)), false)
		}
	}
	return nil
}
