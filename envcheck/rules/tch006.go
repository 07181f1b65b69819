package rules

import (
	"cmp"

	"github.com/Masterminds/semver/v3"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tch006 = envcheck.Rule{
	Code:     "TCH006",
	Severity: envcheck.Error,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "The Go version is not one that the organisation allows", ZH: "Go 版本不符合组织规定"},
	Why: msg.Text{
		EN: "The policy (check.go in .yingzao.yaml) says which versions are tested and supported here.",
		ZH: "策略（.yingzao.yaml 的 check.go）规定了这里测试并支持的版本。",
	},
	Fix:    msg.Text{EN: "Install a Go that satisfies the policy: yingzao bootstrap apply --go VERSION.", ZH: "安装符合策略的 Go：yingzao bootstrap apply --go 版本。"},
	Before: "check:\n  go: [\">=1.26.6\"]   # and go1.25.1 builds",
	After:  "go1.26.8",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		have := selected(v)
		version, ok := semverOf(have)
		if !ok {
			return nil
		}
		for _, want := range v.Policy.Go {
			c, err := semver.NewConstraint(want)
			if err != nil {
				continue // the policy is checked where it is read
			}
			c.IncludePrerelease = true
			if !c.Check(version) {
				f := envcheck.Finding{Subject: have, Evidence: toolchainEvidence(v),
					Message: msg.Textf("%[1]s builds here, the policy asks for %[2]s", "此处使用 %[1]s 构建，而策略要求 %[2]s", have, want)}
				f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "check.go", Value: want, Place: envcheck.Place{File: v.Policy.File}})
				return []envcheck.Finding{f}
			}
		}
		return nil
	},
}

var goVersion = lazyre.New(`^go(\d+)\.(\d+)(?:\.(\d+))?(?:(rc|beta)(\d+))?$`)

// semverOf turns go1.27rc3 into 1.27.0-rc.3. A language version alone is its
// first release.
func semverOf(name string) (*semver.Version, bool) {
	m := goVersion.Re().FindStringSubmatch(name)
	if m == nil {
		return nil, false
	}
	text := m[1] + "." + m[2] + "." + cmp.Or(m[3], "0")
	if m[4] != "" {
		text += "-" + m[4] + "." + m[5]
	}
	v, err := semver.StrictNewVersion(text)
	return v, err == nil
}
