package rules

import (
	"go/version"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum013 = envcheck.Rule{
	Code:     "SUM013",
	Severity: envcheck.Security,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "this Go can be deceived about checksums by a mirror", ZH: "此版本 Go 的校验可能被镜像欺骗"},
	Why: msg.Text{
		EN: "Before Go 1.25.13 and 1.26.6 the go command did not authenticate everything that a mirror relays from the checksum database (GO-2026-6179, CVE-2026-56865): a hostile mirror could pass off other content. Whoever uses a mirror run by third parties depends on the mend.",
		ZH: "Go 1.25.13 与 1.26.6 之前，go 命令未完全认证镜像转发的校验和数据库内容（GO-2026-6179、CVE-2026-56865）：恶意镜像可以用其他内容冒充。凡使用第三方镜像者都需要该修复。",
	},
	Fix:    msg.Text{EN: "Upgrade Go to 1.25.13, 1.26.6 or newer.", ZH: "将 Go 升级到 1.25.13、1.26.6 或更新版本。"},
	Before: "go1.26.4, GOPROXY=https://goproxy.cn,direct",
	After:  "go1.26.8",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		have := v.GoVersion()
		if have == "" || !deceivable(have) {
			return nil
		}
		l := proxyInForce(v)
		for _, p := range l.entries.Mirrors() {
			if p.URL.Scheme == "file" || isDefaultMirror(v, p) || isOurs(v, p.URL) {
				continue
			}
			f := l.finding(msg.Textf("%[1]s cannot fully check what %[2]s relays from the checksum database; fixed in %[3]s", "%[1]s 无法完全核验 %[2]s 转发的校验和数据库内容；%[3]s 已修复", have, word(p), mendedIn(have)), nil)
			f.Subject = have
			f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "go", Value: have, Place: envcheck.Place{File: goPath(v)}})
			return []envcheck.Finding{*f}
		}
		return nil
	},
}

// mended is the first version of each line of Go that has the fix, newest line
// first. Older lines never got it.
var mended = []string{"go1.27rc3", "go1.26.6", "go1.25.13"}

// mendedIn is the version to upgrade to: of the same line where it has one.
func mendedIn(have string) string {
	for _, m := range mended {
		if version.Lang(m) == version.Lang(have) {
			return m
		}
	}
	return mended[len(mended)-1]
}

func deceivable(have string) bool {
	return version.Compare(version.Lang(have), version.Lang(mended[0])) <= 0 && version.Compare(have, mendedIn(have)) < 0
}

func goPath(v *envcheck.View) string {
	if len(v.Gos) == 0 {
		return ""
	}
	return v.Gos[0].Path
}
