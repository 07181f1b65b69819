package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Below fullDisk not even a small program can be built; below tightDisk a fresh
// build cache and one toolchain (214 MiB unpacked) do not fit.
const (
	fullDisk  = 64 << 20
	tightDisk = 512 << 20
)

var cch002 = envcheck.Rule{
	Code:     "CCH002",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "There is no room left where Go writes", ZH: "Go 写入的磁盘空间不足"},
	Why: msg.Text{
		EN: "In the folder for temporary files, and in the module cache, the build stops in the middle with \"no space left on device\", often said by the compiler or the linker. A full build cache is worse to notice: go keeps silent, stores nothing and compiles everything again each time. A quota has the same effect.",
		ZH: "临时目录或模块缓存写满时，构建会中途以 “no space left on device” 中止，报错的往往是编译器或链接器。构建缓存写满则更难察觉：go 一声不吭，什么也存不下，每次都从头编译。磁盘配额的效果相同。",
	},
	Fix:    msg.Text{EN: "Make room (go clean -cache, go clean -modcache), or move the cache to a larger disk.", ZH: "清理空间（go clean -cache、go clean -modcache），或把缓存移到更大的磁盘。"},
	Before: "GOTMPDIR on a 64 MiB tmpfs",
	After:  "go env -u GOTMPDIR",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, d := range append(dirsNamed(v, caches...), workDir(v)) {
			if d.Path == "" || d.ReadOnly || d.Free < 0 || d.Free >= tightDisk || !d.Exists && d.Free == 0 {
				continue
			}
			f := dirFinding(v, d)
			f.Message = msg.Textf("%s (%s) has %d MiB left", "%s（%s）仅剩 %d MiB", d.Name, d.Path, mib(d.Free))
			if d.Free >= fullDisk || d.Name == "GOCACHE" {
				f.Severity = envcheck.Warning
			}
			out = append(out, f)
		}
		return out
	},
}
