package render

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/mod/sumdb/dirhash"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// moduleHash is the h1 of the tree by the go command's own code.
func moduleHash(t *testing.T, tree fstest.MapFS, arch string) string {
	t.Helper()
	prefix := "golang.org/toolchain@v0.0.1-go1.26.8.linux-" + arch + "/"
	var names []string
	for name := range tree {
		names = append(names, prefix+strings.ReplaceAll(name, "/go.mod", "/_go.mod"))
	}
	h1, err := dirhash.Hash1(names, func(name string) (io.ReadCloser, error) {
		return tree.Open(strings.ReplaceAll(strings.TrimPrefix(name, prefix), "/_go.mod", "/go.mod"))
	})
	if err != nil {
		t.Fatal(err)
	}
	return h1
}

func TestStage(t *testing.T) {
	tree := fakeSDK([]byte("go"))
	dir := t.TempDir()
	sdk := stage(t, dir, "arm64", tree)
	if want := moduleHash(t, tree, "arm64"); sdk.H1 != want {
		t.Errorf("h1 %s, the go command's is %s", sdk.H1, want)
	}
	for name, f := range tree {
		at := filepath.Join(dir, "sdk", "arm64", "go", filepath.FromSlash(name))
		data, err := os.ReadFile(at)
		if err != nil || string(data) != string(f.Data) {
			t.Errorf("%s: %q, %v", name, data, err)
		}
		want := fs.FileMode(0o644)
		if f.Mode&0o111 != 0 {
			want = 0o755
		}
		if info, err := os.Stat(at); err == nil && runtime.GOOS != "windows" && info.Mode() != want {
			t.Errorf("%s: mode %v", name, info.Mode())
		}
	}
	// Staged again, with the h1 known, it is replaced.
	write(t, filepath.Join(dir, "sdk", "arm64", "go", "old"), "x", 0o644)
	if _, err := Stage(t.Context(), dir, sdk, sdkFiles(tree)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "sdk", "arm64", "go", "old")); err == nil {
		t.Error("a file of what was staged before is left")
	}
}

func TestStageRefuses(t *testing.T) {
	tree := fakeSDK([]byte("go"))
	good := stage(t, t.TempDir(), "amd64", tree)
	broken := errors.New("broken")
	for _, c := range []struct {
		name, want string
		kind       msg.Kind
		sdk        matrix.SDK
		change     func([]SDKFile) []SDKFile
	}{
		{"a changed byte", "the matrix has " + good.H1, msg.Findings, good, func(f []SDKFile) []SDKFile {
			other := fakeSDK([]byte("gp"))
			return sdkFiles(other)
		}},
		{"a file less", "the matrix has", msg.Findings, good, func(f []SDKFile) []SDKFile { return f[1:] }},
		{"another architecture", "the matrix has", msg.Findings, matrix.SDK{Go: "1.26.8", Arch: "arm64", H1: good.H1}, func(f []SDKFile) []SDKFile { return f }},
		{"a way out", `"../x" is no name`, msg.Failed, matrix.SDK{Go: "1", Arch: "amd64"}, func(f []SDKFile) []SDKFile { f[0].Name = "../x"; return f }},
		{"no name", `"." is no name`, msg.Failed, matrix.SDK{Go: "1", Arch: "amd64"}, func(f []SDKFile) []SDKFile { f[0].Name = "."; return f }},
		{"a line feed", "is no name", msg.Failed, matrix.SDK{Go: "1", Arch: "amd64"}, func(f []SDKFile) []SDKFile { f[0].Name = "a\nb"; return f }},
		{"twice", "exists", msg.Failed, matrix.SDK{Go: "1", Arch: "amd64"}, func(f []SDKFile) []SDKFile { return append(f, f[0]) }},
		{"a file that breaks", "broken", msg.Failed, matrix.SDK{Go: "1", Arch: "amd64"}, func(f []SDKFile) []SDKFile {
			f[0].Open = func() (io.ReadCloser, error) { return nil, broken }
			return f
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			before := stage(t, dir, c.sdk.Arch, tree)
			_, err := Stage(t.Context(), dir, c.sdk, c.change(sdkFiles(tree)))
			if err == nil || !strings.Contains(err.Error(), c.want) || msg.KindOf(err) != c.kind || !strings.Contains(msg.In(err, msg.Chinese), "准备 SDK") {
				t.Errorf("%v (kind %v), want %q", err, msg.KindOf(err), c.want)
			}
			left, _ := filepath.Glob(filepath.Join(dir, "sdk", "*"))
			hidden, _ := filepath.Glob(filepath.Join(dir, "sdk", ".*"))
			if len(left) != 1 || len(hidden) != 0 {
				t.Errorf("left behind: %v %v", left, hidden)
			}
			if again, err := Stage(t.Context(), dir, before, sdkFiles(tree)); err != nil || again != before.H1 {
				t.Errorf("what was staged before: %v", err)
			}
		})
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Stage(ctx, t.TempDir(), good, sdkFiles(tree)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// The caches of a build run as somebody else: no umask may hide the SDK from them.
func TestStageUmask(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no umask")
	}
	if dir := os.Getenv("STAGE_HERE"); dir != "" {
		stage(t, dir, "amd64", fakeSDK([]byte("go")))
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	c := exec.Command("sh", "-c", `umask 077; exec "$0" -test.run '^TestStageUmask$'`, self)
	c.Env = append(os.Environ(), "STAGE_HERE="+dir)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	err = filepath.WalkDir(filepath.Join(dir, "sdk", "amd64"), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o444 != 0o444 || d.IsDir() && info.Mode().Perm() != 0o755 {
			t.Errorf("%s: %v", name, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
