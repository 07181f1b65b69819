package rules

import (
	"fmt"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env013 = envcheck.Rule{
	Code:     "ENV013",
	Severity: envcheck.Error,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "A pipe in a value is not quoted, so the shell cuts the value there", ZH: "值中的竖线没有加引号，会被 shell 当作管道截断"},
	Why: msg.Text{
		EN: "Without quotes export GOPROXY=a|direct is a pipeline: a subshell sets the variable and forgets it, and then a command named direct is looked for. The variable stays as it was.",
		ZH: "不加引号时，export GOPROXY=a|direct 是一条管道：变量只在子 shell 中设置，随即丢失，然后还会去找名为 direct 的命令。变量保持原样。",
	},
	Fix:    msg.Text{EN: "Put the value into single quotes (in cmd.exe: set \"NAME=value\").", ZH: "给值加上单引号（cmd.exe 中写 set \"名称=值\"）。"},
	Before: "export GOPROXY=https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct",
	After:  "export GOPROXY='https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct'",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		seen := map[string]bool{}
		look := func(text string, at envcheck.Place) {
			id := fmt.Sprintf("%s:%d", at.File, at.Line)
			key, value := piped(text)
			if key == "" || seen[id] {
				return
			}
			seen[id] = true
			out = append(out, envcheck.Finding{Subject: key, Where: at,
				Message:  msg.Textf("the shell takes the | in the value of %s for a pipe", "shell 会把 %s 的值中的 | 当作管道", key),
				Evidence: []envcheck.Evidence{{Name: "line", Value: text, Place: at}},
				Fix:      &envcheck.Fix{Note: msg.Textf("in %[1]s line %[2]d write %[3]s='%[4]s'", "在 %[1]s 第 %[2]d 行写成 %[3]s='%[4]s'", at.File, at.Line, key, value)}})
		}
		for _, s := range v.Snapshot.Settings {
			if s.Place.Origin == envcheck.FromShell || s.Place.Origin == envcheck.FromScript {
				look(s.Raw, s.Place)
			}
		}
		for _, f := range v.CIFiles {
			for _, l := range f.Lines {
				word, _, _ := strings.Cut(strings.TrimSpace(l.Text), " ")
				if f.Kind == envcheck.FromDocker && !strings.EqualFold(word, "RUN") {
					continue // ENV and ARG are not read by a shell
				}
				look(l.Text, envcheck.Place{Origin: f.Kind, File: f.Path, Line: l.Line})
			}
		}
		return out
	},
}
