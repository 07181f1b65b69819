package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env016 = envcheck.Rule{
	Code:     "ENV016",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOCACHE is off or not an absolute path", ZH: "GOCACHE 为 off 或不是绝对路径"},
	Why: msg.Text{
		EN: "The build cache cannot be turned off since Go 1.12, and its place may not depend on the current folder: every build stops.",
		ZH: "自 Go 1.12 起构建缓存不能关闭，其位置也不能取决于当前目录：任何构建都会中止。",
	},
	Fix:    msg.Text{EN: "Remove the setting, or write a whole path.", ZH: "删除该设置，或写完整路径。"},
	Before: "export GOCACHE=off",
	After:  "unset GOCACHE",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		s, err := v.InForce("GOCACHE"), v.Env.Paths().CacheErr
		if err == nil || s.Value == "" {
			return nil
		}
		return []envcheck.Finding{settingFound(s, msg.Textf("no build can start: %v", "任何构建都无法开始：%v", err), v.FixUnset(s, true))}
	},
}
