package trace

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// project is the files of a project that decide which modules it needs.
type project struct {
	mains     []main
	work      *modfile.WorkFile // nil = no workspace
	workSum   []byte
	dir       string            // of the go.work
	goLine    string            // the newest go line that the running Go takes
	known     []module.Version  // of go.mod, go.work and go.sum
	folders   map[string]string // folders that replace modules, absolute: the replaced path
	vendorTxt []byte            // vendor/modules.txt of the main module; nil = none
	toolPaths []string
}

// main is a main module.
type main struct {
	dir string
	mod *modfile.File
	sum []byte
}

// readProject reads what GOMOD and GOWORK name.
func readProject(gomod, gowork, goVersion string) (*project, error) {
	p := &project{goLine: goLine(goVersion), folders: map[string]string{}}
	if gowork != "" && gowork != "off" {
		data, err := os.ReadFile(gowork)
		if err == nil {
			p.work, err = modfile.ParseWork(gowork, data, nil)
		}
		if err != nil {
			return nil, msg.Errorf("read go.work: %w", "读取 go.work：%w", err)
		}
		p.dir = filepath.Dir(gowork)
		p.workSum, _ = os.ReadFile(gowork + ".sum")
		for _, u := range p.work.Use {
			if err := p.addMain(abs(p.dir, u.Path)); err != nil {
				return nil, err
			}
		}
		p.addReplaces(p.dir, p.work.Replace)
		return p, nil
	}
	if gomod == "" || gomod == os.DevNull {
		return nil, msg.Errorf("trace: there is no go.mod here", "追踪：此处没有 go.mod").WithKind(msg.Usage).
			WithHint("run it in the folder of a module", "请在模块所在目录中运行")
	}
	if err := p.addMain(filepath.Dir(gomod)); err != nil {
		return nil, err
	}
	p.vendorTxt, _ = os.ReadFile(filepath.Join(filepath.Dir(gomod), "vendor", "modules.txt"))
	return p, nil
}

func (p *project) addMain(dir string) error {
	name := filepath.Join(dir, "go.mod")
	data, err := os.ReadFile(name)
	var m main
	if err == nil {
		m.mod, err = modfile.Parse(name, data, nil)
	}
	if err != nil {
		return msg.Errorf("read go.mod: %w", "读取 go.mod：%w", err)
	}
	m.dir = dir
	m.sum, _ = os.ReadFile(filepath.Join(dir, "go.sum"))
	p.mains = append(p.mains, m)
	for _, r := range m.mod.Require {
		p.known = append(p.known, r.Mod)
	}
	for l := range strings.Lines(string(m.sum)) {
		if w := strings.Fields(l); len(w) == 3 {
			p.known = append(p.known, module.Version{Path: w[0], Version: strings.TrimSuffix(w[1], "/go.mod")})
		}
	}
	for _, t := range m.mod.Tool {
		p.toolPaths = append(p.toolPaths, t.Path)
	}
	p.addReplaces(dir, m.mod.Replace)
	return nil
}

func (p *project) addReplaces(dir string, rs []*modfile.Replace) {
	for _, r := range rs {
		if modfile.IsDirectoryPath(r.New.Path) {
			p.folders[abs(dir, r.New.Path)] = r.Old.Path
		} else {
			p.known = append(p.known, r.New)
		}
	}
}

func abs(dir, p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(dir, filepath.FromSlash(p))
}

func (p *project) tools() int { return len(p.toolPaths) }

// vendored reports whether the go command shall use the vendor folder by the
// user's GOFLAGS, or may by itself: whether it does is its own decision.
func (p *project) vendored(goflags string) bool {
	flags, _ := goenv.ParseFlags(goflags)
	mode := ""
	for _, f := range flags {
		if f.Name == "mod" {
			mode = f.Value
		}
	}
	return mode == "vendor" || mode == "" && p.vendorTxt != nil
}

// required are the module paths of require lines.
func (p *project) required() []string {
	var out []string
	for _, m := range p.mains {
		for _, r := range m.mod.Require {
			out = append(out, r.Mod.Path)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// downloads are the modules, path@version, that the project names and that do
// not lie in a folder.
func (p *project) downloads() []string {
	var replaces []*modfile.Replace
	if p.work != nil {
		replaces = append(replaces, p.work.Replace...)
	}
	for _, m := range p.mains {
		replaces = append(replaces, m.mod.Replace...)
	}
	var out []string
	for _, m := range p.mains {
		for _, r := range m.mod.Require {
			replaced := slices.ContainsFunc(replaces, func(x *modfile.Replace) bool {
				return x.Old.Path == r.Mod.Path && (x.Old.Version == "" || x.Old.Version == r.Mod.Version)
			})
			member := slices.ContainsFunc(p.mains, func(o main) bool { return o.path() == r.Mod.Path })
			if !replaced && !member {
				out = append(out, r.Mod.String())
			}
		}
	}
	for _, r := range replaces {
		if !modfile.IsDirectoryPath(r.New.Path) {
			out = append(out, r.New.String())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
