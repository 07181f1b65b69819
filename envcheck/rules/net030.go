package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net030 = envcheck.Rule{
	Code:     "NET030",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "NO_PROXY has entries that Go does not understand", ZH: "NO_PROXY 中有 Go 无法识别的写法"},
	Why: msg.Text{
		EN: "Go takes host names, *.domain, addresses and networks such as 192.168.0.0/16, separated by commas. Wildcards inside an address, regular expressions, semicolons, spaces, https:// and a dot at the end are taken as they stand and match nothing, so the hosts go through the proxy after all.",
		ZH: "Go 只接受以逗号分隔的主机名、*.域名、IP 地址以及 192.168.0.0/16 这样的网段。地址中的通配符、正则表达式、分号、空格、https:// 和末尾的点都会被原样保留，什么也匹配不到，这些主机仍会走代理。",
	},
	Fix:    msg.Text{EN: "Separate by commas, write networks with a slash and the number of bits, and names without scheme or path.", ZH: "用逗号分隔，网段写成“地址/位数”，主机名不要带协议和路径。"},
	Before: `export NO_PROXY='192.168.*;https://git.corp.example/*'`,
	After:  `export NO_PROXY='192.168.0.0/16,git.corp.example'`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		why := map[string]msg.Text{
			"separator": {EN: "only a comma separates", ZH: "只能用逗号分隔"},
			"scheme":    {EN: "a name has no scheme", ZH: "主机名不带协议"},
			"regexp":    {EN: "regular expressions are not known", ZH: "不支持正则表达式"},
			"slash":     {EN: "a slash is for networks only", ZH: "斜杠只能用于网段"},
			"wildcard":  {EN: "* is for the beginning of a name only", ZH: "* 只能位于域名开头"},
			"ending":    {EN: "a part of an address is not a network", ZH: "不完整的地址不是网段"},
			"quote":     {EN: "the quotes are part of the value", ZH: "引号成了值的一部分"},
		}
		var out []envcheck.Finding
		for _, s := range v.SettingsOf(noProxyKeys...) {
			var bad []msg.Text
			for entry := range strings.SplitSeq(s.Value, ",") {
				entry = strings.TrimSpace(entry)
				if fault := noProxyFault(entry); fault != "" {
					bad = append(bad, msg.Textf("%s (%v)", "%s（%v）", entry, why[fault]))
				}
			}
			if len(bad) == 0 {
				continue
			}
			f := envcheck.Finding{
				Subject: s.Key, Where: s.Place, Evidence: []envcheck.Evidence{{Name: s.Key, Value: s.Value, Place: s.Place}},
				Message: msg.Textf("%s: Go does not understand %v", "%s：Go 无法识别 %v", s.Key, joinTexts(bad, ", ", "、")),
			}
			if mended, ok := mendNoProxy(s.Value); ok {
				f.Fix = v.FixSet(s, mended, false)
			}
			out = append(out, f)
		}
		return out
	},
}

// joinTexts puts statements into a row, in each language.
func joinTexts(texts []msg.Text, en, zh string) msg.Text {
	var ens, zhs []string
	for _, t := range texts {
		ens, zhs = append(ens, t.EN), append(zhs, t.ZH)
	}
	return msg.Text{EN: strings.Join(ens, en), ZH: strings.Join(zhs, zh)}
}
