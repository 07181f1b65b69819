package oss

import (
	"context"
	"errors"
	"net/http"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// mustBeAbsent is the look before a conditional write, where the service may
// ignore the condition.
func (s *Store) mustBeAbsent(ctx context.Context, key string, o store.PutOptions) error {
	if !o.IfAbsent {
		return nil
	}
	reliable, err := s.withoutVersions(ctx)
	if err != nil || reliable {
		return err
	}
	switch _, err := s.Head(ctx, key); {
	case err == nil:
		return store.ErrExists
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	return nil
}

// mustBeOurs is the look after one.
func (s *Store) mustBeOurs(ctx context.Context, wrote store.Info, o store.PutOptions) error {
	if v := s.versions.Load(); !o.IfAbsent || v == versionsOff {
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

// withoutVersions reports whether forbid-overwrite can be relied on; false also
// when the keys may not ask.
func (s *Store) withoutVersions(ctx context.Context) (bool, error) {
	select {
	case s.asking <- struct{}{}:
		defer func() { <-s.asking }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	if v := s.versions.Load(); v != versionsUnknown {
		return v == versionsOff, nil
	}
	var answer struct{ Status string }
	_, err := s.document(ctx, request{method: http.MethodGet, params: map[string]string{"versioning": ""}}, "VersioningConfiguration", &answer)
	var a *remote.Answer
	switch {
	case err == nil && answer.Status == "":
		s.versions.CompareAndSwap(versionsUnknown, versionsOff)
	case err == nil:
		s.hasVersions()
	case errors.As(err, &a) && (a.Status == http.StatusForbidden && a.Code == "AccessDenied" && a.Endpoint == "" || a.Status == http.StatusNotImplemented):
		s.versions.CompareAndSwap(versionsUnknown, versionsPossible)
	default:
		return false, err // what follows would fail alike, or a second try tells
	}
	return s.versions.Load() == versionsOff, nil
}

// heed looks at what every answer may tell: that the bucket has versions.
func (s *Store) heed(x *remote.Exchange) {
	if x.Header("X-Oss-Version-Id") != "" {
		s.hasVersions()
	}
}

func (s *Store) hasVersions() {
	if s.versions.Swap(versionsOn) != versionsOn {
		s.warn(msg.Textf("the bucket %s has versioning, where OSS does not protect objects from being overwritten; use a bucket without it for releases, or let one publisher run at a time",
			"桶 %s 开启了版本控制，此时 OSS 不能防止对象被覆盖；请改用未开启版本控制的桶存放发布文件，或勿同时运行多个发布任务", s.bucket))
	}
}
