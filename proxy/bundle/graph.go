package bundle

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Graph finds out what a project needs that has a go.mod and no go.sum, by reading
// the go.mod files of its requirements as the go command does: the zips of what it
// requires (of all in the graph before go 1.17), and each go.mod of the graph, which
// a requirement of go 1.17 or later prunes. replace and exclude are heeded; a
// requirement that a folder replaces is that folder's matter. A go.work has no graph
// of its own here: give its go.work.sum to Project.
func Graph(ctx context.Context, name string, files Getter) ([]Want, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, msg.Errorf("read project: %w", "读取项目：%w", err).WithKind(msg.Usage)
	}
	main, err := modfile.Parse(name, data, nil)
	if err != nil {
		return nil, msg.Errorf("read project: %w", "读取项目：%w", err).WithKind(msg.Usage)
	}
	g := &graph{main: main, dir: filepath.Dir(name), files: files, seen: map[node]bool{}, mods: map[module.Version]bool{}, newest: map[string]string{}}
	if err := g.load(ctx, node{pruned: prunes(main)}, main); err != nil {
		return nil, err
	}
	direct := map[string]bool{}
	for _, r := range main.Require {
		direct[r.Mod.Path] = true
	}
	var all []Want
	for m := range g.mods {
		all = append(all, Want{Version: m})
	}
	for path, version := range g.newest {
		if m, ok := g.replaced(module.Version{Path: path, Version: version}); ok && (direct[path] || !prunes(main)) {
			all = append(all, Want{Version: m, Zip: true})
		}
	}
	return Merge(all), nil
}

// node is a module of the graph; what pruned requires is not followed when the
// module says that it lists all it needs.
type node struct {
	module.Version
	pruned bool
}

type graph struct {
	main  *modfile.File
	dir   string
	files Getter

	mu     sync.Mutex
	seen   map[node]bool
	mods   map[module.Version]bool // whose go.mod was read
	newest map[string]string       // by path, before replace
}

// prunes reports whether a go.mod lists all that its packages need: since go 1.17.
func prunes(f *modfile.File) bool {
	return f.Go != nil && semver.Compare("v"+f.Go.Version, "v1.17") >= 0
}

// replaced is where a module really comes from; ok is false for a folder.
func (g *graph) replaced(m module.Version) (_ module.Version, ok bool) {
	for _, r := range g.main.Replace {
		if r.Old.Path == m.Path && (r.Old.Version == "" || r.Old.Version == m.Version) {
			return r.New, r.New.Version != ""
		}
	}
	return m, true
}

// load follows the requirements of a go.mod, all of one at the same time.
func (g *graph) load(ctx context.Context, from node, f *modfile.File) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for _, r := range f.Require {
		if slices.ContainsFunc(g.main.Exclude, func(e *modfile.Exclude) bool { return e.Mod == r.Mod }) {
			continue
		}
		n := node{r.Mod, from.pruned}
		if !g.note(n) {
			continue
		}
		group.Go(func() error {
			sub, err := g.read(ctx, r.Mod)
			if err != nil || n.pruned && prunes(sub) {
				return err
			}
			return g.load(ctx, node{r.Mod, n.pruned && prunes(sub)}, sub)
		})
	}
	return group.Wait()
}

// note reports whether a node is new.
func (g *graph) note(n node) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if semver.Compare(n.Version.Version, g.newest[n.Path]) > 0 {
		g.newest[n.Path] = n.Version.Version
	}
	if g.seen[n] || g.seen[node{n.Version, false}] {
		return false
	}
	g.seen[n] = true
	return true
}

func (g *graph) read(ctx context.Context, m module.Version) (*modfile.File, error) {
	fail := func(err error) (*modfile.File, error) {
		return nil, msg.Errorf("read the go.mod of %s: %w", "读取 %s 的 go.mod：%w", m, err).WithKind(msg.KindOf(err))
	}
	from, ok := g.replaced(m)
	name := m.String()
	var data []byte
	var err error
	if ok {
		name = from.String()
		o, gerr := g.files.Get(ctx, proxy.File{Kind: proxy.Mod, Module: from.Path, Version: from.Version})
		if gerr != nil {
			return fail(gerr)
		}
		data, err = io.ReadAll(io.LimitReader(o, 16<<20))
		_ = o.Close()
		g.mu.Lock()
		g.mods[from] = true
		g.mu.Unlock()
	} else {
		dir := filepath.FromSlash(from.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(g.dir, dir)
		}
		data, err = os.ReadFile(filepath.Join(dir, "go.mod"))
	}
	if err != nil {
		return fail(err)
	}
	f, err := modfile.ParseLax(name, data, nil)
	if err != nil {
		return fail(err)
	}
	return f, nil
}
