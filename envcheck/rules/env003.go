package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env003 = envcheck.Rule{
	Code:     "ENV003",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The env file is not plain UTF-8 text with Unix line ends", ZH: "env 文件不是使用 Unix 换行的纯 UTF-8 文本"},
	Why: msg.Text{
		EN: "The go command reads bytes. Of a file in UTF-16, which PowerShell's > writes, it takes nothing; a byte order mark costs the first line; with Windows line ends every value ends in a carriage return, which GOPRIVATE and GOSUMDB keep, so that private names leak. It says nothing in any of these cases.",
		ZH: "go 命令按字节读取。PowerShell 的 > 写出的 UTF-16 文件会被整个忽略；字节顺序标记（BOM）会使第一行失效；Windows 换行会让每个值以回车符结尾，GOPRIVATE 与 GOSUMDB 会保留它，从而泄露私有模块名。以上情况均无任何提示。",
	},
	Fix: msg.Text{
		EN: "Save the file as UTF-8 without byte order mark and with line feeds only, or write the settings with go env -w.",
		ZH: "把文件存为无 BOM、仅用 LF 换行的 UTF-8，或改用 go env -w 写入设置。",
	},
	Before: `echo GOPRIVATE=git.corp.example > $env:AppData\go\env`,
	After:  `go env -w GOPRIVATE=git.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, n := range v.EnvText.Notes() {
			if !slices.Contains(encodingNotes, n.Kind) {
				continue
			}
			f := envcheck.Finding{Subject: v.EnvFile.Path, Where: envFilePlace(v, n.Line)}
			fix := cleanEnvFile(v).fix(0)
			switch n.Kind {
			case goenv.NoteUTF16LE, goenv.NoteUTF16BE:
				f.Message = msg.Text{EN: "the env file is UTF-16: the go command takes nothing from it", ZH: "env 文件是 UTF-16 编码：go 命令不会读取其中任何内容"}
			case goenv.NoteBOM:
				f.Message = msg.Text{EN: "the env file begins with a byte order mark: its first line is ignored", ZH: "env 文件以 BOM 开头：第一行被忽略"}
			case goenv.NoteCRLF:
				f.Message = msg.Textf("lines of the env file end in a carriage return (%d of them), which becomes part of the value", "env 文件有 %d 行以回车符结尾，回车符会成为值的一部分", n.Count)
			case goenv.NoteUTF8:
				f.Message, fix = msg.Textf("line %d of the env file is not UTF-8 text", "env 文件第 %d 行不是 UTF-8 文本", n.Line), nil
			default:
				f.Message, fix = msg.Text{EN: "the env file is not a text file with settings", ZH: "env 文件不是存放设置的文本文件"}, nil
			}
			f.Fix = fix
			out = append(out, f)
		}
		return out
	},
}
