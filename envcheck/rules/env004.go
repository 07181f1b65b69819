package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env004 = envcheck.Rule{
	Code:     "ENV004",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The env file is written like a shell script", ZH: "env 文件被写成了 shell 脚本"},
	Why: msg.Text{
		EN: "A line counts only when it begins with a capital letter and has the form KEY=value; everything behind the = is the value. export, indentation or a space before the = make the go command skip the setting without a word; quotes, $HOME and # comments become part of the value.",
		ZH: "只有以大写字母开头、形如 KEY=value 的行才有效，= 之后的全部内容就是值。写了 export、有缩进或 = 前有空格，该设置会被静默跳过；引号、$HOME 与 # 注释都会成为值的一部分。",
	},
	Fix: msg.Text{
		EN: "Write KEY=value with nothing around it, or let go env -w write the line.",
		ZH: "写成前后没有任何多余内容的 KEY=value，或让 go env -w 来写。",
	},
	Before: `export GOPRIVATE="git.corp.example"`,
	After:  `GOPRIVATE=git.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		notes := formNotes(v.EnvText)
		if len(notes) == 0 {
			return nil
		}
		clean := cleanEnvFile(v)
		lines := v.EnvText.Lines()
		var out []envcheck.Finding
		seen := map[int]bool{}
		for _, n := range notes {
			if seen[n.Line] { // a line with two faults is one to mend
				continue
			}
			seen[n.Line] = true
			subject := n.Key
			if subject == "" {
				subject = v.EnvFile.Path
			}
			f := envcheck.Finding{Subject: subject, Where: envFilePlace(v, n.Line), Message: formMessage(n), Fix: clean.fix(n.Line)}
			if n.Kind == goenv.NoteNoLine {
				f.Severity = envcheck.Warning
			}
			if n.Line >= 1 && n.Line <= len(lines) {
				f.Evidence = []envcheck.Evidence{{Name: "line", Value: lines[n.Line-1], Place: f.Where}}
			}
			out = append(out, f)
		}
		return out
	},
}

// formMessage says what is wrong with a line.
func formMessage(n goenv.Note) msg.Text {
	switch n.Kind {
	case goenv.NoteShell:
		return msg.Textf("line %d of the env file is a shell command: it is ignored", "env 文件第 %d 行是 shell 命令：会被忽略", n.Line)
	case goenv.NoteIndent:
		return msg.Textf("line %d of the env file is indented: it is ignored", "env 文件第 %d 行有缩进：会被忽略", n.Line)
	case goenv.NoteKeySpace:
		return msg.Textf("line %d of the env file has a space before the =: %s is not set by it", "env 文件第 %d 行的 = 前有空格：并未设置 %s", n.Line, n.Key)
	case goenv.NoteSpace:
		return msg.Textf("the value of %[2]s in line %[1]d of the env file begins or ends with white space, which belongs to it", "env 文件第 %[1]d 行 %[2]s 的值首尾有空白，空白属于值的一部分", n.Line, n.Key)
	case goenv.NoteQuotes:
		return msg.Textf("the quotes around %[2]s in line %[1]d of the env file are part of the value", "env 文件第 %[1]d 行 %[2]s 两侧的引号是值的一部分", n.Line, n.Key)
	case goenv.NoteVariable:
		return msg.Textf("line %[1]d of the env file: %[2]s holds a variable or ~, which is not expanded", "env 文件第 %[1]d 行：%[2]s 含有变量或 ~，不会被展开", n.Line, n.Key)
	case goenv.NoteComment:
		return msg.Textf("line %[1]d of the env file: the comment is part of the value of %[2]s", "env 文件第 %[1]d 行：注释成了 %[2]s 的值的一部分", n.Line, n.Key)
	case goenv.NoteLower:
		return msg.Textf("line %[1]d of the env file: %[2]s is written in lower case, so the line is ignored", "env 文件第 %[1]d 行：%[2]s 用了小写，该行被忽略", n.Line, n.Key)
	}
	return msg.Textf("line %d of the env file is neither a setting nor a comment: it is ignored", "env 文件第 %d 行既不是设置也不是注释：会被忽略", n.Line)
}
