package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tls004 = envcheck.Rule{
	Code:     "TLS004",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "This machine has no CA certificates", ZH: "本机没有任何 CA 证书"},
	Why: msg.Text{
		EN: "Every https host is an unknown authority then, the mirror included. Slim container images come without certificates.",
		ZH: "这样一来所有 https 主机（包括镜像）都成了“未知机构”。精简的容器镜像里往往没有证书。",
	},
	Fix:    msg.Text{EN: "Install the package ca-certificates.", ZH: "安装 ca-certificates 软件包。"},
	Before: "FROM debian:stable-slim",
	After:  "RUN apt-get update && apt-get install -y ca-certificates",
	Since:  "0.2.0",
	Causes: []string{"TLS003"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		c := v.Certs
		if !unixRoots(v) || c.FileOK || c.DirsOK || c.System != "" {
			return nil
		}
		command := "apt-get install -y ca-certificates"
		if v.Machine.Libc == "musl" {
			command = "apk add ca-certificates"
		}
		return []envcheck.Finding{{Subject: "ca-certificates", Message: msg.Textf("no CA certificates were found on this machine", "本机找不到任何 CA 证书"), Fix: &envcheck.Fix{Command: command}}}
	},
}
