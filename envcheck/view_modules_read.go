package envcheck

import (
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/yingzao-dev/yingzao/envcheck/leak"
)

// modulesOf reads module paths out of go.mod, go.work, the members' go.mod and
// go.sum.
func modulesOf(v *View) []leak.Module {
	var out []leak.Module
	seen := map[string]int{}
	add := func(m leak.Module) {
		if m.Path == "" {
			return
		}
		if i, ok := seen[m.Path]; ok {
			out[i].Local = out[i].Local || m.Local
			return
		}
		seen[m.Path] = len(out)
		out = append(out, m)
	}
	mods := []TextFile{v.Module.GoMod}
	mods = append(mods, v.Module.Members...)
	var parsed []*modfile.File
	for _, f := range mods {
		if !f.Exists {
			continue
		}
		if m, err := modfile.Parse(f.Path, f.Data, nil); err == nil {
			parsed = append(parsed, m)
		}
	}
	var replaces []*modfile.Replace
	for _, m := range parsed {
		if m.Module != nil {
			add(leak.Module{Path: m.Module.Mod.Path, Why: "main", File: m.Syntax.Name, Line: m.Module.Syntax.Start.Line, Local: true})
		}
		replaces = append(replaces, m.Replace...)
	}
	if v.Work != nil {
		replaces = append(replaces, v.Work.Replace...)
	}
	for _, m := range parsed {
		for _, r := range m.Require {
			add(leak.Module{Path: r.Mod.Path, Version: r.Mod.Version, Why: "require", File: m.Syntax.Name, Line: r.Syntax.Start.Line})
		}
		for _, t := range m.Tool {
			add(leak.Module{Path: t.Path, Why: "tool", File: m.Syntax.Name, Line: t.Syntax.Start.Line})
		}
	}
	for _, r := range replaces {
		if modfile.IsDirectoryPath(r.New.Path) {
			add(leak.Module{Path: r.Old.Path, Version: r.Old.Version, Why: "replace", Line: r.Syntax.Start.Line, Local: true})
			continue
		}
		add(leak.Module{Path: r.New.Path, Version: r.New.Version, Why: "replace", Line: r.Syntax.Start.Line})
	}
	if v.Module.GoSum.Exists {
		line := 0
		for l := range strings.Lines(string(v.Module.GoSum.Data)) {
			line++
			if f := strings.Fields(l); len(f) == 3 {
				add(leak.Module{Path: f[0], Version: strings.TrimSuffix(f[1], "/go.mod"), Why: "go.sum", File: v.Module.GoSum.Path, Line: line})
			}
		}
	}
	return out
}
