package inspect

import (
	"fmt"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

var originRules = []Rule{{
	Code: "INS040", Name: "no-build-info", Severity: Warning,
	Title: msg.Text{EN: "no Go build information", ZH: "没有 Go 构建信息"},
	Why:   msg.Text{EN: "It is no Go program, or the information was removed; nothing is known of its origin.", ZH: "不是 Go 程序，或信息已被去除，无从得知其来源。"},
	Fix:   msg.Text{EN: "Build with the go command in module mode, and do not run packers on the result.", ZH: "请用 go 命令以模块模式构建，且不要对产物加壳。"},
	check: func(f *Facts, _ *Policy) string { return ifTrue(f.Go == nil, f.Format+" without build information") },
}, {
	Code: "INS041", Name: "go-version", Severity: Error,
	Title: msg.Text{EN: "built by another Go", ZH: "由另一个版本的 Go 构建"},
	Why:   msg.Text{EN: "The plan names the Go version; another one gives other bytes, and perhaps other vulnerabilities.", ZH: "构建计划指定了 Go 版本；换一个版本，产物字节不同，漏洞也可能不同。"},
	Fix:   msg.Text{EN: "Build with the version of the plan, and set GOTOOLCHAIN=local.", ZH: "请用计划中的版本构建，并设置 GOTOOLCHAIN=local。"},
	check: func(f *Facts, p *Policy) string {
		want := strings.TrimPrefix(p.GoVersion, "go")
		switch {
		case want == "":
			return ""
		case f.Go == nil:
			return "none written, want go" + want
		}
		return ifTrue(strings.TrimPrefix(f.Go.Version, "go") != want, f.Go.Version+", want go"+want)
	},
}, {
	Code: "INS042", Name: "revision", Severity: Error,
	Title: msg.Text{EN: "built from another commit", ZH: "由另一个提交构建"},
	Why:   msg.Text{EN: "The stamp inside names another commit than the one that is released.", ZH: "文件内的版本戳与要发布的提交不是同一个。"},
	Fix:   msg.Text{EN: "Build from the released commit in a clean checkout.", ZH: "请在干净的检出中从要发布的提交构建。"},
	check: func(f *Facts, p *Policy) string {
		if p.Revision == "" || f.Go == nil || f.Go.Revision == "" || f.Go.Revision == p.Revision {
			return ""
		}
		return f.Go.Revision + ", want " + p.Revision
	},
}, {
	Code: "INS043", Name: "modified", Severity: Error, RelaxedTo: Note,
	Title: msg.Text{EN: "built from a dirty tree", ZH: "由含未提交改动的目录构建"},
	Why:   msg.Text{EN: "The commit that is named inside is not what was built; nobody can build it again.", ZH: "文件内标明的提交并非实际构建的内容，他人无法重现。"},
	Fix:   msg.Text{EN: "Commit, remove or ignore what git status lists, and build again. Files that the build itself leaves in the tree count too.", ZH: "请提交、删除或忽略 git status 列出的内容后重新构建；构建过程自身留下的文件也算在内。"},
	check: func(f *Facts, _ *Policy) string {
		return ifTrue(f.Go != nil && is(f.Go.Modified), "vcs.modified=true")
	},
	relaxed: func(_ *Facts, p *Policy) bool { return p.AllowDirty },
}, {
	Code: "INS044", Name: "local-replace", Severity: Error,
	Title: msg.Text{EN: "contains modules from a local directory", ZH: "包含来自本地目录的模块"},
	Why:   msg.Text{EN: "A replace directive or go.work put in code that no version or checksum names.", ZH: "replace 指令或 go.work 引入了没有版本号也没有校验和的代码。"},
	Fix:   msg.Text{EN: "Release the module and require its version; build with GOWORK=off.", ZH: "请发布该模块并依赖其版本；构建时设置 GOWORK=off。"},
	check: func(f *Facts, _ *Policy) string {
		if f.Go == nil {
			return ""
		}
		return strings.Join(f.Go.LocalReplace, ", ")
	},
}, {
	Code: "INS045", Name: "trimpath", Severity: Warning,
	Title: msg.Text{EN: "built without -trimpath", ZH: "构建时没有使用 -trimpath"},
	Why:   msg.Text{EN: "Paths of the building machine are inside: another directory gives other bytes, and user names leak.", ZH: "其中含有构建机器的路径：换个目录构建字节就不同，还会泄露用户名。"},
	Fix:   msg.Text{EN: "Build with -trimpath.", ZH: "请用 -trimpath 构建。"},
	check: func(f *Facts, _ *Policy) string { return ifTrue(f.Go != nil && !f.Go.Trimpath, "-trimpath is not set") },
}, {
	Code: "INS046", Name: "experiment", Severity: Warning,
	Title: msg.Text{EN: "built with GOEXPERIMENT", ZH: "构建时启用了 GOEXPERIMENT"},
	Why:   msg.Text{EN: "Experiments are outside of Go's promise and change the bytes.", ZH: "实验特性不在 Go 的兼容承诺之内，并会改变产物字节。"},
	Fix:   msg.Text{EN: "Unset GOEXPERIMENT, also with go env -u GOEXPERIMENT.", ZH: "请取消 GOEXPERIMENT，包括执行 go env -u GOEXPERIMENT。"},
	check: func(f *Facts, _ *Policy) string {
		if f.Go == nil {
			return ""
		}
		return f.Go.Experiment
	},
}, {
	Code: "INS047", Name: "vendored", Severity: Note,
	Title: msg.Text{EN: "dependencies without checksums", ZH: "依赖没有校验和"},
	Why:   msg.Text{EN: "They came from a vendor directory; that they are what their authors released is not recorded inside.", ZH: "它们来自 vendor 目录；文件内没有记录它们与作者发布的内容一致。"},
	Fix:   msg.Text{EN: "Build with -mod=readonly, or check vendor with go mod verify and go mod vendor.", ZH: "请用 -mod=readonly 构建，或用 go mod verify 和 go mod vendor 核对 vendor 目录。"},
	check: func(f *Facts, _ *Policy) string {
		if f.Go == nil || !f.Go.Vendored {
			return ""
		}
		return fmt.Sprintf("among %d dependencies", f.Go.Deps)
	},
}}
