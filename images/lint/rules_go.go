package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func goRules() rules {
	return rules{{
		Code: "DKR030", Severity: lint.Warning, Since: "0.5.0",
		Title:  msg.Text{EN: "Go is in the image, and GOTOOLCHAIN is not set", ZH: "镜像中有 Go，却没有设置 GOTOOLCHAIN"},
		Why:    msg.Text{EN: "A go.mod that asks for a newer Go makes the go command download that one: another compiler than the one that was verified, or an error without network; on old-world LoongArch the download dies by SIGSEGV.", ZH: "go.mod 要求更新的 Go 时，go 命令会自行下载：得到的不再是验证过的编译器，没有网络则报错；在龙架构旧世界上，下载来的 Go 会因 SIGSEGV 崩溃。"},
		Fix:    msg.Text{EN: "Add ENV GOTOOLCHAIN=local.", ZH: "加上 ENV GOTOOLCHAIN=local。"},
		Before: "FROM debian:12\nCOPY sdk/go /usr/local/go",
		After:  "FROM debian:12\nCOPY sdk/go /usr/local/go\nENV GOTOOLCHAIN=local CGO_ENABLED=0",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, s := range v.stages {
				if sdks := v.sdks(s); len(sdks) > 0 && s.used(v) && !s.has("GOTOOLCHAIN") {
					out = append(out, lint.Found(sdks[0].line, sdks[0].what, "Go comes from %s, and nothing keeps it from downloading another", "Go 来自 %s，却没有阻止它下载另一个 Go", sdks[0].what))
				}
			}
			return out
		},
	}, {
		Code: "DKR031", Severity: lint.Warning, Since: "0.5.0",
		Title:  msg.Text{EN: "Nobody has decided about cgo", ZH: "没有决定是否使用 cgo"},
		Why:    msg.Text{EN: "Without CGO_ENABLED the go command uses cgo where it finds a C compiler: the same Dockerfile gives a static program on one base and on another one that needs that base's glibc.", ZH: "不设置 CGO_ENABLED 时，go 命令发现 C 编译器就使用 cgo：同一个 Dockerfile 在这个基础镜像上得到静态程序，在另一个基础镜像上则得到依赖其 glibc 的程序。"},
		Fix:    msg.Text{EN: "ENV CGO_ENABLED=0, or 1 if the program needs C.", ZH: "ENV CGO_ENABLED=0；程序需要 C 时设为 1。"},
		Before: "FROM golang:1.26\nRUN go build -o /app .",
		After:  "FROM golang:1.26\nRUN CGO_ENABLED=0 go build -o /app .",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, s := range v.stages {
				if s.has("CGO_ENABLED") || !s.from {
					continue
				}
				if c, ok := s.builds(); ok {
					out = append(out, lint.Found(c.line, "go "+c.args[0], "go %s uses cgo if there happens to be a C compiler", "若恰好存在 C 编译器，go %s 就会使用 cgo", c.args[0]))
				} else if sdks := v.sdks(s); len(sdks) > 0 && s == v.final() {
					out = append(out, lint.Found(sdks[0].line, sdks[0].what, "builds in this image use cgo if there happens to be a C compiler", "若恰好存在 C 编译器，在此镜像中的构建就会使用 cgo"))
				}
			}
			return out
		},
	}, {
		Code: "DKR032", Severity: lint.Warning, Since: "0.5.0",
		Title:  msg.Text{EN: "GOROOT is set", ZH: "设置了 GOROOT"},
		Why:    msg.Text{EN: "The go command knows where it is. The setting is right until another Go comes into the image; then that one compiles with the standard library of the first, or says that the versions do not match.", ZH: "go 命令知道自己在哪里。这个设置在镜像换了 Go 之前才是对的；此后新的 go 会用旧的标准库编译，或报版本不一致。"},
		Fix:    msg.Text{EN: "Delete it. Only the folder bin of Go belongs on PATH.", ZH: "删除即可，只需把 Go 的 bin 目录放进 PATH。"},
		Before: "FROM golang:1.26\nENV GOROOT=/usr/local/go",
		After:  "FROM golang:1.26\nENV PATH=/usr/local/go/bin:$PATH",
		Find: func(v *view) []lint.Finding {
			return v.settings(func(s setting) bool { return s.key == "GOROOT" && s.value != "" }, "%s is set by %s", "%s 由 %s 设置")
		},
	}, {
		Code: "DKR033", Severity: lint.Error, Since: "0.5.0",
		Title:  msg.Text{EN: "Modules are taken without verification", ZH: "模块未经验证便被使用"},
		Why:    msg.Text{EN: "Without the checksum database a mirror can give anything for a module that go.sum does not have yet; patterns like * say the same of every module.", ZH: "没有校验和数据库，对于 go.sum 里尚无记录的模块，镜像站可以给出任何内容；写成 * 等于对所有模块都如此。"},
		Fix:    msg.Text{EN: "Name your own modules only: GOPRIVATE=git.corp.example. GOPROXY mirrors serve the database too.", ZH: "只写自己的模块：GOPRIVATE=git.corp.example。GOPROXY 镜像同样提供校验和数据库。"},
		Before: "FROM golang:1.26\nENV GOSUMDB=off",
		After:  "FROM golang:1.26\nENV GOPRIVATE=git.corp.example",
		Find: func(v *view) []lint.Finding {
			return v.settings(unverifiedModules, "%s, set by %s, leaves modules unverified", "%s（由 %s 设置）使模块不再经过验证")
		},
	}, {
		Code: "DKR034", Severity: lint.Note, Since: "0.5.0",
		Title:  msg.Text{EN: "The image carries a GOPROXY", ZH: "镜像中固化了 GOPROXY"},
		Why:    msg.Text{EN: "An image goes further than the site it was built for. Elsewhere that mirror is slow, unreachable, or learns the names of private modules.", ZH: "镜像会被带到别处使用。在那里，这个镜像站可能很慢、访问不到，或者会得知私有模块的名字。"},
		Fix:    msg.Text{EN: "ARG GOPROXY, and let the site set it: build argument, CI variable, or the runner's environment.", ZH: "改用 ARG GOPROXY，由使用方设置：构建参数、CI 变量或执行器的环境变量。"},
		Before: "FROM golang:1.26\nENV GOPROXY=https://goproxy.cn,direct",
		After:  "FROM golang:1.26\nARG GOPROXY\nRUN go mod download",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, s := range v.kept() {
				for _, set := range s.settings {
					if set.key == "GOPROXY" && set.how == "ENV" {
						out = append(out, lint.Found(set.line, set.key, "whoever uses the image uses this mirror", "使用此镜像的人都会用到这个镜像站"))
					}
				}
			}
			return out
		},
	}}
}

