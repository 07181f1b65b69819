package rules

import (
	"strconv"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cch006 = envcheck.Rule{
	Code:     "CCH006",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A cache holds folders of another user", ZH: "缓存中混有其他用户的目录"},
	Why: msg.Text{
		EN: "Builds work until one of them has to write into such a folder: then \"permission denied\", for some packages and not for others. Usually somebody ran go with sudo.",
		ZH: "构建大多正常，直到需要写入这样的目录，才报 “permission denied”，而且有的包报、有的包不报。多半是有人用 sudo 运行过 go。",
	},
	Fix:    msg.Text{EN: "Give the folders back to the user, and do not run go with sudo.", ZH: "把目录归还给当前用户，并且不要用 sudo 运行 go。"},
	Before: "sudo go install example.com/tool@latest",
	After:  `sudo chown -R "$(id -u):$(id -g)" "$(go env GOMODCACHE)"`,
	Since:  "0.2.0",
	Causes: []string{"CCH001", "CCH007"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, d := range dirsNamed(v, caches...) {
			if d.Foreign == 0 || !d.Writable || v.Machine.UID == 0 { // root may write everywhere
				continue
			}
			f := dirFinding(v, d)
			f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "entries of another user", Value: strconv.Itoa(d.Foreign)})
			f.Message = msg.Textf("%s (%s) holds %d entries that belong to another user", "%s（%s）中有 %d 项属于其他用户", d.Name, d.Path, d.Foreign)
			f.Fix = &envcheck.Fix{Command: `sudo chown -R "$(id -u):$(id -g)" '` + d.Path + "'"}
			out = append(out, f)
		}
		return out
	},
}
