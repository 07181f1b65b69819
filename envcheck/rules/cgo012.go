package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cgo012 = envcheck.Rule{
	Code:     "CGO012",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "Go knows no such target", ZH: "Go 没有这个目标平台"},
	Why: msg.Text{
		EN: "Every build stops with \"unsupported GOOS/GOARCH pair\". The names of uname, of compilers and of vendors are not Go's: LoongArch is loong64, x86_64 is amd64, aarch64 is arm64, macOS is darwin.",
		ZH: "所有构建都会以 “unsupported GOOS/GOARCH pair” 中止。uname、编译器和厂商的叫法并非 Go 的名称：龙架构是 loong64，x86_64 是 amd64，aarch64 是 arm64，macOS 是 darwin。",
	},
	Fix:    msg.Text{EN: "Write Go's name; go tool dist list prints all targets.", ZH: "使用 Go 的名称；go tool dist list 可列出全部目标。"},
	Before: `GOARCH=loongarch64 go build`,
	After:  `GOARCH=loong64 go build`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GOOS", "GOARCH") {
			if knownTarget(s.Key, s.Value) || templated(s.Value) {
				continue
			}
			f := envcheck.Finding{
				Subject:  s.Key,
				Where:    s.Place,
				Evidence: []envcheck.Evidence{{Name: s.Key, Value: s.Value, Place: s.Place}},
			}
			if name := goName(s.Key, s.Value); name != "" {
				f.Message = msg.Textf("%[1]s=%[2]s does not exist; Go calls it %[3]s", "%[1]s=%[2]s 不存在；Go 的名称是 %[3]s", s.Key, s.Value, name)
				f.Fix = v.FixSet(s, name, true) // nothing builds as it is
			} else {
				f.Message = msg.Textf("%[1]s=%[2]s does not exist", "%[1]s=%[2]s 不存在", s.Key, s.Value)
				f.Fix = v.FixUnset(s, true)
			}
			out = append(out, f)
		}
		os, arch := buildTarget(v)
		if len(out) > 0 || !crossBuild(v) || !knownTarget("GOOS", os) || !knownTarget("GOARCH", arch) || slices.Contains(targets[os], arch) {
			return out
		}
		s := v.InForce("GOARCH")
		if s.Key == "" {
			s = v.InForce("GOOS")
		}
		return append(out, envcheck.Finding{
			Subject:  "GOOS/GOARCH",
			Where:    s.Place,
			Message:  msg.Textf("Go does not build for %[1]s/%[2]s; for %[1]s there are %[3]v", "Go 不支持 %[1]s/%[2]s；%[1]s 可用的架构为 %[3]v", os, arch, targets[os]),
			Evidence: []envcheck.Evidence{{Name: "GOOS", Value: os, Place: v.InForce("GOOS").Place}, {Name: "GOARCH", Value: arch, Place: v.InForce("GOARCH").Place}},
			Fix:      v.FixUnset(s, false),
		})
	},
}
