package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var bin009 = envcheck.Rule{
	Code:     "BIN009",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The file is not a program that can be read", ZH: "该文件不是可识别的程序"},
	Why: msg.Text{
		EN: "It was asked about, and nothing can be said about it: cut off while it was copied, a page of HTML that a download left behind, a script, or a file that may not be read.",
		ZH: "要求检查它，但无从判断：可能复制时被截断、下载得到的是 HTML 页面、是脚本，或没有读取权限。",
	},
	Fix:    msg.Text{EN: "Fetch or build it again, and compare its checksum.", ZH: "重新下载或构建，并比对校验和。"},
	Before: `yingzao check app   # an HTML page`,
	After:  `sha256sum -c SHA256SUMS`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, b := range v.Binaries {
			if b.Error == "" {
				continue
			}
			out = append(out, envcheck.Finding{
				Subject:  b.Path,
				Where:    envcheck.Place{File: b.Path},
				Message:  msg.Textf("the file cannot be read as a program: %s", "无法作为程序读取：%s", b.Error),
				Evidence: saw(b, "error", b.Error),
			})
		}
		return out
	},
}
