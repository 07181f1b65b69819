package rules

import (
	"go/version"

	"github.com/Masterminds/semver/v3"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var bin006 = envcheck.Rule{
	Code:     "BIN006",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The program was built with an old Go", ZH: "程序由旧版 Go 构建"},
	Why: msg.Text{
		EN: "The standard library is inside: its holes in TLS, HTTP and archives stay in the program until it is built again. Only the two newest Go versions get fixes.",
		ZH: "标准库就在程序里：其中 TLS、HTTP、归档等处的漏洞会一直留到重新构建。只有最新的两个 Go 版本有修复。",
	},
	Fix:    msg.Text{EN: "Build it again with a supported Go.", ZH: "用受支持的 Go 重新构建。"},
	Before: `go1.21.6`,
	After:  `go1.26.8`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachBinary(v, func(b envcheck.Binary) envcheck.Finding {
			f := envcheck.Finding{Evidence: saw(b, "go", b.GoVersion)}
			oldest := supported[len(supported)-1]
			switch want := refused(v.Policy.Go, b.GoVersion); {
			case !version.IsValid(b.GoVersion): // BIN003, BIN007
			case want != "":
				f.Severity = envcheck.Error
				f.Message = msg.Textf("built with %[1]s; the policy asks for %[2]s", "由 %[1]s 构建；策略要求 %[2]s", b.GoVersion, want)
			case version.Compare(version.Lang(b.GoVersion), oldest.lang) < 0:
				f.Message = msg.Textf("built with %[1]s, which gets no fixes: as of %[2]s %[3]s and later do", "由 %[1]s 构建，该版本已无修复：截至 %[2]s，只有 %[3]s 及以上版本有修复", b.GoVersion, releasesAsOf, oldest.lang)
			default:
				for _, s := range supported {
					if version.Lang(b.GoVersion) == s.lang && version.Compare(b.GoVersion, s.least) < 0 {
						f.Message = msg.Textf("built with %[1]s, which has known holes; %[2]s has them mended", "由 %[1]s 构建，该版本有已知漏洞，%[2]s 已修复", b.GoVersion, s.least)
					}
				}
			}
			return f
		})
	},
}

// refused is the first constraint of a policy that a Go version does not meet;
// "" = none, or the version is not one that can be compared.
func refused(constraints []string, have string) string {
	number, ok := semverOf(have)
	if !ok {
		return ""
	}
	for _, want := range constraints {
		c, err := semver.NewConstraint(want)
		if err != nil {
			continue // the policy is checked where it is read
		}
		c.IncludePrerelease = true
		if !c.Check(number) {
			return want
		}
	}
	return ""
}
