package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tch002 = envcheck.Rule{
	Code:     "TCH002",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The project needs a newer Go that cannot be fetched", ZH: "项目需要更新的 Go，却无处获取"},
	Why: msg.Text{
		EN: "Toolchains come from a module mirror and from nowhere else: with GOPROXY=off or direct the go command only says \"toolchain not available\", with GOTOOLCHAIN=path \"cannot find … in PATH\".",
		ZH: "工具链只能从模块镜像下载，没有其他来源：GOPROXY=off 或 direct 时 go 命令只会报 “toolchain not available”；GOTOOLCHAIN=path 时则报 “cannot find … in PATH”。",
	},
	Fix: msg.Text{
		EN: "Put a mirror into GOPROXY, or install that Go: yingzao bootstrap apply --go VERSION.",
		ZH: "在 GOPROXY 中加入镜像，或安装该版本的 Go：yingzao bootstrap apply --go 版本。",
	},
	Before: "GOPROXY=direct go build   # go.mod: go 1.27.1, installed: go1.26.8",
	After:  "GOPROXY=https://goproxy.cn,direct go build",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		name, at := tooNew(v)
		if name == "" || v.Toolchain.Mode == "" || v.ProxiesErr != nil {
			return nil
		}
		if _, there := ready(v, name); there {
			return nil
		}
		f := envcheck.Finding{Subject: name, Where: at, Evidence: toolchainEvidence(v)}
		switch s := v.InForce("GOPROXY"); {
		case v.Toolchain.Mode == "path":
			f.Message = msg.Textf("%[1]s asks for %[2]s; GOTOOLCHAIN looks on PATH only, and there is none", "%[1]s 要求 %[2]s；GOTOOLCHAIN 只在 PATH 中查找，而那里没有", at.File, name)
		case len(v.Proxies.Mirrors()) == 0 && s.Value != "":
			f.Message = msg.Textf("%[1]s asks for %[2]s, and GOPROXY=%[3]s names no mirror to fetch it from", "%[1]s 要求 %[2]s，而 GOPROXY=%[3]s 没有可供下载的镜像", at.File, name, s.Value)
			f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "GOPROXY", Value: s.Value, Place: s.Place})
			if v.Recommended() != "" && !v.Profile.AirGap {
				f.Fix = v.FixProxy(s, false)
			}
		default:
			return nil
		}
		return []envcheck.Finding{f}
	},
}
