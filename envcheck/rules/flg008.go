package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var flg008 = envcheck.Rule{
	Code:     "FLG008",
	Severity: envcheck.Info,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOFLAGS makes the module cache writable (-modcacherw)", ZH: "GOFLAGS 使模块缓存可写（-modcacherw）"},
	Why: msg.Text{
		EN: "Modules are normally extracted read-only, because go build does not notice when one is edited later. With the flag an editor or a test can change what all projects build from; only go mod verify would tell.",
		ZH: "模块解压后通常是只读的，因为之后若被改动，go build 不会察觉。有了该标志，编辑器或测试就能改动所有项目共用的源码，只有 go mod verify 能发现。",
	},
	Fix:    msg.Text{EN: "Take it out unless a CI job has to delete the cache with rm; go clean -modcache works without it.", ZH: "除非 CI 作业必须用 rm 删除缓存，否则删去；go clean -modcache 不需要它。"},
	Before: "go env -w GOFLAGS=-modcacherw",
	After:  "go env -u GOFLAGS",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if _, ok := flagOf(v.Flags, "modcacherw"); !ok || v.FlagsErr != nil || v.Profile.CI {
			return nil
		}
		s := v.InForce("GOFLAGS")
		return []envcheck.Finding{settingFound(s, msg.Text{}, withoutFlag(v, s, func(f goenv.Flag) bool { return f.Name == "modcacherw" }))}
	},
}
