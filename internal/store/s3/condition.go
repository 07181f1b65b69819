package s3

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// What is known about conditional writes.
const (
	untried int32 = iota
	obeyed
	ignored
)

// probeLimit is the most that is sent several times to learn about conditions.
const probeLimit = 64 << 10

// Warnings are what was learnt about the server that its user should know.
func (s *Store) Warnings() []msg.Text {
	if s.condition.Load() != ignored {
		return nil
	}
	return []msg.Text{msg.Textf("%s ignores If-None-Match, so it does not protect objects from being overwritten; let one publisher run at a time",
		"%s 忽略 If-None-Match，因而不能防止对象被覆盖；请勿同时运行多个发布任务", s.service.Host)}
}

// putAndProbe is a conditional Put that then finds out what conditions are worth
// here.
func (s *Store) putAndProbe(ctx context.Context, key string, body io.ReadSeeker, size int64, p payload, o store.PutOptions) (store.Info, error) {
	small := make([]byte, size)
	if _, err := io.ReadFull(body, small); err != nil {
		return store.Info{}, err
	}
	info, err := s.send(ctx, key, bytes.NewReader(small), size, p, o)
	if err != nil {
		return info, err
	}
	_, again := s.send(ctx, key, bytes.NewReader(small), size, p, o)
	if s.refused(key, again) {
		again = s.commitOver(ctx, key, small, o)
	}
	switch {
	case again == nil:
		s.condition.Store(ignored)
		info, err = s.head(ctx, key) // written anew, with another ETag perhaps
	case s.refused(key, again):
		s.condition.Store(obeyed)
	}
	return info, err // a failure of another kind leaves the question open
}

// refused reports whether a condition was obeyed.
func (s *Store) refused(key string, err error) bool {
	return errors.Is(s.service.Fail(store.OpPut, key, err, true), store.ErrExists)
}

// commitOver does with an upload in parts what must be refused: there are
// servers that know conditions of Put only.
func (s *Store) commitOver(ctx context.Context, key string, body []byte, o store.PutOptions) error {
	u, err := s.initiate(ctx, key, o)
	if err != nil {
		return err
	}
	_, err = u.part(ctx, 1, bytes.NewReader(body), int64(len(body)))
	if err == nil {
		_, err = u.complete(ctx)
	}
	if err != nil {
		_ = u.Abort(ctx) // what is left goes by the bucket's own clean-up
	}
	return err
}
