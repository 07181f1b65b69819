package rules

import (
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env009 = envcheck.Rule{
	Code:     "ENV009",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The name of a setting is mistyped", ZH: "设置名拼写有误"},
	Why: msg.Text{
		EN: "The go command ignores names that it does not know, in the environment as well as in the env file; only go env -w refuses them. The setting that was meant keeps its default: with GOPRVATE private modules are asked for in public.",
		ZH: "无论在环境变量还是 env 文件中，go 命令都会忽略不认识的名称，只有 go env -w 会拒绝。真正想改的设置仍是默认值：写成 GOPRVATE 时，私有模块会被公开查询。",
	},
	Fix:    msg.Text{EN: "Write the name as go env prints it.", ZH: "按 go env 打印的名称书写。"},
	Before: "export GOPRVATE=git.corp.example",
	After:  "export GOPRIVATE=git.corp.example",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		seen := map[envcheck.Place]bool{}
		for _, s := range v.AllSettings() {
			meant := mistypedSetting(s.Key)
			if meant == "" || seen[s.Place] && s.Place.File != "" {
				continue
			}
			seen[s.Place] = true
			out = append(out, settingFound(s, msg.Textf("%[1]s is no setting of Go; %[2]s was probably meant", "Go 没有名为 %[1]s 的设置，多半是想写 %[2]s", s.Key, meant),
				&envcheck.Fix{Note: msg.Textf("write %[2]s instead of %[1]s", "把 %[1]s 改为 %[2]s", s.Key, meant)}))
		}
		return out
	},
}

// mistypedSetting returns the setting that an unknown name most likely means;
// "" when the name is known, is not one of Go's, or is like none. Names with
// an underscore of their own (GO_VERSION, GOLANG_IMAGE) belong to somebody else.
func mistypedSetting(name string) string {
	if goenv.KnownProcess(name) || !strings.HasPrefix(name, "GO") || strings.ContainsAny(name, "_ \t\"'") || len(name) < 6 { // blanks and quotes are ENV004's
		return ""
	}
	limit := 2
	if len(name) < 7 {
		limit = 1
	}
	best := ""
	for _, k := range goenv.Settings() {
		if strings.Contains(k, "_") || len(k) < 5 {
			continue
		}
		if d := levenshtein.ComputeDistance(name, k); d <= limit {
			best, limit = k, d-1
		}
	}
	return best
}
