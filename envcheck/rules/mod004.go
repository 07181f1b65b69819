package rules

import (
	"errors"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var mod004 = envcheck.Rule{
	Code:     "MOD004",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "go.mod, go.work or go.sum cannot be read", ZH: "go.mod、go.work 或 go.sum 无法解析"},
	Why: msg.Text{
		EN: "The go command stops with \"errors parsing go.mod\" or \"malformed go.sum\". Marks of an unfinished merge are the usual cause.",
		ZH: "go 命令会以 “errors parsing go.mod” 或 “malformed go.sum” 中止。常见原因是合并冲突的标记没有清理干净。",
	},
	Fix:    msg.Text{EN: "Mend the line. A go.sum with conflict marks: keep the lines of both sides, remove the marks, run go mod tidy.", ZH: "改正该行。若 go.sum 中有冲突标记：保留双方的行，删去标记，再运行 go mod tidy。"},
	Before: "<<<<<<< HEAD",
	After:  "go mod tidy",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		windows := map[int]bool{}
		for _, r := range replacedFolders(v) {
			if r.File.Path == v.Module.GoMod.Path && windowsPath(r.New) { // MOD001 knows better
				windows[r.Line] = true
			}
		}
		mod := slices.DeleteFunc(parseErrors(v.ModErr), func(e *modfile.Error) bool { return windows[e.Pos.Line] })
		out := parseFindings(v.Module.GoMod, mod)
		out = append(out, parseFindings(v.Module.GoWork, parseErrors(v.WorkErr))...)
		return append(out, badSums(v.Module.GoSum)...)
	},
}

// parseErrors are the single errors of a file.
func parseErrors(err error) []*modfile.Error {
	var list modfile.ErrorList
	if !errors.As(err, &list) {
		return nil
	}
	var out []*modfile.Error
	for i := range list {
		out = append(out, &list[i])
	}
	return out
}

// parseFindings leaves out the lines go and toolchain, which the area TCH is
// about.
func parseFindings(f envcheck.TextFile, errs []*modfile.Error) []envcheck.Finding {
	lines := strings.Split(string(f.Data), "\n")
	var out []envcheck.Finding
	for _, e := range errs {
		text := ""
		if n := e.Pos.Line; n > 0 && n <= len(lines) {
			text = strings.TrimSpace(lines[n-1])
		}
		if word, _, _ := strings.Cut(text, " "); word == "go" || word == "toolchain" {
			continue
		}
		at := envcheck.Place{File: f.Path, Line: e.Pos.Line}
		out = append(out, envcheck.Finding{
			Subject: f.Path, Where: at, Evidence: []envcheck.Evidence{{Name: "line", Value: text, Place: at}},
			Message: msg.Textf("%s line %d: %v", "%s 第 %d 行：%v", f.Path, e.Pos.Line, e.Err),
		})
	}
	return out
}

// badSums finds lines of go.sum that do not have three words; blank ones are
// fine. One finding is enough: the go command stops at the first.
func badSums(f envcheck.TextFile) []envcheck.Finding {
	number := 0
	for line := range strings.Lines(string(f.Data)) {
		number++
		if number > 1 && int64(len(f.Data)) < f.Size && !strings.HasSuffix(line, "\n") {
			return nil // cut when it was gathered
		}
		if n := len(strings.Fields(line)); n != 0 && n != 3 {
			at := envcheck.Place{File: f.Path, Line: number}
			return []envcheck.Finding{{
				Subject: f.Path, Where: at, Evidence: []envcheck.Evidence{{Name: "line", Value: strings.TrimSpace(line), Place: at}},
				Message: msg.Textf("%s line %d has %d words instead of three", "%s 第 %d 行有 %d 个词，应为三个", f.Path, number, n),
			}}
		}
	}
	return nil
}
