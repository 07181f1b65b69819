package rules

import (
	"go/version"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env032 = envcheck.Rule{
	Code:     "ENV032",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOEXPERIMENT names an experiment that this Go does not have", ZH: "GOEXPERIMENT 指定了此 Go 版本没有的实验特性"},
	Why: msg.Text{
		EN: "Every go command stops with \"unknown GOEXPERIMENT\". Experiments come and go with each release: rangefunc, for one, ended with Go 1.23. For a word that begins with no the message shows the word without it.",
		ZH: "所有 go 命令都会以 “unknown GOEXPERIMENT” 中止。实验特性随版本增减，例如 rangefunc 止于 Go 1.23。若词以 no 开头，报错中显示的是去掉 no 的部分。",
	},
	Fix:    msg.Text{EN: "Remove the setting, or the word.", ZH: "删除该设置或其中的这个词。"},
	Before: "export GOEXPERIMENT=rangefunc",
	After:  "unset GOEXPERIMENT",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		s := v.InForce("GOEXPERIMENT")
		word := unknownExperiment(v, s.Value)
		if word == "" {
			return nil
		}
		return []envcheck.Finding{settingFound(s, msg.Textf("%[1]s has no experiment %[2]q: no go command runs", "%[1]s 没有实验特性 %[2]q：所有 go 命令都无法运行", v.GoVersion(), word), v.FixUnset(s, true))}
	},
}

// experiments are those of each Go that we know (internal/goexperiment); of any
// other nothing is said.
var experiments = map[string][]string{
	"go1.26": strings.Fields("arenas boringcrypto cgocheck2 dwarf5 fieldtrack goroutineleakprofile greenteagc heapminimum512kib jsonv2 loopvar newinliner none preemptibleloops randomizedheapbase64 regabi regabiargs regabiwrappers runtimefreegc runtimesecret simd sizespecializedmalloc staticlockranking"),
}

// unknownExperiment returns the first word that the first go does not know; ""
// when it knows all, or we do not know them.
func unknownExperiment(v *envcheck.View, value string) string {
	known, ok := experiments[version.Lang(v.GoVersion())]
	if !ok {
		return ""
	}
	for word := range strings.SplitSeq(value, ",") {
		if word != "" && !slices.Contains(known, strings.TrimPrefix(word, "no")) && !slices.Contains(known, word) {
			return word
		}
	}
	return ""
}
