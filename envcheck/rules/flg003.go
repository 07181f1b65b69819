package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var flg003 = envcheck.Rule{
	Code:     "FLG003",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOFLAGS says -mod=mod: every build may rewrite go.mod", ZH: "GOFLAGS 指定了 -mod=mod：每次构建都可能改写 go.mod"},
	Why: msg.Text{
		EN: "With it go build adds requirements and picks versions by itself, and two builds of one commit can differ. In a workspace every command fails: \"-mod may only be set to readonly or vendor\".",
		ZH: "有了它，go build 会自行添加依赖、选择版本，同一提交的两次构建可能不同。在工作区中所有命令都会失败：“-mod may only be set to readonly or vendor”。",
	},
	Fix:    msg.Text{EN: "Take it out of GOFLAGS; use go mod tidy or go get when requirements change.", ZH: "从 GOFLAGS 中删去；依赖有变动时使用 go mod tidy 或 go get。"},
	Before: "go env -w GOFLAGS=-mod=mod",
	After:  "go env -u GOFLAGS",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		f, ok := flagOf(v.Flags, "mod")
		if !ok || f.Value != "mod" || v.FlagsErr != nil {
			return nil
		}
		s := v.InForce("GOFLAGS")
		out := settingFound(s, msg.Text{}, withoutFlag(v, s, isMod))
		if v.Work != nil {
			out.Severity = envcheck.Error
			out.Message = msg.Textf("-mod=mod is not allowed in the workspace of %s: every build fails", "%s 的工作区不允许 -mod=mod：所有构建都会失败", v.Module.GoWork.Path)
		}
		return []envcheck.Finding{out}
	},
}
