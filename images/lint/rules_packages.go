package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/dockerfile"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func packageRules() rules {
	return rules{{
		Code: "DKR010", Severity: lint.Warning, Since: "0.5.0",
		Title:  msg.Text{EN: "The package manager's files stay in the image", ZH: "包管理器的缓存留在了镜像里"},
		Why:    msg.Text{EN: "Each RUN is a layer. What it leaves behind is shipped for ever, also when a later RUN deletes it: 20 to 200 MB.", ZH: "每条 RUN 都是一层。留下的东西会一直随镜像分发，后面的 RUN 再删除也没有用：约 20 到 200 MB。"},
		Fix:    msg.Text{EN: "In the same RUN: rm -rf /var/lib/apt/lists/* for apt, clean all for dnf, microdnf and yum, --no-cache for apk; or a cache mount.", ZH: "在同一条 RUN 中清理：apt 用 rm -rf /var/lib/apt/lists/*，dnf、microdnf、yum 用 clean all，apk 用 --no-cache；或使用缓存挂载。"},
		Before: "FROM openeuler/openeuler:24.03-lts\nRUN dnf install -y git",
		After:  "FROM openeuler/openeuler:24.03-lts\nRUN dnf install -y git && dnf clean all",
		Find:   findUncleaned,
	}, {
		Code: "DKR011", Severity: lint.Warning, Since: "0.5.0",
		Title:  msg.Text{EN: "Go comes from the distribution", ZH: "Go 来自发行版软件包"},
		Why:    msg.Text{EN: "It is years old (1.15 on Kylin V10 for LoongArch, patched), differs from base to base, and its patches are in no checksum database.", ZH: "它往往落后数年（龙架构银河麒麟 V10 上是打过补丁的 1.15），各基础镜像互不相同，且其补丁不在任何校验和数据库中。"},
		Fix:    msg.Text{EN: "Copy a verified SDK to /usr/local/go: yingzao image sdk fetch.", ZH: "将经过验证的 SDK 复制到 /usr/local/go：yingzao image sdk fetch。"},
		Before: "FROM debian:12\nRUN apt-get update && apt-get install -y golang-go && rm -rf /var/lib/apt/lists/*",
		After:  "FROM debian:12\nCOPY sdk/go /usr/local/go",
		Find:   findDistroGo,
	}}
}

// installing reports whether a command installs or updates packages.
func (c command) installing() bool {
	return slices.Contains(installers, c.name) && c.has("install", "add", "groupinstall", "localinstall", "update", "upgrade", "dist-upgrade", "in", "reinstall", "makecache")
}

func findUncleaned(v *view) []lint.Finding {
	var out []lint.Finding
	for _, s := range v.kept() {
		for _, r := range s.runs {
			clean := map[string]bool{
				"deb": r.cleans("deb") || !slices.ContainsFunc(r.cmds, func(c command) bool { return managers[c.name] == "deb" && c.has("update") }), // no lists were fetched here
				"rpm": r.cleans("rpm"),
				"apk": r.cleans("apk"),
			}
			for _, c := range r.cmds {
				if c.installing() && !clean[managers[c.name]] && !(c.name == "apk" && c.has("--no-cache")) {
					out = append(out, lint.Found(c.line, c.name, "%s leaves its lists or packages in the layer", "%s 把索引或软件包留在了这一层", c.name))
					break // once a RUN
				}
			}
		}
	}
	return out
}

// cleans reports whether a RUN leaves nothing of a family's package managers
// behind.
func (r run) cleans(family string) bool {
	for _, f := range r.in.Flags {
		if f.Name == "mount" && (strings.Contains(f.Value, "type=cache") || strings.Contains(f.Value, "type=tmpfs")) && strings.Contains(f.Value, "/var/") {
			return true
		}
	}
	dir := map[string]string{"deb": "/var/lib/apt", "rpm": "/var/cache", "apk": "/var/cache/apk"}[family]
	return slices.ContainsFunc(r.cmds, func(c command) bool {
		switch {
		case c.name == "rm" || c.name == "find":
			return slices.ContainsFunc(c.args, func(a string) bool { return strings.HasPrefix(a, dir) })
		case managers[c.name] != family:
			return false
		case family == "rpm":
			return c.has("clean", "cc") && (c.name == "zypper" || c.has("all", "packages"))
		}
		return c.has("dist-clean", "distclean")
	})
}

var goPackage = lazyre.New(`^(golang|golang-go|golang-bin|golang-\d[\d.]*(-go)?|go|go-toolset|go1[\d.]*|gcc-go|gccgo)(-\d[\w.~+-]*)?([=<>~@:].*)?$`)

// distroGo returns the package of Go among the arguments of an installing command.
func (c command) distroGo() string {
	if !slices.Contains(installers, c.name) || !c.has("install", "add", "in", "groupinstall", "localinstall", "reinstall") {
		return ""
	}
	for _, a := range c.args {
		if goPackage.Re().MatchString(a) {
			return a
		}
	}
	return ""
}

func findDistroGo(v *view) []lint.Finding {
	var out []lint.Finding
	for _, s := range v.stages {
		for _, r := range s.runs {
			for _, c := range r.cmds {
				if p := c.distroGo(); p != "" {
					out = append(out, lint.Found(c.line, p, "%s installs the distribution's Go (%s)", "%s 安装了发行版自带的 Go（%s）", c.name, p))
				}
			}
		}
	}
	return out
}

// instructions yields the instructions of a stage, those of ONBUILD unwrapped.
func (s *stage) instructions(visit func(in *dockerfile.Instruction, line int)) {
	for i := range s.Instructions {
		in := &s.Instructions[i]
		line := in.Line
		if in.On != nil {
			in = in.On
		}
		visit(in, line)
	}
}
