package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env019 = envcheck.Rule{
	Code:     "ENV019",
	Severity: envcheck.Warning,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "The env file belongs to another user", ZH: "env 文件属于其他用户"},
	Why: msg.Text{
		EN: "Usually it was made by sudo go env -w, and now go env -w fails. If the owner is not root, somebody else decides which mirror and which checksum database your builds trust.",
		ZH: "通常是用 sudo go env -w 造成的，此后 go env -w 会失败。若所有者不是 root，则你的构建信任哪个镜像、哪个校验和数据库由别人决定。",
	},
	Fix:    msg.Text{EN: "Change the owner of the file.", ZH: "更改文件的所有者。"},
	Before: "sudo go env -w GOPROXY=https://goproxy.cn,direct",
	After:  `sudo chown "$USER" ~/.config/go/env`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		f := v.EnvFile
		if !f.Exists || f.Off || f.UID < 0 || v.Machine.UID < 0 || f.UID == v.Machine.UID {
			return nil
		}
		out := envcheck.Finding{Subject: f.Path, Where: envFilePlace(v, 0),
			Message: msg.Textf("%[1]s belongs to user %[2]d, not to %[3]d", "%[1]s 属于用户 %[2]d，而不是 %[3]d", f.Path, f.UID, v.Machine.UID)}
		if f.UID != 0 {
			out.Severity = envcheck.Security
		}
		return []envcheck.Finding{out}
	},
}
