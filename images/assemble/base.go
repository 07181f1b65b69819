package assemble

import (
	"context"
	"net/http"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// base is a base image: what it declares, its layers, and what they hold.
type base struct {
	source Source
	arch   string        // declared, as GOARCH; "" where nothing declares it
	config v1.ConfigFile // zero where there is none
	layers []*blob
	name   string // reference without digest that means something elsewhere; "" = none
	digest string // of the manifest, of the configuration in a docker archive; "" = none
	index  string // digest of the index that it was found in; "" = none
	rootfs string // digest of the archive; "" = none
	exact  bool   // the source's own words name a digest
	tree   *tree
	notes  []Warning
}

// opener is what opening a base takes.
type opener struct {
	cache     *cache
	packing   Compression
	transport http.RoundTripper
	on        func(Event)
	arch      string // of what is being opened, for events
}

// open finds the base of an architecture and reads its layers. want is the digest
// that it has to have; "" = any.
func (o opener) open(ctx context.Context, s Source, arch, want string) (*base, error) {
	b := &base{source: s, tree: newTree()}
	o.arch = arch
	var err error
	switch s.Kind {
	case Scratch:
	case Rootfs:
		err = o.openRootfs(ctx, b)
	case Layout:
		err = o.openLayout(b, arch)
	case DockerArchive:
		err = o.openDocker(ctx, b, arch)
	case Registry:
		err = o.openRegistry(ctx, b, arch, want)
	default:
		return nil, msg.Errorf("open base: none is given", "打开基础镜像：未指定").WithKind(msg.Usage)
	}
	if err == nil {
		err = b.pinned(want)
	}
	if err == nil {
		err = o.look(ctx, b)
	}
	if err != nil {
		return nil, msg.Errorf("open base %s: %w", "打开基础镜像 %s：%w", s, err)
	}
	return b, nil
}

// pinned compares the base with the digest that it has to have.
func (b *base) pinned(want string) error {
	switch {
	case b.source.Kind == Scratch:
	case want == "" && b.exact:
	case want == "":
		b.notes = append(b.notes, warn("base-unpinned",
			"the base %s is not pinned by a digest: the next build may get another one", "基础镜像 %s 未用摘要锁定：下次构建得到的可能是另一个镜像", b.source))
	case want != b.digest && want != b.index && want != b.rootfs:
		return digestError(want, firstOf(b.index, b.digest, b.rootfs))
	}
	return nil
}

func digestError(want, got string) error {
	return msg.Errorf("it is %s, and %s is locked", "实际是 %s，锁定的是 %s", got, want).
		WithHint("find out who changed it; if the new one is wanted, put its digest into the lock", "请先弄清是谁改动了它；如确需新镜像，再把新摘要写入锁文件").WithKind(msg.Findings)
}

func firstOf(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

// look reads the layers that opening has not read, bottom first, and compares each
// with both of its digests.
func (o opener) look(ctx context.Context, b *base) error {
	if b.tree.layer > 0 { // a root file system was read when it was opened
		return nil
	}
	for _, l := range b.layers {
		r, err := l.open()
		if err != nil {
			return err
		}
		err = b.tree.scanLayer(ctx, l, r)
		if err := msg.Join(err, r.Close()); err != nil {
			return msg.Errorf("layer %s: %w", "镜像层 %s：%w", l.digest, err)
		}
	}
	return nil
}

// adopt takes configuration and layers from an image: the layers' bytes as they
// are, their media types as OCI names them.
func (b *base) adopt(config v1.ConfigFile, layers []*blob) error {
	if len(config.RootFS.DiffIDs) != len(layers) {
		return msg.Errorf("the configuration names %d layers, the manifest %d", "配置中有 %d 个镜像层，清单中有 %d 个", len(config.RootFS.DiffIDs), len(layers))
	}
	for i, l := range layers {
		l.diffID, l.origin = config.RootFS.DiffIDs[i], OfBase
		if l.media = ociMedia(l.media); l.media == "" {
			return msg.Errorf("layer %s has to be fetched from a place of its own", "镜像层 %s 需要从单独的地址获取", l.digest).
				WithHint("use a base without foreign layers", "请使用不含外部镜像层的基础镜像")
		}
	}
	b.config, b.layers = config, layers
	return nil
}

// ociMedia is the OCI name of a layer's media type; "" for layers that may not be
// distributed.
func ociMedia(m types.MediaType) types.MediaType {
	switch m {
	case types.OCILayer, types.OCILayerZStd, types.OCIUncompressedLayer:
		return m
	case types.DockerLayer:
		return types.OCILayer
	case types.DockerUncompressedLayer:
		return types.OCIUncompressedLayer
	}
	return ""
}

// declared refuses an image by its own words, before its layers are fetched.
func (b *base) declared(config v1.ConfigFile, arch string) error {
	if config.OS != "" && config.OS != "linux" {
		return msg.Errorf("it is for %s/%s, not linux/%s", "它面向 %s/%s，而不是 linux/%s", config.OS, config.Architecture, arch)
	}
	b.arch = goarchOf(config.Architecture)
	return archError(b.arch, arch)
}

func archError(got, want string) error {
	if got == "" || got == want {
		return nil
	}
	return msg.Errorf("it is for linux/%s, not linux/%s", "它面向 linux/%s，而不是 linux/%s", got, want).
		WithHint("name the base of this architecture", "请指定该架构的基础镜像")
}

// choose picks the one manifest of an index that is for linux and the architecture.
func choose(list []v1.Descriptor, arch string) (v1.Descriptor, error) {
	var seen []string
	for _, variant := range []bool{false, true} { // the plain one first, v8 of arm64 is one too
		for _, d := range list {
			if d.Platform == nil || d.Platform.OS != "linux" || !d.MediaType.IsImage() {
				continue
			}
			if goarchOf(d.Platform.Architecture) != arch {
				seen = append(seen, d.Platform.Architecture)
				continue
			}
			if v := d.Platform.Variant; variant || v == "" || v == "v8" {
				return d, nil
			}
		}
	}
	return v1.Descriptor{}, msg.Errorf("it has nothing for linux/%s, only for %s", "其中没有 linux/%s，只有 %s", arch, names(seen)).
		WithHint("name the base of this architecture", "请指定该架构的基础镜像")
}
