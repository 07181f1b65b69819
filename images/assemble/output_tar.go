package assemble

import (
	"context"
	"io"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// writeTar writes an OCI layout as one tar, which docker load, podman load and
// skopeo (oci-archive:) read.
func (b *bundle) writeTar(ctx context.Context, o Output) error {
	text, err := b.top(nil, o.Tag)
	if err != nil {
		return err
	}
	top, mark := memory("", text), memory("", layoutFile)
	entries := []archive.Entry{
		{Name: "index.json", Size: top.size, Open: top.open},
		{Name: "oci-layout", Size: mark.size, Open: mark.open},
	}
	for _, l := range b.blobs() {
		entries = append(entries, archive.Entry{Name: "blobs/sha256/" + l.digest.Hex, Size: l.size, Open: l.open})
	}
	return b.file(ctx, o.Path, func(w io.Writer) error {
		return archive.Write(ctx, w, archive.Tar, entries, archive.Options{ModTime: b.created})
	})
}

// writeDocker writes the one image as docker save does.
func (b *bundle) writeDocker(ctx context.Context, o Output, image string) error {
	tag, err := name.NewTag(image + ":" + o.Tag)
	if err != nil {
		return msg.Errorf("the image name %q with the tag %q: %w", "镜像名称 %q 与标签 %q：%w", image, o.Tag, err).WithKind(msg.Usage)
	}
	return b.file(ctx, o.Path, func(w io.Writer) error {
		return tarball.Write(tag, b.index.images[0], w)
	})
}

func (b *bundle) file(ctx context.Context, path string, fill func(io.Writer) error) error {
	if _, err := parent(path); err != nil {
		return err
	}
	_, err := archive.WriteFile(ctx, path, 0o644, fill)
	return err
}

// manifests of an index; none of a nil one.
func manifests(m *v1.IndexManifest) []v1.Descriptor {
	if m == nil {
		return nil
	}
	return m.Manifests
}