// used reports whether Go runs in the stage: it is the image, or a command of go's
// is in it.
func (s *stage) used(v *view) bool {
	if slices.Contains(v.kept(), s) {
		return true
	}
	for _, r := range s.runs {
		if slices.ContainsFunc(r.cmds, func(c command) bool { return c.name == "go" || c.name == "make" }) {
			return true
		}
	}
	return false
}

// settings finds variables; the words get the variable and the instruction.
func (v *view) settings(is func(setting) bool, en, zh string) []lint.Finding {
	var out []lint.Finding
	for _, s := range v.stages {
		for _, set := range s.settings {
			if is(set) {
				out = append(out, lint.Found(set.line, set.key, en, zh, set.key, set.how))
			}
		}
	}
	return out
}

func unverifiedModules(s setting) bool {
	value := strings.TrimSpace(s.value)
	switch s.key {
	case "GOSUMDB":
		return value == "off"
	case "GONOSUMCHECK":
		return value != "" && value != "0"
	case "GONOSUMDB", "GOPRIVATE", "GOINSECURE":
		return slices.ContainsFunc(strings.Split(value, ","), func(p string) bool { return slices.Contains([]string{"*", "*.*", "**"}, strings.TrimSpace(p)) })
	case "GOFLAGS":
		return slices.ContainsFunc(strings.Fields(value), func(f string) bool { return f == "-insecure" || f == "--insecure" })
	}
	return false
}
