package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// oldTools are dependency tools from before modules, with the word that makes
// them fetch.
var oldTools = []string{"dep ensure", "dep init", "glide install", "glide up", "glide update", "govendor sync", "govendor fetch", "godep restore", "godep get", "gvt restore", "trash -f"}

var mod021 = envcheck.Rule{
	Code:     "MOD021",
	Severity: envcheck.Warning,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "A script runs a dependency tool from before modules", ZH: "脚本仍在运行模块时代之前的依赖工具"},
	Why: msg.Text{
		EN: "dep, glide, govendor and godep are no longer maintained. The go command does not read Gopkg.lock or glide.lock, and what these tools fetch passes neither GOPROXY nor the checksum database.",
		ZH: "dep、glide、govendor、godep 均已停止维护。go 命令不读取 Gopkg.lock 或 glide.lock，这些工具下载的内容也既不经过 GOPROXY，也不经过校验和数据库。",
	},
	Fix:    msg.Text{EN: "Take the versions over into go.mod once and run go mod download instead.", ZH: "把版本一次性迁移到 go.mod，改为运行 go mod download。"},
	Before: "dep ensure -vendor-only",
	After:  "go mod download",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, f := range v.CIFiles {
			for _, l := range f.Lines {
				for _, tool := range oldTools {
					if !runsCommand(l.Text, tool) {
						continue
					}
					at := envcheck.Place{Origin: f.Kind, File: f.Path, Line: l.Line}
					out = append(out, envcheck.Finding{
						Subject: tool, Where: at, Evidence: []envcheck.Evidence{{Name: "command", Value: strings.TrimSpace(l.Text), Place: at}},
						Message: msg.Textf("%s line %d runs %s", "%s 第 %d 行运行 %s", f.Path, l.Line, tool),
					})
				}
			}
		}
		return out
	},
}

// runsCommand reports whether a line of a script runs a command, given as its first
// words: at the beginning, or behind something that separates commands.
func runsCommand(line, command string) bool {
	for part := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune(";&|(\n", r) }) {
		words := strings.Fields(part)
		for len(words) > 0 && (words[0] == "-" || words[0] == "RUN" || words[0] == "sudo" || words[0] == "sh" || strings.Contains(words[0], "=")) {
			words = words[1:]
		}
		text := strings.Join(words, " ") + " "
		if strings.HasPrefix(text, command+" ") {
			return true
		}
	}
	return false
}
