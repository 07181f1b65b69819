package trace

import (
	"go/version"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// goLine is the newest go line that a Go takes, "1.26.8" of "go1.26.8".
func goLine(goVersion string) string {
	v, _, _ := strings.Cut(goVersion, " ")
	v, _, _ = strings.Cut(v, "-")
	return strings.TrimPrefix(v, "go")
}

// lowered is a go.mod that a Go of the version takes.
func lowered(data []byte, line string) []byte {
	f, err := modfile.ParseLax("go.mod", data, nil)
	if err != nil || f.Go == nil || version.Compare("go"+f.Go.Version, "go"+line) <= 0 || f.AddGoStmt(line) != nil {
		return data
	}
	out, err := f.Format()
	if err != nil {
		return data
	}
	return out
}

// path is the module path; "" = go.mod names none.
func (m main) path() string {
	if m.mod.Module == nil {
		return ""
	}
	return m.mod.Module.Mod.Path
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// write lays the project out below dir and returns where the go command shall
// run, and its GOWORK.
func (p *project) write(dir string, c *content) (where, gowork string, err error) {
	moved := map[string]string{} // folders of the original: of the copy
	put := func(name string, data []byte) {
		if err == nil {
			if err = os.MkdirAll(filepath.Dir(name), 0o700); err == nil {
				err = os.WriteFile(name, data, 0o600)
			}
		}
	}
	for i, m := range p.mains {
		moved[m.dir] = filepath.Join(dir, "m"+strconv.Itoa(i))
	}
	for folder, path := range p.folders {
		if moved[folder] != "" {
			continue
		}
		to := filepath.Join(dir, "r"+strconv.Itoa(len(moved)))
		moved[folder] = to
		data, readErr := os.ReadFile(filepath.Join(folder, "go.mod"))
		if readErr != nil {
			data = []byte("module " + modfile.AutoQuote(path) + "\n")
		}
		put(filepath.Join(to, "go.mod"), lowered(data, p.goLine))
	}
	for _, m := range p.mains {
		to := moved[m.dir]
		f, parseErr := modfile.Parse("go.mod", modfile.Format(m.mod.Syntax), nil)
		if parseErr != nil {
			return "", "", msg.Errorf("copy go.mod: %w", "复制 go.mod：%w", parseErr)
		}
		f.DropToolchainStmt()
		for _, r := range f.Replace {
			if modfile.IsDirectoryPath(r.New.Path) {
				if err := f.AddReplace(r.Old.Path, r.Old.Version, moved[abs(m.dir, r.New.Path)], ""); err != nil {
					return "", "", msg.Errorf("copy go.mod: %w", "复制 go.mod：%w", err)
				}
			}
		}
		f.Cleanup()
		put(filepath.Join(to, "go.mod"), lowered(modfile.Format(f.Syntax), p.goLine))
		put(filepath.Join(to, "go.sum"), c.sums(m.sum))
		for _, tool := range p.toolPaths {
			if below, ok := strings.CutPrefix(tool, m.path()+"/"); ok && isDir(filepath.Join(m.dir, below)) {
				put(filepath.Join(to, below, "main.go"), program)
			}
		}
	}
	if p.vendorTxt != nil {
		put(filepath.Join(dir, "m0", "vendor", "modules.txt"), p.vendorTxt)
	}
	gowork, where = "off", filepath.Join(dir, "m0")
	if p.work != nil {
		var b strings.Builder
		line := p.goLine
		if p.work.Go != nil && version.Compare("go"+p.work.Go.Version, "go"+line) < 0 {
			line = p.work.Go.Version
		}
		b.WriteString("go " + line + "\n")
		for _, m := range p.mains {
			b.WriteString("use " + modfile.AutoQuote(moved[m.dir]) + "\n")
		}
		for _, r := range p.work.Replace {
			to := r.New.Path
			if modfile.IsDirectoryPath(to) {
				to = moved[abs(p.dir, to)]
			}
			b.WriteString("replace " + strings.TrimSpace(modfile.AutoQuote(r.Old.Path)+" "+r.Old.Version) + " => " + strings.TrimSpace(modfile.AutoQuote(to)+" "+r.New.Version) + "\n")
		}
		gowork, where = filepath.Join(dir, "go.work"), dir
		put(gowork, []byte(b.String()))
		put(gowork+".sum", c.sums(p.workSum))
	}
	if err != nil {
		return "", "", msg.Errorf("copy the project: %w", "复制项目：%w", err)
	}
	return where, gowork, nil
}

// sums is a go.sum with the same lines, each with the hash of what is served.
func (c *content) sums(data []byte) []byte {
	var b strings.Builder
	for l := range strings.Lines(string(data)) {
		w := strings.Fields(l)
		if len(w) != 3 {
			continue
		}
		v, isMod := strings.CutSuffix(w[1], "/go.mod")
		sum, err := c.zipSum(w[0], v)
		if isMod {
			sum, err = c.modSum(w[0], v)
		}
		if err == nil {
			b.WriteString(w[0] + " " + w[1] + " " + sum + "\n")
		}
	}
	return []byte(b.String())
}
