package rebuild

import (
	"bytes"
	"debug/buildinfo"
	"maps"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Cause is why two executables may differ.
type Cause struct {
	Code      string   `json:"code"`
	Text      msg.Text `json:"text"`
	Published string   `json:"published,omitempty"` // what the published file says; "" = nothing
	Rebuilt   string   `json:"rebuilt,omitempty"`
}

// The codes of causes. They are stable.
const (
	CauseToolchain  = "toolchain"
	CauseTags       = "tags"
	CauseLevel      = "level" // GOAMD64 and the like
	CauseLdflags    = "ldflags"
	CauseVCS        = "vcs"
	CauseVendor     = "vendor"
	CauseModules    = "modules"
	CauseTrimpath   = "trimpath"
	CauseCgo        = "cgo"
	CauseSetting    = "setting" // any other one
	CauseTampered   = "tampered"
	CauseSources    = "sources"
	CauseCompressor = "compressor"
	CauseArchiver   = "archiver"
	CausePackager   = "packager"  // of a deb, rpm …
	CauseTime       = "time"      // of the files, or of the build
	CauseSigned     = "signature" // inside a package
)

// causes compares what the go command wrote into both files.
func causes(published, rebuilt []byte, sections []Section) []Cause {
	a, errA := buildinfo.Read(bytes.NewReader(published))
	b, errB := buildinfo.Read(bytes.NewReader(rebuilt))
	if errA != nil || errB != nil {
		return []Cause{{Code: CauseTampered, Text: msg.Text{EN: "one of the two has no build information that can be read", ZH: "两者之一没有可读的构建信息"}}}
	}
	var out []Cause
	add := func(code string, en, zh, x, y string) {
		if x != y {
			out = append(out, Cause{code, msg.Text{EN: en, ZH: zh}, httpx.Redact(x), httpx.Redact(y)})
		}
	}
	add(CauseToolchain, "another Go toolchain", "Go 工具链不同", a.GoVersion, b.GoVersion)
	x, y := settings(a), settings(b)
	keys := slices.Sorted(maps.Keys(x))
	for k := range y {
		if _, both := x[k]; !both {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	if x["-trimpath"] != y["-trimpath"] { // comes first, and hides -ldflags by itself
		keys = slices.Insert(slices.DeleteFunc(keys, func(k string) bool { return k == "-trimpath" || k == "-ldflags" }), 0, "-trimpath")
	}
	for _, k := range keys {
		code, text := classify(k)
		add(code, text.EN, text.ZH, setting(x, k), setting(y, k))
	}
	add(CauseVCS, "the main module has another version: stamped by another state of the repository, or not at all", "主模块版本不同：由不同的仓库状态写入，或未写入", a.Main.Version, b.Main.Version)
	out = append(out, modules(a, b)...)
	if out != nil {
		return out
	}
	return append(out, hidden(published, rebuilt, sections))
}

func settings(bi *debug.BuildInfo) map[string]string {
	out := map[string]string{}
	for _, s := range bi.Settings {
		out[s.Key] = s.Value
	}
	return out
}

func setting(all map[string]string, key string) string {
	if v, ok := all[key]; ok {
		return key + "=" + v
	}
	return ""
}

// classify says what a difference in a setting means.
func classify(key string) (code string, text msg.Text) {
	switch {
	case strings.HasPrefix(key, "vcs"):
		return CauseVCS, msg.Text{EN: "another state of the repository is stamped in, or none", ZH: "写入的仓库状态不同，或未写入"}
	case key == "-tags":
		return CauseTags, msg.Text{EN: "other build tags", ZH: "构建标签不同"}
	case key == "-ldflags":
		return CauseLdflags, msg.Text{EN: "the linker was told other things", ZH: "链接参数不同"}
	case key == "-trimpath":
		return CauseTrimpath, msg.Text{EN: "one has the paths of the building machine in it", ZH: "其中一个含有构建机器的路径"}
	case key == "GOOS", key == "GOARCH":
		return CauseSetting, msg.Text{EN: "they are for different platforms", ZH: "平台不同"}
	case strings.HasPrefix(key, "CGO_"):
		return CauseCgo, msg.Text{EN: "other settings of cgo", ZH: "cgo 设置不同"}
	case len(key) > 2 && key[:2] == "GO" && levels[key]:
		return CauseLevel, msg.Text{EN: "compiled for another level of the processor", ZH: "编译所用的处理器级别不同"}
	}
	return CauseSetting, msg.Text{EN: "another build setting", ZH: "构建设置不同"}
}

var levels = map[string]bool{"GOAMD64": true, "GOARM64": true, "GO386": true, "GOARM": true, "GOMIPS": true, "GOMIPS64": true, "GOPPC64": true, "GORISCV64": true, "GOWASM": true}

// modules compares the dependencies. Sums that are only on one side are the sign of
// a vendor folder.
func modules(a, b *debug.BuildInfo) []Cause {
	list := func(bi *debug.BuildInfo) (versions map[string]string, summed int) {
		versions = map[string]string{}
		for _, d := range bi.Deps {
			v := d.Version
			if d.Replace != nil {
				v, d = v+" => "+d.Replace.Path+" "+d.Replace.Version, d.Replace
			}
			versions[d.Path] = v
			if d.Sum != "" {
				summed++
			}
		}
		return versions, summed
	}
	x, sumsX := list(a)
	y, sumsY := list(b)
	if maps.Equal(x, y) {
		if sumsX != sumsY && (sumsX == 0 || sumsY == 0) {
			return []Cause{{Code: CauseVendor, Text: msg.Text{EN: "one was built from a vendor folder: its modules have no sums", ZH: "其中一个由 vendor 目录构建：模块没有校验和"}}}
		}
		for i := range a.Deps {
			if i < len(b.Deps) && a.Deps[i].Sum != b.Deps[i].Sum && a.Deps[i].Replace == nil {
				return []Cause{{CauseModules, msg.Textf("module %s has another sum", "模块 %s 的校验和不同", a.Deps[i].Path), a.Deps[i].Sum, b.Deps[i].Sum}}
			}
		}
		return nil
	}
	var out []Cause
	for _, path := range slices.Sorted(maps.Keys(x)) {
		if x[path] != y[path] {
			out = append(out, Cause{CauseModules, msg.Textf("module %s has another version", "模块 %s 的版本不同", path), x[path], y[path]})
		}
	}
	for _, path := range slices.Sorted(maps.Keys(y)) {
		if _, both := x[path]; !both {
			out = append(out, Cause{CauseModules, msg.Textf("module %s is in one alone", "模块 %s 只在其中一个里", path), "", y[path]})
		}
	}
	return out
}

// hidden is the cause where the build information is the same: what -trimpath keeps
// out of it, or what happened after the link.
func hidden(published, rebuilt []byte, sections []Section) Cause {
	x, y := buildID(published), buildID(rebuilt)
	symbols := slices.ContainsFunc(sections, func(s Section) bool {
		return (s.Published < 0 || s.Rebuilt < 0) && (strings.HasPrefix(s.Name, ".symtab") || strings.HasPrefix(s.Name, ".debug") || strings.HasPrefix(s.Name, ".zdebug") || strings.Contains(s.Name, "__debug"))
	})
	p, q := strings.Split(x, "/"), strings.Split(y, "/")
	switch {
	case x != "" && x == y:
		return Cause{CauseTampered, msg.Text{EN: "the build id is the same and the bytes are not: one was changed after it was linked", ZH: "构建 ID 相同而字节不同：其中一个在链接后被改动"}, x, y}
	case symbols:
		return Cause{CauseLdflags, msg.Text{EN: "one was linked without symbols (-ldflags -s -w)", ZH: "其中一个链接时去除了符号（-ldflags -s -w）"}, x, y}
	case len(p) == 4 && len(q) == 4 && p[1] == q[1]:
		return Cause{CauseLdflags, msg.Text{EN: "the main package was compiled the same, so the linker was told other things (-ldflags, as -X), or code that it imports only by way of others differs",
			ZH: "main 包的编译相同，因此是链接参数不同（-ldflags，如 -X），或间接导入的代码不同"}, x, y}
	}
	return Cause{CauseSources, msg.Text{EN: "other sources, or other flags of the compiler", ZH: "源码或编译参数不同"}, x, y}
}

// buildID is what the go command put into a file; "" when there is none.
func buildID(b []byte) string {
	all, _ := parts(b)
	if i := slices.IndexFunc(all, func(p part) bool { return p.name == ".note.go.buildid" }); i >= 0 {
		if note := cut(b, all[i]); len(note) > 16 {
			return strings.TrimRight(string(note[16:]), "\x00")
		}
		return ""
	}
	_, rest, ok := bytes.Cut(b, []byte("\xff Go build ID: \""))
	id, _, ended := bytes.Cut(rest[:min(len(rest), 200)], []byte("\"\n \xff"))
	if !ok || !ended {
		return ""
	}
	return string(id)
}
