package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cch013 = envcheck.Rule{
	Code:     "CCH013",
	Severity: envcheck.Info,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "The cache's file system does not tell upper from lower case", ZH: "缓存所在的文件系统不区分大小写"},
	Why: msg.Text{
		EN: "The module cache itself is prepared for that (it writes !x for X). But on Linux such a folder is usually one of Windows or macOS mounted into a virtual machine, and file names in your own packages that differ in case alone collide there.",
		ZH: "模块缓存本身已有对策（用 !x 表示 X）。但在 Linux 上，这样的目录多半是从 Windows 或 macOS 挂载到虚拟机里的，自己代码中仅大小写不同的文件名会在那里冲突。",
	},
	Fix:    msg.Text{EN: "Keep caches and sources on a disk of the system that builds.", ZH: "把缓存和源码放在构建系统自己的磁盘上。"},
	Before: "GOMODCACHE=/mnt/c/go/mod",
	After:  "go env -u GOMODCACHE",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if v.Machine.OS == "windows" || v.Machine.OS == "darwin" { // ordinary there
			return nil
		}
		var out []envcheck.Finding
		for _, d := range dirsNamed(v, caches...) {
			if !d.FoldCase {
				continue
			}
			f := dirFinding(v, d)
			f.Message = msg.Textf("%s (%s) is on a file system that does not tell upper from lower case", "%s（%s）所在的文件系统不区分大小写", d.Name, d.Path)
			out = append(out, f)
		}
		return out
	},
}
