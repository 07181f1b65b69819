package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cgo020 = envcheck.Rule{
	Code:     "CGO020",
	Severity: envcheck.Info,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GODEBUG=netdns=go is not needed with CGO_ENABLED=0", ZH: "CGO_ENABLED=0 时不需要 GODEBUG=netdns=go"},
	Why: msg.Text{
		EN: "A program built without cgo has Go's resolver and no other; the variable changes nothing, and hides that.",
		ZH: "不带 cgo 构建的程序只有 Go 自己的解析器；该变量不起任何作用，反而掩盖了这一事实。",
	},
	Fix:    msg.Text{EN: "Take netdns=go out of GODEBUG.", ZH: "从 GODEBUG 中删去 netdns=go。"},
	Before: `CGO_ENABLED=0 GODEBUG=netdns=go`,
	After:  `CGO_ENABLED=0`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GODEBUG") {
			words := strings.Split(s.Value, ",")
			rest := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return strings.TrimSpace(w) == "netdns=go" })
			if len(rest) == len(words) || !withoutCgo(v, s) {
				continue
			}
			f := envcheck.Finding{
				Subject:  "GODEBUG",
				Where:    s.Place,
				Message:  msg.Textf("netdns=go has no effect beside CGO_ENABLED=0", "在 CGO_ENABLED=0 之下 netdns=go 不起作用"),
				Evidence: []envcheck.Evidence{{Name: "GODEBUG", Value: s.Value, Place: s.Place}},
			}
			// Not by --fix: programs that were built elsewhere read GODEBUG too.
			if len(rest) == 0 {
				f.Fix = v.FixUnset(s, false)
			} else {
				f.Fix = v.FixSet(s, strings.Join(rest, ","), false)
			}
			out = append(out, f)
		}
		return out
	},
}

// withoutCgo reports whether cgo is off where a setting stands: in force, or in
// the same file.
func withoutCgo(v *envcheck.View, s envcheck.Setting) bool {
	if s.InForce {
		return v.Env.Get("CGO_ENABLED") == "0"
	}
	return slices.ContainsFunc(v.SettingsOf("CGO_ENABLED"), func(c envcheck.Setting) bool {
		return c.Place.Origin == s.Place.Origin && c.Place.File == s.Place.File && c.Value == "0"
	})
}
