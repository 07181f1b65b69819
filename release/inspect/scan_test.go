package inspect

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestScan(t *testing.T) {
	dir := t.TempDir()
	for name, b := range map[string][]byte{
		"a/tool": program(t, "linux-amd64"), "b/broken": program(t, "linux-amd64")[:4000], "c.txt": []byte("plain text, no program"),
	} {
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(name)), string(b)); err != nil {
			t.Fatal(err)
		}
	}
	links := runtime.GOOS != "windows"
	if links {
		if err := os.Symlink("tool", filepath.Join(dir, "a", "link")); err != nil {
			t.Fatal(err)
		}
	}
	var seen []string
	note := func(name string, f *Facts, err error) error {
		rel, relErr := filepath.Rel(dir, name)
		if relErr != nil {
			t.Error(relErr)
		}
		switch {
		case err == nil:
			rel += "=" + f.Arch
		case errors.Is(err, ErrMalformed):
			rel += "=malformed"
		case errors.Is(err, ErrNotExecutable):
			rel += "=no"
		}
		seen = append(seen, filepath.ToSlash(rel))
		return nil
	}
	if err := Scan(t.Context(), dir, note); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(seen, " "); got != "a/tool=amd64 b/broken=malformed c.txt=no" {
		t.Errorf("visited %s", got)
	}

	for _, one := range []string{"a/tool", "a/link"} {
		if one == "a/link" && !links {
			continue
		}
		seen = nil
		if err := Scan(t.Context(), filepath.Join(dir, filepath.FromSlash(one)), note); err != nil || strings.Join(seen, " ") != one+"=amd64" {
			t.Errorf("%s: visited %v, %v", one, seen, err)
		}
	}

	if err := Scan(t.Context(), filepath.Join(dir, "none"), note); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	stop := errors.New("enough")
	calls := 0
	if err := Scan(t.Context(), dir, func(string, *Facts, error) error { calls++; return stop }); !errors.Is(err, stop) || calls != 1 {
		t.Errorf("stopped with %v after %d", err, calls)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stop)
	if err := Scan(ctx, dir, func(string, *Facts, error) error { t.Error("visited"); return nil }); !errors.Is(err, stop) {
		t.Errorf("cancelled: %v", err)
	}
}

// BenchmarkFile reads a Go program of the size that the environment variable's
// file has, else the test's own binary.
func BenchmarkFile(b *testing.B) {
	path := os.Getenv("INSPECT_BENCH_FILE")
	if path == "" {
		var err error
		if path, err = os.Executable(); err != nil {
			b.Fatal(err)
		}
	}
	st, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := File(path); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(st.Size())/1e6, "MB")
}

// BenchmarkLoongArch decodes the signal set of a real program, too.
func BenchmarkLoongArch(b *testing.B) {
	path := filepath.Join(fixtureDir, "bench")
	if err := os.WriteFile(path, program(b, "linux-loong64"), 0o666); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if f, err := File(path); err != nil || f.Sigset != 8 {
			b.Fatal(f, err)
		}
	}
}
