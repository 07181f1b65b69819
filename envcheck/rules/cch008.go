package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// A Go toolchain in the module cache is 11.5 thousand files.
const (
	fewInodes   = 1000
	tightInodes = 20000
)

var cch008 = envcheck.Rule{
	Code:     "CCH008",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The file system with Go's caches can hold hardly any more files", ZH: "Go 缓存所在的文件系统几乎无法再创建文件"},
	Why: msg.Text{
		EN: "Go's caches are many small files. When the inodes run out every write ends in \"no space left on device\", although df shows free space.",
		ZH: "Go 的缓存由大量小文件组成。inode 耗尽后，任何写入都会报 “no space left on device”，而 df 却显示还有空间。",
	},
	Fix:    msg.Text{EN: "Look with df -i; remove what is not needed (go clean -cache -modcache), or make the file system with more inodes.", ZH: "用 df -i 查看；清理不需要的文件（go clean -cache -modcache），或以更多 inode 重建文件系统。"},
	Before: "df -i ~/.cache   # IUse% 100%",
	After:  "go clean -cache -modcache",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, d := range append(dirsNamed(v, caches...), workDir(v)) {
			if d.Path == "" || d.ReadOnly || d.Inodes < 0 || d.Inodes >= tightInodes || d.Inodes == 0 && !d.Exists {
				continue
			}
			f := dirFinding(v, d)
			f.Message = msg.Textf("the file system of %s (%s) can hold %d more files", "%s（%s）所在的文件系统只能再创建 %d 个文件", d.Name, d.Path, d.Inodes)
			if d.Inodes >= fewInodes {
				f.Severity = envcheck.Warning
			}
			out = append(out, f)
		}
		return out
	},
}
