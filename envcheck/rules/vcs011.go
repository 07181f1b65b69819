package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var vcs011 = envcheck.Rule{
	Code:     "VCS011",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOVCS forbids git for modules that are fetched directly", ZH: "GOVCS 禁止用 git 直接获取所需的模块"},
	Why: msg.Text{
		EN: "The go command refuses: \"GOVCS disallows using git for …\". With GOPROXY=direct, or for modules in GOPRIVATE, there is no other way to get them.",
		ZH: "go 命令会拒绝：“GOVCS disallows using git for …”。在 GOPROXY=direct 时，或对 GOPRIVATE 中的模块，没有别的获取途径。",
	},
	Fix:    msg.Text{EN: "Allow git for these modules, or serve them from a mirror.", ZH: "允许这些模块使用 git，或由镜像提供。"},
	Before: "GOVCS=*:off GOPRIVATE=git.corp.example",
	After:  "GOVCS=private:git,public:off",
	Since:  "0.2.0",
	Causes: []string{"VCS006"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		s := v.InForce("GOVCS")
		rules, err := goenv.ParseVCS(s.Value)
		if err != nil || len(rules) == 0 {
			return nil
		}
		var out []envcheck.Finding
		var seen []string
		for _, e := range v.Exposures {
			host := moduleHost(e.Path)
			if host == "" || !fetchedDirectly(v, e) || gitAllowed(v, rules, e) || slices.Contains(seen, host) {
				continue
			}
			seen = append(seen, host)
			out = append(out, envcheck.Finding{
				Subject: e.Path, Where: s.Place, Evidence: []envcheck.Evidence{{Name: "GOVCS", Value: s.Value, Place: s.Place}, {Name: e.Why, Value: e.Path, Place: envcheck.Place{File: e.File, Line: e.Line}}},
				Message: msg.Textf("GOVCS forbids git for %s, which is fetched directly", "GOVCS 禁止用 git 获取 %s，而它需要直接获取", e.Path),
			})
		}
		return out
	},
}

// gitAllowed asks the rules of GOVCS in their order, the built-in ones last
// (cmd/go/internal/vcs, govcsConfig.allow). There a module is private when
// GOPRIVATE matches it, and for nothing else.
func gitAllowed(v *envcheck.View, rules []goenv.VCSRule, e leak.Exposure) bool {
	private := goenv.MatchPatterns(v.Env.Get("GOPRIVATE"), e.Path)
	for _, r := range rules {
		match := goenv.MatchPatterns(r.Pattern, e.Path)
		switch r.Pattern {
		case "private":
			match = private
		case "public":
			match = !private
		case "*":
			match = true
		}
		if match {
			return slices.Contains(r.Allowed, "git") || slices.Contains(r.Allowed, "all")
		}
	}
	return true
}
