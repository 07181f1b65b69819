package remote

import (
	"context"
	"errors"
	"net/http"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// What is known about the worth of a service's condition for IfAbsent.
const (
	unknown  int32 = iota
	obeyed         // it holds
	doubtful       // the keys may not ask
	void           // it is ignored
)

// mustBeAbsent is the look before a conditional write. OSS documents its
// condition to the letter, so that there the look is spared where it holds.
func (s *Store) mustBeAbsent(ctx context.Context, key string, o store.PutOptions) error {
	if !o.IfAbsent {
		return nil
	}
	if err := s.learn(ctx); err != nil {
		return err
	}
	if s.worth.Load() == obeyed && s.Service.Certain {
		return nil
	}
	switch _, err := s.Head(ctx, key); {
	case err == nil:
		return store.ErrExists
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	return nil
}

// mustBeOurs is the look after one, where versions may have made the condition
// void.
func (s *Store) mustBeOurs(ctx context.Context, wrote store.Info, o store.PutOptions) error {
	if !o.IfAbsent || s.Service.Version == "" || s.worth.Load() == obeyed {
		return nil
	}
	info, err := s.Head(ctx, wrote.Key)
	switch {
	case errors.Is(err, store.ErrNotFound): // deleted since
		return nil
	case err == nil && (info.ETag != wrote.ETag || info.Size != wrote.Size):
		return msg.Errorf("%w", "%w", store.ErrExists).WithHint("another writer replaced it at the same time", "另一个写入者同时替换了该对象")
	}
	return err
}

// learn finds out, once, what the condition is worth.
func (s *Store) learn(ctx context.Context) error {
	select {
	case s.asking <- struct{}{}:
		defer func() { <-s.asking }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if s.worth.Load() != unknown {
		return nil
	}
	if v, ok := s.Dialect.(Versioning); ok {
		return s.askVersions(ctx, v)
	}
	s.try(ctx)
	return nil
}

// askVersions fails where what follows would fail alike, or a second try tells.
func (s *Store) askVersions(ctx context.Context, v Versioning) error {
	var answer struct{ Status string }
	x := s.exchange(ctx)
	err := s.document(x, v.Versioning(x), "VersioningConfiguration", &answer)
	var a *Answer
	switch {
	case err == nil && answer.Status == "":
		s.worth.CompareAndSwap(unknown, obeyed)
	case err == nil:
		s.hasVersions()
	case errors.As(err, &a) && (a.Code == "AccessDenied" && a.Endpoint == "" && s.Service.meaning(a, false, false).Class == store.ErrDenied || a.Status == http.StatusNotImplemented):
		s.worth.CompareAndSwap(unknown, doubtful)
	default:
		return err
	}
	return nil
}

// heed looks at what every answer may tell: that the bucket has versions.
func (s *Store) heed(x *Exchange) {
	if s.Service.Version != "" && x.Header(s.Service.Version) != "" {
		s.hasVersions()
	}
}

func (s *Store) hasVersions() {
	if s.worth.Swap(void) != void {
		s.warn(msg.Textf("the bucket %s has versioning, where %s does not protect objects from being overwritten; use a bucket without it for releases, or let one publisher run at a time",
			"桶 %s 开启了版本控制，此时 %s 不能防止对象被覆盖；请改用未开启版本控制的桶存放发布文件，或勿同时运行多个发布任务", s.Name, s.Service.Name))
	}
}
