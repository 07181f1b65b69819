package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum017 = envcheck.Rule{
	Code:     "SUM017",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "A mirror shows a checksum database that does not prove itself", ZH: "镜像提供的校验和数据库无法自证"},
	Why: msg.Text{
		EN: "What it serves below /sumdb/ is not signed with the database's key, or its records are not in the signed tree. The go command believes none of it and stops with \"note has no verifiable signatures\" or \"cannot authenticate record data\". Either somebody changes answers on the way, or the mirror runs a database of its own under a name that is not its own.",
		ZH: "它在 /sumdb/ 下提供的内容不是由该数据库的密钥签名，或其记录不在签名树之中。go 命令一概不信，会以 “note has no verifiable signatures” 或 “cannot authenticate record data” 停止。可能有人在途中改动应答，也可能是该镜像以他人之名运行自己的数据库。",
	},
	Fix:    msg.Text{EN: "Leave the mirror out, and tell whoever runs it. A house with a database of its own gives it a name and a key of its own in GOSUMDB.", ZH: "请停用该镜像并告知其运营者。若单位自建数据库，应使用自己的名称和密钥并写入 GOSUMDB。"},
	Before: "GOPROXY=https://goproxy.corp.example,direct",
	After:  "GOPROXY='" + envcheck.MirrorsCN + "'",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if !throughMirrors(v) {
			return nil
		}
		return answered(v, func(l proxyList, i int, m envcheck.MirrorProbe) *envcheck.Finding {
			if m.SumDB != "content" {
				return nil
			}
			return l.probeFinding(m, msg.Textf("%[1]s shows a database %[2]s that does not prove itself", "%[1]s 提供的数据库 %[2]s 无法自证", mask(m.URL), v.SumDB.Name), l.instead(v, i, false))
		})
	},
}
