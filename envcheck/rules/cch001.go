package rules

import (
	"strconv"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cch001 = envcheck.Rule{
	Code:     "CCH001",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A cache of Go cannot be written", ZH: "Go 的缓存目录无法写入"},
	Why: msg.Text{
		EN: "Without a build cache nothing is built (\"failed to initialize build cache\"), without a module cache nothing is fetched. A container that runs as another user, and one \"sudo go build\", are the usual causes.",
		ZH: "构建缓存不可写就无法构建（“failed to initialize build cache”），模块缓存不可写就无法下载。常见原因是容器以其他用户运行，或曾执行过一次 “sudo go build”。",
	},
	Fix:    msg.Text{EN: "Give the folder back to its user, or set GOCACHE and GOMODCACHE to folders that this user can write.", ZH: "把目录归还给当前用户，或将 GOCACHE 与 GOMODCACHE 设为当前用户可写的目录。"},
	Before: "docker run -u 1000 -e HOME=/ golang:1.26 go build",
	After:  "docker run -u 1000 -e GOCACHE=/tmp/go-build -e GOMODCACHE=/tmp/go-mod golang:1.26 go build",
	Since:  "0.2.0",
	Causes: []string{"CCH007", "CCH009"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, d := range dirsNamed(v, caches...) {
			f := dirFinding(v, d)
			switch {
			case d.Exists && !d.IsDir:
				f.Message = msg.Textf("%s is %s, which is not a folder", "%s 为 %s，但它不是目录", d.Name, d.Path)
			case d.Writable:
				continue
			case d.Exists && d.UID >= 0 && d.UID != v.Machine.UID:
				f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "owner", Value: strconv.Itoa(d.UID)}, envcheck.Evidence{Name: "user", Value: strconv.Itoa(v.Machine.UID)})
				f.Message = msg.Textf("%s (%s) belongs to user %d and user %d cannot write it", "%s（%s）属于用户 %d，用户 %d 无法写入", d.Name, d.Path, d.UID, v.Machine.UID)
				f.Fix = &envcheck.Fix{Command: `sudo chown -R "$(id -u):$(id -g)" '` + d.Path + "'"}
			default:
				f.Message = msg.Textf("%s (%s) cannot be written", "%s（%s）无法写入", d.Name, d.Path)
				if d.Exists && d.UID == v.Machine.UID && d.Mode.Perm()&0o200 == 0 {
					f.Fix = &envcheck.Fix{Command: "chmod u+rwx '" + d.Path + "'", Safe: true, Changes: []envcheck.Change{{Kind: envcheck.Chmod, File: d.Path, Mode: d.Mode.Perm() | 0o700}}}
				}
			}
			out = append(out, f)
		}
		return out
	},
}
