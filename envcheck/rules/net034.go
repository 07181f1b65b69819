package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// domesticMirrors are public mirrors in mainland China (as of November 2026).
var domesticMirrors = []string{"goproxy.cn", "mirrors.aliyun.com", "goproxy.io", "mirrors.tencent.com", "mirrors.cloud.tencent.com", "repo.huaweicloud.com", "mirrors.huaweicloud.com"}

var net034 = envcheck.Rule{
	Code:     "NET034",
	Severity: envcheck.Info,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "A mirror in mainland China is asked through a tunnel on this machine", ZH: "国内镜像会经由本机的代理程序访问"},
	Why: msg.Text{
		EN: "A proxy on this machine usually leads abroad. The mirror would be faster without it, and builds depend on a program that may not be running.",
		ZH: "本机上的代理程序通常通向境外。访问国内镜像绕行一圈只会更慢，而且构建会依赖一个未必在运行的程序。",
	},
	Fix:    msg.Text{EN: "Add the mirror's host to NO_PROXY.", ZH: "把镜像的主机加入 NO_PROXY。"},
	Before: "GOPROXY=https://goproxy.cn,direct HTTPS_PROXY=http://127.0.0.1:7890",
	After:  "export NO_PROXY=goproxy.cn",
	Since:  "0.2.0",
	Causes: []string{"NET030", "NET031"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		if !v.Profile.China {
			return nil
		}
		vars := v.Env.HTTPProxies()
		hosts, variable := throughProxy(v, func(n need) bool {
			u, err := vars.For(n.URL)
			return n.For == "mirror" && slices.Contains(domesticMirrors, n.URL.Hostname()) && err == nil && u != nil && loopback(u.Hostname())
		})
		return internalThroughProxy(v, hosts, variable, msg.Textf("%s is in mainland China, but %s sends it through a proxy on this machine", "%s 就在国内，却会按 %s 绕道本机的代理", strings.Join(hosts, ", "), variable))
	},
}
