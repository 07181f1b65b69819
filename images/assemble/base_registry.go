package assemble

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// remoteOptions are for a registry: the caller's transport, the user's docker
// credentials, a few repetitions.
func (o opener) remoteOptions(ctx context.Context) []remote.Option {
	return []remote.Option{
		remote.WithContext(ctx),
		remote.WithTransport(upwards{o.transport}),
		remote.WithAuthFromKeychain(authn.DefaultKeychain),
		remote.WithUserAgent("yingzao"),
		remote.WithJobs(3),
		remote.WithRetryBackoff(remote.Backoff{Duration: 300 * time.Millisecond, Factor: 2, Jitter: 0.1, Steps: 3}),
	}
}

// upwards refuses to be redirected from https to http, as our own clients do;
// go-containerregistry makes its clients itself.
type upwards struct{ http.RoundTripper }

func (u upwards) RoundTrip(r *http.Request) (*http.Response, error) {
	if from := r.Response; from != nil && from.Request.URL.Scheme == "https" && r.URL.Scheme != "https" {
		return nil, msg.Errorf("redirected from https to %s", "被从 https 重定向到 %s", r.URL.Scheme)
	}
	return u.RoundTripper.RoundTrip(r)
}

// openRegistry finds the image in a registry. A locked digest is what is asked for,
// so that a tag which moved on does not matter; if the registry has it no more, the
// tag is asked, to say what is there instead.
func (o opener) openRegistry(ctx context.Context, b *base, arch, want string) error {
	ref, err := name.ParseReference(b.source.Ref)
	if err != nil {
		return msg.Errorf("read reference: %w", "读取镜像引用：%w", err).WithKind(msg.Usage)
	}
	asked := ref
	if tag, ok := ref.(name.Tag); !ok {
		b.name, b.exact = ref.Context().Name(), true
	} else if b.name = tag.Name(); want != "" {
		if asked, err = name.NewDigest(ref.Context().Name() + "@" + want); err != nil {
			return msg.Errorf("read locked digest %q: %w", "读取锁定的摘要 %q：%w", want, err).WithKind(msg.Usage)
		}
	}
	options := o.remoteOptions(ctx)
	d, err := remote.Get(asked, options...)
	if want != "" && statusOf(err) == http.StatusNotFound {
		if moved, err := remote.Head(ref, options...); err == nil && moved.Digest.String() != want {
			return digestError(want, moved.Digest.String())
		}
	}
	if err != nil {
		return registryError(ctx, err)
	}
	image, err := o.chooseRemote(b, d, arch)
	if err != nil {
		return registryError(ctx, err)
	}
	return o.adoptRemote(ctx, b, image, arch)
}

func (o opener) chooseRemote(b *base, d *remote.Descriptor, arch string) (v1.Image, error) {
	if !d.MediaType.IsIndex() {
		b.digest = d.Digest.String()
		return d.Image()
	}
	b.index = d.Digest.String()
	index, err := d.ImageIndex()
	if err != nil {
		return nil, err
	}
	m, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	chosen, err := choose(m.Manifests, arch)
	if err != nil {
		return nil, err
	}
	b.digest = chosen.Digest.String()
	return index.Image(chosen.Digest)
}

// adoptRemote fetches the layers into the cache, a few at a time.
func (o opener) adoptRemote(ctx context.Context, b *base, image v1.Image, arch string) error {
	config, err := image.ConfigFile()
	if err != nil {
		return registryError(ctx, err)
	}
	if err := b.declared(*config, arch); err != nil {
		return err
	}
	m, err := image.Manifest()
	if err != nil {
		return registryError(ctx, err)
	}
	layers := make([]*blob, len(m.Layers))
	var total int64
	for _, l := range m.Layers {
		total += l.Size
	}
	meter := newMeter(o.on, arch, "base", total)
	defer meter.end()
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(3)
	for i, d := range m.Layers {
		group.Go(func() error {
			l, err := image.LayerByDigest(d.Digest)
			if err != nil {
				return err
			}
			layers[i], err = o.cache.fetch(inner, d, func() (io.ReadCloser, error) { return l.Compressed() }, meter.add)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return registryError(ctx, err)
	}
	return b.adopt(*config, layers)
}

// statusOf is the status a registry answered with; 0 when it did not.
func statusOf(err error) int {
	var answer *transport.Error
	if errors.As(err, &answer) {
		return answer.StatusCode
	}
	return 0
}

// registryError says in both languages what a registry refused, without secrets.
func registryError(ctx context.Context, err error) error {
	var ours *msg.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &ours) && statusOf(err) == 0:
		return err
	}
	safe := httpx.Error(err)
	switch statusOf(err) {
	case http.StatusUnauthorized, http.StatusForbidden:
		return msg.Errorf("the registry refuses: %w", "镜像仓库拒绝访问：%w", safe).
			WithHint("log in with docker login, podman login or skopeo login, and see that the account may do this", "请先用 docker login、podman login 或 skopeo login 登录，并确认账号有相应权限")
	case http.StatusNotFound:
		return msg.Errorf("the registry does not have it: %w", "镜像仓库中没有它：%w", safe)
	case 0:
		return msg.Errorf("cannot reach the registry, or the connection broke: %w", "无法连接镜像仓库，或连接中断：%w", safe).WithKind(msg.Incomplete)
	}
	return msg.Errorf("the registry failed: %w", "镜像仓库出错：%w", safe).WithKind(msg.Incomplete)
}
