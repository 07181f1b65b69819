package gather

import (
	"path/filepath"
	"runtime"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// toolchains lists what the go command can switch to without a download. It
// looks for the command go1.N on PATH before it looks in the module cache.
func (l *look) toolchains() []envcheck.ReadyToolchain {
	var out []envcheck.ReadyToolchain
	for _, dir := range filepath.SplitList(l.get("PATH")) {
		found, _ := filepath.Glob(filepath.Join(globless(l.abs(dir)), "go1.*"))
		for _, p := range found {
			name := filepath.Base(p)
			if runtime.GOOS == "windows" {
				name = strings.TrimSuffix(name, ".exe")
			}
			if f, ok := candidate(p); ok && f.runs {
				out = append(out, envcheck.ReadyToolchain{Name: name, Path: p, From: "path"})
			}
		}
	}
	cache := l.env.Get("GOMODCACHE")
	if cache == "" {
		return out
	}
	platform := "." + runtime.GOOS + "-" + runtime.GOARCH
	found, _ := filepath.Glob(filepath.Join(globless(l.abs(cache)), "golang.org", "toolchain@v0.0.1-go*"+platform))
	for _, p := range found {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(p), "toolchain@v0.0.1-"), platform)
		out = append(out, envcheck.ReadyToolchain{Name: name, Path: p, From: "cache"})
	}
	return out
}
