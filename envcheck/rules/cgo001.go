package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cgo001 = envcheck.Rule{
	Code:     "CGO001",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "CGO_ENABLED is neither 0 nor 1", ZH: "CGO_ENABLED 既不是 0 也不是 1"},
	Why: msg.Text{
		EN: "Only the digits 0 and 1 mean something; any other word is ignored without a message. With CGO_ENABLED=false cgo stays on, and go env CGO_ENABLED prints 1.",
		ZH: "只有数字 0 和 1 有意义，其他写法会被忽略且没有任何提示。写成 CGO_ENABLED=false 时 cgo 依然开启，go env CGO_ENABLED 输出 1。",
	},
	Fix: msg.Text{
		EN: "Write 0 for programs without C parts, 1 where they are needed.",
		ZH: "不需要 C 代码的程序写 0，需要时写 1。",
	},
	Before: `export CGO_ENABLED=false`,
	After:  `export CGO_ENABLED=0`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("CGO_ENABLED") {
			if s.Value == "" || s.Value == "0" || s.Value == "1" || templated(s.Value) {
				continue
			}
			f := envcheck.Finding{
				Subject:  "CGO_ENABLED",
				Where:    s.Place,
				Message:  msg.Textf("CGO_ENABLED=%s is ignored: only 0 and 1 count", "CGO_ENABLED=%s 会被忽略：只认 0 和 1", s.Value),
				Evidence: []envcheck.Evidence{{Name: "CGO_ENABLED", Value: s.Value, Place: s.Place}},
			}
			switch word := strings.Trim(strings.ToLower(s.Value), " \t\r\"'"); {
			case slices.Contains([]string{"0", "false", "no", "off", "disable", "disabled", "n", "f"}, word):
				// What was ignored takes effect: a package that needs cgo stops building.
				f.Fix = v.FixSet(s, "0", false)
			case slices.Contains([]string{"1", "true", "yes", "on", "enable", "enabled", "y", "t"}, word):
				f.Fix = v.FixSet(s, "1", false)
			default:
				f.Fix = v.FixUnset(s, true)
			}
			out = append(out, f)
		}
		return out
	},
}
