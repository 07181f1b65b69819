package rules

import (
	"net/url"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv015 = envcheck.Rule{
	Code:     "PRV015",
	Severity: envcheck.Info,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "A repository on a public host carries an internal module path", ZH: "公共代码托管平台上的仓库使用了内部模块路径"},
	Why: msg.Text{
		EN: "Whoever can read the repository learns the internal host, and nobody outside can use the module by its path. Where the domain is not registered, a stranger may register it and answer for the path.",
		ZH: "能读取仓库的人都会得知内部主机名，而外部无法按该路径使用模块。若该域名尚未注册，他人可以抢注并以此路径应答。",
	},
	Fix: msg.Text{
		EN: "Give the module the path of its repository, or keep the repository inside.",
		ZH: "让模块路径与仓库地址一致，或把仓库放在内部。",
	},
	Before: `module git.corp.internal/team/app in a repository at github.com`,
	After:  `module github.com/corp/app`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		u, err := url.Parse(v.Git.Origin)
		host := ""
		if err == nil {
			host = u.Hostname()
		}
		if _, rest, ok := strings.Cut(v.Git.Origin, "@"); ok && host == "" {
			host, _, _ = strings.Cut(rest, ":")
		}
		if !leak.PublicHost(host) {
			return nil
		}
		var out []envcheck.Finding
		for _, e := range v.Exposures {
			own, _, _ := strings.Cut(e.Path, "/")
			if e.Why != "main" || e.Class != leak.Private || !strings.Contains(own, ".") || leak.PublicHost(own) {
				continue
			}
			out = append(out, envcheck.Finding{Subject: e.Path, Where: envcheck.Place{File: e.File, Line: e.Line},
				Message:  msg.Textf("the repository is at %[1]s, but the module is called %[2]s", "仓库位于 %[1]s，模块却名为 %[2]s", host, e.Path),
				Evidence: []envcheck.Evidence{{Name: "module", Value: e.Path, Place: envcheck.Place{File: e.File, Line: e.Line}}, {Name: "origin", Value: host}}})
		}
		return out
	},
}
