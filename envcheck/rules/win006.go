package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var win006 = envcheck.Rule{
	Code:     "WIN006",
	Severity: envcheck.Warning,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "A folder of Go's has blanks or Chinese characters in its path", ZH: "Go 的目录路径含有空格或中文"},
	Why: msg.Text{
		EN: "Go itself does not mind. The C compilers of MinGW, make, protoc plug-ins and old debuggers do: they read the path in the code page of the system, or split it at the blank. A Chinese user name puts TEMP, the caches and GOPATH below such a folder all at once.",
		ZH: "Go 本身不受影响，但 MinGW 的 C 编译器、make、protoc 插件和旧版调试器会出问题：它们按系统代码页解读路径，或在空格处断开。用户名为中文时，TEMP、缓存和 GOPATH 会一并落入这样的目录。",
	},
	Fix: msg.Text{
		EN: "Where C code or such tools are used, point GOPATH, GOCACHE and GOTMPDIR to a short path in Latin letters.",
		ZH: "若使用 C 代码或上述工具，请把 GOPATH、GOCACHE 和 GOTMPDIR 指向由英文字母组成的短路径。",
	},
	Before: `GOPATH=C:\Users\张三\go`,
	After:  `go env -w GOPATH=D:\go GOCACHE=D:\gocache GOTMPDIR=D:\gotmp`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if v.Machine.OS != "windows" {
			return nil
		}
		var out []envcheck.Finding
		for _, d := range v.Dirs {
			if d.Name == "HOME" || d.Path == "" {
				continue // what matters of it shows in the others
			}
			f := envcheck.Finding{Subject: d.Name, Where: v.InForce(d.Name).Place, Evidence: []envcheck.Evidence{{Name: d.Name, Value: d.Path}},
				Fix: &envcheck.Fix{Note: msg.Textf("give %s a path of Latin letters without blanks", "为 %s 选一个不含空格的英文路径", d.Name)}}
			switch {
			case strings.ContainsFunc(d.Path, func(r rune) bool { return r > 126 }):
				f.Message = msg.Textf("%[1]s is %[2]s: C compilers and old tools do not find files there", "%[1]s 为 %[2]s：C 编译器和旧工具在其中找不到文件", d.Name, d.Path)
			case strings.Contains(d.Path, " "):
				f.Severity = envcheck.Info
				f.Message = msg.Textf("%[1]s is %[2]s: tools that do not quote break at the blank", "%[1]s 为 %[2]s：不加引号的工具会在空格处出错", d.Name, d.Path)
			default:
				continue
			}
			out = append(out, f)
		}
		return out
	},
}
