package render

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// SDKFile is one file of an SDK.
type SDKFile struct {
	Name string      // below GOROOT, with slashes; go.mod under this name
	Mode fs.FileMode // what anybody may execute becomes 0755, the rest 0644
	Open func() (io.ReadCloser, error)
}

// Stage puts an SDK into the build context dir in the layout of the package
// comment, whatever the umask, and returns its h1. The order of files is free.
//
// Where the matrix knows the SDK's h1 the files have to have it: an SDK that a
// Dockerfile would refuse is refused here. An SDK that was staged before is replaced
// when the new one is complete; a failure leaves it as it was.
func Stage(ctx context.Context, dir string, sdk matrix.SDK, files []SDKFile) (h1 string, err error) {
	fail := func(err error) (string, error) {
		return "", msg.Errorf("stage the SDK go%s %s: %w", "准备 SDK go%s %s：%w", sdk.Go, sdk.Arch, err)
	}
	home := filepath.Join(dir, "sdk")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return fail(err)
	}
	tmp, err := os.MkdirTemp(home, "."+sdk.Arch+"-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(tmp)

	list, err := copyTree(ctx, filepath.Join(tmp, "go"), "golang.org/toolchain@v0.0.1-go"+sdk.Go+".linux-"+sdk.Arch+"/", files)
	if err != nil {
		return fail(err)
	}
	sum := sha256.Sum256(list)
	h1 = "h1:" + base64.StdEncoding.EncodeToString(sum[:])
	if sdk.H1 != "" && sdk.H1 != h1 {
		return fail(msg.Errorf("its h1 is %s, the matrix has %s", "其 h1 为 %s，矩阵中为 %s", h1, sdk.H1).WithKind(msg.Findings).
			WithHint("a file of it was changed; fetch it again", "其中有文件被改动过；请重新获取"))
	}
	if err := writeFile(filepath.Join(tmp, "h1"), bytes.NewReader(list), 0o644); err != nil {
		return fail(err)
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return fail(err)
	}
	final := filepath.Join(home, sdk.Arch)
	if err := os.RemoveAll(final); err != nil {
		return fail(err)
	}
	if err := os.Rename(tmp, final); err != nil {
		return fail(err)
	}
	return h1, nil
}

// copyTree writes the files below to and returns the text that the h1 is the hash
// of: the lines of sha256sum under the names of the toolchain module, in whose zip
// go.mod is called _go.mod, sorted by those names.
func copyTree(ctx context.Context, to, prefix string, files []SDKFile) ([]byte, error) {
	type line struct{ name, sum string }
	lines := make([]line, 0, len(files))
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !fs.ValidPath(f.Name) || f.Name == "." || strings.ContainsAny(f.Name, "\n\\") {
			return nil, msg.Errorf("%q is no name of a file", "%q 不是合法的文件名", f.Name)
		}
		at := filepath.Join(to, filepath.FromSlash(f.Name))
		if err := makeDirs(to, filepath.Dir(at)); err != nil {
			return nil, err
		}
		sum, err := copyFile(at, f)
		if err != nil {
			return nil, err
		}
		name := f.Name
		if dir, base := path.Split(name); base == "go.mod" {
			name = dir + "_go.mod"
		}
		lines = append(lines, line{prefix + name, sum})
	}
	slices.SortFunc(lines, func(a, b line) int { return strings.Compare(a.name, b.name) })
	var out bytes.Buffer
	for _, l := range lines {
		fmt.Fprintf(&out, "%s  %s\n", l.sum, l.name)
	}
	return out.Bytes(), nil
}

// makeDirs makes dir and what it lies in down from root, with mode 0755 under any
// umask: COPY keeps modes, and a build runs as somebody else.
func makeDirs(root, dir string) error {
	if _, err := os.Lstat(dir); err == nil {
		return nil
	}
	if dir != root {
		if err := makeDirs(root, filepath.Dir(dir)); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	return os.Chmod(dir, 0o755)
}

// copyFile writes one file and returns its SHA-256 in hexadecimal.
func copyFile(to string, f SDKFile) (string, error) {
	in, err := f.Open()
	if err != nil {
		return "", err
	}
	defer in.Close()
	mode := fs.FileMode(0o644)
	if f.Mode&0o111 != 0 {
		mode = 0o755
	}
	h := sha256.New()
	if err := writeFile(to, io.TeeReader(in, h), mode); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// writeFile writes a new file with exactly this mode.
func writeFile(name string, from io.Reader, mode fs.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(f, from); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	return f.Close()
}
