package rules

import (
	"path"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var root009 = envcheck.Rule{
	Code:     "ROOT009",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOPATH is not an absolute path", ZH: "GOPATH 不是绝对路径"},
	Why: msg.Text{
		EN: "Every build stops with \"GOPATH entry is relative\" or \"cannot start with shell metacharacter '~'\". Nothing expands ~ or $HOME in an env file, nor a shell within quotes.",
		ZH: "所有构建都会以 “GOPATH entry is relative” 或 “cannot start with shell metacharacter '~'” 中止。env 文件中的 ~ 与 $HOME 不会被展开，shell 引号内的 ~ 也不会。",
	},
	Fix:    msg.Text{EN: "Write the whole path, or remove the setting.", ZH: "写完整路径，或删除该设置。"},
	Before: "GOPATH='~/go'",
	After:  "GOPATH=/home/dev/go",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		s := v.InForce("GOPATH")
		for _, p := range gopaths(v, s.Value) {
			if goenv.IsAbs(v.Machine.OS, p) {
				continue
			}
			fix := v.FixUnset(s, false)
			for _, home := range []string{"~", "$HOME", "${HOME}"} {
				if rest, ok := strings.CutPrefix(s.Value, home); ok && v.Home != "" && (rest == "" || rest[0] == '/' && !strings.ContainsAny(rest, ":$~")) {
					fix = v.FixSet(s, path.Join(v.Home, rest), s.Place.Origin == string(goenv.FromFile))
				}
			}
			return []envcheck.Finding{settingFound(s, msg.Textf("GOPATH holds %q, which is not an absolute path: no build starts", "GOPATH 含有 %q，不是绝对路径：任何构建都无法开始", p), fix)}
		}
		return nil
	},
}
