package assemble

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

const (
	refName        = "org.opencontainers.image.ref.name"
	containerdName = "io.containerd.image.name"
	// maxJSON is more than any manifest or configuration; registries allow 4 MiB.
	maxJSON = 16 << 20
)

// openLayout finds the image in a directory in OCI layout. Its blobs are used
// where they lie.
func (o opener) openLayout(b *base, arch string) error {
	dir := layoutDir(b.source.Path)
	top, err := dir.index()
	if err != nil {
		return err
	}
	d, err := tagged(top.Manifests, b.source.Tag)
	if err != nil {
		return err
	}
	for d.MediaType.IsIndex() {
		b.index = firstOf(b.index, d.Digest.String())
		var index v1.IndexManifest
		if err := dir.decode(d, &index); err != nil {
			return err
		}
		if d, err = choose(index.Manifests, arch); err != nil {
			return err
		}
	}
	var m v1.Manifest
	var config v1.ConfigFile
	if err := dir.decode(d, &m); err != nil {
		return err
	}
	if err := dir.decode(m.Config, &config); err != nil {
		return err
	}
	if err := b.declared(config, arch); err != nil {
		return err
	}
	b.digest = d.Digest.String()
	layers := make([]*blob, len(m.Layers))
	for i, l := range m.Layers {
		layers[i] = dir.blob(l)
	}
	return b.adopt(config, layers)
}

// tagged finds the descriptor of a tag. Without one the image must be the only one;
// what refers to another image does not count.
func tagged(list []v1.Descriptor, tag string) (v1.Descriptor, error) {
	list = slices.DeleteFunc(slices.Clone(list), func(d v1.Descriptor) bool {
		return !d.MediaType.IsImage() && !d.MediaType.IsIndex() || d.ArtifactType != ""
	})
	if tag == "" && len(list) == 1 {
		return list[0], nil
	}
	var tags []string
	for _, d := range list {
		name := d.Annotations[refName]
		if tag != "" && (name == tag || strings.HasSuffix(name, ":"+tag) || strings.HasSuffix(d.Annotations[containerdName], ":"+tag)) {
			return d, nil
		}
		tags = append(tags, name)
	}
	if tag == "" {
		return v1.Descriptor{}, msg.Errorf("it holds several images: %s", "其中有多个镜像：%s", names(tags)).WithHint("add :TAG", "请加上 :标签")
	}
	return v1.Descriptor{}, msg.Errorf("it has no tag %q, only %s", "其中没有标签 %q，只有 %s", tag, names(tags))
}

// names lists what there is, each once; a dash for nothing.
func names(all []string) string {
	all = slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == "" })
	slices.Sort(all)
	if all = slices.Compact(all); len(all) == 0 {
		return "-"
	}
	return strings.Join(all, ", ")
}

// layoutDir is a directory in OCI layout.
type layoutDir string

func (l layoutDir) index() (*v1.IndexManifest, error) {
	text, err := os.ReadFile(filepath.Join(string(l), "index.json"))
	if err != nil {
		return nil, err
	}
	var index v1.IndexManifest
	if err := json.Unmarshal(text, &index); err != nil {
		return nil, msg.Errorf("read index.json: %w", "读取 index.json：%w", err)
	}
	return &index, nil
}

func (l layoutDir) path(h v1.Hash) string {
	return filepath.Join(string(l), "blobs", h.Algorithm, h.Hex)
}

func (l layoutDir) blob(d v1.Descriptor) *blob {
	return &blob{digest: d.Digest, size: d.Size, media: d.MediaType, raw: func() (io.ReadCloser, error) { return os.Open(l.path(d.Digest)) }}
}

// decode reads a manifest or configuration, which is small.
func (l layoutDir) decode(d v1.Descriptor, into any) error {
	if d.Size > maxJSON {
		return msg.Errorf("read %s: %d bytes are too many", "读取 %s：%d 字节过大", d.Digest, d.Size)
	}
	r, err := l.blob(d).open()
	if err != nil {
		return err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return msg.Errorf("read %s: %w", "读取 %s：%w", d.Digest, err)
	}
	return nil
}
