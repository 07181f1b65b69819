package assemble

import (
	"context"
	"io"
	"os"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// openRootfs makes one layer of an archive: the tar inside as it is, in our
// compression. It is read for the tree and packed in one pass; the next time only
// read, from the cache.
func (o opener) openRootfs(ctx context.Context, b *base) error {
	f, err := os.Open(b.source.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	format, err := archive.Detect(f)
	if err != nil {
		return err
	}
	switch format {
	case archive.Tar, archive.TarGz, archive.TarXz, archive.TarZst:
	default:
		return msg.Errorf("it is no tar", "它不是 tar 文件").
			WithHint("a root file system is a tar, plain or packed by gzip, xz or zstd", "根文件系统应为 tar，可用 gzip、xz 或 zstd 压缩")
	}
	sums, err := archive.SumReader(ctx, io.NewSectionReader(f, 0, 1<<62))
	if err != nil {
		return err
	}
	b.rootfs = "sha256:" + sums.SHA256
	layer, err := o.cache.layer(ctx, key("rootfs", b.rootfs, o.packing.id()), o.packing, func(w io.Writer) error {
		meter := newMeter(o.on, o.arch, "base", sums.Size)
		defer meter.end()
		r, err := archive.Decompress(format, metered{io.NewSectionReader(f, 0, 1<<62), meter})
		if err != nil {
			return err
		}
		defer r.Close()
		return b.tree.scan(ctx, io.TeeReader(r, w), true)
	})
	if err != nil {
		return err
	}
	layer.origin = OfBase
	b.layers = []*blob{layer}
	return nil
}

// scanLayer reads a layer for the tree. r is the packed content; both digests are
// compared.
func (t *tree) scanLayer(ctx context.Context, l *blob, r io.Reader) error {
	u, err := unpack(r)
	if err != nil {
		return err
	}
	defer u.Close()
	plain := &verified{r: u, hash: newHash(), want: l.diffID, size: -1}
	if err := t.scan(ctx, plain, false); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r) // what follows the compressed stream belongs to its digest
	return err
}
