package transfer

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// tardy is a store that takes its time to begin one upload.
type tardy struct {
	store.Store
	key   string
	takes time.Duration
	asked chan struct{} // closed when it is asked to
}

func (s *tardy) Begin(ctx context.Context, key string, o store.PutOptions) (store.Upload, error) {
	if key == s.key {
		close(s.asked)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(s.takes):
		}
	}
	return s.Store.Begin(ctx, key, o)
}

// A transfer that fails while an upload begins waits a little for its ID, to abort
// it, and no longer than that.
func TestFailureWhileAnUploadBegins(t *testing.T) {
	for takes, want := range map[time.Duration]time.Duration{lingering - time.Millisecond: lingering - time.Millisecond, time.Hour: lingering} {
		synctest.Test(t, func(t *testing.T) {
			bare := newStore(t)
			slow := &tardy{Store: bare, key: "demo/b", takes: takes, asked: make(chan struct{})}
			st := &script{Store: slow, part: func(int) error {
				<-slow.asked
				return store.ErrDenied
			}}
			began := time.Now()
			tr := New(st, quick)
			err := tr.Send(t.Context(), []Object{object("demo/a", random(1, 2000), false), object("demo/b", random(2, 1000), false)})
			tr.Close(t.Context(), true)
			if took := time.Since(began); !errors.Is(err, store.ErrDenied) || took != want {
				t.Errorf("%v after %v, want %v", err, took, want)
			}
			if left, _ := filepath.Glob(filepath.Join(bare.Dir(), ".yingzao-uploads", "*")); len(left) > 0 {
				t.Errorf("it took %v to begin, and left %q", takes, left)
			}
		})
	}
}
