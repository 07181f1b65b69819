package remote

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// probe begins the name of the object that try makes. List passes it over.
const probe = ".yingzao-probe-"

// try finds out what the condition is worth where nothing in an answer tells: it
// makes an object of its own and tries to replace it. A failure leaves the
// question open until the next conditional write.
func (s *Store) try(ctx context.Context) {
	key := probe + strings.ToLower(rand.Text())
	if s.write(ctx, key) != nil {
		return
	}
	defer func() {
		ctx, cancel := tidying(ctx)
		defer cancel()
		_ = s.Delete(ctx, key)
	}()
	err := s.write(ctx, key)
	if s.refused(key, err) {
		err = s.writeInParts(ctx, key) // for servers that know conditions of Put only
	}
	switch {
	case err == nil:
		s.worth.Store(void)
		s.warn(msg.Textf("%s ignores If-None-Match, so it does not protect objects from being overwritten; let one publisher run at a time",
			"%s 忽略 If-None-Match，因而不能防止对象被覆盖；请勿同时运行多个发布任务", s.Service.Host))
	case s.refused(key, err):
		s.worth.Store(obeyed)
	}
}

// tidying is for what must be cleaned up even when ctx ends, but must not keep
// anybody who wants to leave.
func tidying(ctx context.Context) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(500*time.Millisecond, cancel) })
	return late, func() {
		stop()
		cancel()
	}
}

// refused reports whether a condition was obeyed.
func (s *Store) refused(key string, err error) bool {
	return errors.Is(s.fail(store.OpPut, key, err, true), store.ErrExists)
}

var conditional = store.PutOptions{IfAbsent: true, ContentType: "text/plain"}

const probeText = "yingzao tries whether objects can be protected from being overwritten; this can be deleted\n"

func (s *Store) write(ctx context.Context, key string) error {
	body, err := s.body(ctx, strings.NewReader(probeText), int64(len(probeText)))
	if err == nil {
		_, err = s.send(ctx, key, body, conditional)
	}
	return err
}

func (s *Store) writeInParts(ctx context.Context, key string) error {
	u, err := s.initiate(ctx, key, conditional)
	if err != nil {
		return err
	}
	p, err := u.part(ctx, 1, strings.NewReader(probeText), int64(len(probeText)))
	if err == nil {
		_, err = u.complete(ctx, []store.PartInfo{p})
	}
	if err != nil {
		ctx, cancel := tidying(ctx)
		defer cancel()
		_ = u.Abort(ctx) // what stays goes by the bucket's own clean-up
	}
	return err
}
