package dl

import (
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

const maxArchive = 1 << 30 // bytes; the largest so far has 200 MB

// limits hold any release's archive with room, and nothing much larger.
var limits = archive.Limits{Entries: 60_000, Total: 3 << 30, File: 1 << 30}

// hash is the h1 of an archive's files in the module's form. An archive that is
// none of Go's is [proxy.ErrContent].
func hash(ctx context.Context, file *os.File, r gosdk.Release, format archive.Format) (string, error) {
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	var files []gosdk.File
	src := io.NewSectionReader(file, 0, info.Size())
	err = archive.Walk(ctx, src, format, limits, func(h archive.Header, content io.Reader) error {
		name, ok := strings.CutPrefix(h.Name, "go/")
		switch {
		case h.Mode.IsDir() || ok && gosdk.LeftOut(name):
			return nil
		case !ok || path.Base(name) == "_go.mod":
			return msg.Errorf("%q is not what an archive of Go holds", "%q 不是 Go 安装包应有的内容", h.Name)
		}
		if dir, base := path.Split(name); base == "go.mod" {
			name = dir + "_go.mod"
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, content); err != nil {
			return err
		}
		files = append(files, gosdk.File{Name: name, Sum: [sha256.Size]byte(sum.Sum(nil))})
		return nil
	})
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case err != nil:
		return "", proxy.Fail(proxy.ErrContent, r.String(), err)
	}
	slices.SortFunc(files, func(a, b gosdk.File) int { return strings.Compare(a.Name, b.Name) })
	return gosdk.H1(r, files), nil
}
