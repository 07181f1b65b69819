package remote

import (
	"context"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Commit completes the upload and holds the CRC-64 of the object, where the
// service names one, against those of its parts. When they differ the object is
// there, and the error is ErrIntegrity.
func (u *upload) Commit(ctx context.Context) (store.Info, error) {
	info, err := u.commit(ctx)
	return info, u.s.fail(store.OpCommit, u.key, err, u.o.IfAbsent)
}

func (u *upload) commit(ctx context.Context) (store.Info, error) {
	parts, err := u.all(ctx)
	if err != nil {
		return store.Info{}, err
	}
	if err := u.s.mustBeAbsent(ctx, u.key, u.o); err != nil {
		return store.Info{}, err
	}
	info, err := u.complete(ctx, parts)
	if err != nil {
		return store.Info{}, err
	}
	return info, u.s.mustBeOurs(ctx, info, u.o)
}

// complete is the request of Commit.
func (u *upload) complete(ctx context.Context, parts []store.PartInfo) (store.Info, error) {
	if len(parts) == 0 {
		return store.Info{}, msg.Errorf("%w: no part was sent", "%w：未发送任何分块", store.ErrIntegrity)
	}
	var size int64
	for _, p := range parts {
		size += p.Size
	}
	var answer struct{ ETag string }
	x := u.s.exchange(ctx)
	err := u.s.document(x, u.s.Dialect.Complete(x, u.object(), u.id, parts, u.o.IfAbsent), "CompleteMultipartUploadResult", &answer)
	if err == nil && answer.ETag == "" {
		err = x.Unclear()
	}
	if err != nil {
		return store.Info{}, err
	}
	info := written(x, u.key, size)
	info.ETag, info.CRC64 = bare(answer.ETag), x.Header(u.s.Service.CRC64)
	if u.s.Service.CRC64 == "" {
		return info, nil
	}
	if info.CRC64 == "" { // COS answers 200 before it has put the parts together
		if info, err = u.s.head(ctx, u.key); err != nil {
			return store.Info{}, err
		}
		if info.ETag != bare(answer.ETag) && u.o.IfAbsent {
			return store.Info{}, store.ErrExists
		}
	}
	ours := whole(parts)
	switch {
	case info.CRC64 == "":
		info.CRC64 = ours
	case ours != "" && info.CRC64 != ours:
		return store.Info{}, msg.Errorf("%w: the CRC-64 of the object is %s, of what was sent %s", "%w：对象的 CRC-64 为 %s，发送内容为 %s", store.ErrIntegrity, info.CRC64, ours)
	}
	return info, nil
}
