package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx002 = envcheck.Rule{
	Code:     "PRX002",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A word in GOPROXY is neither direct nor off", ZH: "GOPROXY 中的单词既不是 direct 也不是 off"},
	Why: msg.Text{
		EN: "The go command knows two words, in lower case. It takes any other for an address and refuses the whole list, also where an earlier mirror has everything: \"invalid proxy URL missing scheme\".",
		ZH: "go 命令只认得两个小写单词，其余一律当作地址，并拒绝整个列表，即使前面的镜像什么都有：“invalid proxy URL missing scheme”。",
	},
	Fix:    msg.Text{EN: "Write direct or off in lower case, or the mirror's whole URL.", ZH: "用小写写 direct 或 off，或写出镜像的完整 URL。"},
	Before: `GOPROXY=https://goproxy.cn,Direct`,
	After:  `GOPROXY=https://goproxy.cn,direct`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachEntry(v, func(l proxyList, i int, p goenv.Proxy) *envcheck.Finding {
			w := bareWord(p)
			if w == "" {
				return nil
			}
			meant, sure := meantWord(w)
			if meant == "" {
				return l.finding(msg.Textf("GOPROXY holds the word %[1]q; only direct and off are known", "GOPROXY 含有单词 %[1]q，而 go 只认得 direct 与 off", w), v.FixProxy(l.Setting, false))
			}
			fix := l.fix(v, l.mended(func(p goenv.Proxy) string { m, _ := meantWord(bareWord(p)); return m }), sure)
			if !sure {
				return l.finding(msg.Textf("GOPROXY holds the word %[1]q; direct is meant, it seems", "GOPROXY 含有单词 %[1]q，似乎想写 direct", w), fix)
			}
			return l.finding(msg.Textf("GOPROXY holds %[1]q; the go command knows only the lower-case %[2]s", "GOPROXY 写的是 %[1]q，而 go 只认得小写的 %[2]s", w, meant), fix)
		})
	},
}

// meantWord is direct or off where a word can only mean that. A mistyped one is
// taken for direct, and only a person may say so: off is the opposite.
func meantWord(w string) (meant string, sure bool) {
	switch meant = strings.ToLower(w); meant {
	case "":
		return "", false
	case "direct", "off":
		return meant, true
	}
	return msg.Nearest(w, []string{"direct"}), false
}
