package rebuild

import (
	"context"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// SignedBy is an Options.Signed that asks for what a policy asks of the signatures
// over the manifest. What it asks of rebuilders is left aside: this is to become one.
func SignedBy(o trust.Options) func(ctx context.Context, r *Release) ([]string, error) {
	return func(ctx context.Context, r *Release) ([]string, error) {
		found, keys, err := trust.Check(ctx, &trust.Release{Manifest: r.Manifest, Raw: r.Raw, Sidecars: r.Sidecars, Read: r.Read}, o)
		if err != nil {
			return nil, msg.Errorf("rebuild: read signatures: %w", "重建：读取签名：%w", err).WithKind(msg.Incomplete)
		}
		if i := slices.IndexFunc(found, func(f trust.Finding) bool { return f.Severity == "error" }); i >= 0 {
			return nil, msg.Errorf("rebuild: %s: %v", "重建：%s：%v", found[i].Subject, found[i].Text).WithKind(msg.Findings).
				WithHint("a release that is not signed as it should be is not built", "签名不符合要求的发布不予构建")
		}
		var ids []string
		for _, k := range keys {
			ids = append(ids, k.Key.ID())
		}
		return ids, nil
	}
}
