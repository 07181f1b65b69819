package envcheck

import (
	"go/version"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/envcheck/leak"
)

func atLeast(v, min string) bool { return version.Compare("go"+v, "go"+min) >= 0 }

// modulesOf reads module paths out of go.mod, go.work, the members' go.mod and
// go.sum.
func modulesOf(v *View) []leak.Module {
	r := moduleReader{at: map[string]int{}, replaced: map[string][]string{}, sums: sumLines(v.Module.GoSum)}
	files := []*modfile.File{}
	for _, f := range append([]TextFile{v.Module.GoMod}, v.Module.Members...) {
		if !f.Exists || slices.ContainsFunc(files, func(m *modfile.File) bool { return m.Syntax.Name == f.Path }) {
			continue
		}
		if m, err := modfile.Parse(f.Path, f.Data, nil); err == nil {
			files = append(files, m)
		}
	}
	for _, m := range files {
		r.replacements(m.Replace)
	}
	if v.Work != nil {
		r.replacements(v.Work.Replace)
	}
	for _, m := range files {
		if m.Module != nil {
			r.add(leak.Module{Path: m.Module.Mod.Path, Why: "main", File: m.Syntax.Name, Line: m.Module.Syntax.Start.Line, Local: true})
		}
	}
	for _, m := range files {
		for _, q := range m.Require {
			r.add(leak.Module{Path: q.Mod.Path, Version: q.Mod.Version, Why: "require", File: m.Syntax.Name, Line: q.Syntax.Start.Line, Local: r.isReplaced(q.Mod)})
		}
		for _, t := range m.Tool {
			r.add(leak.Module{Path: t.Path, Why: "tool", File: m.Syntax.Name, Line: t.Syntax.Start.Line})
		}
		r.targets(m.Replace, "replace", m.Syntax.Name)
	}
	if v.Work != nil {
		r.targets(v.Work.Replace, "go.work", v.Work.Syntax.Name)
	}
	r.goSum(v.Module.GoSum)
	return r.out
}

type moduleReader struct {
	out      []leak.Module
	at       map[string]int // place in out, by path
	replaced map[string][]string
	sums     map[module.Version]bool // lines of go.sum, versions with and without /go.mod
}

// add enters a path once. What is asked for anywhere is asked for.
func (r *moduleReader) add(m leak.Module) {
	if m.Path == "" {
		return
	}
	m.Verified = m.Verified || r.sums[module.Version{Path: m.Path, Version: m.Version}] && r.sums[module.Version{Path: m.Path, Version: m.Version + "/go.mod"}]
	if m.Why == "main" {
		// Not entered in at: a main module that something requires by version is
		// asked for like any other, be it a member of the workspace.
		r.out = append(r.out, m)
		return
	}
	i, ok := r.at[m.Path]
	if !ok {
		r.at[m.Path] = len(r.out)
		r.out = append(r.out, m)
		return
	}
	old := &r.out[i]
	if old.Local && !m.Local {
		r.out[i] = m
		return
	}
	old.Verified = old.Verified && (m.Verified || m.Local)
}

// replacements notes what is replaced: "" stands for every version.
func (r *moduleReader) replacements(rs []*modfile.Replace) {
	for _, x := range rs {
		r.replaced[x.Old.Path] = append(r.replaced[x.Old.Path], x.Old.Version)
	}
}

func (r *moduleReader) isReplaced(m module.Version) bool {
	return slices.Contains(r.replaced[m.Path], "") || slices.Contains(r.replaced[m.Path], m.Version)
}

// targets adds what stands on the right of replace lines; what stands on the
// left is asked of nobody and is added as such.
func (r *moduleReader) targets(rs []*modfile.Replace, why, file string) {
	for _, x := range rs {
		if x.Old.Version == "" {
			r.add(leak.Module{Path: x.Old.Path, Why: why, File: file, Line: x.Syntax.Start.Line, Local: true, Verified: true})
		}
		if !modfile.IsDirectoryPath(x.New.Path) {
			r.add(leak.Module{Path: x.New.Path, Version: x.New.Version, Why: why, File: file, Line: x.Syntax.Start.Line})
		}
	}
}

// goSum adds what only go.sum names: modules that were needed once, mostly by
// way of others.
func (r *moduleReader) goSum(f TextFile) {
	line := 0
	for l := range strings.Lines(string(f.Data)) {
		line++
		w := strings.Fields(l)
		if len(w) != 3 {
			continue
		}
		m := module.Version{Path: w[0], Version: strings.TrimSuffix(w[1], "/go.mod")}
		if i, known := r.at[m.Path]; known && (!r.out[i].Local || r.isReplaced(m)) {
			continue
		}
		r.add(leak.Module{Path: m.Path, Version: m.Version, Why: "go.sum", File: f.Path, Line: line, Verified: true})
	}
}

func sumLines(f TextFile) map[module.Version]bool {
	out := map[module.Version]bool{}
	for l := range strings.Lines(string(f.Data)) {
		if w := strings.Fields(l); len(w) == 3 {
			out[module.Version{Path: w[0], Version: w[1]}] = true
		}
	}
	return out
}
