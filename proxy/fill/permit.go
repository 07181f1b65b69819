package fill

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/proxy"
)

// permit holds an answer to the rules about single versions. They are left out of
// lists, so that an update passes over them; a query that means one is blocked; a
// blocked @latest gives way to the newest that is not.
func (c *Filler) permit(ctx context.Context, r *proxy.Route, f proxy.File, a *Answer) error {
	if !c.picky(f.Module) {
		return nil
	}
	if f.Kind == proxy.List {
		var out strings.Builder
		for line := range strings.Lines(string(a.Body)) {
			if fields := strings.Fields(line); len(fields) > 0 && len(c.permitted(f.Module, fields[:1])) > 0 {
				out.WriteString(line)
			}
		}
		a.Body = []byte(out.String())
		return nil
	}
	var in info
	if err := json.Unmarshal(a.Body, &in); err != nil {
		return proxy.Fail(proxy.ErrUnavailable, f.String(), err)
	}
	_, err := c.route(proxy.File{Kind: proxy.Info, Module: f.Module, Version: in.Version})
	if errors.Is(err, proxy.ErrBlocked) && f.Kind == proxy.Latest {
		if body, e := c.compute(ctx, r, f); e == nil {
			a.Body, err = body, nil
		}
	}
	return err
}

// picky reports whether a rule is about single versions of a module.
func (c *Filler) picky(mod string) bool {
	return slices.ContainsFunc(c.o.Routes, func(r proxy.Route) bool {
		return r.Block != "" && len(r.Versions) > 0 && module.MatchPrefixPatterns(r.Pattern, mod)
	})
}

// permitted are the versions that no rule blocks.
func (c *Filler) permitted(mod string, versions []string) []string {
	return slices.DeleteFunc(slices.Clone(versions), func(v string) bool {
		r := c.o.Routes.For(mod, v)
		return r == nil || r.Block != ""
	})
}
