package assemble

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// openDocker finds the image in an archive of `docker save`. Its layers are plain
// tars there, or packed by whoever wrote it; no digest of a packed layer is known
// to anybody, so they are packed as ours are. The image is known by the digest of
// its configuration.
func (o opener) openDocker(ctx context.Context, b *base, arch string) error {
	open, done, err := openArchive(b.source.Path)
	if err != nil {
		return err
	}
	defer done()
	tag, err := dockerTag(open, b.source.Tag)
	if err != nil {
		return err
	}
	image, err := tarball.Image(open, tag)
	if err != nil {
		return dockerError(ctx, err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		return dockerError(ctx, err)
	}
	if err := b.declared(*config, arch); err != nil {
		return err
	}
	id, err := image.ConfigName()
	if err != nil {
		return dockerError(ctx, err)
	}
	b.digest = id.String()
	var layers []*blob
	for _, diffID := range config.RootFS.DiffIDs {
		l, err := image.LayerByDiffID(diffID)
		if err != nil {
			return dockerError(ctx, err)
		}
		packed, err := o.cache.layer(ctx, key("layer", diffID.String(), o.packing.id()), o.packing, func(w io.Writer) error {
			return copyLayer(ctx, w, l, diffID)
		})
		if err != nil {
			return dockerError(ctx, err)
		}
		layers = append(layers, packed)
	}
	return b.adopt(*config, layers)
}

func copyLayer(ctx context.Context, w io.Writer, l v1.Layer, diffID v1.Hash) error {
	r, err := l.Uncompressed()
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(w, untilDone{ctx, &verified{r: r, hash: newHash(), want: diffID, size: -1}})
	return err
}

// openArchive returns what opens the tar of an archive anew for each of its files,
// through gzip if need be.
func openArchive(path string) (tarball.Opener, func(), error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	format, err := archive.Detect(f)
	if err == nil && format != archive.Tar && format != archive.TarGz {
		err = msg.Errorf("it is no tar", "它不是 tar 文件").WithHint("a docker archive is what `docker save` writes", "docker 归档是 `docker save` 生成的文件")
	}
	if err != nil {
		return nil, nil, msg.Join(err, f.Close())
	}
	open := func() (io.ReadCloser, error) { return archive.Decompress(format, io.NewSectionReader(f, 0, 1<<62)) }
	return open, func() { f.Close() }, nil
}

// dockerTag finds the full name of the image with the tag; nil = the only image.
func dockerTag(open tarball.Opener, tag string) (*name.Tag, error) {
	list, err := tarball.LoadManifest(open)
	if err != nil {
		return nil, dockerError(context.Background(), err)
	}
	var tags []string
	for _, image := range list {
		tags = append(tags, image.RepoTags...)
	}
	if tag == "" {
		if len(list) == 1 {
			return nil, nil
		}
		return nil, msg.Errorf("it holds several images: %s", "其中有多个镜像：%s", names(tags)).WithHint("add :TAG", "请加上 :标签")
	}
	i := slices.IndexFunc(tags, func(t string) bool { return strings.HasSuffix(t, ":"+tag) })
	if i < 0 {
		return nil, msg.Errorf("it has no tag %q, only %s", "其中没有标签 %q，只有 %s", tag, names(tags))
	}
	full, err := name.NewTag(tags[i])
	if err != nil {
		return nil, msg.Errorf("read the name %q in it: %w", "读取其中的名称 %q：%w", tags[i], err)
	}
	return &full, nil
}

func dockerError(ctx context.Context, err error) error {
	var ours *msg.Error
	if errors.As(err, &ours) || ctx.Err() != nil {
		return err
	}
	return msg.Errorf("read docker archive: %w", "读取 docker 归档：%w", tarError(ctx, err))
}
