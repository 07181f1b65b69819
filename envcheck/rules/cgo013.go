package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cgo013 = envcheck.Rule{
	Code:     "CGO013",
	Severity: envcheck.Info,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "An architecture level is set for everything that is built here", ZH: "为本机的所有构建设定了架构级别"},
	Why: msg.Text{
		EN: "The level stands in the env file or a shell start file, so releases get it too: they do not start on machines with an older processor, which are common in Xinchuang sites. Nothing in go.mod or the sources tells.",
		ZH: "该级别写在 env 文件或 shell 启动文件中，正式发布的程序也会带上它：在处理器较旧的机器上无法启动，而信创环境中这类机器很常见。go.mod 和源码中都看不出来。",
	},
	Fix: msg.Text{
		EN: "Remove it, and choose the level in the release's own configuration.",
		ZH: "删除该设置，在发布配置中选择级别。",
	},
	Before: `go env -w GOAMD64=v3`,
	After:  `go env -u GOAMD64; GOAMD64=v3 go build`,
	Since:  "0.2.0",
	Causes: []string{"CGO011"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GOAMD64", "GOARM64") {
			if !lasting(s) || !validLevel(s.Key, s.Value) || s.Value == defaultLevels[s.Key] {
				continue
			}
			out = append(out, envcheck.Finding{
				Subject:  s.Key,
				Where:    s.Place,
				Message:  msg.Textf("%[1]s=%[2]s applies to every build on this machine, releases too", "%[1]s=%[2]s 对本机的每次构建都生效，包括正式发布", s.Key, s.Value),
				Evidence: []envcheck.Evidence{{Name: s.Key, Value: s.Value, Place: s.Place}},
				Fix:      v.FixUnset(s, false), // programs get slower
			})
		}
		return out
	},
}
