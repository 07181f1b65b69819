package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var flg002 = envcheck.Rule{
	Code:     "FLG002",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOFLAGS says -mod=vendor, but there is no vendor folder", ZH: "GOFLAGS 指定了 -mod=vendor，却没有 vendor 目录"},
	Why: msg.Text{
		EN: "The go command stops with \"inconsistent vendoring\". Since Go 1.14 it uses a vendor folder by itself where there is one, so the flag is not needed.",
		ZH: "go 命令会以 “inconsistent vendoring” 中止。自 Go 1.14 起只要存在 vendor 目录就会自动使用，无需该标志。",
	},
	Fix:    msg.Text{EN: "Take the flag out of GOFLAGS, or make the folder with go mod vendor.", ZH: "从 GOFLAGS 删去该标志，或用 go mod vendor 生成目录。"},
	Before: "go env -w GOFLAGS=-mod=vendor",
	After:  "go env -u GOFLAGS",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		_, byFlag := vendoring(v)
		if !byFlag || v.Module.Vendor.Exists || len(v.Mod.Require) == 0 {
			return nil
		}
		s := v.InForce("GOFLAGS")
		return []envcheck.Finding{settingFound(s, msg.Textf("-mod=vendor, but %s has no vendor folder beside it", "指定了 -mod=vendor，但 %s 旁没有 vendor 目录", v.Module.GoMod.Path), withoutFlag(v, s, isMod))}
	},
}
