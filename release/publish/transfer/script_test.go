package transfer

import (
	"context"
	"io"
	"sync/atomic"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// script is a store whose parts fail as a test says.
type script struct {
	store.Store
	commit func(key string) error // what happens to a commit beforehand; nil = nothing
	part   func(n int) error      // by the number of the request, over all uploads; nil = they do not
	hang   int64                  // the request that gets no answer; 0 = none
	n      atomic.Int64
	tell   func(*store.PartInfo) // changes what the store says of a part; nil = nothing
}

func (s *script) parts() int { return int(s.n.Load()) }

func (s *script) Begin(ctx context.Context, key string, o store.PutOptions) (store.Upload, error) {
	u, err := s.Store.Begin(ctx, key, o)
	if err != nil {
		return nil, err
	}
	return &scripted{u, s, key}, nil
}

func (s *script) Resume(ctx context.Context, key, id string, o store.PutOptions) (store.Upload, error) {
	u, err := s.Store.Resume(ctx, key, id, o)
	if err != nil {
		return nil, err
	}
	return &scripted{u, s, key}, nil
}

type scripted struct {
	store.Upload
	s   *script
	key string
}

func (u *scripted) Commit(ctx context.Context) (store.Info, error) {
	if u.s.commit != nil {
		if err := u.s.commit(u.key); err != nil {
			return store.Info{}, err
		}
	}
	return u.Upload.Commit(ctx)
}

func (u *scripted) Part(ctx context.Context, n int, body io.ReadSeeker, size int64) (store.PartInfo, error) {
	i := u.s.n.Add(1)
	if i == u.s.hang {
		<-ctx.Done()
		return store.PartInfo{}, ctx.Err()
	}
	if u.s.part != nil {
		if err := u.s.part(int(i)); err != nil {
			return store.PartInfo{}, err
		}
	}
	info, err := u.Upload.Part(ctx, n, body, size)
	if err == nil && u.s.tell != nil {
		u.s.tell(&info)
	}
	return info, err
}

func (u *scripted) Parts(ctx context.Context) ([]store.PartInfo, error) {
	parts, err := u.Upload.Parts(ctx)
	for i := range parts {
		if u.s.tell != nil {
			u.s.tell(&parts[i])
		}
	}
	return parts, err
}
