package assemble

import (
	"context"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// push sends the index with what the registry does not have yet, the tag last, then
// the bills of materials. A registry without the referrers API gets the index that
// the OCI specification has in its place.
func (o *Options) push(ctx context.Context, b *bundle, r *Result) error {
	tag, err := name.NewTag(o.Output.Ref)
	if err != nil {
		return msg.Errorf("read reference: %w", "读取镜像引用：%w", err).WithKind(msg.Usage)
	}
	r.Tag = tag.TagStr()
	pusher, err := remote.NewPusher(opener{transport: o.Transport}.remoteOptions(ctx)...)
	if err != nil {
		return registryError(ctx, err)
	}
	if err := pusher.Push(ctx, tag, b.index); err != nil {
		return registryError(ctx, err)
	}
	for _, ref := range b.referrers {
		if err := pusher.Push(ctx, tag.Context().Digest(ref.manifest.digest.String()), ref); err != nil {
			return registryError(ctx, err)
		}
	}
	return nil
}
