package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var flg007 = envcheck.Rule{
	Code:     "FLG007",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The vendor folder does not match go.mod", ZH: "vendor 目录与 go.mod 不一致"},
	Why: msg.Text{
		EN: "The go command compares vendor/modules.txt with go.mod before it builds and stops with \"inconsistent vendoring\". It uses the folder without any flag where there is one.",
		ZH: "构建前 go 命令会比较 vendor/modules.txt 与 go.mod，不一致则以 “inconsistent vendoring” 中止。只要目录存在，无需任何标志也会使用它。",
	},
	Fix:    msg.Text{EN: "Run go mod vendor and commit the result.", ZH: "运行 go mod vendor 并提交结果。"},
	Before: "go get example.com/lib@v1.1.0",
	After:  "go get example.com/lib@v1.1.0 && go mod vendor",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		on, _ := vendoring(v)
		if !on || !v.Module.Vendor.Exists || v.Module.Vendor.Size > int64(len(v.Module.Vendor.Data)) {
			return nil
		}
		wrong := vendorMismatches(v)
		if len(wrong) == 0 {
			return nil
		}
		return []envcheck.Finding{{Subject: wrong[0], Where: envcheck.Place{File: v.Module.Vendor.Path},
			Message:  msg.Textf("vendor/modules.txt and go.mod disagree about %d requirements", "vendor/modules.txt 与 go.mod 有 %d 处依赖不一致", len(wrong)),
			Evidence: []envcheck.Evidence{{Name: "modules", Value: strings.Join(wrong[:min(len(wrong), 5)], ", ")}},
			Fix:      &envcheck.Fix{Command: "go mod vendor"}}}
	},
}
