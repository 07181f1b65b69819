package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net011 = envcheck.Rule{
	Code:     "NET011",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "The HTTP proxy cannot be reached", ZH: "无法连接 HTTP 代理"},
	Why: msg.Text{
		EN: "Every request goes to the proxy first, so no module can be fetched: go says \"proxyconnect tcp: … connection refused\". A proxy program that is not running is the usual cause; the variable outlives it.",
		ZH: "所有请求都会先到代理，因此任何模块都无法下载：go 会报 “proxyconnect tcp: … connection refused”。常见原因是代理程序没有运行，而环境变量还留着。",
	},
	Fix:    msg.Text{EN: "Start the proxy, correct its address, or remove the variable: goproxy.cn needs no proxy in mainland China.", ZH: "启动代理、改正地址，或删除该变量：在中国大陆使用 goproxy.cn 无需代理。"},
	Before: "export HTTPS_PROXY=http://127.0.0.1:7890   # nothing listens there",
	After:  "unset HTTPS_PROXY",
	Since:  "0.2.0",
	Causes: []string{"NET013", "NET018"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		return hopFindings(v, func(h envcheck.HopProbe, s envcheck.Setting) envcheck.Finding {
			why := map[string]msg.Text{
				"refused": {EN: "nobody listens there", ZH: "该端口没有程序监听"},
				"timeout": {EN: "it does not answer", ZH: "没有应答"},
				"dns":     {EN: "its name does not resolve", ZH: "主机名无法解析"},
			}[h.Class]
			return envcheck.Finding{Message: msg.Textf("the proxy %s of %s cannot be reached: %v", "代理 %s（来自 %s）无法连接：%v", h.Host, h.Variable, why), Fix: v.FixUnset(s, false)}
		}, "refused", "timeout", "dns")
	},
}
