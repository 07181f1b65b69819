package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var root008 = envcheck.Rule{
	Code:     "ROOT008",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOPATH lies in GOROOT", ZH: "GOPATH 位于 GOROOT 之内"},
	Why: msg.Text{
		EN: "Go's own files and downloaded modules get mixed: an upgrade that replaces GOROOT deletes the module cache, and the installation can no longer be proven genuine. Where both are the same folder, every build prints a warning.",
		ZH: "Go 自身的文件与下载的模块混在一起：升级替换 GOROOT 时会删掉模块缓存，安装也无法再被验证为正版。若两者是同一目录，每次构建都会打印警告。",
	},
	Fix:    msg.Text{EN: "Put GOPATH somewhere else; without the setting it is the folder go in your home.", ZH: "把 GOPATH 放到别处；不设置时默认是主目录下的 go。"},
	Before: "export GOPATH=/usr/local/go/packages",
	After:  "unset GOPATH",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		s := v.InForce("GOPATH")
		for _, p := range gopaths(v, s.Value) {
			if within(v, p, v.Goroot.Path) {
				return []envcheck.Finding{settingFound(s, msg.Textf("GOPATH %[1]s lies in GOROOT %[2]s", "GOPATH %[1]s 位于 GOROOT %[2]s 之内", p, v.Goroot.Path), v.FixUnset(s, false))}
			}
		}
		return nil
	},
}
