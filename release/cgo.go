package release

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/preflight"
)

// cgo asks what the builds lose without cgo. The answer is a function of the
// sources and the toolchain and is remembered in the user's cache folder.
func (p *project) cgo(ctx context.Context, plan *Plan) ([]preflight.CgoFinding, error) {
	defer p.trace.begin("", phaseCheck)()
	cache := p.cgoCache(plan)
	if b, err := os.ReadFile(cache); err == nil {
		var found []preflight.CgoFinding
		if json.Unmarshal(b, &found) == nil {
			return found, nil
		}
	}
	type group struct{ dir, tags string }
	pkgs, targets := map[group][]string{}, map[group][]target.Target{}
	for _, j := range plan.Jobs {
		if j.AllowDynamic {
			continue
		}
		g := group{dir: j.Dir, tags: tagsOf(j)}
		if !slices.Contains(pkgs[g], j.Main) {
			pkgs[g] = append(pkgs[g], j.Main)
		}
		if !slices.Contains(targets[g], j.Target) {
			targets[g] = append(targets[g], j.Target)
		}
	}
	var all []preflight.CgoFinding
	for g, list := range pkgs {
		run := func(ctx context.Context, env []string, args ...string) ([]byte, error) {
			return p.tools.main.Run(ctx, filepath.Join(p.dir, filepath.FromSlash(g.dir)), env, append([]string{"list"}, args...)...)
		}
		var tags []string
		if g.tags != "" {
			tags = strings.Split(g.tags, ",")
		}
		found, err := preflight.Cgo(ctx, run, list, targets[g], tags)
		if err != nil {
			return all, err
		}
		all = append(all, found...)
	}
	slices.SortStableFunc(all, func(a, b preflight.CgoFinding) int { return cmp.Compare(a.Package, b.Package) })
	if err := preflight.CgoErr(all); err != nil {
		return all, err
	}
	if b, err := json.Marshal(all); err == nil && cache != "" { // a cache that cannot be written costs time only
		if os.MkdirAll(filepath.Dir(cache), 0o755) == nil {
			_ = os.WriteFile(cache, b, 0o644)
		}
	}
	return all, nil
}

func tagsOf(j Job) string {
	for _, f := range j.Flags {
		if v, ok := strings.CutPrefix(f, "-tags="); ok {
			return v
		}
	}
	return ""
}

// cgoCache is where the answer for these sources lies; "" when there is no
// cache folder.
func (p *project) cgoCache(plan *Plan) string {
	base, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	h := sha256.New()
	fmt.Fprintln(h, "1", plan.Module, plan.GoMod, p.sources, toolIdentity(p.tools.main))
	for _, j := range plan.Jobs {
		fmt.Fprintln(h, j.Target, j.Dir, j.Main, tagsOf(j), j.AllowDynamic)
	}
	_, hex, _ := strings.Cut(sum(h), ":")
	return filepath.Join(base, "yingzao", "cgo", hex+".json")
}
