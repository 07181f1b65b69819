package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var root007 = envcheck.Rule{
	Code:     "ROOT007",
	Severity: envcheck.Security,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "The Go installation is not the official release", ZH: "Go 安装与官方发布不一致"},
	Why: msg.Text{
		EN: "The files of GOROOT, hashed as the module golang.org/toolchain, do not give the sum that the public checksum database has recorded for this version. A patched library, a changed compiler or a damaged disk: whatever it is, it goes into every binary.",
		ZH: "把 GOROOT 中的文件按模块 golang.org/toolchain 计算哈希，与公共校验和数据库中该版本的记录不符。不论是标准库被打补丁、编译器被改动还是磁盘损坏，都会进入每一个二进制文件。",
	},
	Fix: msg.Text{
		EN: "Delete the folder and install Go anew (yingzao bootstrap apply proves what it installs), and check again with --deep. A distribution's own Go differs by design; then ask its maker for the difference.",
		ZH: "删除该目录，重新安装 Go（yingzao bootstrap apply 会验证所装内容），再用 --deep 核对。发行版自带的 Go 本就不同，请向其提供者索取差异说明。",
	},
	Before: "curl https://mirror.example/go1.26.8.linux-amd64.tar.gz | tar -C /usr/local -xz",
	After:  "yingzao check --deep",
	Since:  "0.2.0",
	Deep:   true,
	Find: func(v *envcheck.View) []envcheck.Finding {
		p := v.Deep.Goroot
		if p.Verdict != "differs" {
			return nil
		}
		f := envcheck.Finding{Subject: p.Path, Message: msg.Textf("%[1]s is not %[2]s as it was released", "%[1]s 与发布的 %[2]s 不一致", p.Path, p.Version),
			Evidence: []envcheck.Evidence{{Name: "h1", Value: p.H1}, {Name: "logged", Value: p.Logged}}}
		if n := len(p.Files); n > 0 {
			f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "files", Value: strings.Join(p.Files[:min(n, 10)], ", ")})
			f.Message = msg.Textf("%[1]s is not %[2]s as it was released: %[3]s and %[4]d more", "%[1]s 与发布的 %[2]s 不一致：%[3]s，另有 %[4]d 处", p.Path, p.Version, p.Files[0], n-1)
		}
		return []envcheck.Finding{f}
	},
}
