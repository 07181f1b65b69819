package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var bin007 = envcheck.Rule{
	Code:     "BIN007",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The program is a development version", ZH: "程序是开发版"},
	Why: msg.Text{
		EN: "(devel) means that go could not tell which version of the module it built: no tag, no repository, or -buildvcs=false. A Go that is itself a development or test version has promises to nobody.",
		ZH: "(devel) 表示 go 无法得知构建的是模块的哪个版本：没有标签、没有仓库，或用了 -buildvcs=false。若 Go 自身就是开发版或测试版，则没有任何保证。",
	},
	Fix: msg.Text{
		EN: "Build a tag in a full clone with a released Go, or write the version into the program with -ldflags -X.",
		ZH: "在完整克隆中对标签、用正式版 Go 构建，或用 -ldflags -X 把版本写进程序。",
	},
	Before: `mod example.com/app (devel)`,
	After:  `mod example.com/app v1.2.3`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachBinary(v, func(b envcheck.Binary) envcheck.Finding {
			f := envcheck.Finding{Evidence: saw(b, "go", b.GoVersion, "module", b.Main)}
			switch {
			case unreleased.Re().MatchString(b.GoVersion):
				f.Message = msg.Textf("built with %s, which is not a release of Go", "由 %s 构建，它不是 Go 的正式版本", b.GoVersion)
			case strings.HasSuffix(b.Main, "(devel)"):
				// Releases with -buildvcs=false carry the version elsewhere.
				f.Severity = envcheck.Info
				f.Message = msg.Textf("it does not say which version of %s it is", "它没有记录自己是 %s 的哪个版本", strings.TrimSpace(strings.TrimSuffix(b.Main, "(devel)")))
			}
			return f
		})
	},
}

var unreleased = lazyre.New(`devel|\d(rc|beta)\d`)
