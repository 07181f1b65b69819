package rebuild

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// collect takes the outcome out of the work directory: the module in the layout of
// a module proxy, and the archive. The .info file comes last, since the go command
// asks for it first.
func (r *Result) collect(ctx context.Context, distpack, to string, target gosdk.Release) error {
	m := target.Module()
	tree, err := moduleTree(ctx, filepath.Join(distpack, m.Version+".zip"), target)
	if err != nil {
		return msg.Errorf("build Go SDK: %w", "构建 Go SDK：%w", err)
	}
	r.H1 = tree.H1()
	versions := filepath.Join(to, filepath.FromSlash(m.Path), "@v")
	if err := os.MkdirAll(versions, 0o755); err != nil {
		return msg.Errorf("write Go SDK: %w", "写入 Go SDK：%w", err)
	}
	packed := target.Version + "." + target.GOOS + "-" + target.GOARCH + ".tar.gz"
	if target.GOOS == "windows" {
		packed = strings.TrimSuffix(packed, ".tar.gz") + ".zip"
	}
	for _, f := range []struct {
		name, dir string
		file      *File
	}{
		{packed, to, &r.Archive}, {m.Version + ".zip", versions, &r.Zip}, {m.Version + ".mod", versions, nil}, {m.Version + ".info", versions, nil},
	} {
		path := filepath.Join(f.dir, f.name)
		sums, err := archive.WriteFile(ctx, path, 0o644, func(w io.Writer) error {
			in, err := os.Open(filepath.Join(distpack, f.name))
			if err != nil {
				return err
			}
			defer in.Close()
			_, err = io.Copy(w, in)
			return err
		})
		if err != nil {
			return err
		}
		if f.file != nil {
			*f.file = File{Path: path, Size: sums.Size, SHA256: sums.SHA256}
		}
	}
	return nil
}

// moduleTree reads the files of a toolchain module's zip.
func moduleTree(ctx context.Context, zip string, target gosdk.Release) (*gosdk.Tree, error) {
	files, err := gosdk.ZipList(zip)(ctx, target)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(files, byName)
	return &gosdk.Tree{Release: target, Files: files}, nil
}
