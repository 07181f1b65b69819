package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum016 = envcheck.Rule{
	Code:     "SUM016",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "go.sum holds a line that is no checksum", ZH: "go.sum 中有一行不是校验和"},
	Why: msg.Text{
		EN: "Usually a merge conflict was committed. The go command stops with \"malformed go.sum\" and names the line.",
		ZH: "通常是提交了未解决的合并冲突。go 命令会以 “malformed go.sum” 中止并指出行号。",
	},
	Fix:    msg.Text{EN: "Keep the lines of both sides, delete the conflict marks, and run go mod tidy; do not delete the file.", ZH: "保留冲突双方的行，删去冲突标记，再运行 go mod tidy；不要删除该文件。"},
	Before: "<<<<<<< HEAD",
	After:  "example.com/hello v1.0.0 h1:…",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		sum := v.Module.GoSum
		if sum.Size > int64(len(sum.Data)) || vendored(v) {
			return nil
		}
		n := 0
		for line := range strings.Lines(string(sum.Data)) {
			n++
			if f := strings.Fields(line); len(f) != 0 && len(f) != 3 {
				at := envcheck.Place{File: sum.Path, Line: n}
				return []envcheck.Finding{{Subject: "go.sum", Where: at,
					Message:  msg.Textf("line %[1]d of go.sum is no checksum: %[2]s", "go.sum 第 %[1]d 行不是校验和：%[2]s", n, clip(strings.TrimSpace(line))),
					Evidence: []envcheck.Evidence{{Name: "line", Value: clip(strings.TrimSpace(line)), Place: at}}}}
			}
		}
		return nil
	},
}
