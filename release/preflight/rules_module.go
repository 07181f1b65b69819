package preflight

import (
	"go/version"
	"strings"
)

// moduleRules are about go.mod and go.work: PRE010–PRE019.
func moduleRules() []Rule {
	return []Rule{
		{
			Code: "PRE010", Severity: Error,
			Title: text("go.mod replaces a module by a local folder", "go.mod 用本地目录替换了模块"),
			Why: text("What lies in that folder is in no version and no checksum; nobody else can build it.",
				"该目录中的内容没有版本也没有校验和，别人无法构建。"),
			Fix: text("publish the change and require its version (go mod edit -dropreplace=MODULE; go get MODULE@VERSION); for work in progress use go.work",
				"发布该改动并依赖其版本（go mod edit -dropreplace=MODULE；go get MODULE@VERSION）；开发期间可用 go.work"),
			check: func(in Input) (bool, []string) {
				if in.GoMod == nil {
					return false, nil
				}
				var evidence []string
				for _, r := range in.GoMod.Replace {
					if r.New.Version == "" {
						evidence = append(evidence, in.goMod(r.Syntax, r.Old.Path+" => "+r.New.Path))
					}
				}
				return len(evidence) > 0, evidence
			},
		},
		{
			Code: "PRE011", Severity: Error,
			Title: text("a go.work file is in effect", "go.work 文件正在生效"),
			Why: text("It replaces required modules by folders of this machine. Release builds ignore it, so they would not be what was tested.",
				"它用本机目录代替所依赖的模块。发布构建会忽略它，因此结果与测试过的不同。"),
			Fix: text("test with GOWORK=off and release so (GOWORK=off), or move go.work out of the way",
				"请用 GOWORK=off 测试并发布，或移走 go.work"),
			check: func(in Input) (bool, []string) {
				w := in.GoEnv["GOWORK"]
				return w != "" && w != "off", []string{in.file(w)}
			},
		},
		{
			Code: "PRE012", Severity: Error,
			Title: text("go.mod needs a newer Go than this one", "go.mod 需要更新的 Go 版本"),
			Why: text("Release builds do not switch toolchains by themselves (GOTOOLCHAIN=local), and the go command refuses.",
				"发布构建不会自动切换工具链（GOTOOLCHAIN=local），go 命令会拒绝构建。"),
			Fix: text("install that Go and put it first in PATH, or allow the switch (go env -w GOTOOLCHAIN=auto)",
				"安装该版本的 Go 并放到 PATH 最前面，或允许切换（go env -w GOTOOLCHAIN=auto）"),
			check: func(in Input) (bool, []string) {
				if in.GoMod == nil || in.GoMod.Go == nil {
					return false, nil
				}
				return newerGo("go"+in.GoMod.Go.Version, in, in.goMod(in.GoMod.Go.Syntax, "go "+in.GoMod.Go.Version))
			},
		},
		{
			Code: "PRE013", Severity: Warning,
			Title: text("go.mod names a newer toolchain than the one that will build", "go.mod 指定的工具链比实际构建的更新"),
			Why: text("With GOTOOLCHAIN=local the toolchain line is passed over in silence: other machines build other bytes.",
				"GOTOOLCHAIN=local 时 toolchain 行被悄悄忽略：其他机器会构建出不同的字节。"),
			Fix: text("install that Go and put it first in PATH, or allow the switch (go env -w GOTOOLCHAIN=auto)",
				"安装该版本的 Go 并放到 PATH 最前面，或允许切换（go env -w GOTOOLCHAIN=auto）"),
			check: func(in Input) (bool, []string) {
				if in.GoMod == nil || in.GoMod.Toolchain == nil {
					return false, nil
				}
				return newerGo(in.GoMod.Toolchain.Name, in, in.goMod(in.GoMod.Toolchain.Syntax, "toolchain "+in.GoMod.Toolchain.Name))
			},
		},
	}
}

// newerGo reports whether wanted is newer than the go command that answered.
// Something that is no Go version ("default") is not.
func newerGo(wanted string, in Input, line string) (bool, []string) {
	have, _, _ := strings.Cut(in.GoEnv["GOVERSION"], " ") // experiments follow
	if !version.IsValid(wanted) || !version.IsValid(have) || version.Compare(wanted, have) <= 0 {
		return false, nil
	}
	evidence := []string{line, "GOVERSION=" + have}
	if t := in.GoEnv["GOTOOLCHAIN"]; t != "" {
		evidence = append(evidence, "GOTOOLCHAIN="+t)
	}
	return true, evidence
}
