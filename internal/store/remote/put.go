package remote

import (
	"cmp"
	"context"
	"io"
	"net/http"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// Put writes a whole object. It goes with its MD5, so that the service refuses
// damaged content instead of showing it.
func (s *Store) Put(ctx context.Context, key string, content io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
	info, err := s.put(ctx, key, content, size, o)
	return info, s.fail(store.OpPut, key, err, o.IfAbsent)
}

func (s *Store) put(ctx context.Context, key string, content io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
	if err := s.check(ctx, key); err != nil {
		return store.Info{}, err
	}
	body, err := s.body(ctx, content, size)
	if err != nil {
		return store.Info{}, err
	}
	if err := s.mustBeAbsent(ctx, key, o); err != nil {
		return store.Info{}, err
	}
	info, err := s.send(ctx, key, body, o)
	if err != nil {
		return store.Info{}, err
	}
	return info, s.mustBeOurs(ctx, info, o)
}

// body prepares the content of an object.
func (s *Store) body(ctx context.Context, content io.ReadSeeker, size int64) (*Body, error) {
	return NewBody(ctx, content, size, s.checksum(), Digests{MD5: true, SHA256: s.Service.SHA256})
}

// send is the request of a put.
func (s *Store) send(ctx context.Context, key string, body *Body, o store.PutOptions) (store.Info, error) {
	x := s.exchange(ctx)
	err := s.Dialect.Put(x, s.Prefix+key, body, o)
	if err := cmp.Or(body.Detach(), s.tagged(x, err)); err != nil {
		return store.Info{}, err
	}
	info := written(x, key, body.Size())
	if s.Service.CRC64 != "" { // an MD5 was the service's to check
		info.CRC64, err = s.arrived(x, body.sum)
	}
	return info, err
}

// written is what the answer to a write tells of the object; of its time only
// about.
func written(x *Exchange, key string, size int64) store.Info {
	info := x.Info(key)
	info.Size = size
	if info.Modified.IsZero() {
		info.Modified, _ = http.ParseTime(x.Header("Date")) // zero when it does not say
	}
	return info
}
