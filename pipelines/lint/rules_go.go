package lint

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func goRules() rules {
	return rules{{
		Code: "PPL010", Severity: lint.Warning, Since: "0.6.0",
		Title:  msg.Text{EN: "The module cache lies in the project, where Go takes it for source", ZH: "模块缓存位于项目之内，会被 Go 当作源码"},
		Why:    msg.Text{EN: "The go command passes over folders that begin with a dot or an underscore, and over no others. With GOMODCACHE in ./modcache, go mod tidy stops: import path \"…@v1.2.3/…\" should not have @version.", ZH: "go 命令只跳过以点或下划线开头的目录。GOMODCACHE 位于 ./modcache 时，go mod tidy 会中止：import path \"…@v1.2.3/…\" should not have @version。"},
		Fix:    msg.Text{EN: "Put it into a folder that begins with a dot: $CI_PROJECT_DIR/.cache/go-mod.", ZH: "放到以点开头的目录中：$CI_PROJECT_DIR/.cache/go-mod。"},
		Before: "variables:\n  GOMODCACHE: $CI_PROJECT_DIR/modcache\nbuild:\n  image: golang:1.26\n  script: [go build ./...]",
		After:  "variables:\n  GOMODCACHE: $CI_PROJECT_DIR/.modcache\nbuild:\n  image: golang:1.26\n  script: [go build ./...]",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, s := range v.moduleCaches() {
				if inside, plain := inProject(s.value); inside && plain && v.moduleAtTop() {
					out = append(out, lint.Found(s.line, s.key, "%s is a folder of the project without a leading dot or underscore", "%s 是项目内的目录，却不以点或下划线开头", s.key))
				}
			}
			return out
		},
	}, {
		Code: "PPL011", Severity: lint.Note, Since: "0.6.0",
		Title:  msg.Text{EN: "The module cache is read-only where the runner has to delete it", ZH: "模块缓存为只读，而 runner 需要删除它"},
		Why:    msg.Text{EN: "Go extracts modules without the right to write. Below the project's folder, on a runner that runs jobs in a shell of its own, the next git clean or rm fails. A job without image may be such a one.", ZH: "Go 解压出的模块不可写。若它在项目目录之下，而 runner 直接在 shell 中运行作业，下一次 git clean 或 rm 就会失败。没有 image 的作业可能就是这样。"},
		Fix:    msg.Text{EN: "Set GOFLAGS: -modcacherw; in a container it does no harm.", ZH: "设置 GOFLAGS: -modcacherw；在容器中也无妨。"},
		Before: "variables:\n  GOMODCACHE: $CI_PROJECT_DIR/.cache/mod\nbuild:\n  script: [go build ./...]",
		After:  "variables:\n  GOMODCACHE: $CI_PROJECT_DIR/.cache/mod\n  GOFLAGS: -modcacherw\nbuild:\n  script: [go build ./...]",
		Find:   findReadOnly,
	}, {
		Code: "PPL012", Severity: lint.Error, Since: "0.6.0",
		Title:  msg.Text{EN: "GOFLAGS turns the vendor folder off", ZH: "GOFLAGS 使 vendor 目录失效"},
		Why:    msg.Text{EN: "Where there is a vendor folder Go builds from it by itself. -mod=readonly, which otherwise is the default, and -mod=mod switch that off: modules are downloaded, or the build stops by \"module lookup disabled by GOPROXY=off\".", ZH: "有 vendor 目录时 Go 会自动从中构建。-mod=readonly（在其他情况下本是默认值）和 -mod=mod 会关闭这一行为：模块改为下载，或报 “module lookup disabled by GOPROXY=off”。"},
		Fix:    msg.Text{EN: "Take -mod= out of GOFLAGS.", ZH: "从 GOFLAGS 中删去 -mod=。"},
		Before: "variables:\n  GOFLAGS: -mod=readonly\nbuild:\n  script: [go build ./...]",
		After:  "variables:\n  GOFLAGS: -trimpath\nbuild:\n  script: [go build ./...]",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			if vendor, _ := v.project("vendor/modules.txt"); !vendor {
				return nil
			}
			for _, s := range v.of("GOFLAGS") {
				flags, _ := goenv.ParseFlags(s.value)
				for _, f := range flags {
					if f.Name == "mod" && (f.Value == "readonly" || f.Value == "mod") {
						out = append(out, lint.Found(s.line, "GOFLAGS", "-mod=%s, and there is a vendor folder: it is not used", "-mod=%s，而项目中有 vendor 目录：它不会被使用", f.Value))
					}
				}
			}
			return out
		},
	}, {
		Code: "PPL013", Severity: lint.Note, Since: "0.6.0",
		Title:  msg.Text{EN: "GOPROXY has no back-up for an outage", ZH: "GOPROXY 在镜像故障时没有后备"},
		Why:    msg.Text{EN: "After a comma the next entry is tried only when the mirror says 404 or 410. A mirror that is down, answers 500 or 403, or cannot be reached stops the build, however many mirrors follow. After a pipe any failure moves on.", ZH: "逗号之后的条目只在镜像回答 404 或 410 时才会尝试。镜像宕机、回答 500 或 403、或无法连接时，后面有再多镜像，构建也会中止。竖线则在任何失败后转到下一项。"},
		Fix:    msg.Text{EN: "Put a pipe between mirrors, and a comma before direct: https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct", ZH: "镜像之间用竖线，direct 之前用逗号：https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct"},
		Before: "variables:\n  GOPROXY: https://goproxy.cn,https://mirrors.aliyun.com/goproxy/,direct\nbuild:\n  script: [go build ./...]",
		After:  "variables:\n  GOPROXY: https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct\nbuild:\n  script: [go build ./...]",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, s := range v.of("GOPROXY") {
				if !s.known() {
					continue
				}
				entries, _ := goenv.ParseProxies(s.value)
				for i := 0; i+1 < len(entries); i++ {
					if a, b := entries[i], entries[i+1]; a.URL != nil && b.URL != nil && !b.Dead && a.Sep == ',' {
						out = append(out, lint.Found(s.line, "GOPROXY", "%[2]s is not asked when %[1]s is down: there is a comma between them", "%[1]s 故障时不会改用 %[2]s：两者之间是逗号", a.URL.Host, b.URL.Host))
						break
					}
				}
			}
			return out
		},
	}, {
		Code: "PPL014", Severity: lint.Error, Since: "0.6.0",
		Title:  msg.Text{EN: "Modules are taken without verification", ZH: "模块未经验证便被使用"},
		Why:    msg.Text{EN: "Without the checksum database a mirror can give anything for a module that go.sum does not have yet; patterns like * say the same of every module.", ZH: "没有校验和数据库，对于 go.sum 里尚无记录的模块，镜像站可以给出任何内容；写成 * 等于对所有模块都如此。"},
		Fix:    msg.Text{EN: "Name your own modules only: GOPRIVATE=git.corp.example. GOPROXY mirrors serve the database too.", ZH: "只写自己的模块：GOPRIVATE=git.corp.example。GOPROXY 镜像同样提供校验和数据库。"},
		Before: "variables:\n  GOSUMDB: 'off'\nbuild:\n  script: [go build ./...]",
		After:  "variables:\n  GOPRIVATE: git.corp.example\nbuild:\n  script: [go build ./...]",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, s := range v.settings {
				if !unverified(s) {
					continue
				}
				out = append(out, lint.Found(s.line, s.key, "%[1]s: %[2]s leaves modules unverified", "%[1]s：%[2]s 使模块不再经过验证", s.key, strings.TrimSpace(s.value)))
			}
			return out
		},
	}}
}

