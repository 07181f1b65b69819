package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cch007 = envcheck.Rule{
	Code:     "CCH007",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "Go's caches are on a file system that is mounted read-only", ZH: "Go 的缓存位于只读挂载的文件系统上"},
	Why: msg.Text{
		EN: "Where a cache or the folder for temporary files has to be made first, the build stops with \"read-only file system\". A build cache that is already there is read but not added to, without a word: what has changed is compiled again each time. A complete module cache may be read-only, but nothing can be added.",
		ZH: "若缓存或临时目录尚需创建，构建会以 “read-only file system” 中止。已有的构建缓存只能读、不能添加，且没有任何提示：改动过的部分每次都要重新编译。完整的模块缓存可以只读，但无法再添加任何模块。",
	},
	Fix:    msg.Text{EN: "Set the folder to one on a writable file system; a disk that became read-only by itself should be looked at (dmesg).", ZH: "把目录设到可写的文件系统上；若磁盘是自行变为只读的，请检查磁盘（dmesg）。"},
	Before: "docker run --read-only golang:1.26 go build",
	After:  "docker run --read-only --tmpfs /tmp:exec -e GOCACHE=/tmp/go-build golang:1.26 go build",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, d := range append(dirsNamed(v, caches...), workDir(v)) {
			if !d.ReadOnly {
				continue
			}
			f := dirFinding(v, d)
			if d.Exists && (d.Name == "GOMODCACHE" || d.Name == "GOCACHE") { // may be meant so
				f.Severity = envcheck.Warning
			}
			f.Message = msg.Textf("%s (%s) is on a file system that is mounted read-only", "%s（%s）所在的文件系统以只读方式挂载", d.Name, d.Path)
			out = append(out, f)
		}
		return out
	},
}
