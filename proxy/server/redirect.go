package server

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

const (
	redirectSize  = 8 << 20          // bytes
	redirectValid = 15 * time.Minute // a download has begun by then; how long it takes does not matter
)

// redirect is the URL by which the client gets a file from the bucket itself; ""
// when it gets it from here. What is kept in memory is never asked about. A URL is
// signed for GET, so HEAD is answered here.
func (s *Server) redirect(r *http.Request, v *visit, o *cache.Object) string {
	d := &s.o.Redirect
	if d.To == nil || r.Method != http.MethodGet || o.Size < cmp.Or(d.MinSize, redirectSize) || s.gate.scope(v.route) != "public" || !within(d.Clients, v.who.addr) {
		return ""
	}
	to, err := d.To.Presign(r.Context(), o.Key, cmp.Or(d.Valid, redirectValid))
	switch {
	case err == nil:
		return to
	case r.Context().Err() == nil && !errors.Is(err, store.ErrNotFound):
		s.log.Warn("presign failed, sending the file instead", "key", o.Key, "error", err)
	}
	return ""
}

// seen makes URLs of objects that are there: a directory may hold what was brought
// into it before it had a bucket, and a bucket's 404 would tell a go command that
// the module does not exist. It asks about an object once in a while.
type seen struct {
	store store.Store
	sign  store.Presigner

	mu    sync.Mutex
	known map[string]sight
}

type sight struct {
	when time.Time
	err  error // nil or store.ErrNotFound
}

const (
	seenFor    = 10 * time.Minute
	missingFor = time.Minute
	maxSeen    = 1 << 14
)

// Presign is [store.Presigner]'s.
func (s *seen) Presign(ctx context.Context, key string, valid time.Duration) (string, error) {
	if err := s.look(ctx, key); err != nil {
		return "", err
	}
	return s.sign.Presign(ctx, key, valid)
}

func (s *seen) look(ctx context.Context, key string) error {
	s.mu.Lock()
	was, ok := s.known[key]
	s.mu.Unlock()
	life := seenFor
	if was.err != nil {
		life = missingFor
	}
	if ok && time.Since(was.when) < life {
		return was.err
	}
	_, err := s.store.Head(ctx, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || len(s.known) >= maxSeen {
		s.known = map[string]sight{}
	}
	s.known[key] = sight{time.Now(), err}
	return err
}
