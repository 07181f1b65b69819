package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var flg009 = envcheck.Rule{
	Code:     "FLG009",
	Severity: envcheck.Info,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The build machine does not use -trimpath", ZH: "构建机没有使用 -trimpath"},
	Why: msg.Text{
		EN: "Without it a binary holds the folders of the machine it was built on, user names among them, and two machines never build the same bytes.",
		ZH: "没有它，二进制文件中会包含构建机的目录（包括用户名），两台机器也永远构建不出相同的字节。",
	},
	Fix:    msg.Text{EN: "Add it to GOFLAGS of the job, or release with yingzao, which always uses it.", ZH: "在作业的 GOFLAGS 中加上它，或用 yingzao 发布（始终使用该标志）。"},
	Before: "go build ./cmd/app",
	After:  "GOFLAGS=-trimpath go build ./cmd/app",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if _, ok := flagOf(v.Flags, "trimpath"); ok || !v.Profile.CI || v.Mod == nil || v.FlagsErr != nil {
			return nil
		}
		for _, f := range v.CIFiles {
			for _, l := range f.Lines {
				if strings.Contains(l.Text, "-trimpath") || strings.Contains(l.Text, "yingzao release") || strings.Contains(l.Text, "goreleaser") {
					return nil
				}
			}
		}
		return []envcheck.Finding{{Subject: "GOFLAGS", Message: msg.Text{EN: "neither GOFLAGS nor a CI script says -trimpath: binaries hold the paths of this machine", ZH: "GOFLAGS 与 CI 脚本都没有 -trimpath：二进制文件中会包含本机路径"}}}
	},
}
