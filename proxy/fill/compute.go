package fill

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

var errNothing = msg.Errorf("%w: the cache has nothing to make an answer of", "%w：缓存中没有可用于回答的内容", proxy.ErrUnavailable)

// compute makes an answer of what is here: a list of the cached versions; @latest
// of the list and the cached versions; of a query nothing, a branch may be
// anywhere.
func (c *Filler) compute(ctx context.Context, r *proxy.Route, f proxy.File) ([]byte, error) {
	if f.Kind == proxy.Info && f.Version != "latest" {
		return nil, errNothing
	}
	here, err := c.versions(ctx, f.Module)
	here = c.permitted(f.Module, here)
	if err != nil {
		return nil, err
	}
	if f.Kind == proxy.List {
		here = slices.DeleteFunc(here, module.IsPseudoVersion)
		if len(here) == 0 {
			return nil, errNothing
		}
		return []byte(strings.Join(here, "\n") + "\n"), nil
	}
	list := proxy.File{Kind: proxy.List, Module: f.Module}
	listed, _, err := c.current(ctx, r, list, list.Path())
	if err == nil {
		for line := range strings.Lines(string(listed.Body)) {
			if fields := strings.Fields(line); len(fields) > 0 {
				here = append(here, fields[0])
			}
		}
		here = c.permitted(f.Module, here)
	}
	v := newest(f.Module, here)
	if v == "" {
		return nil, errNothing
	}
	obj, _, _, err := c.get(ctx, proxy.File{Kind: proxy.Info, Module: f.Module, Version: v})
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(obj, maxText))
	return data, errors.Join(err, obj.Close())
}

// versions are those whose .info and .mod are in the cache, in ascending order:
// the go command asks for both before it takes one.
func (c *Filler) versions(ctx context.Context, mod string) ([]string, error) {
	escaped, err := module.EscapePath(mod)
	if err != nil {
		return nil, err
	}
	have := map[string]int{}
	err = c.o.Cache.Walk(ctx, escaped+"/@v/", func(e cache.Entry) error {
		f, err := proxy.Parse(e.Key)
		if err == nil && f.Module == mod && f.Immutable() {
			have[f.Version] |= map[proxy.Kind]int{proxy.Info: 1, proxy.Mod: 2}[f.Kind]
		}
		return nil
	})
	var all []string
	for v, kinds := range have {
		if kinds == 3 {
			all = append(all, v)
		}
	}
	semver.Sort(all)
	return all, err
}

// newest is what the go command would take for the latest: the highest release,
// else the highest pre-release, else the youngest pseudo-version.
func newest(mod string, versions []string) string {
	best := ""
	for _, v := range versions {
		if !(proxy.File{Kind: proxy.Info, Module: mod, Version: v}).Canonical() {
			continue
		}
		if best == "" || rank(v) > rank(best) || rank(v) == rank(best) && younger(v, best) {
			best = v
		}
	}
	return best
}

func rank(v string) int {
	switch {
	case module.IsPseudoVersion(v):
		return 0
	case semver.Prerelease(v) != "":
		return 1
	}
	return 2
}

// younger compares versions of one rank; pseudo-versions by their time, since that
// of an untagged module's is the whole difference.
func younger(a, b string) bool {
	if rank(a) == 0 {
		x, errX := module.PseudoVersionTime(a)
		y, errY := module.PseudoVersionTime(b)
		if errX == nil && errY == nil && !x.Equal(y) {
			return x.After(y)
		}
	}
	return semver.Compare(a, b) > 0
}
