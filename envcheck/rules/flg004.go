package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var flg004 = envcheck.Rule{
	Code:     "FLG004",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOFLAGS holds -insecure, which is gone", ZH: "GOFLAGS 含有已废除的 -insecure"},
	Why: msg.Text{
		EN: "go build ignores it; go get stops with \"-insecure flag is no longer supported\".",
		ZH: "go build 会忽略它；go get 则以 “-insecure flag is no longer supported” 中止。",
	},
	Fix: msg.Text{
		EN: "Take it out. A host that has no TLS yet can be named in GOINSECURE, alone and for as long as it takes to give it a certificate.",
		ZH: "删去。尚未启用 TLS 的主机可以单独写进 GOINSECURE，直到它有证书为止。",
	},
	Before: "go env -w GOFLAGS=-insecure",
	After:  "go env -u GOFLAGS",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		insecure := func(f goenv.Flag) bool { return f.Name == "insecure" }
		for _, s := range v.SettingsOf("GOFLAGS") {
			if flags, _ := goenv.ParseFlags(s.Value); slices.ContainsFunc(flags, insecure) {
				out = append(out, settingFound(s, msg.Text{}, withoutFlag(v, s, insecure)))
			}
		}
		return out
	},
}
