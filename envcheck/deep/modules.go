package deep

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// modules compares every extracted module that go.sum names with its line. Those
// that cannot be read are in the second value.
func modules(ctx context.Context, s *envcheck.Snapshot) (envcheck.CacheProof, []envcheck.Missing, error) {
	out := envcheck.CacheProof{Dir: modCache(s)}
	if out.Dir == "" || !s.Module.GoSum.Exists {
		return envcheck.CacheProof{}, nil, nil
	}
	started := time.Now()
	var missing []envcheck.Missing
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	seen := map[string]bool{} // a merge may leave a line twice
	for line := range strings.Lines(string(s.Module.GoSum.Data)) {
		f := strings.Fields(line)
		if len(f) != 3 || strings.HasSuffix(f[1], "/go.mod") || !strings.HasPrefix(f[2], "h1:") || seen[line] {
			continue
		}
		seen[line] = true
		dir, ok := extracted(out.Dir, f[0], f[1])
		if !ok {
			continue
		}
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			sum, err := dirhash.HashDir(dir, f[0]+"@"+f[1], dirhash.Hash1)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				missing = append(missing, envcheck.Missing{What: "module cache " + f[0] + "@" + f[1], Reason: err.Error()})
				return nil
			}
			out.Checked++
			if sum != f[2] {
				out.Changed = append(out.Changed, f[0]+"@"+f[1])
			}
			return nil
		})
	}
	err := g.Wait()
	slices.Sort(out.Changed)
	slices.SortFunc(missing, func(a, b envcheck.Missing) int { return strings.Compare(a.What, b.What) })
	out.Seconds = time.Since(started).Seconds()
	return out, missing, err
}

// modCache is the module cache: what go says, or without a go that works what the
// settings make it.
func modCache(s *envcheck.Snapshot) string {
	if dir := s.GoEnv["GOMODCACHE"]; dir != "" {
		return dir
	}
	return envcheck.NewView(s, envcheck.Profile{}, envcheck.Policy{}).Env.Get("GOMODCACHE")
}

// extracted is where the go command has extracted a module, if it has.
func extracted(cache, path, version string) (string, bool) {
	p, err := module.EscapePath(path)
	if err != nil {
		return "", false
	}
	v, err := module.EscapeVersion(version)
	if err != nil {
		return "", false
	}
	dir := filepath.Join(cache, filepath.FromSlash(p)+"@"+v)
	info, err := os.Stat(dir)
	return dir, err == nil && info.IsDir()
}
