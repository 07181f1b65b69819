package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var flg010 = envcheck.Rule{
	Code:     "FLG010",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A flag in GOFLAGS lacks its value", ZH: "GOFLAGS 中有标志缺少取值"},
	Why: msg.Text{
		EN: "go version and go env still run, but every build stops with \"flag needs an argument: … (from $GOFLAGS)\".",
		ZH: "go version 与 go env 仍可运行，但任何构建都会以 “flag needs an argument: … (from $GOFLAGS)” 中止。",
	},
	Fix:    msg.Text{EN: "Write the value behind an =, or take the flag out.", ZH: "在 = 之后写上取值，或删去该标志。"},
	Before: "GOFLAGS=-tags",
	After:  "GOFLAGS=-tags=netgo",
	Since:  "0.2.0",
	Causes: []string{"FLG001"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GOFLAGS") {
			flags, _ := goenv.ParseFlags(s.Value)
			for _, trap := range goenv.FlagTraps(flags) {
				if trap.Kind != goenv.FlagNeedsValue {
					continue
				}
				out = append(out, settingFound(s, msg.Textf("%[1]s in GOFLAGS has no value: write -%[2]s=…", "GOFLAGS 中的 %[1]s 没有取值：请写成 -%[2]s=…", trap.Flag.Raw, trap.Flag.Name),
					withoutFlag(v, s, func(f goenv.Flag) bool { return f.Name == trap.Flag.Name && !f.HasEq })))
			}
		}
		return out
	},
}
