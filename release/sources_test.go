package release

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestHashTree(t *testing.T) {
	base := hello.with(files{"vendor/x/x.go": "package x\n", "nested/go.mod": "module n\n", "nested/n.go": "package n\n", ".git/HEAD": "x\n", "dist/old": "x", ".hidden": "h", "docs/page.html": "<p>",
		".cache/y/CACHEDIR.TAG": cacheTag + "\n", ".cache/y/m": "m", ".fake/CACHEDIR.TAG": "no\n", ".fake/m": "m", "shown/CACHEDIR.TAG": cacheTag + "\n", "shown/m": "m"})
	sum := func(dir string) string {
		t.Helper()
		s, err := hashTree(context.Background(), dir, filepath.Join(dir, "dist"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	was := sum(folder(t, base))
	for _, tc := range []struct {
		name    string
		do      func(at func(string) string) error
		changes bool
	}{
		{"nothing", func(func(string) string) error { return nil }, false},
		{"mtime", func(at func(string) string) error { return os.Chtimes(at("main.go"), time.Now(), time.Unix(1, 0)) }, false},
		{"group bits", func(at func(string) string) error { return os.Chmod(at("main.go"), 0o660) }, false},
		{"a commit", func(at func(string) string) error { return os.WriteFile(at(".git/HEAD"), []byte("y\n"), 0o644) }, false},
		{"our own output", func(at func(string) string) error { return os.WriteFile(at("dist/new"), nil, 0o644) }, false},
		{"a nested module", func(at func(string) string) error { return os.WriteFile(at("nested/n.go"), nil, 0o644) }, false},
		{"an empty folder", func(at func(string) string) error { return os.Mkdir(at("empty"), 0o755) }, false},
		{"content", func(at func(string) string) error {
			return os.WriteFile(at("greet/greet.go"), []byte("package greet\n"), 0o644)
		}, true},
		{"a file for go:embed", func(at func(string) string) error { return os.WriteFile(at("docs/page.html"), []byte("<q>"), 0o644) }, true},
		{"a cache", func(at func(string) string) error { return os.WriteFile(at(".cache/y/m"), []byte("M"), 0o644) }, false},
		{"what only claims to be a cache", func(at func(string) string) error { return os.WriteFile(at(".fake/m"), []byte("M"), 0o644) }, true},
		{"a cache that packages can lie in", func(at func(string) string) error { return os.WriteFile(at("shown/m"), []byte("M"), 0o644) }, true},
		{"a hidden file", func(at func(string) string) error { return os.WriteFile(at(".hidden"), []byte("H"), 0o644) }, true},
		{"vendor", func(at func(string) string) error {
			return os.WriteFile(at("vendor/x/x.go"), []byte("package y\n"), 0o644)
		}, true},
		{"a new file", func(at func(string) string) error { return os.WriteFile(at("z.go"), []byte("package main\n"), 0o644) }, true},
		{"a file less", func(at func(string) string) error { return os.Remove(at(".hidden")) }, true},
		{"a name", func(at func(string) string) error { return os.Rename(at("LICENSE"), at("LICENCE")) }, true},
		{"an executable bit", func(at func(string) string) error { return os.Chmod(at("LICENSE"), 0o755) }, true},
		{"a link", func(at func(string) string) error { return os.Symlink("LICENSE", at("l")) }, true},
		{"a file that becomes a link to its equal", func(at func(string) string) error {
			return errors.Join(os.Rename(at("LICENSE"), at(".git/x")), os.Symlink(".git/x", at("LICENSE")))
		}, true},
		{"a dead link", func(at func(string) string) error { return os.Symlink("nowhere", at("l")) }, true},
		{"a nested module that is one no more", func(at func(string) string) error { return os.Remove(at("nested/go.mod")) }, true},
	} {
		dir := folder(t, base)
		if err := tc.do(func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }); err != nil {
			t.Fatal(err)
		}
		if got := sum(dir); (got != was) != tc.changes {
			t.Errorf("%s: changes %v, want %v", tc.name, got != was, tc.changes)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := hashTree(ctx, folder(t, hello)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	_, err := hashTree(context.Background(), filepath.Join(t.TempDir(), "none"))
	says(t, err, "read sources")
}

// A part is taken over only when nothing it came from has changed, whatever way
// leads to the project.
func TestReuse(t *testing.T) {
	real := folder(t, hello.with(yaml("  targets: [linux/amd64]\n")))
	dir := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(real, dir); err != nil {
		t.Skip(err)
	}
	run := func(what string, reused int, o Options) *Result {
		t.Helper()
		o.Dir, o.Version, o.Environ, o.NoPublish = dir, "1.2.3", testEnviron(), true
		o.Dist = filepath.Join(dir, "out")
		r, err := Run(context.Background(), o)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if len(r.Reused) != reused {
			t.Errorf("%s: %d parts taken over, want %d", what, len(r.Reused), reused)
		}
		return r
	}
	first := run("the first time", 0, Options{})
	again := run("again", 1, Options{})
	if first.Plan.Digest != again.Plan.Digest || first.Manifest.Artifacts[0].SHA256 != again.Manifest.Artifacts[0].SHA256 {
		t.Error("an unchanged project gives another plan")
	}
	run("fresh", 0, Options{Fresh: true})
	part := filepath.Join(first.Dist, partsFolder, "linux_amd64")
	bin := filepath.Join(part, "bin", "hello", "hello")
	b, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-1]++
	if err := os.WriteFile(bin, b, 0o755); err != nil {
		t.Fatal(err)
	}
	run("after damage", 0, Options{})
	files{"greet/greet.go": "package greet\n\nconst Text = \"changed\"\n"}.write(t, real)
	if r := run("after a change", 0, Options{}); r.Manifest.Artifacts[1].SHA256 == first.Manifest.Artifacts[1].SHA256 {
		t.Error("a change of the sources changes nothing")
	}
	if err := os.Remove(filepath.Join(part, keyFile)); err != nil {
		t.Fatal(err)
	}
	run("killed before it was remembered", 0, Options{})
}
