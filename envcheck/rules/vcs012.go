package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var vcs012 = envcheck.Rule{
	Code:     "VCS012",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOAUTH leaves out netrc, where the credential for a mirror is", ZH: "GOAUTH 没有包含 netrc，而镜像的凭据正在其中"},
	Why: msg.Text{
		EN: "Setting GOAUTH replaces the default netrc. The mirror is then asked without a credential and answers 401 or 404.",
		ZH: "设置 GOAUTH 会取代默认的 netrc。于是访问镜像时不带凭据，只会得到 401 或 404。",
	},
	Fix:    msg.Text{EN: "Add netrc to the list, or remove the setting.", ZH: "在列表中加上 netrc，或删除该设置。"},
	Before: "go env -w GOAUTH=off",
	After:  "go env -u GOAUTH",
	Since:  "0.2.0",
	Causes: []string{"VCS007", "VCS008"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		s := v.InForce("GOAUTH")
		commands, err := goenv.ParseAuth(s.Value)
		if s.Value == "" || err != nil || len(v.Netrc) == 0 {
			return nil
		}
		for _, c := range commands {
			if c[0] != "off" && c[0] != "git" { // netrc, or a command that may know more
				return nil
			}
		}
		var out []envcheck.Finding
		for _, m := range v.Proxies.Mirrors() {
			if m.URL.Scheme != "https" || m.URL.User != nil || !slices.ContainsFunc(v.Netrc[0].Machines, func(name string) bool { return strings.EqualFold(name, m.URL.Host) }) {
				continue
			}
			out = append(out, envcheck.Finding{
				Subject: "GOAUTH", Where: s.Place, Evidence: []envcheck.Evidence{{Name: "GOAUTH", Value: commands[0][0], Place: s.Place}, {Name: "netrc", Value: v.Netrc[0].Path}},
				Message: msg.Textf("%s has an entry for %s, but GOAUTH does not let the go command read it", "%s 中有 %s 的条目，但 GOAUTH 使 go 命令不去读取它", v.Netrc[0].Path, m.URL.Host), Fix: v.FixUnset(s, false),
			})
		}
		return out
	},
}
