package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var flg005 = envcheck.Rule{
	Code:     "FLG005",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A list of flags in GOFLAGS is not quoted and falls apart", ZH: "GOFLAGS 中的标志列表没有加引号，被拆散了"},
	Why: msg.Text{
		EN: "GOFLAGS is split at spaces. Of -ldflags=-s -w the linker gets -s alone; -w is taken for a flag of its own, which go build drops without a word because go env happens to have one. With -X, which no command has, everything fails.",
		ZH: "GOFLAGS 按空格拆分。写成 -ldflags=-s -w 时，链接器只得到 -s；-w 被当作独立的标志，由于 go env 恰好有 -w，go build 便静默丢弃它。若是没有任何命令认识的 -X，则全部失败。",
	},
	Fix:    msg.Text{EN: "Put the whole word into quotes, the name of the flag included.", ZH: "用引号包住整个词，包括标志名。"},
	Before: `go env -w GOFLAGS='-ldflags=-s -w'`,
	After:  `go env -w GOFLAGS="'-ldflags=-s -w'"`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GOFLAGS") {
			flags, _ := goenv.ParseFlags(s.Value)
			for _, trap := range goenv.FlagTraps(flags) {
				if trap.Kind != goenv.FlagDetached {
					continue
				}
				fix := &envcheck.Fix{Note: msg.Textf("write the words that belong together in one pair of quotes: '-%s=…'", "把属于一体的词放进同一对引号：'-%s=…'", trap.Of.Name)}
				if value := quotedList(s.Value, trap.Of.Raw); value != "" {
					fix = v.FixSet(s, value, false)
				}
				f := settingFound(s, msg.Textf("%[1]s belongs to -%[2]s, but without quotes it is a flag of its own", "%[1]s 本应属于 -%[2]s，但没有引号就成了独立的标志", trap.Flag.Raw, trap.Of.Name), fix)
				if goenv.CheckFlags(s.Value) != nil {
					f.Severity = envcheck.Error
				}
				out = append(out, f)
				break // one pair of quotes mends them all
			}
		}
		return out
	},
}

// quotedList puts quotes around everything from the list on, which is right when
// the list stands last; "" when that does not make GOFLAGS right.
func quotedList(value, list string) string {
	at := strings.Index(value, list)
	if at < 0 || strings.ContainsAny(value[at:], `'"`) {
		return ""
	}
	value = value[:at] + "'" + strings.TrimSpace(value[at:]) + "'"
	flags, err := goenv.ParseFlags(value)
	if err != nil || goenv.CheckFlags(value) != nil || len(goenv.FlagTraps(flags)) > 0 {
		return ""
	}
	for _, word := range strings.Fields(strings.TrimPrefix(value[at:], "'"+list)) {
		if f, _ := goenv.ParseFlags(strings.TrimSuffix(word, "'")); len(f) == 1 && goenv.CheckFlags(f[0].Raw) == nil && f[0].HasEq {
			return "" // -ldflags=-s -w -mod=vendor: where the list ends is not for us to say
		}
	}
	return value
}
