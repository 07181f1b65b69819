package rules

import (
	"fmt"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cch004 = envcheck.Rule{
	Code:     "CCH004",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The umask shuts other users out of a shared cache", ZH: "umask 使其他用户无法使用共享缓存"},
	Why: msg.Text{
		EN: "What the go command unpacks gets the permissions that the umask leaves: with 077 the folders of a module are 0500. The next user of a cache outside the home folder cannot read them, and cannot remove them either.",
		ZH: "go 命令解包出的文件权限受 umask 限制：umask 为 077 时模块目录为 0500。位于主目录之外的缓存换一个用户来用，就既读不了也删不掉。",
	},
	Fix:    msg.Text{EN: "Set umask 022 for builds that share a cache, or give each user a cache of its own.", ZH: "共享缓存的构建请设 umask 022，或让每个用户使用各自的缓存。"},
	Before: "umask 077; GOMODCACHE=/srv/go/mod go mod download",
	After:  "umask 022",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		mask := v.Machine.Umask
		if mask < 0 || mask&0o055 == 0 {
			return nil
		}
		var shared []string
		for _, d := range dirsNamed(v, caches...) {
			if !inside(v.Home, d.Path) && !d.ReadOnly {
				shared = append(shared, d.Name+"="+d.Path)
			}
		}
		if len(shared) == 0 {
			return nil
		}
		return []envcheck.Finding{{
			Subject: "umask", Evidence: []envcheck.Evidence{{Name: "umask", Value: fmt.Sprintf("%04o", mask)}, {Name: "outside the home folder", Value: strings.Join(shared, " ")}},
			Message: msg.Textf("the umask is %04o, and %s is outside the home folder", "umask 为 %04o，而 %s 位于主目录之外", mask, strings.Join(shared, " ")), Fix: &envcheck.Fix{Command: "umask 022"},
		}}
	},
}
