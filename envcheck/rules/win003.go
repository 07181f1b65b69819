package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var win003 = envcheck.Rule{
	Code:     "WIN003",
	Severity: envcheck.Warning,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "Go and the project are on two sides of WSL", ZH: "Go 与项目分处 WSL 两侧"},
	Why: msg.Text{
		EN: "A Windows go.exe started inside WSL builds for Windows, keeps its env file and caches under C:\\Users, sees no variable that WSLENV does not name, and does not understand paths like /home/dev. Files that cross the border are read many times slower.",
		ZH: "在 WSL 中启动 Windows 的 go.exe，构建目标是 Windows，env 文件和缓存位于 C:\\Users，看不到 WSLENV 未列出的变量，也不认识 /home/dev 这样的路径。跨边界读取文件要慢许多倍。",
	},
	Fix: msg.Text{
		EN: "Install the Linux Go inside WSL and keep projects in its own file system; or work on Windows altogether.",
		ZH: "在 WSL 内安装 Linux 版 Go，并把项目放在 WSL 自己的文件系统中；或完全在 Windows 侧工作。",
	},
	Before: `PATH=/mnt/c/Program Files/Go/bin:$PATH`,
	After:  `PATH=/usr/local/go/bin:$PATH`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if len(v.Gos) == 0 {
			return nil
		}
		g := v.Gos[0]
		switch {
		case v.Machine.WSL && (windowsDrive.Re().MatchString(g.Path) || windowsDrive.Re().MatchString(g.Resolved) || g.OS == "windows"):
			return []envcheck.Finding{{
				Subject:  "PATH",
				Message:  msg.Textf("the go that runs here is the one of Windows: %s", "此处运行的是 Windows 的 go：%s", g.Path),
				Evidence: []envcheck.Evidence{{Name: "go", Value: g.Resolved}, {Name: "GOOS", Value: g.OS}},
				Fix:      &envcheck.Fix{Note: msg.Textf("install Go inside WSL; appendWindowsPath=false in /etc/wsl.conf keeps Windows out of PATH", "在 WSL 内安装 Go；在 /etc/wsl.conf 中设 appendWindowsPath=false 可使 PATH 不含 Windows 目录")},
			}}
		case v.Machine.WSL && windowsDrive.Re().MatchString(v.Dir):
			return []envcheck.Finding{{
				Severity: envcheck.Info,
				Subject:  v.Dir,
				Message:  msg.Textf("the project lies on a Windows drive, %s: builds inside WSL are slow there, and file modes are not kept", "项目位于 Windows 盘 %s：在 WSL 内构建很慢，且不保留文件权限", v.Dir),
				Fix:      &envcheck.Fix{Note: msg.Textf("clone it below your home folder in WSL", "把它克隆到 WSL 的主目录之下")},
			}}
		case v.Machine.OS == "windows" && wslShare(v.Dir):
			return []envcheck.Finding{{
				Subject:  v.Dir,
				Message:  msg.Textf("the project lies inside WSL, %s, and go is the one of Windows: git refuses the folder as somebody else's, and file locks do not work", "项目位于 WSL 内（%s），而 go 属于 Windows：git 会以所有者不符为由拒绝该目录，文件锁也不可用", v.Dir),
				Evidence: []envcheck.Evidence{{Name: "go", Value: g.Path}},
				Fix:      &envcheck.Fix{Note: msg.Textf("run go inside WSL", "在 WSL 内运行 go")},
			}}
		}
		return nil
	},
}

var windowsDrive = lazyre.New(`^/mnt/[a-z](/|$)`)

func wslShare(dir string) bool {
	dir = foldPath(dir)
	return strings.HasPrefix(dir, `\\wsl$\`) || strings.HasPrefix(dir, `\\wsl.localhost\`)
}
