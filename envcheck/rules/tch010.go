package rules

import (
	"go/version"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tch010 = envcheck.Rule{
	Code:     "TCH010",
	Severity: envcheck.Info,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOTOOLCHAIN=local does less than is often said", ZH: "GOTOOLCHAIN=local 的作用比通常所说的要小"},
	Why: msg.Text{
		EN: "It forbids switching to another Go, and nothing else: modules are still downloaded, so it does not keep a build off the network. A newer toolchain line is passed over in silence; a newer go line makes every command fail.",
		ZH: "它只是禁止切换到其他 Go，别无作用：模块照样下载，因此并不能使构建离线。较新的 toolchain 行会被静默忽略；较新的 go 行则使所有命令失败。",
	},
	Fix:    msg.Text{EN: "To stay off the network use GOPROXY=off or a file:// mirror. Keep local where the image decides the version, and raise the image together with go.mod.", ZH: "要离线请用 GOPROXY=off 或 file:// 镜像。若版本由镜像决定，可保留 local，并在升级 go.mod 时同步升级镜像。"},
	Before: "GOTOOLCHAIN=local go build   # meant: no network",
	After:  "GOPROXY=off go build",
	Since:  "0.2.0",
	Causes: []string{"TCH001"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		if w, have := wants(v), minimum(v); v.Toolchain.Mode == "" && have != "" && version.Compare(w.toolchain, have) > 0 && version.Compare(w.goVersion, have) <= 0 {
			out = append(out, envcheck.Finding{Subject: w.toolchain, Where: envcheck.Place{File: w.file, Line: w.chainLine}, Evidence: toolchainEvidence(v),
				Message: msg.Textf("%[1]s names toolchain %[2]s, but %[3]s builds without a word: GOTOOLCHAIN=%[4]s forbids switching", "%[1]s 指定了 toolchain %[2]s，但实际由 %[3]s 构建且无任何提示：GOTOOLCHAIN=%[4]s 禁止切换", w.file, w.toolchain, have, v.Env.Get("GOTOOLCHAIN"))})
		}
		for _, s := range v.Snapshot.Settings {
			if s.Key != "GOTOOLCHAIN" || s.Value != "local" {
				continue
			}
			switch s.Place.Origin {
			case envcheck.FromGitLab, envcheck.FromJenkins, envcheck.FromDocker, envcheck.FromScript:
				out = append(out, settingFound(s, msg.Text{EN: "GOTOOLCHAIN=local: modules are downloaded all the same, and the build fails once go.mod asks for a newer Go than is installed", ZH: "GOTOOLCHAIN=local：模块照样会下载，而一旦 go.mod 要求的 Go 比已安装的新，构建就会失败"}, nil))
			}
		}
		return out
	},
}
