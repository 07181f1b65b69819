package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cgo014 = envcheck.Rule{
	Code:     "CGO014",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "Go knows no such architecture level", ZH: "Go 没有这个架构级别"},
	Why: msg.Text{
		EN: "go1.26 does not notice a wrong GOAMD64 or GOARM: it builds for the default level, and writes the wrong word into the program's build information, which then claims what is not true. A wrong GOARM64 stops every build for arm64.",
		ZH: "go1.26 不会发现错误的 GOAMD64 或 GOARM：实际按默认级别构建，却把错误的值写进程序的构建信息，使其名不副实。错误的 GOARM64 则会使所有 arm64 构建中止。",
	},
	Fix: msg.Text{
		EN: "Write a level that exists: GOAMD64 v1 to v4, GOARM 5 to 7, GOARM64 v8.0 to v9.5, with \",lse\" or \",crypto\" behind.",
		ZH: "使用存在的级别：GOAMD64 为 v1 至 v4，GOARM 为 5 至 7，GOARM64 为 v8.0 至 v9.5，后面可加 “,lse” 或 “,crypto”。",
	},
	Before: `GOAMD64=3 go build`,
	After:  `GOAMD64=v3 go build`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GOAMD64", "GOARM", "GOARM64") {
			if validLevel(s.Key, s.Value) || templated(s.Value) {
				continue
			}
			f := envcheck.Finding{
				Subject:  s.Key,
				Where:    s.Place,
				Message:  msg.Textf("%[1]s=%[2]s is no level that Go knows", "%[1]s=%[2]s 不是 Go 认识的级别", s.Key, s.Value),
				Evidence: []envcheck.Evidence{{Name: s.Key, Value: s.Value, Place: s.Place}},
			}
			if level := nearLevel(s.Key, s.Value); level != "" {
				f.Fix = v.FixSet(s, level, false) // the level takes effect now
			} else {
				f.Fix = v.FixUnset(s, s.Key != "GOARM64")
			}
			out = append(out, f)
		}
		return out
	},
}

// nearLevel is what a wrong level most likely means; "" = no idea.
func nearLevel(key, value string) string {
	value = strings.ToLower(strings.TrimSpace(value))
	value = strings.TrimPrefix(strings.TrimPrefix(value, "x86-64-"), "x86_64-")
	bare := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(value, "armv"), "arm"), "v")
	for _, try := range []string{value, bare, "v" + bare, "v" + bare + ".0"} {
		if validLevel(key, try) {
			return try
		}
	}
	return ""
}
