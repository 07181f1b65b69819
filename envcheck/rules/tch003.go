package rules

import (
	"errors"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tch003 = envcheck.Rule{
	Code:     "TCH003",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The go or toolchain line is not valid", ZH: "go 行或 toolchain 行无效"},
	Why: msg.Text{
		EN: "The go line is 1.26 or 1.26.8, without go in front; the toolchain line is go1.26.8 or default. Anything else stops every command in the module.",
		ZH: "go 行写 1.26 或 1.26.8，前面不带 go；toolchain 行写 go1.26.8 或 default。其他写法会使该模块中的所有命令中止。",
	},
	Fix:    msg.Text{EN: "Correct the line.", ZH: "改正该行。"},
	Before: "go 1.25.0.1\ntoolchain 1.26.8",
	After:  "go 1.25.0\ntoolchain go1.26.8",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, f := range []struct {
			err  error
			text envcheck.TextFile
		}{{v.ModErr, v.Module.GoMod}, {v.WorkErr, v.Module.GoWork}} {
			var all modfile.ErrorList
			errors.As(f.err, &all)
			for _, e := range all {
				line := lineOf(f.text.Data, e.Pos.Line)
				if word, _, _ := strings.Cut(line, " "); word != "go" && word != "toolchain" {
					continue
				}
				at := envcheck.Place{File: f.text.Path, Line: e.Pos.Line}
				out = append(out, envcheck.Finding{Subject: line, Where: at, Message: msg.Textf("%[1]s line %[2]d: %[3]v", "%[1]s 第 %[2]d 行：%[3]v", at.File, at.Line, e.Err),
					Evidence: []envcheck.Evidence{{Name: "line", Value: line, Place: at}}})
			}
		}
		return out
	},
}

// lineOf returns a line of a file, from 1, without white space around it.
func lineOf(data []byte, number int) string {
	for l := range strings.Lines(string(data)) {
		if number--; number == 0 {
			return strings.TrimSpace(l)
		}
	}
	return ""
}
