package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var vcs008 = envcheck.Rule{
	Code:     "VCS008",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The netrc file with the credentials is not the one that Go reads", ZH: "存有凭据的 netrc 并不是 Go 读取的那一个"},
	Why: msg.Text{
		EN: "Go reads one file: the one that NETRC names, even when it is missing; else on Windows _netrc before .netrc. Entries of the others count for nothing, and go reports only 401 or 404.",
		ZH: "Go 只读一个文件：NETRC 指定的文件（即使它不存在）；否则在 Windows 上 _netrc 先于 .netrc。其余文件里的条目都不起作用，go 只会报 401 或 404。",
	},
	Fix:    msg.Text{EN: "Keep one file, and correct or remove NETRC.", ZH: "只保留一个文件，并改正或删除 NETRC。"},
	Before: "NETRC=/run/secrets/netrc   # missing; ~/.netrc has the entries",
	After:  "unset NETRC",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		s := v.InForce("NETRC")
		if s.Value != "" && !slices.ContainsFunc(v.Netrc, func(n envcheck.Netrc) bool { return n.FromNetrc && n.Exists }) {
			return []envcheck.Finding{{
				Subject: "NETRC", Where: s.Place, Evidence: []envcheck.Evidence{{Name: "NETRC", Value: s.Value, Place: s.Place}}, Fix: v.FixUnset(s, false),
				Message: msg.Textf("NETRC names %s, which does not exist or cannot be read", "NETRC 指定了 %s，但该文件不存在或无法读取", s.Value),
			}}
		}
		if len(v.Netrc) < 2 || v.Netrc[0].Default {
			return nil
		}
		read := v.Netrc[0]
		var out []envcheck.Finding
		for _, n := range v.Netrc[1:] {
			for _, m := range n.Machines {
				if slices.Contains(read.Machines, m) {
					continue
				}
				out = append(out, envcheck.Finding{
					Subject: m, Where: envcheck.Place{File: n.Path}, Evidence: []envcheck.Evidence{{Name: "read", Value: read.Path}, {Name: "not read", Value: n.Path}},
					Message: msg.Textf("%[1]s stands in %[2]s, but Go reads %[3]s", "%[1]s 写在 %[2]s 里，而 Go 读取的是 %[3]s", m, n.Path, read.Path),
				})
			}
		}
		return out
	},
}
