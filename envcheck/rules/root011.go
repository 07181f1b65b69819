package rules

import (
	"fmt"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var root011 = envcheck.Rule{
	Code:     "ROOT011",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOROOT/go.env is not the one that Go ships", ZH: "GOROOT/go.env 不是 Go 自带的内容"},
	Why: msg.Text{
		EN: "The defaults of this Go differ from everybody else's, for all users of the machine, and go env -changed does not show it. Some distributions ship GOPROXY=direct, GOSUMDB=off, GOTOOLCHAIN=local. An upgrade of Go brings the usual defaults back without notice.",
		ZH: "这份 Go 的默认值与别处不同，影响本机所有用户，而 go env -changed 看不出来。有些发行版自带的是 GOPROXY=direct、GOSUMDB=off、GOTOOLCHAIN=local。升级 Go 后又会悄然恢复为通常的默认值。",
	},
	Fix:    msg.Text{EN: "Leave go.env alone; write what you want with go env -w, where it is seen.", ZH: "不要改 go.env；想要的设置用 go env -w 写出来，一目了然。"},
	Before: "sed -i s/GOTOOLCHAIN=auto/GOTOOLCHAIN=local/ /usr/local/go/go.env",
	After:  "go env -w GOTOOLCHAIN=local",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if !readsGoEnv(v) || !v.Goroot.GoEnv.Exists {
			return nil
		}
		var out []envcheck.Finding
		for _, s := range editedLines(v) {
			m := msg.Textf("%[1]s comes from an edited %[2]s: %[3]s", "%[1]s 来自被修改过的 %[2]s：%[3]s", s.Key, s.Place.File, s.Value)
			if s.Value == "" {
				m = msg.Textf("%[2]s does not give %[1]s a value, as Go's own does", "%[2]s 没有像 Go 自带的那样给出 %[1]s 的值", s.Key, s.Place.File)
			}
			fix := &envcheck.Fix{Note: msg.Textf("write the value that you want with go env -w %s=…", "用 go env -w %s=… 写入想要的值", s.Key)}
			if c, ok := restore(v, s.Key); ok && shippedKey(s.Key) {
				fix = v.FixSet(s, c.Value, false)
			}
			out = append(out, settingFound(s, m, fix))
		}
		if len(out) == 0 && v.Deep != nil && v.Deep.Goroot.Verdict == "go.env" {
			f := envcheck.Finding{Severity: envcheck.Info, Subject: v.Goroot.GoEnv.Path, Where: envcheck.Place{Origin: string(goenv.FromGoroot), File: v.Goroot.GoEnv.Path},
				Message: msg.Text{EN: "all files of GOROOT are genuine but go.env, which nothing in force depends on", ZH: "GOROOT 除 go.env 外均为官方文件，当前生效的设置也不依赖 go.env"}}
			for i, line := range v.Deep.Goroot.GoEnv {
				f.Evidence = append(f.Evidence, envcheck.Evidence{Name: fmt.Sprintf("go.env %d", i+1), Value: line})
			}
			out = append(out, f)
		}
		return out
	},
}

func shippedKey(key string) bool { return key == "GOPROXY" || key == "GOSUMDB" || key == "GOTOOLCHAIN" }
