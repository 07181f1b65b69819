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

// modules compares every extracted module that go.sum names with its line.
func modules(ctx context.Context, s *envcheck.Snapshot) (envcheck.CacheProof, error) {
	out := envcheck.CacheProof{Dir: s.GoEnv["GOMODCACHE"]}
	if out.Dir == "" || !s.Module.GoSum.Exists {
		return envcheck.CacheProof{}, nil
	}
	started := time.Now()
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for line := range strings.Lines(string(s.Module.GoSum.Data)) {
		f := strings.Fields(line)
		if len(f) != 3 || strings.HasSuffix(f[1], "/go.mod") || !strings.HasPrefix(f[2], "h1:") {
			continue
		}
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
			out.Checked++
			switch {
			case err != nil:
				out.Changed = append(out.Changed, f[0]+"@"+f[1]+" (unreadable)")
			case sum != f[2]:
				out.Changed = append(out.Changed, f[0]+"@"+f[1])
			}
			return nil
		})
	}
	err := g.Wait()
	slices.Sort(out.Changed)
	out.Seconds = time.Since(started).Seconds()
	return out, err
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
