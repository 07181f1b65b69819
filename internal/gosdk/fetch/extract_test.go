package fetch

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// extracted makes an SDK of a GOROOT to extract.
func extracted(t *testing.T) (s *SDK, goroot string, files map[string]string) {
	t.Helper()
	files = release()
	goroot = folder(t, files)
	s, err := found(t, Options{Dir: goroot, H1: h1(t, demo, files)})
	if err != nil {
		t.Fatal(err)
	}
	return s, goroot, files
}

func TestExtractTo(t *testing.T) {
	s, _, files := extracted(t)
	base := t.TempDir()
	empty := filepath.Join(base, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Extract(t.Context(), empty+"/"); err != nil {
		t.Error(err)
	}
	if got := onDiskIn(t, empty); runtime.GOOS != "windows" && !maps.Equal(got, want(files)) {
		t.Errorf("%d files", len(got))
	}
	for name, dir := range map[string]string{"not empty": empty, "a file": filepath.Join(empty, "VERSION"), "no parent": filepath.Join(base, "x", "y")} {
		err := s.Extract(t.Context(), dir)
		if err == nil || strings.Contains(msg.In(err, msg.Chinese), "%!") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, _ := os.ReadDir(base); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// What changes between verification and extraction is noticed, and what was
// written goes away.
func TestExtractVerifies(t *testing.T) {
	for name, change := range map[string]func(file string) error{
		"changed": func(f string) error { return os.WriteFile(f, []byte("package fmt // evil\n"), 0o644) },
		"longer":  func(f string) error { return os.WriteFile(f, []byte("package fmt\n\n"), 0o644) },
		"gone":    os.Remove,
	} {
		s, goroot, _ := extracted(t)
		if err := change(filepath.Join(goroot, "src", "fmt", "print.go")); err != nil {
			t.Fatal(err)
		}
		r, err := s.file("src/fmt/print.go").Open()
		if err == nil {
			_, err = io.ReadAll(r)
			r.Close()
		}
		if err == nil || name != "gone" && msg.KindOf(err) != msg.Findings {
			t.Errorf("%s: read: %v", name, err)
		}
		base := t.TempDir()
		if err := s.Extract(t.Context(), filepath.Join(base, "go")); err == nil || !strings.Contains(err.Error(), "print.go") {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(base); len(left) > 0 {
			t.Errorf("%s: left behind: %v", name, left)
		}
	}
	// The hash of what was written is compared with the SDK's own, whatever Files say.
	s, _, _ := extracted(t)
	s.Files = s.Files[1:]
	if err := s.Extract(t.Context(), filepath.Join(t.TempDir(), "go")); msg.KindOf(err) != msg.Findings {
		t.Errorf("a file less: %v", err)
	}
}

func TestExtractIsCancelled(t *testing.T) {
	s, _, _ := extracted(t)
	ctx, cancel := context.WithCancel(t.Context())
	open := s.Files[20].Open
	s.Files[20].Open = func() (io.ReadCloser, error) { cancel(); return open() }
	base := t.TempDir()
	if err := s.Extract(ctx, filepath.Join(base, "go")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if left, _ := os.ReadDir(base); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestModes(t *testing.T) {
	for name, want := range map[string]fs.FileMode{
		"bin/go": 0o755, "pkg/tool/linux_arm64/link": 0o755, "lib/wasm/go_wasip1_wasm_exec": 0o755, "misc/ios/go_ios_exec": 0o644, "src/make.bash": 0o755,
		"src/cmd/go/testdata/x.sh": 0o755, "VERSION": 0o644, "src/bin/x": 0o644, "lib/wasm/wasm_exec.js": 0o644, "pkg/include/x.h": 0o644,
	} {
		if got := mode(name); got != want {
			t.Errorf("%s: %o", name, got)
		}
	}
}
