package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var ci009 = envcheck.Rule{
	Code:     "CI009",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A job installs a tool without naming its version", ZH: "作业安装工具时没有指定版本"},
	Why: msg.Text{
		EN: "@latest is whatever the mirror says today: two mirrors differ, a filtered one may answer with a version that is years old, and the next run of the same commit may use another tool. go.sum is not consulted.",
		ZH: "@latest 取决于镜像当天的答复：两个镜像可能不同，受过滤的镜像可能给出几年前的版本；同一提交再次运行时用的可能是另一个工具。此时也不查 go.sum。",
	},
	Fix: msg.Text{
		EN: "Name the version, or record the tool in go.mod (go get -tool) and run go tool.",
		ZH: "写明版本，或用 go get -tool 把工具记入 go.mod，再以 go tool 运行。",
	},
	Before: `go install golang.org/x/vuln/cmd/govulncheck@latest`,
	After:  `go install golang.org/x/vuln/cmd/govulncheck@v1.1.4`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, l := range ciCommands(v) {
			for _, m := range floating.Re().FindAllStringSubmatch(l.text, -1) {
				pkg, version, _ := strings.Cut(strings.Trim(m[1], `"'`), "@")
				if slices.Contains(imagined, pkg) {
					continue // CI011: no version would help
				}
				out = append(out, envcheck.Finding{
					Subject:  pkg,
					Where:    l.place(),
					Message:  msg.Textf("%[1]s is installed as @%[2]s: which version that is changes from run to run", "%[1]s 以 @%[2]s 安装：每次运行得到的版本可能不同", pkg, strings.Trim(version, `"'`)),
					Evidence: l.evidence(),
					Fix:      &envcheck.Fix{Note: msg.Textf("write a version behind the @", "在 @ 后写明版本")},
				})
			}
		}
		return out
	},
}

// floating are packages with a version that moves. The program may be another
// go (go1.26.8), and flags may stand between.
var floating = lazyre.New(`\bgo[\d.]* (?:install|get|run) (?:-\S+ )*([^\s|;&]+@(?:latest|upgrade|HEAD|main|master|develop)["']?)(?:[\s;&|)]|$)`)
