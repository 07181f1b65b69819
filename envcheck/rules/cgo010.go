package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cgo010 = envcheck.Rule{
	Code:     "CGO010",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOOS or GOARCH of a cross build was left over", ZH: "残留了交叉编译用的 GOOS 或 GOARCH"},
	Why: msg.Text{
		EN: "Everything is built for the other target: go run and go test end in \"exec format error\", go install with GOBIN in \"cannot install cross-compiled binaries when GOBIN is set\", files for this system are left out, and cgo is off.",
		ZH: "所有构建都面向另一目标：go run 与 go test 以 “exec format error” 结束，设置了 GOBIN 的 go install 报 “cannot install cross-compiled binaries when GOBIN is set”，针对本系统的文件被排除，cgo 也随之关闭。",
	},
	Fix: msg.Text{
		EN: "Remove them, and name the target for the one command that needs it.",
		ZH: "删除这些设置，只在需要的那条命令前指定目标。",
	},
	Before: `go env -w GOOS=windows`,
	After:  `go env -u GOOS; GOOS=windows go build`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		hostOS, hostArch := hostTarget(v)
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GOOS", "GOARCH") {
			own := hostOS
			if s.Key == "GOARCH" {
				own = hostArch
			}
			process := s.InForce && s.Place.Origin == string(goenv.FromProcess)
			if own == "" || s.Value == own || !knownTarget(s.Key, s.Value) || !lasting(s) && !process {
				continue
			}
			f := envcheck.Finding{
				Subject:  s.Key,
				Where:    s.Place,
				Message:  msg.Textf("%[1]s=%[2]s, but this go runs on %[3]s: go run and go test cannot start what they build", "%[1]s=%[2]s，而当前 go 运行于 %[3]s：go run 与 go test 无法执行构建结果", s.Key, s.Value, own),
				Evidence: []envcheck.Evidence{{Name: s.Key, Value: s.Value, Place: s.Place}},
				Fix:      v.FixUnset(s, false), // somebody may build for that target only
			}
			if process && (v.Profile.CI || inCI(v)) {
				f.Severity = envcheck.Info // a job for one target
			}
			out = append(out, f)
		}
		return out
	},
}
