package bootstrap

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// managers are version managers, by the folder that they keep Go in.
var managers = []struct {
	part, code, name string
	off              msg.Text
}{
	{"/.gvm/", "gvm", "gvm", msg.Text{EN: "remove its line from the start files, then gvm implode", ZH: "请从启动文件中删除其加载行，再执行 gvm implode"}},
	{"/.asdf/", "asdf", "asdf", msg.Text{EN: "asdf plugin remove golang, or its shims come first again", ZH: "请执行 asdf plugin remove golang，否则其 shim 会重新排到前面"}},
	{"/.goenv/", "goenv", "goenv", msg.Text{EN: "remove goenv init from the start files", ZH: "请从启动文件中删除 goenv init"}},
	{"/mise/", "mise", "mise", msg.Text{EN: "mise unuse go, or it comes first at the next prompt", ZH: "请执行 mise unuse go，否则下一个提示符时它会重新排到前面"}},
	{"/.g/", "g", "g", msg.Text{EN: "remove ~/.g/env from the start files", ZH: "请从启动文件中删除 ~/.g/env"}},
}

// notes tells what was found and is left to its owner.
func (p *Plan) notes() {
	d, s := p.desk, p.desk.Snapshot
	others, system := 0, d.systemGos()
	for _, path := range system {
		p.note("system-path", "the system's PATH has %s, which comes before the user's PATH and so before ours: take its folder out there (as an administrator), or uninstall that Go", "系统 PATH 中有 %s，排在用户 PATH 之前，因而也排在本工具安装的 Go 之前：请以管理员身份从系统 PATH 中删去其目录，或卸载该 Go", path)
	}
	for _, g := range s.Gos {
		if strings.HasPrefix(g.Path, d.Root+string(filepath.Separator)) || slices.ContainsFunc(system, func(path string) bool { return strings.EqualFold(path, g.Path) }) {
			continue
		}
		others++
		p.otherGo(filepath.ToSlash(g.Path), filepath.ToSlash(g.Resolved), g.Version)
	}
	p.registryNotes()
	if others > 1 && len(system) == 0 {
		p.note("several", "%d other go commands are on PATH; new shells take ours first", "PATH 上另有 %d 个 go 命令；新开的 shell 会优先使用本工具安装的", others)
	}
	if v := d.getenv("GOROOT"); v != "" {
		p.note("goroot", "GOROOT is set to %s in the environment: it leads any go to that library; remove it%v", "环境变量 GOROOT 被设为 %s：任何 go 都会使用那里的标准库；请删除%v", v, p.setIn("GOROOT"))
	} else if at := p.setIn("GOROOT"); !at.IsZero() {
		p.note("goroot", "GOROOT is set for new shells; remove it%v", "新开的 shell 会设置 GOROOT；请删除%v", at)
	}
	if v := d.env.Get("GO111MODULE"); v == "off" {
		p.note("gopath-mode", "GO111MODULE=off turns modules off: go env -u GO111MODULE, then go mod init in each project that has no go.mod", "GO111MODULE=off 关闭了模块：请执行 go env -u GO111MODULE，并在没有 go.mod 的项目中执行 go mod init")
	}
	if p.wanted.Profile.AirGap && p.wanted.Org.GOPROXY == "" {
		p.note("airgap", "no mirror is named, so GOPROXY stays as it is: write bootstrap.goproxy into the organisation's file", "没有指定镜像，GOPROXY 保持不变：请在组织配置文件中写明 bootstrap.goproxy")
	}
	if s.Machine.WSL {
		p.note("wsl", "this is Linux inside Windows: keep projects below %s and not below /mnt, and set up Windows by itself", "这是 Windows 中的 Linux：项目请放在 %s 下而不是 /mnt 下；Windows 一侧需另行设置", d.Home)
	}
}

func (p *Plan) otherGo(path, resolved, version string) {
	for _, m := range managers {
		if strings.Contains(path, m.part) || strings.Contains(resolved, m.part) {
			p.note(m.code, "%s has a Go, %s; it stays. To be rid of it: %v", "%s 管理着一个 Go：%s；它会保留。如需去除：%v", m.name, path, m.off)
			return
		}
	}
	switch {
	case p.desk.Snapshot.Machine.WSL && strings.HasPrefix(path, "/mnt/"):
		p.note("windows-go", "%s is the Go of Windows, which cannot build for this side's paths", "%s 是 Windows 的 Go，不适合用于这一侧的路径", path)
	case strings.HasPrefix(path, "/usr/bin/"), strings.HasPrefix(path, "/usr/lib/"), strings.HasPrefix(path, "/snap/"), strings.HasPrefix(path, "/bin/"):
		p.note("distribution", "the system's packages have a Go, %s %s; it stays and comes second", "系统软件包中有一个 Go：%s %s；它会保留，排在其后", path, version)
	default:
		p.note("other", "there is another Go, %s %s; it stays and comes second", "另有一个 Go：%s %s；它会保留，排在其后", path, version)
	}
}

// setIn names the start files, or the keys of the registry, that set a variable.
func (p *Plan) setIn(key string) msg.Text {
	var at []string
	for _, s := range p.desk.Snapshot.Settings {
		if s.Key == key && s.Place.File != "" && s.Value != "" {
			at = append(at, place(s.Place))
		}
	}
	if len(at) == 0 {
		return msg.Text{}
	}
	return msg.Textf(" in %s", "，位于 %s", strings.Join(at, ", "))
}

// place is where a setting stands; a registry has no lines.
func place(at envcheck.Place) string {
	if at.Line == 0 {
		return at.File
	}
	return fmt.Sprintf("%s:%d", at.File, at.Line)
}
