package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net016 = envcheck.Rule{
	Code:     "NET016",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "Only ALL_PROXY is set, which Go ignores", ZH: "只设置了 ALL_PROXY，而 Go 不读取它"},
	Why: msg.Text{
		EN: "git and curl use the proxy, the go command does not: it dials every host directly.",
		ZH: "git 和 curl 会使用该代理，go 命令则不会：它会直接连接每一台主机。",
	},
	Fix:    msg.Text{EN: "Set HTTPS_PROXY (and HTTP_PROXY where a mirror is plain http) to the same address.", ZH: "把 HTTPS_PROXY 设为同一地址（若镜像使用普通 http，再设置 HTTP_PROXY）。"},
	Before: "export ALL_PROXY=socks5://127.0.0.1:1080",
	After:  "export HTTPS_PROXY=socks5://127.0.0.1:1080",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if vars := v.Env.HTTPProxies(); vars.HTTPSName != "" || vars.HTTPName != "" {
			return nil
		}
		for _, key := range []string{"ALL_PROXY", "all_proxy"} {
			if s := v.InForce(key); s.Value != "" {
				return []envcheck.Finding{{
					Subject: key, Where: s.Place, Evidence: proxyEvidence(s),
					Message: msg.Textf("%s is set to %s, but Go reads HTTPS_PROXY and HTTP_PROXY only", "%s 设为 %s，但 Go 只读取 HTTPS_PROXY 与 HTTP_PROXY", key, bareProxy(s.Value)),
					Fix:     v.FixSet(settingOrProcess(v, "HTTPS_PROXY"), s.Value, false),
				}}
			}
		}
		return nil
	},
}
