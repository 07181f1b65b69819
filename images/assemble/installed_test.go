package assemble

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
)

// installedSDK is this machine's Go as an SDK, without what the module has not.
func installedSDK(t testing.TB) *fetch.SDK {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	root := strings.TrimSpace(string(out))
	version, err := os.ReadFile(filepath.Join(root, "VERSION"))
	if err != nil {
		t.Skip("the Go here is no release: " + err.Error())
	}
	first, _, _ := strings.Cut(string(version), "\n")
	sdk := &fetch.SDK{Release: gosdk.Release{Version: first, GOOS: "linux", GOARCH: runtime.GOARCH}, Proof: fetch.Proof{By: fetch.PinnedH1, Source: root}}
	tree := gosdk.Tree{Release: sdk.Release}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == "api" || name == "doc" || name == "misc" || name == "test" || name == "pkg/obj"):
			return filepath.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		f := fetch.File{Name: filepath.ToSlash(name), Mode: 0o644, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
		if strings.HasPrefix(f.Name, "bin/") || strings.HasPrefix(f.Name, "pkg/tool/") || strings.HasPrefix(f.Name, "lib/wasm/go_") {
			f.Mode = 0o755
		}
		if f.Name == "go.env" {
			// Distributions and image builders edit this line.
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text = bytes.Replace(text, []byte("GOTOOLCHAIN=local"), []byte("GOTOOLCHAIN=auto"), 1)
			f.Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
		}
		r, err := f.Open()
		if err != nil {
			return err
		}
		defer r.Close()
		h := newHash()
		if f.Size, err = io.Copy(h, r); err != nil {
			return err
		}
		sdk.Files = append(sdk.Files, f)
		tree.Files = append(tree.Files, gosdk.File{Name: inModule(f.Name), Sum: [32]byte(h.Sum(nil))})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sortFiles(sdk, &tree)
	sdk.H1 = tree.H1()
	sdk.Proof.Value = sdk.H1
	return sdk
}
