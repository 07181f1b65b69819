package gather

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// toolchains lists what the go command can switch to without a download. It
// looks for the command go1.N on PATH before it looks in the module cache.
func toolchains(env *goenv.Env) []envcheck.ReadyToolchain {
	var out []envcheck.ReadyToolchain
	path, _ := env.Process("PATH")
	for _, dir := range filepath.SplitList(path) {
		found, _ := filepath.Glob(filepath.Join(dir, "go1.*"))
		for _, p := range found {
			name := filepath.Base(p)
			if runtime.GOOS == "windows" {
				name = strings.TrimSuffix(name, ".exe")
			}
			if info, err := os.Stat(p); err == nil && !info.IsDir() && (runtime.GOOS == "windows" || info.Mode()&0o111 != 0) {
				out = append(out, envcheck.ReadyToolchain{Name: name, Path: p, From: "path"})
			}
		}
	}
	cache := env.Get("GOMODCACHE")
	if cache == "" {
		return out
	}
	platform := "." + runtime.GOOS + "-" + runtime.GOARCH
	found, _ := filepath.Glob(filepath.Join(cache, "golang.org", "toolchain@v0.0.1-go*"+platform))
	for _, p := range found {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(p), "toolchain@v0.0.1-"), platform)
		out = append(out, envcheck.ReadyToolchain{Name: name, Path: p, From: "cache"})
	}
	return out
}