// unverified reports whether a setting exempts all modules.
func unverified(s setting) bool {
	switch s.key {
	case "GOSUMDB":
		return strings.TrimSpace(s.value) == "off"
	case "GONOSUMDB", "GOPRIVATE", "GOINSECURE":
		return slices.ContainsFunc(goenv.ParsePatterns(s.value), func(p goenv.Pattern) bool {
			return !slices.ContainsFunc([]string{"github.com/a/b", "golang.org/x/mod", "gopkg.in/yaml.v3", "k8s.io/api", "gitee.com/a/b"},
				func(module string) bool { return !p.Matches(module) })
		})
	}
	return false
}

// moduleCaches are the settings that say where modules go: GOMODCACHE, or GOPATH
// where there is none.
func (v *view) moduleCaches() []setting {
	if all := v.of("GOMODCACHE"); len(all) > 0 {
		return all
	}
	return v.of("GOPATH")
}

var projectFolder = lazyre.New(`^(\$\{?CI_PROJECT_DIR\}?|\$\{?PWD\}?|\$\(pwd\)|\$\{?(env\.)?WORKSPACE\}?|\$\{\{ *(ci|variables)\.\w*(workspace|WORKSPACE) *\}\}|\.)/`)

// inProject reports whether a folder is one of the project, and whether Go would look
// into it for source.
func inProject(folder string) (inside, plain bool) {
	m := projectFolder.Re().FindString(folder)
	rest := path.Clean(folder[len(m):])
	if m == "" || rest == "." || rest == ".." || strings.HasPrefix(rest, "../") || strings.Contains(rest, "$") {
		return false, false
	}
	for _, part := range strings.Split(rest, "/") {
		if strings.HasPrefix(part, ".") || strings.HasPrefix(part, "_") || part == "testdata" {
			return true, false
		}
	}
	return true, true
}

// moduleAtTop reports whether the project's folder itself can be a module; where Go is
// used in a subfolder it does not look beside that.
func (v *view) moduleAtTop() bool {
	if v.groovy != nil && slices.ContainsFunc(v.groovy.tokens, func(t token) bool { return t.kind == word && t.is("dir") }) {
		return false
	}
	there, known := v.project("go.mod")
	return there || !known
}

func findReadOnly(v *view) []lint.Finding {
	g := v.gitlab
	if g == nil || g.open {
		return nil
	}
	var out []lint.Finding
	for _, s := range v.moduleCaches() {
		if inside, _ := inProject(s.value); !inside {
			continue
		}
		at := slices.IndexFunc(g.jobs, func(j *job) bool {
			if j.hidden() || s.job != nil && s.job != j {
				return false
			}
			image, known := g.lookup(j, "image")
			flags, set, sure := g.variable(j, "GOFLAGS")
			return image == nil && known && (set || sure) && !strings.Contains(flags, "-modcacherw") && !strings.Contains(flags, "$") && v.runsGo(j)
		})
		if at >= 0 {
			out = append(out, lint.Found(s.line, s.key, "modules are extracted read-only below the project, for %s without an image", "模块以只读方式解压到项目之下，而 %s 没有 image", cmp.Or(g.jobs[at].name, "-")))
		}
	}
	return out
}

// runsGo reports whether a job of this file runs the go command.
func (v *view) runsGo(j *job) bool {
	chain, _ := v.gitlab.chain(j)
	return slices.ContainsFunc(v.commandsOf(chain), func(c command) bool { return c.name == "go" })
}
