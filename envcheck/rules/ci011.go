package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var ci011 = envcheck.Rule{
	Code:     "CI011",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "go install names a program that does not exist", ZH: "go install 的程序并不存在"},
	Why: msg.Text{
		EN: "Some commands are passed on from article to article although nobody has run them: golang.org/x/tools has no cmd/goenv. go install ends in \"does not contain package\".",
		ZH: "有些命令在文章之间辗转抄录，却没有人运行过：golang.org/x/tools 中没有 cmd/goenv。go install 会报 “does not contain package”。",
	},
	Fix: msg.Text{
		EN: "Take the line out. To manage Go versions use the toolchain line of go.mod, or yingzao bootstrap apply --go VERSION.",
		ZH: "删去该行。管理 Go 版本可用 go.mod 的 toolchain 行，或 yingzao bootstrap apply --go 版本。",
	},
	Before: `go install golang.org/x/tools/cmd/goenv@latest`,
	After:  `go mod edit -toolchain=go1.26.8`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, l := range ciCommands(v) {
			for _, m := range installs.Re().FindAllStringSubmatch(l.text, -1) {
				pkg, _, _ := strings.Cut(strings.Trim(m[1], `"'`), "@")
				if !slices.Contains(imagined, pkg) {
					continue
				}
				out = append(out, envcheck.Finding{
					Subject:  pkg,
					Where:    l.place(),
					Message:  msg.Textf("there is no program %s", "不存在程序 %s", pkg),
					Evidence: l.evidence(),
					Fix:      &envcheck.Fix{Note: msg.Textf("take the line out", "删去该行")},
				})
			}
		}
		return out
	},
}

var installs = lazyre.New(`\bgo[\d.]* (?:install|get|run) (?:-\S+ )*([^\s|;&]+)`)

// imagined are programs that articles tell people to install and that no version
// of their module holds. As of November 2026.
var imagined = []string{"golang.org/x/tools/cmd/goenv"}
