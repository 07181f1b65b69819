package publish

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Claim is the object that keeps publishers of different bytes out of one
// version while its artifacts are being completed.
type Claim struct {
	Schema int       `json:"schema"`
	Digest string    `json:"digest"` // Fingerprint of what is being published
	By     string    `json:"by"`
	Since  time.Time `json:"since"`
}

// claim takes the claim, or goes on under one of the same digest.
func (s *session) claim(ctx context.Context) error {
	body := encode(Claim{Schema: 1, Digest: Fingerprint(s.m), By: s.by(), Since: now()})
	key := ClaimKey(s.m.Project, s.m.Version)
	var last error
	for range 5 {
		err := s.st.write(ctx, key, body, store.PutOptions{IfAbsent: true, ContentType: contentType(key), CacheControl: never})
		if err == nil && s.st.Caps().IfAbsent {
			return nil
		}
		// fs.ErrExist: a directory held it when we wrote and not when it was
		// asked why the write failed.
		if err != nil && !errors.Is(err, store.ErrExists) && !errors.Is(err, fs.ErrExist) {
			return err
		}
		last = err
		mine := err == nil
		// Gone again means that somebody finished: then the next attempt gets
		// it, and the look for the manifest finds theirs.
		switch err = s.checkClaim(ctx); {
		case err == nil && !mine:
			// Renewed, so that gc does not take it for one that died.
			return s.st.write(ctx, key, body, moving(key))
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
	}
	if errors.Is(last, fs.ErrExist) { // a file where a directory must be does not go away
		return last
	}
	return msg.Errorf("claim the version: others keep claiming it", "占用该版本：其他发布者反复占用").
		WithHint("publish again in a moment", "请稍后重试")
}

func (s *session) by() string { return whoever(s.o.By) }

// checkClaim refuses a claim with another digest; no claim is ErrNotFound only
// where it matters, which is to claim.
func (s *session) checkClaim(ctx context.Context) error {
	key := ClaimKey(s.m.Project, s.m.Version)
	b, _, err := s.st.read(ctx, key)
	if err != nil {
		return err
	}
	var c Claim
	if err := json.Unmarshal(b, &c); err != nil {
		c = Claim{By: "?"} // damaged: nobody's, so nobody may go on under it
	}
	if c.Digest == Fingerprint(s.m) {
		return nil
	}
	return msg.Errorf("%s is publishing other bytes as this version since %s: %w", "自 %[2]s 起，%[1]s 正以不同内容发布该版本：%[3]w",
		c.By, c.Since.Format(time.RFC3339), store.ErrExists).
		WithHint("wait for it; if it died, publish its files again to complete them, or delete %s and the files in %s/%s/ if they shall never be published",
			"请等待其完成；若其已中断，请用同样的文件重新发布以补完；若确定不再发布那些文件，请删除 %s 以及 %s/%s/ 下的文件", key, s.m.Project, s.m.Version)
}

// release removes the claim on a version whose manifest is in.
func (s *session) release(ctx context.Context) error {
	return s.st.remove(ctx, ClaimKey(s.m.Project, s.m.Version))
}
