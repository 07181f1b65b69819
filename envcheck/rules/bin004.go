package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var bin004 = envcheck.Rule{
	Code:     "BIN004",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The program is built for another target", ZH: "程序的目标平台不符"},
	Why: msg.Text{
		EN: "A file whose name promises one architecture and whose header says another ends in \"exec format error\" at the customer's. It comes from a GOARCH that did not reach the go command: written in a Makefile variable, behind sudo, or in a shell that was not exported.",
		ZH: "文件名写着一种架构而文件头是另一种，到客户处就会报 “exec format error”。原因是 GOARCH 没有传到 go 命令：写成了 Makefile 变量、隔着 sudo，或在 shell 中没有 export。",
	},
	Fix:    msg.Text{EN: "Build it again with GOOS and GOARCH in the command's own environment.", ZH: "在命令自身的环境中设置 GOOS 和 GOARCH 后重新构建。"},
	Before: `GOARCH=arm64; go build -o app_linux_arm64`,
	After:  `GOARCH=arm64 go build -o app_linux_arm64`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachBinary(v, func(b envcheck.Binary) envcheck.Finding {
			if !knownTarget("GOOS", b.OS) || !knownTarget("GOARCH", b.Arch) {
				return envcheck.Finding{} // a universal file, or none of Go's
			}
			f := envcheck.Finding{Evidence: saw(b, "GOOS/GOARCH", b.OS+"/"+b.Arch)}
			os, arch := promised(b.Path)
			switch {
			case os != "" && os != b.OS || arch != "" && arch != b.Arch:
				f.Message = msg.Textf("the name says %[1]s, the file is for %[2]s/%[3]s", "文件名写的是 %[1]s，文件实际为 %[2]s/%[3]s", strings.Trim(os+"/"+arch, "/"), b.OS, b.Arch)
				f.Fix = &envcheck.Fix{Note: msg.Textf("build it again for the target that the name says", "按文件名所写的目标重新构建")}
			case os == "" && arch == "" && v.Machine.Arch != "" && (b.OS != v.Machine.OS || b.Arch != v.Machine.Arch) && !translated(v, b):
				f.Severity = envcheck.Info
				f.Message = msg.Textf("it is for %[1]s/%[2]s and does not start on this machine (%[3]s/%[4]s)", "它面向 %[1]s/%[2]s，无法在本机（%[3]s/%[4]s）启动", b.OS, b.Arch, v.Machine.OS, v.Machine.Arch)
			}
			return f
		})
	},
}

// translated reports whether the machine runs a foreign program all the same:
// 32-bit ones of its own family.
func translated(v *envcheck.View, b envcheck.Binary) bool {
	family := map[string]string{"amd64": "386", "arm64": "arm"}
	return b.OS == v.Machine.OS && family[v.Machine.Arch] == b.Arch
}

var targetWords = lazyre.New(`(?i)(?:^|[^a-z0-9])(x86_64|x86-64|amd64|arm64|aarch64|loong64|loongarch64|riscv64|ppc64le|s390x|mips64le|mips64el|i386|i686|386|linux|windows|darwin|macos|freebsd)(?:[^a-z0-9]|$)`)

// promised is the target that the name of a file, or of its folder, speaks of;
// "" = nothing, or two different things.
func promised(path string) (os, arch string) {
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' })
	for _, part := range parts[max(0, len(parts)-2):] {
		// Neighbours share a separator, so each search begins behind the word.
		for rest := part; ; {
			m := targetWords.Re().FindStringSubmatchIndex(rest)
			if m == nil {
				break
			}
			word := rest[m[2]:m[3]]
			rest = rest[m[3]:]
			if name := goName("GOARCH", word); name != "" {
				if arch != "" && arch != name {
					return "", ""
				}
				arch = name
				continue
			}
			name := goName("GOOS", word)
			if os != "" && os != name {
				return "", ""
			}
			os = name
		}
	}
	return os, arch
}
