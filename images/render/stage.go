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

// Stage puts an SDK into the build context dir in the layout of the package
// comment and returns its h1. The tree holds the SDK's files as a GOROOT has them;
// what may be run in it will be 0755, the rest 0644, whatever the umask.
//
// Where the matrix knows the SDK's h1 the files have to have it: an SDK that a
// Dockerfile would refuse is refused here. An SDK that was staged before is replaced
// when the new one is complete; a failure leaves it as it was.
func Stage(ctx context.Context, dir string, sdk matrix.SDK, tree fs.FS) (h1 string, err error) {
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

	list, err := copyTree(ctx, filepath.Join(tmp, "go"), "golang.org/toolchain@v0.0.1-go"+sdk.Go+".linux-"+sdk.Arch+"/", tree)
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

// copyTree writes the tree below to and returns the text that the h1 is the hash
// of: the lines of sha256sum under the names of the toolchain module, in whose zip
// go.mod is called _go.mod, sorted by those names.
func copyTree(ctx context.Context, to, prefix string, tree fs.FS) ([]byte, error) {
	type line struct{ name, sum string }
	var lines []line
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		at := filepath.Join(to, filepath.FromSlash(name))
		if d.IsDir() {
			if err := os.MkdirAll(at, 0o755); err != nil {
				return err
			}
			return os.Chmod(at, 0o755)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() || strings.ContainsAny(name, "\n\\") {
			return msg.Errorf("%q is not a regular file", "%q 不是普通文件", name)
		}
		mode := fs.FileMode(0o644)
		if info.Mode()&0o111 != 0 {
			mode = 0o755
		}
		f, err := tree.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		h := sha256.New()
		if err := writeFile(at, io.TeeReader(f, h), mode); err != nil {
			return err
		}
		if dir, base := path.Split(name); base == "go.mod" {
			name = dir + "_go.mod"
		}
		lines = append(lines, line{prefix + name, fmt.Sprintf("%x", h.Sum(nil))})
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(lines, func(a, b line) int { return strings.Compare(a.name, b.name) })
	var out bytes.Buffer
	for _, l := range lines {
		fmt.Fprintf(&out, "%s  %s\n", l.sum, l.name)
	}
	return out.Bytes(), nil
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
