package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx004 = envcheck.Rule{
	Code:     "PRX004",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "Entries of GOPROXY are separated by a character that does not separate", ZH: "GOPROXY 的条目用了无效的分隔符"},
	Why: msg.Text{
		EN: "Only a comma and a pipe separate. A semicolon, a space, a slash or a full-width comma silently becomes part of the address: the mirror is asked for a path that it does not have, and what follows is never tried.",
		ZH: "只有逗号和竖线能分隔条目。分号、空格、斜杠或全角逗号会悄悄成为地址的一部分：向镜像请求的是不存在的路径，后面的条目也从不会被尝试。",
	},
	Fix:    msg.Text{EN: "Separate by a comma, or by a pipe where any failure should move on to the next entry.", ZH: "用半角逗号分隔；若任何失败都应转到下一项，则用竖线。"},
	Before: `GOPROXY=https://goproxy.cn;direct`,
	After:  `GOPROXY=https://goproxy.cn,direct`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachEntry(v, func(l proxyList, i int, p goenv.Proxy) *envcheck.Finding {
			if !isGlued(p) {
				return nil
			}
			w := strings.TrimSpace(p.Raw)
			char := "/"
			if at := strings.IndexAny(w, separators); at >= 0 {
				char = string([]rune(w[at:])[:1])
			}
			fix := v.FixProxy(l.Setting, true)
			if unglued(p) != "" {
				fix = l.fix(v, l.mended(unglued), true)
			}
			return l.finding(msg.Textf("%[1]q does not separate the entries of GOPROXY in %[2]q", "%[1]q 不能分隔 GOPROXY 的条目：%[2]q", char, mask(w)), fix)
		})
	},
}

// unglued are the entries that one entry was meant to be; "" = it is one, or
// nothing but separators.
func unglued(p goenv.Proxy) string {
	if !isGlued(p) {
		return ""
	}
	parts := strings.FieldsFunc(p.Raw, func(r rune) bool { return strings.ContainsRune(separators, r) })
	for i, part := range parts {
		for _, w := range []string{"direct", "off"} {
			before, ok := strings.CutSuffix(part, "/"+w)
			if before = strings.TrimRight(before, "/"); ok && before != "" && !strings.HasSuffix(before, ":") {
				parts[i] = before + "," + w
			}
		}
	}
	return strings.Join(parts, ",")
}
