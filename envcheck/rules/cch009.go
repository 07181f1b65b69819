package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cch009 = envcheck.Rule{
	Code:     "CCH009",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOCACHE or GOMODCACHE is not an absolute path", ZH: "GOCACHE 或 GOMODCACHE 不是绝对路径"},
	Why: msg.Text{
		EN: "GOCACHE=off has not been possible since Go 1.12, and a relative path, ~ or $HOME in the env file is refused: every build stops.",
		ZH: "自 Go 1.12 起已不能使用 GOCACHE=off；相对路径、env 文件中的 ~ 或 $HOME 也不被接受：任何构建都会中止。",
	},
	Fix:    msg.Text{EN: "Remove the setting, or write the whole path. To build without reuse use go build -a or an empty folder.", ZH: "删除该设置，或写出完整路径。若不想复用缓存，请用 go build -a 或指定一个空目录。"},
	Before: "export GOCACHE=off",
	After:  "unset GOCACHE",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf(caches...) {
			if s.Value == "" || goenv.IsAbs(v.Machine.OS, s.Value) || expandedLater(s) {
				continue
			}
			out = append(out, envcheck.Finding{
				Subject: s.Key, Where: s.Place, Evidence: []envcheck.Evidence{{Name: s.Key, Value: s.Value, Place: s.Place}},
				Message: msg.Textf("%s is %s, which is not an absolute path", "%s 为 %s，不是绝对路径", s.Key, s.Value), Fix: v.FixUnset(s, true),
			})
		}
		return out
	},
}

// expandedLater reports whether a shell or a CI system will still put something
// in for a variable or ~ at the beginning of the value.
func expandedLater(s envcheck.Setting) bool {
	switch s.Place.Origin {
	case string(goenv.FromProcess), string(goenv.FromFile), string(goenv.FromGoroot):
		return false
	}
	return s.Value[0] == '$' || s.Value[0] == '~' || s.Value[0] == '%'
}
