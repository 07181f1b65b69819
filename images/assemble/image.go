package assemble

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"hash"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/yingzao-dev/yingzao/images/sbom"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func newHash() hash.Hash { return sha256.New() }

// image is a manifest with what it names; a v1.Image. Its JSON is written here and
// not by the library, which adds to descriptors what nobody asked for.
type image struct {
	manifest *blob
	config   *blob
	layers   []*blob
	platform *v1.Platform // nil for what is no container image
	kind     string       // artifactType; "" for a container image
}

// newImage makes the manifest. A subject is what the image refers to; nil = none.
func newImage(config *blob, layers []*blob, kind string, subject *v1.Descriptor) (*image, error) {
	m := v1.Manifest{
		SchemaVersion: 2, MediaType: types.OCIManifestSchema1,
		Config: config.descriptor(), Subject: subject, ArtifactType: kind,
	}
	for _, l := range layers {
		m.Layers = append(m.Layers, l.descriptor())
	}
	text, err := json.Marshal(m)
	if err != nil {
		return nil, msg.Errorf("write manifest: %w", "写入清单：%w", err)
	}
	return &image{manifest: memory(types.OCIManifestSchema1, text), config: config, layers: layers, kind: kind}, nil
}

// newContainer makes the image of a configuration.
func newContainer(c v1.ConfigFile, layers []*blob) (*image, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, msg.Errorf("write image configuration: %w", "写入镜像配置：%w", err)
	}
	i, err := newImage(memory(types.OCIConfigJSON, text), layers, "", nil)
	if err == nil {
		i.platform = &v1.Platform{OS: c.OS, Architecture: c.Architecture}
	}
	return i, err
}

// newReferrer makes the artifact that hangs a bill of materials on an image.
func newReferrer(subject *image, document []byte) (*image, error) {
	s := subject.manifest.descriptor()
	empty := memory("application/vnd.oci.empty.v1+json", []byte("{}"))
	return newImage(empty, []*blob{memory(sbom.MediaType, document)}, sbom.MediaType, &s)
}

func (i *image) descriptor() v1.Descriptor {
	d := i.manifest.descriptor()
	d.Platform, d.ArtifactType = i.platform, i.kind
	return d
}

func (i *image) Layers() ([]v1.Layer, error) {
	out := make([]v1.Layer, len(i.layers))
	for n, l := range i.layers {
		out[n] = l
	}
	return out, nil
}

func (i *image) MediaType() (types.MediaType, error)       { return types.OCIManifestSchema1, nil }
func (i *image) Size() (int64, error)                      { return i.manifest.size, nil }
func (i *image) ConfigName() (v1.Hash, error)              { return i.config.digest, nil }
func (i *image) ConfigFile() (*v1.ConfigFile, error)       { return partial.ConfigFile(i) }
func (i *image) RawConfigFile() ([]byte, error)            { return i.config.bytes() }
func (i *image) Digest() (v1.Hash, error)                  { return i.manifest.digest, nil }
func (i *image) Manifest() (*v1.Manifest, error)           { return partial.Manifest(i) }
func (i *image) RawManifest() ([]byte, error)              { return i.manifest.bytes() }
func (i *image) LayerByDigest(h v1.Hash) (v1.Layer, error) { return find(i.layers, h, (*blob).Digest) }
func (i *image) LayerByDiffID(h v1.Hash) (v1.Layer, error) { return find(i.layers, h, (*blob).DiffID) }

func find(layers []*blob, h v1.Hash, by func(*blob) (v1.Hash, error)) (v1.Layer, error) {
	n := slices.IndexFunc(layers, func(l *blob) bool { got, _ := by(l); return got == h })
	if n < 0 {
		return nil, msg.Errorf("the image has no layer %s", "镜像中没有层 %s", h)
	}
	return layers[n], nil
}

// bytes is the whole content of a small blob.
func (b *blob) bytes() ([]byte, error) {
	r, err := b.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var out bytes.Buffer
	_, err = out.ReadFrom(r)
	return out.Bytes(), err
}

// index is the images of all platforms; a v1.ImageIndex.
type index struct {
	manifest *blob
	images   []*image
}

func newIndex(images []*image) (*index, error) {
	m := v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex}
	for _, i := range images {
		m.Manifests = append(m.Manifests, i.descriptor())
	}
	text, err := json.Marshal(m)
	if err != nil {
		return nil, msg.Errorf("write image index: %w", "写入镜像索引：%w", err)
	}
	return &index{memory(types.OCIImageIndex, text), images}, nil
}

func (x *index) MediaType() (types.MediaType, error) { return types.OCIImageIndex, nil }
func (x *index) Digest() (v1.Hash, error)            { return x.manifest.digest, nil }
func (x *index) Size() (int64, error)                { return x.manifest.size, nil }
func (x *index) RawManifest() ([]byte, error)        { return x.manifest.bytes() }

func (x *index) IndexManifest() (*v1.IndexManifest, error) {
	var m v1.IndexManifest
	text, err := x.manifest.bytes()
	if err != nil {
		return nil, err
	}
	return &m, json.Unmarshal(text, &m)
}

func (x *index) Image(h v1.Hash) (v1.Image, error) {
	for _, i := range x.images {
		if i.manifest.digest == h {
			return i, nil
		}
	}
	return nil, msg.Errorf("the index has no image %s", "索引中没有镜像 %s", h)
}

func (x *index) ImageIndex(h v1.Hash) (v1.ImageIndex, error) {
	return nil, msg.Errorf("the index has no index %s", "索引中没有索引 %s", h)
}
