package rules

import (
	"errors"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var flg001 = envcheck.Rule{
	Code:     "FLG001",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The go command refuses GOFLAGS", ZH: "go 命令拒绝 GOFLAGS 的内容"},
	Why: msg.Text{
		EN: "Each word must be a flag that some go command knows, with its value behind an =. One word that is not stops every command except go env and go bug, even go version.",
		ZH: "每个词都必须是某个 go 子命令认识的标志，取值写在 = 之后。只要有一个词不符合，除 go env 与 go bug 外的所有命令（包括 go version）都会中止。",
	},
	Fix:    msg.Text{EN: "Write -mod=vendor rather than -mod vendor, put words with spaces into quotes, and take out what is no flag.", ZH: "写 -mod=vendor 而不是 -mod vendor；含空格的词加引号；删去不是标志的内容。"},
	Before: `GOFLAGS="-mod vendor"`,
	After:  `GOFLAGS="-mod=vendor"`,
	Since:  "0.2.0",
	Causes: []string{"ENV010", "FLG005"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GOFLAGS") {
			err := goenv.CheckFlags(s.Value)
			if err == nil || s.Place.Origin != string(goenv.FromProcess) && hasVariable(s.Value) {
				continue
			}
			fix := v.FixUnset(s, false)
			if better := joinedValue(s.Value, err); better != "" {
				fix = v.FixSet(s, better, false)
			}
			out = append(out, settingFound(s, msg.Textf("GOFLAGS is refused: %v", "GOFLAGS 被拒绝：%v", err), fix))
		}
		return out
	},
}

// joinedValue puts an = between a flag and the word behind it that was meant as
// its value; "" when that does not make GOFLAGS right.
func joinedValue(value string, err error) string {
	var bad *goenv.FlagError
	if !errors.As(err, &bad) || bad.Unknown || bad.Word == "" {
		return ""
	}
	words := strings.Fields(value)
	for i := 1; i < len(words); i++ {
		if words[i] == bad.Word && strings.HasPrefix(words[i-1], "-") && !strings.Contains(words[i-1], "=") {
			words[i-1] += "=" + words[i]
			better := strings.Join(append(words[:i], words[i+1:]...), " ")
			if goenv.CheckFlags(better) == nil {
				return better
			}
			return ""
		}
	}
	return ""
}
