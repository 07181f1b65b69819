package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// airgap makes a bundle of what the project needs, and downloads from it in a
// network namespace that has no route and no loopback either, the checksum database
// on and no go.sum.
func (b *bench) airgap(ctx context.Context, relay *relay, need *row) error {
	relay.reset()
	to := filepath.Join(b.base, "bundle")
	cmd := exec.CommandContext(ctx, b.binary, "proxy", "bundle", "--to", to, "--from-mod", filepath.Join(b.project, "go.mod"), "--cache", filepath.Join(b.base, "cache-of-bundle"), "--upstream", relay.url())
	cmd.Env = append(clean(filepath.Join(b.base, "home")), "XDG_CACHE_HOME="+filepath.Join(b.base, "xdg"))
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("proxy bundle: %w\n%s", err, tail(out))
	}
	print("proxy bundle, nothing in its cache", row{relay.requests.Load(), relay.sums.Load(), relay.bytes.Load(), time.Since(start)}, need)
	files, size, err := below(to, "")
	if err != nil {
		return err
	}
	proofs, proofSize, err := below(filepath.Join(to, "sumdb"), "")
	if err != nil {
		return err
	}
	fmt.Printf("\n%s\nthe bundle: %d files, %.1f MB, of which the proofs are %d files, %.2f MB\n", strings.TrimSpace(string(out)), files, float64(size)/1e6, proofs, float64(proofSize)/1e6)

	alone := []string{"unshare", "--map-root-user", "--net"}
	routes, err := exec.CommandContext(ctx, alone[0], append(alone[1:], "cat", "/proc/net/route")...).Output()
	if err != nil {
		return fmt.Errorf("a namespace without a network: %w", err)
	}
	relay.reset()
	got := filepath.Join(b.base, "without-a-network")
	defer removeAll(got)
	took, err := b.downloadTo(ctx, got, "file://"+to, false, alone...)
	if err != nil {
		return fmt.Errorf("from the bundle: %w", err)
	}
	sums, err := os.ReadFile(filepath.Join(got, "project", "go.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fmt.Printf("go mod download from it, %d routes, checksum database on, no go.sum: %.1f s, %d requests", max(0, strings.Count(string(routes), "\n")-1), took.Seconds(), relay.requests.Load())
	cache := filepath.Join(got, "home", "go", "pkg", "mod", "cache", "download")
	for _, ext := range []string{".mod", ".info", ".zip"} {
		n, size, err := below(cache, ext)
		if err != nil {
			return err
		}
		fmt.Printf(", %d %s of %.1f MB", n, ext, float64(size)/1e6)
	}
	lookups, _, err := below(filepath.Join(cache, "sumdb"), "")
	fmt.Printf(", %d lookups and tiles verified, %d lines of go.sum\n", lookups, strings.Count(string(sums), "\n"))
	return err
}

// below counts the files below a folder whose names end so.
func below(dir, ext string) (n int, size int64, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ext) {
			return err
		}
		info, err := d.Info()
		if err == nil {
			n, size = n+1, size+info.Size()
		}
		return err
	})
	return n, size, err
}
