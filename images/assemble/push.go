package assemble

import (
	"context"
	"net/http"
	"slices"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// PushOptions say what goes where.
type PushOptions struct {
	Layout Source // of kind Layout; without a tag the only image there
	To     string // registry reference with its tag
	// Transport reaches the registry. nil = one without proxies. Credentials are
	// those of docker login.
	Transport http.RoundTripper
}

// Pushed says what was sent. As JSON it is the same in every language.
type Pushed struct {
	Schema    int    `json:"schema"` // 1
	From      string `json:"from"`
	To        string `json:"to"`
	Digest    string `json:"digest"`    // of the index or image, the same in both places
	Referrers int    `json:"referrers"` // bills of materials and signatures that went along
}

// Push sends an image, or an index with all its images, from a layout to a registry
// with everything in the layout that refers to one of them. The tag comes after what
// it names. The registry compares every blob with its digest.
func Push(ctx context.Context, o PushOptions) (*Pushed, error) {
	p, err := push(ctx, o)
	if err != nil {
		return nil, msg.Errorf("push %s to %s: %w", "将 %s 推送到 %s：%w", o.Layout, o.To, err)
	}
	return p, nil
}

func push(ctx context.Context, o PushOptions) (*Pushed, error) {
	tag, err := name.NewTag(o.To)
	switch {
	case err != nil:
		return nil, msg.Errorf("it is no image reference with a tag", "不是带标签的镜像引用").WithKind(msg.Usage).
			WithHint("for example registry.example/team/go:1.26", "例如 registry.example/team/go:1.26")
	case o.Layout.Kind != Layout:
		return nil, msg.Errorf("only a directory in OCI layout can be pushed", "只能推送 OCI 布局的目录").WithKind(msg.Usage).
			WithHint("write oci:DIR[:tag]", "请写成 oci:目录[:标签]")
	}
	list, err := layoutDir(o.Layout.Path).index()
	if err != nil {
		return nil, err
	}
	d, err := tagged(list.Manifests, o.Layout.Tag)
	if err != nil {
		return nil, err
	}
	root, err := layout.ImageIndexFromPath(o.Layout.Path)
	if err != nil {
		return nil, err
	}
	what, sent, err := taken(root, d)
	if err != nil {
		return nil, err
	}
	rt, done := transportOr(o.Transport)
	defer done()
	pusher, err := remote.NewPusher(opener{transport: rt}.remoteOptions(ctx)...)
	if err != nil {
		return nil, registryError(ctx, err)
	}
	if err := pusher.Push(ctx, tag, what); err != nil {
		return nil, registryError(ctx, err)
	}
	r := &Pushed{Schema: 1, From: o.Layout.String(), To: tag.String(), Digest: d.Digest.String()}
	for _, d := range list.Manifests {
		if d.ArtifactType == "" {
			continue
		}
		i, err := root.Image(d.Digest)
		if err != nil {
			return nil, err
		}
		m, err := i.Manifest()
		if err != nil {
			return nil, err
		}
		if m.Subject == nil || !slices.Contains(sent, m.Subject.Digest) {
			continue
		}
		if err := pusher.Push(ctx, tag.Context().Digest(d.Digest.String()), i); err != nil {
			return nil, registryError(ctx, err)
		}
		r.Referrers++
	}
	return r, nil
}

// taken is what a descriptor names, with the digests of all that may be referred to.
func taken(root v1.ImageIndex, d v1.Descriptor) (remote.Taggable, []v1.Hash, error) {
	if !d.MediaType.IsIndex() {
		i, err := root.Image(d.Digest)
		return i, []v1.Hash{d.Digest}, err
	}
	index, err := root.ImageIndex(d.Digest)
	if err != nil {
		return nil, nil, err
	}
	m, err := index.IndexManifest()
	if err != nil {
		return nil, nil, err
	}
	sent := []v1.Hash{d.Digest}
	for _, d := range m.Manifests {
		sent = append(sent, d.Digest)
	}
	return index, sent, nil
}
