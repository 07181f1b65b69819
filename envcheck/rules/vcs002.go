package rules

import (
	"io/fs"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var vcs002 = envcheck.Rule{
	Code:     "VCS002",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The netrc file can be read by other users", ZH: "netrc 文件可被其他用户读取"},
	Why: msg.Text{
		EN: "It holds passwords and tokens in plain text. Neither the go command nor git minds the permissions, so nothing ever complains.",
		ZH: "其中的密码和令牌都是明文。go 命令和 git 都不检查文件权限，因此从不会有任何提示。",
	},
	Fix:    msg.Text{EN: "Take the permissions of group and others away; on a machine that others use, renew the tokens as well.", ZH: "去掉同组用户和其他用户的权限；若机器有多人使用，还应更换令牌。"},
	Before: "-rw-r--r--  .netrc",
	After:  "chmod 600 ~/.netrc",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, n := range v.Netrc {
			if v.Machine.OS == "windows" || !n.Exists || n.Mode.Perm()&0o077 == 0 || len(n.Machines) == 0 && !n.Default {
				continue
			}
			out = append(out, envcheck.Finding{
				Subject: n.Path, Where: envcheck.Place{File: n.Path}, Evidence: []envcheck.Evidence{{Name: "mode", Value: n.Mode.Perm().String()}},
				Message: msg.Textf("%s holds passwords and has the permissions %s", "%s 中存有密码，权限却是 %s", n.Path, n.Mode.Perm().String()),
				Fix:     &envcheck.Fix{Command: "chmod 600 '" + n.Path + "'", Safe: n.UID == v.Machine.UID, Changes: []envcheck.Change{{Kind: envcheck.Chmod, File: n.Path, Mode: fs.FileMode(0o600)}}},
			})
		}
		return out
	},
}
