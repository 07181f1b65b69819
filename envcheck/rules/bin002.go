package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var bin002 = envcheck.Rule{
	Code:     "BIN002",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The program holds paths of the machine that built it", ZH: "程序中含有构建机的路径"},
	Why: msg.Text{
		EN: "Without -trimpath every source file's full path is inside, user names and project folders among them, and shows in each panic. Two machines, or two folders, give different bytes, so that nobody can prove what a program was built from. -s -w does not remove them.",
		ZH: "未使用 -trimpath 时，每个源文件的完整路径都在程序内，包括用户名和项目目录，且每次 panic 都会显示。换一台机器或目录，得到的字节就不同，因而无法证明程序由何构建。-s -w 并不能去掉它们。",
	},
	Fix:    msg.Text{EN: "Build with -trimpath.", ZH: "构建时加上 -trimpath。"},
	Before: `go build`,
	After:  `go build -trimpath`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachBinary(v, func(b envcheck.Binary) envcheck.Finding {
			trimmed := b.Settings["-trimpath"] == "true"
			if trimmed && len(b.Paths) == 0 || b.GoVersion == "" && len(b.Paths) == 0 {
				return envcheck.Finding{}
			}
			f := envcheck.Finding{
				Message:  msg.Textf("built without -trimpath: source paths of the build machine are inside", "构建时未用 -trimpath：程序内含构建机的源码路径"),
				Evidence: saw(b, "-trimpath", b.Settings["-trimpath"], "path", strings.Join(b.Paths, " ")),
				Fix:      &envcheck.Fix{Command: "go build -trimpath"},
			}
			if trimmed {
				f.Message = msg.Textf("built with -trimpath, and yet %s stands inside", "虽用了 -trimpath，程序内仍有 %s", b.Paths[0])
				f.Fix = &envcheck.Fix{Note: msg.Textf("-X of -ldflags, C code or an embedded file has brought it in", "可能来自 -ldflags 的 -X、C 代码或嵌入的文件")}
			}
			return f
		})
	},
}
