package remote

import (
	"context"
	"net/url"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

var _ store.Presigner = (*Store)(nil)

// longest is what OSS takes with temporary keys ("V4 signatures in presigned
// URLs"); all others take more.
const longest = 12 * time.Hour

// Presign makes a URL by which anybody gets an object; see [store.Presigner].
func (s *Store) Presign(ctx context.Context, key string, ttl time.Duration) (string, error) {
	signed, err := s.presign(ctx, key, ttl)
	return signed, s.fail(store.OpGet, key, err, false)
}

func (s *Store) presign(ctx context.Context, key string, ttl time.Duration) (string, error) {
	if err := s.check(ctx, key); err != nil {
		return "", err
	}
	if ttl < time.Second || ttl > longest {
		return "", msg.Errorf("a URL cannot be good for %v", "URL 的有效期不能是 %v", ttl).WithHint("choose 1s to %v", "请在 1s 到 %v 之间选择", longest)
	}
	k, err := s.keys.Get(ctx)
	if err != nil {
		return "", err
	}
	if k.ID == "" {
		return "", msg.Errorf("%w: there are no keys to sign a URL with", "%w：没有可用于签名 URL 的密钥", store.ErrDenied)
	}
	signed, err := s.Dialect.Presign(ctx, k, s.Prefix+key, ttl)
	if err == nil {
		_, err = url.Parse(signed)
	}
	if err != nil { // whatever an SDK says may show what it was given
		return "", msg.Errorf("the URL cannot be signed", "无法为 URL 签名")
	}
	return signed, nil
}
