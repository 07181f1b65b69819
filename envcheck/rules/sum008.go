package rules

import (
	"go/version"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum008 = envcheck.Rule{
	Code:     "SUM008",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A newer Go is needed, and GOSUMDB=off keeps it from being downloaded", ZH: "需要更新的 Go，而 GOSUMDB=off 使其无法下载"},
	Why: msg.Text{
		EN: "Toolchains are always verified. With GOSUMDB=off the go command downloads the whole archive and then stops: \"verifying module: checksum database disabled by GOSUMDB=off\".",
		ZH: "工具链总要校验。GOSUMDB=off 时 go 命令会先下载整个压缩包，然后中止：“verifying module: checksum database disabled by GOSUMDB=off”。",
	},
	Fix:    msg.Text{EN: "Remove GOSUMDB=off, or install that Go version.", ZH: "删除 GOSUMDB=off，或安装该版本的 Go。"},
	Before: "GOSUMDB=off, go.mod: go 1.27.0, installed: go1.26.8",
	After:  "go env -u GOSUMDB",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		have, need := v.GoVersion(), neededGo(v)
		if !v.SumDB.Off || v.ToolchainErr != nil || v.Toolchain.Mode == "path" || v.Toolchain.Mode == "" && v.Toolchain.Name == "local" ||
			have == "" || version.Compare(need, have) <= 0 {
			return nil
		}
		if ps := v.Proxies; len(ps) == 1 && ps[0].URL != nil && ps[0].URL.Scheme == "file" {
			return nil // the one case in which toolchains are not verified
		}
		s := v.InForce("GOSUMDB")
		f := sumFinding(s, msg.Textf("%[1]s is needed here, %[2]s is installed, and GOSUMDB=off keeps the download from being verified", "此处需要 %[1]s，已安装的是 %[2]s，而 GOSUMDB=off 使下载无法通过校验", need, have), publicSumDB(v, s, false))
		f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "go.mod", Value: need, Place: envcheck.Place{File: v.Module.GoMod.Path}})
		return []envcheck.Finding{f}
	},
}

// neededGo is the newest Go that GOTOOLCHAIN, go.mod or go.work ask for,
// "go1.27.0"; "" = none does.
func neededGo(v *envcheck.View) string {
	need := ""
	ask := func(name string) {
		name, _, _ = strings.Cut(name, "-")
		if version.IsValid(name) && (need == "" || version.Compare(name, need) > 0) {
			need = name
		}
	}
	ask(v.Toolchain.Name)
	if v.Toolchain.Mode != "auto" {
		return need
	}
	if v.Work != nil {
		if v.Work.Go != nil {
			ask("go" + v.Work.Go.Version)
		}
		if v.Work.Toolchain != nil {
			ask(v.Work.Toolchain.Name)
		}
	} else if v.Mod != nil {
		if v.Mod.Go != nil {
			ask("go" + v.Mod.Go.Version)
		}
		if v.Mod.Toolchain != nil {
			ask(v.Mod.Toolchain.Name)
		}
	}
	return need
}
