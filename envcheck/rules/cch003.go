package rules

import (
	"path/filepath"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cch003 = envcheck.Rule{
	Code:     "CCH003",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "Programs may not run where Go puts them", ZH: "Go 存放临时程序的目录不允许执行程序"},
	Why: msg.Text{
		EN: "go run, go test and go generate start programs in the folder for temporary files. When it is mounted with noexec they end in \"fork/exec …: permission denied\"; go build works.",
		ZH: "go run、go test、go generate 会在临时目录里启动程序。若该目录以 noexec 挂载，就会报 “fork/exec …: permission denied”；go build 则不受影响。",
	},
	Fix:    msg.Text{EN: "Set GOTMPDIR to a folder on a disk that allows programs; it must exist.", ZH: "把 GOTMPDIR 设为允许执行程序的磁盘上的目录，该目录必须已存在。"},
	Before: "mount -o remount,noexec /tmp",
	After:  `mkdir -p ~/.cache/go-tmp && go env -w GOTMPDIR="$HOME/.cache/go-tmp"`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		d := workDir(v)
		if !d.NoExec {
			return nil
		}
		f := dirFinding(v, d)
		f.Message = msg.Textf("%s (%s) is mounted with noexec: go run and go test cannot start what they build", "%s（%s）以 noexec 挂载：go run 和 go test 无法启动构建出的程序", d.Name, d.Path)
		if home := v.DirNamed("HOME"); v.Home != "" && !home.NoExec {
			f.Fix = moved(v, envcheck.Dir{Name: "GOTMPDIR"}, filepath.Join(v.Home, ".cache", "go-tmp"))
		}
		return []envcheck.Finding{f}
	},
}
