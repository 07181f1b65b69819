package sbom

import (
	"debug/macho"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/purl"
	"github.com/yingzao-dev/yingzao/release/inspect"
)

// Program is what the go command wrote into one executable.
type Program struct {
	Go       string               // "go1.26.8", with experiments as written
	Path     string               // the main package
	Main     Module               // its Version is "(devel)" or "" when the go command was not told
	Deps     []Module             // as written, sorted by the go command; nil = none
	Settings []debug.BuildSetting // as written
}

// Module is one module that was linked.
type Module struct {
	Path     string
	Version  string // "" for what has none, as a folder
	Sum      string // h1:…; "" = not checked by the go command: vendored, or a folder
	Replaces string // path@version that go.mod asks for, where this is its replacement
	Folder   string // as go.mod names it, where the replacement is a folder; Path is then what is replaced
}

// Key identifies a module: path@version, or path where it has no version.
func (m Module) Key() string { return strings.TrimSuffix(m.Path+"@"+m.Version, "@") }

// Read reads an executable: one Program, or one for each architecture of a
// universal binary. Without Go's build information it is an error.
func Read(r io.ReaderAt, size int64) ([]*Program, error) {
	fat, err := macho.NewFatFile(io.NewSectionReader(r, 0, size))
	if err != nil {
		p, err := read(r, size)
		if err != nil {
			return nil, err
		}
		return []*Program{p}, nil
	}
	var all []*Program
	for _, a := range fat.Arches {
		if int64(a.Offset)+int64(a.Size) > size {
			return nil, msg.Errorf("read build information: a slice ends outside of the file", "读取构建信息：通用二进制的某个切片超出文件范围")
		}
		p, err := read(io.NewSectionReader(r, int64(a.Offset), int64(a.Size)), int64(a.Size))
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// ReadFile is Read of a file.
func ReadFile(path string) ([]*Program, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, msg.Errorf("read build information: %w", "读取构建信息：%w", err)
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, msg.Errorf("read build information: %w", "读取构建信息：%w", err)
	}
	all, err := Read(f, fi.Size())
	if err != nil {
		return nil, msg.Errorf("%s: %w", "%s：%w", path, err)
	}
	return all, nil
}

func read(r io.ReaderAt, size int64) (*Program, error) {
	bi, err := inspect.BuildInfo(r, size)
	if err != nil {
		return nil, msg.Errorf("read build information: %w", "读取构建信息：%w", err).
			WithHint("a bill of materials is made of what the go command writes into a program; compressing or stripping it with other tools removes that",
				"物料清单取自 go 命令写入程序的信息；用其他工具压缩或裁剪程序会将其去除")
	}
	p := &Program{Go: bi.GoVersion, Path: bi.Path, Main: Module{Path: bi.Main.Path, Version: bi.Main.Version}, Settings: bi.Settings}
	for _, d := range bi.Deps {
		p.Deps = append(p.Deps, linked(d))
	}
	return p, nil
}

// linked is the module whose code is inside.
func linked(d *debug.Module) Module {
	switch r := d.Replace; {
	case r == nil:
		return Module{Path: d.Path, Version: released(d.Version), Sum: d.Sum}
	case released(r.Version) == "":
		return Module{Path: d.Path, Folder: r.Path, Replaces: d.Path + "@" + d.Version}
	default:
		return Module{Path: r.Path, Version: r.Version, Sum: r.Sum, Replaces: d.Path + "@" + d.Version}
	}
}

// released is a version, without the word that stands for none.
func released(version string) string {
	if version == "(devel)" {
		return ""
	}
	return version
}

// setting is one build setting; "" when it was not written.
func (p *Program) setting(key string) string {
	i := slices.IndexFunc(p.Settings, func(s debug.BuildSetting) bool { return s.Key == key })
	if i < 0 {
		return ""
	}
	return p.Settings[i].Value
}

// Time is that of the commit; zero when the go command was not told.
func (p *Program) Time() time.Time {
	t, _ := time.Parse(time.RFC3339Nano, p.setting("vcs.time"))
	return t
}

// main is the main module with the release's version where it has none of its own.
func (p *Program) main(version string) Module {
	m := p.Main
	if m.Path == "" { // a program made of files
		m.Path = p.Path
	}
	if m.Version = released(m.Version); m.Version == "" {
		m.Version = version
		if semver.IsValid("v" + version) {
			m.Version = "v" + version
		}
	}
	return m
}

// std is the standard library as a module.
func (p *Program) std() Module {
	version, _, _ := strings.Cut(strings.TrimPrefix(p.Go, "go"), " ")
	return Module{Path: "std", Version: version}
}

// modules are all that the program is linked from, main module first, std last.
func (p *Program) modules(version string) []Module {
	return slices.Concat([]Module{p.main(version)}, p.Deps, []Module{p.std()})
}

// url is the module's name in the form of https://github.com/package-url; "" for a
// folder, whose content no name stands for.
func (m Module) url() string {
	path := m.Path
	switch {
	case m.Folder != "":
		return ""
	case path == "std":
		path = "stdlib"
	}
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = purl.Escape(parts[i])
	}
	u := "pkg:golang/" + strings.Join(parts, "/")
	if m.Version != "" {
		u += "@" + purl.Escape(m.Version)
	}
	return u
}
