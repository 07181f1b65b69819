package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// networkFS are file systems that are on another machine.
var networkFS = []string{"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.glusterfs", "fuse.juicefs", "ceph", "lustre", "afs", "vboxsf", "fuse.vmhgfs-fuse"}

var cch012 = envcheck.Rule{
	Code:     "CCH012",
	Severity: envcheck.Warning,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "A cache is on a network file system", ZH: "缓存位于网络文件系统上"},
	Why: msg.Text{
		EN: "Both caches are thousands of small files, and the module cache relies on file locks, which some servers do not have (\"function not implemented\", \"no locks available\"). Builds get slow, and sometimes hang.",
		ZH: "两个缓存都由成千上万的小文件组成，模块缓存还依赖文件锁，而有些服务器不支持（“function not implemented”“no locks available”）。构建会变慢，有时会卡死。",
	},
	Fix:    msg.Text{EN: "Put GOCACHE on a local disk. To share modules run a module proxy in the house, or share GOMODCACHE/cache/download through GOPROXY=file://….", ZH: "把 GOCACHE 放在本地磁盘。若要共享模块，请在内网搭建模块代理，或通过 GOPROXY=file://… 共享 GOMODCACHE/cache/download。"},
	Before: "GOCACHE=/nfs/home/li/.cache/go-build",
	After:  "go env -w GOCACHE=/var/tmp/li/go-build",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, d := range dirsNamed(v, caches...) {
			if !slices.Contains(networkFS, d.FS) {
				continue
			}
			f := dirFinding(v, d)
			f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "file system", Value: d.FS})
			f.Message = msg.Textf("%s (%s) is on the network file system %s", "%s（%s）位于网络文件系统 %s 上", d.Name, d.Path, d.FS)
			out = append(out, f)
		}
		return out
	},
}
