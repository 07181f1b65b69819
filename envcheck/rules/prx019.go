package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx019 = envcheck.Rule{
	Code:     "PRX019",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "A mirror in GOPROXY serves other content than was published", ZH: "GOPROXY 中的镜像提供的内容与发布的不一致"},
	Why: msg.Text{
		EN: "A module whose hash is known came with other bytes. With the checksum database on, the go command stops with SECURITY ERROR; with GOSUMDB=off it builds them without a word.",
		ZH: "一个哈希已知的模块，取得的字节却不同。启用校验和数据库时 go 命令会以 SECURITY ERROR 中止；若 GOSUMDB=off，则会不声不响地用于构建。",
	},
	Fix:    msg.Text{EN: "Do not use this mirror. Keep verification on, clear what it delivered by go clean -modcache, and compare with another mirror.", ZH: "停用该镜像。保持校验开启，用 go clean -modcache 清除它提供的内容，并与其他镜像对比。"},
	Before: "verifying module: checksum mismatch … SECURITY ERROR",
	After:  "GOPROXY='" + envcheck.MirrorsCN + "'",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return answered(v, func(l proxyList, i int, m envcheck.MirrorProbe) *envcheck.Finding {
			if m.Class != "content" {
				return nil
			}
			return l.probeFinding(m, msg.Textf("%[1]s serves a known module with other bytes", "%[1]s 提供的已知模块字节不符", mask(m.URL)), l.instead(v, i, false))
		})
	},
}
