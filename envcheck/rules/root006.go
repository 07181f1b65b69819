package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var root006 = envcheck.Rule{
	Code:     "ROOT006",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOROOT has no go.env", ZH: "GOROOT 中缺少 go.env"},
	Why: msg.Text{
		EN: "Since Go 1.21 the defaults of GOPROXY, GOSUMDB and GOTOOLCHAIN stand in this file and nowhere else; some distribution packages forgot it. Then module downloads fail with \"GOPROXY list is not the empty string, but contains no entries\".",
		ZH: "自 Go 1.21 起，GOPROXY、GOSUMDB、GOTOOLCHAIN 的默认值只写在这个文件里，有些发行版的软件包遗漏了它。结果下载模块时会报 “GOPROXY list is not the empty string, but contains no entries”。",
	},
	Fix:    msg.Text{EN: "Install the official release, or write the three settings with go env -w.", ZH: "改装官方发布版，或用 go env -w 写入这三个设置。"},
	Before: "rm /usr/local/go/go.env",
	After:  "go env -w GOPROXY=https://goproxy.cn,direct GOSUMDB=sum.golang.org GOTOOLCHAIN=auto",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if !readsGoEnv(v) || v.Goroot.GoEnv.Exists || v.Goroot.GoEnv.Error != "" {
			return nil
		}
		var missing, words []string
		fix := &envcheck.Fix{}
		whole := true
		for _, key := range goEnvKeys {
			if v.Env.Lookup(key).Value != "" {
				continue
			}
			missing = append(missing, key)
			c, ok := restore(v, key)
			whole = whole && ok
			fix.Changes, words = append(fix.Changes, c), append(words, key+"="+c.Value)
		}
		if len(missing) == 0 {
			return nil // every setting is made elsewhere
		}
		if whole {
			fix.Command = "go env -w '" + strings.Join(words, "' '") + "'"
		} else {
			fix = &envcheck.Fix{Note: msg.Text{EN: "which mirror to use is for you to say: go env -w GOPROXY=…", ZH: "用哪个镜像由你决定：go env -w GOPROXY=…"}}
		}
		return []envcheck.Finding{{Subject: v.Goroot.GoEnv.Path, Fix: fix, Where: envcheck.Place{File: v.Goroot.GoEnv.Path},
			Message: msg.Textf("%[1]s is missing, and so is the value of %[2]s", "缺少 %[1]s，因此 %[2]s 没有值", v.Goroot.GoEnv.Path, strings.Join(missing, ", "))}}
	},
}
