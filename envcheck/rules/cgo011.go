package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cgo011 = envcheck.Rule{
	Code:     "CGO011",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The architecture level is above this processor", ZH: "架构级别高于本机处理器"},
	Why: msg.Text{
		EN: "Programs built with GOAMD64=v3 end on an older processor with \"This program can only be run on AMD64 processors with v3 microarchitecture support\"; with GOARM64=v8.1 on one without LSE by an illegal instruction. Early Zhaoxin has only v2, Phytium FT-2000+ only v8.0.",
		ZH: "以 GOAMD64=v3 构建的程序在较旧的处理器上会报 “This program can only be run on AMD64 processors with v3 microarchitecture support”；以 GOARM64=v8.1 构建的程序在没有 LSE 的处理器上会因非法指令而崩溃。早期兆芯只有 v2，飞腾 FT-2000+ 只有 v8.0。",
	},
	Fix: msg.Text{
		EN: "Remove the setting: the default runs on every processor of the architecture.",
		ZH: "删除该设置：默认级别可在该架构的所有处理器上运行。",
	},
	Before: `go env -w GOAMD64=v3`,
	After:  `go env -u GOAMD64`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		_, arch := buildTarget(v)
		key := levelOf[arch]
		if arch != v.Machine.Arch || len(v.Machine.CPUFlags) == 0 {
			return nil
		}
		s := v.InForce(key)
		missing := missingFlags(key, s.Value, v.Machine.CPUFlags)
		if s.Key == "" || len(missing) == 0 {
			return nil
		}
		return []envcheck.Finding{{
			Subject: key,
			Where:   s.Place,
			Message: msg.Textf("%[1]s=%[2]s: this processor (%[3]s) does not have %[4]s", "%[1]s=%[2]s：本机处理器（%[3]s）缺少 %[4]s", key, s.Value, processor(v), strings.Join(missing, " ")),
			Evidence: []envcheck.Evidence{
				{Name: key, Value: s.Value, Place: s.Place},
				{Name: "missing CPU flags", Value: strings.Join(missing, " ")},
			},
			Fix: v.FixUnset(s, false), // programs for newer machines may be built here
		}}
	},
}
