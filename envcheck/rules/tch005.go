package rules

import (
	"go/version"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tch005 = envcheck.Rule{
	Code:     "TCH005",
	Severity: envcheck.Warning,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "This Go gets no security fixes any more, or lacks important ones", ZH: "此 Go 版本已不再获得安全修复，或缺少重要修复"},
	Why: msg.Text{
		EN: "Go supports its two newest language versions. Holes in the standard library are built into every binary, and older go commands can be made to accept modules that the checksum database does not know.",
		ZH: "Go 只支持最新的两个语言版本。标准库的漏洞会编译进每个二进制文件；较旧的 go 命令还可能被诱使接受校验和数据库中没有的模块。",
	},
	Fix:    msg.Text{EN: "Upgrade, on a desk with yingzao bootstrap apply; yingzao check --deep tells whether what you installed is the official release.", ZH: "升级（开发机上可用 yingzao bootstrap apply）；yingzao check --deep 可核对所装的是否官方发布。"},
	Before: "go1.24.4",
	After:  "go1.26.8",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		have := selected(v)
		if have == "" {
			return nil
		}
		f := envcheck.Finding{Subject: have, Evidence: toolchainEvidence(v)}
		oldest := supported[len(supported)-1]
		if version.Compare(version.Lang(have), oldest.lang) < 0 {
			f.Message = msg.Textf("%[1]s is out of support: as of %[2]s only %[3]s and later get security fixes", "%[1]s 已停止支持：截至 %[2]s，只有 %[3]s 及以上版本有安全修复", have, releasesAsOf, oldest.lang)
			if version.Compare(have, "go1.21") < 0 {
				f.Message = msg.Textf("%[1]s is far out of support, and cannot switch to the Go that go.mod asks for (as of %[2]s, %[3]s and later are supported)", "%[1]s 早已停止支持，也无法切换到 go.mod 要求的 Go（截至 %[2]s，受支持的是 %[3]s 及以上版本）", have, releasesAsOf, oldest.lang)
			}
			return []envcheck.Finding{f}
		}
		for _, s := range supported {
			if version.Lang(have) == s.lang && version.Compare(have, s.least) < 0 {
				f.Message = msg.Textf("%[1]s lacks security fixes of %[2]s (as of %[3]s)", "%[1]s 缺少 %[2]s 的安全修复（截至 %[3]s）", have, s.least, releasesAsOf)
				return []envcheck.Finding{f}
			}
		}
		return nil
	},
}
