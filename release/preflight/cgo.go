package preflight

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// Lister runs `go list args…` hermetically in the module's folder with env
// (KEY=VALUE) added, and returns its standard output.
type Lister func(ctx context.Context, env []string, args ...string) ([]byte, error)

// Class says what building without cgo does to a package.
type Class string

// The classes. A package of the standard library is never reported: its
// variants without cgo are meant to be used.
const (
	Excluded Class = "excluded" // no file is left: the build fails
	Stub     Class = "stub"     // its cgo files vanish or give way to others: it builds, and may fail at run time
	Differs  Class = "differs"  // other files are chosen, none of them cgo
)

// CgoFinding is one package that changes when cgo is off.
type CgoFinding struct {
	Class        Class
	Severity     Severity // Error for Excluded and Stub, Warning for Differs
	Package      string
	Module       string          // "" for a package of no module
	Version      string          // "" for the main module
	Targets      []target.Target // where, in the order given
	Lost         []string        // files that only exist with cgo, sorted
	Gained       []string        // files that take their place, sorted
	Chain        []string        // import path by import path, from the main package to Package
	Replacements []Replacement   // known pure-Go ways; nil = none known
	Title, Fix   msg.Text
}

// goPackage is what we ask go list for.
type goPackage struct {
	ImportPath, Name  string
	Standard, DepOnly bool
	GoFiles, CgoFiles []string
	IgnoredGoFiles    []string
	Imports           []string
	ImportMap         map[string]string
	Module            *struct {
		Path, Version string
		Main          bool
	}
	Error *struct{ Err string }
}

const listFields = "-json=ImportPath,Name,Standard,DepOnly,GoFiles,CgoFiles,IgnoredGoFiles,Imports,ImportMap,Module,Error"

// Cgo compares what pkgs consist of with and without cgo, for each pair of
// GOOS and GOARCH among the targets, and reports the packages outside the
// standard library that change. Builds that are allowed to be dynamic
// (AllowDynamic) are not to be passed in. tags are the build's own.
//
// Modules that are known to work without cgo are not reported. What loads C
// libraries at run time without cgo (purego) cannot be seen here; the
// inspection of the binary sees it.
func Cgo(ctx context.Context, list Lister, pkgs []string, targets []target.Target, tags []string) ([]CgoFinding, error) {
	var ports []target.Target // one for each GOOS/GOARCH
	for _, t := range targets {
		if !slices.ContainsFunc(ports, func(p target.Target) bool { return samePort(p, t) }) {
			ports = append(ports, t)
		}
	}
	found := map[string]*CgoFinding{}
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, runtime.GOMAXPROCS(0)))
	for _, port := range ports {
		g.Go(func() error {
			with, err := listPackages(ctx, list, port, "1", pkgs, tags)
			if err != nil {
				return err
			}
			without, err := listPackages(ctx, list, port, "0", pkgs, tags)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			collect(found, port, with, without)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var out []CgoFinding
	for _, f := range found {
		var all []target.Target
		for _, t := range targets {
			if slices.ContainsFunc(f.Targets, func(p target.Target) bool { return samePort(p, t) }) {
				all = append(all, t)
			}
		}
		f.Targets = all
		f.describe()
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b CgoFinding) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Class, b.Class))
	})
	return out, nil
}

func samePort(a, b target.Target) bool { return a.OS == b.OS && a.Arch == b.Arch && a.ABI1 == b.ABI1 }

func listPackages(ctx context.Context, list Lister, t target.Target, cgo string, pkgs, tags []string) ([]goPackage, error) {
	args := []string{"-e", "-deps", listFields}
	if len(tags) > 0 {
		args = append(args, "-tags="+strings.Join(tags, ","))
	}
	args = append(append(args, "--"), pkgs...)
	out, err := list(ctx, append(t.Env(), "CGO_ENABLED="+cgo), args...)
	if err != nil {
		return nil, msg.Errorf("list packages for %s: %w", "为 %s 列出软件包：%w", t, err)
	}
	var all []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, msg.Errorf("list packages for %s: read go list: %w", "为 %s 列出软件包：解析 go list 的输出：%w", t, err)
		}
		if p.Error != nil && len(p.GoFiles)+len(p.CgoFiles)+len(p.IgnoredGoFiles) == 0 {
			return nil, msg.Errorf("list packages for %s: %s", "为 %s 列出软件包：%s", t, strings.TrimSpace(p.Error.Err))
		}
		if p.ImportPath == "" {
			return nil, msg.Errorf("list packages for %s: read go list: a package without a path", "为 %s 列出软件包：解析 go list 的输出：有软件包没有路径", t)
		}
		all = append(all, p)
	}
}

// collect compares the two lists of one port.
func collect(found map[string]*CgoFinding, t target.Target, with, without []goPackage) {
	before := map[string]goPackage{}
	for _, p := range with {
		before[p.ImportPath] = p
	}
	for _, p := range without {
		b, ok := before[p.ImportPath]
		class := classify(b, p)
		if !ok || p.Standard || class == "" || worksWithoutCgo(p.ImportPath) {
			continue
		}
		key := string(class) + " " + p.ImportPath
		f := found[key]
		if f == nil {
			f = &CgoFinding{Class: class, Package: p.ImportPath, Chain: importChain(without, p.ImportPath)}
			if p.Module != nil {
				f.Module, f.Version = p.Module.Path, p.Module.Version
			}
			f.Replacements = replacementsFor(p.ImportPath)
			found[key] = f
		}
		f.Targets = append(f.Targets, t)
		f.Lost = union(f.Lost, minus(slices.Concat(b.GoFiles, b.CgoFiles), p.GoFiles))
		f.Gained = union(f.Gained, minus(p.GoFiles, b.GoFiles))
	}
}

// classify compares a package with cgo and without; "" = no change.
func classify(with, without goPackage) Class {
	switch {
	case len(with.GoFiles)+len(with.CgoFiles) == 0:
		return "" // not built with cgo either: not cgo's doing
	case len(without.GoFiles) == 0:
		return Excluded
	case len(with.CgoFiles) > 0:
		return Stub
	case !slices.Equal(with.GoFiles, without.GoFiles):
		return Differs
	}
	return ""
}

// importChain is the shortest way from a named package to the culprit.
func importChain(all []goPackage, culprit string) []string {
	byPath := map[string]goPackage{}
	from := map[string]string{}
	var queue []string
	for _, p := range all {
		byPath[p.ImportPath] = p
		if !p.DepOnly {
			from[p.ImportPath] = ""
			queue = append(queue, p.ImportPath)
		}
	}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if path == culprit {
			var chain []string
			for ; path != ""; path = from[path] {
				chain = append(chain, path)
			}
			slices.Reverse(chain)
			return chain
		}
		p := byPath[path]
		for _, imp := range p.Imports {
			if real, ok := p.ImportMap[imp]; ok {
				imp = real
			}
			if _, seen := from[imp]; !seen {
				from[imp] = path
				queue = append(queue, imp)
			}
		}
	}
	return []string{culprit}
}

// minus is a without b; union is both, sorted.
func minus(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
