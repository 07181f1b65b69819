package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tls010 = envcheck.Rule{
	Code:     "TLS010",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "A host is asked by https, but the port speaks no TLS", ZH: "用 https 访问主机，但其端口不支持 TLS"},
	Why: msg.Text{
		EN: "The go command stops with \"http: server gave HTTP response to HTTPS client\". The port is one for plain http, or the TLS in front of the service is missing.",
		ZH: "go 命令会报 “http: server gave HTTP response to HTTPS client” 并停止。该端口只提供明文 http，或者服务前面缺少 TLS 终端。",
	},
	Fix:    msg.Text{EN: "Name the port that speaks TLS, usually 443, or have a reverse proxy with a certificate put in front of the service. Plain http would let everybody on the way change modules.", ZH: "请改用支持 TLS 的端口（通常是 443），或在服务前部署带证书的反向代理。明文 http 会让链路上的任何人都能篡改模块。"},
	Before: "GOPROXY=https://goproxy.corp.example:8081",
	After:  "GOPROXY=https://goproxy.corp.example",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return handshakes(v, func(h envcheck.HostProbe) envcheck.Finding {
			return envcheck.Finding{Message: msg.Textf("%s answers the TLS handshake with something that is not TLS", "%s 对 TLS 握手的应答不是 TLS", h.Host)}
		}, "plain")
	},
}
