package rules

import (
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum012 = envcheck.Rule{
	Code:     "SUM012",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "go.sum lacks modules that go.mod requires", ZH: "go.sum 缺少 go.mod 所需的模块"},
	Why: msg.Text{
		EN: "go build does not add to go.sum: it stops with \"missing go.sum entry\". A go.sum that is not committed is worse: each machine then believes the first bytes that it sees.",
		ZH: "go build 不会补写 go.sum，而是以 “missing go.sum entry” 中止。不提交 go.sum 更糟：每台机器都会相信自己第一次见到的字节。",
	},
	Fix:    msg.Text{EN: "Run go mod tidy with verification on, and commit go.sum.", ZH: "在开启校验的情况下运行 go mod tidy，并提交 go.sum。"},
	Before: "rm go.sum; go build ./...",
	After:  "go mod tidy && git add go.mod go.sum",
	Since:  "0.2.0",
	Causes: []string{"SUM016"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		sum := v.Module.GoSum
		// A workspace has a go.work.sum beside it, and what was cut off cannot be judged.
		if v.Mod == nil || v.Work != nil || vendored(v) || modMod(v) || sum.Size > int64(len(sum.Data)) {
			return nil
		}
		have := map[string]bool{}
		for line := range strings.Lines(string(sum.Data)) {
			if f := strings.Fields(line); len(f) == 3 {
				have[f[0]+"@"+f[1]] = true
			}
		}
		var lacking []envcheck.Evidence
		for _, r := range v.Mod.Require {
			m := r.Mod
			for _, re := range v.Mod.Replace {
				if re.Old.Path == m.Path && (re.Old.Version == "" || re.Old.Version == m.Version) {
					m = re.New
				}
			}
			if modfile.IsDirectoryPath(m.Path) && m.Version == "" {
				continue
			}
			// The archive's sum of an indirect requirement may rightly be absent: its
			// packages need not be built.
			if !have[m.Path+"@"+m.Version+"/go.mod"] || !r.Indirect && !have[m.Path+"@"+m.Version] {
				lacking = append(lacking, envcheck.Evidence{Name: "missing", Value: m.Path + "@" + m.Version, Place: envcheck.Place{File: v.Module.GoMod.Path, Line: r.Syntax.Start.Line}})
			}
		}
		if len(lacking) == 0 {
			return nil
		}
		f := envcheck.Finding{Subject: "go.sum", Where: envcheck.Place{File: sum.Path}, Evidence: lacking, Fix: &envcheck.Fix{Command: "go mod tidy"},
			Message: msg.Textf("go.sum lacks %[1]s (%[2]d in all)", "go.sum 缺少 %[1]s（共 %[2]d 个）", lacking[0].Value, len(lacking))}
		if !sum.Exists {
			f.Message = msg.Textf("there is no go.sum, and go.mod requires %[1]s (%[2]d in all)", "没有 go.sum，而 go.mod 需要 %[1]s（共 %[2]d 个）", lacking[0].Value, len(lacking))
		}
		return []envcheck.Finding{f}
	},
}

// modMod reports whether GOFLAGS lets builds write go.mod and go.sum.
func modMod(v *envcheck.View) bool {
	for _, f := range v.Flags {
		if f.Name == "mod" && f.Value == "mod" {
			return true
		}
	}
	return false
}
