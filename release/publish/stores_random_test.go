package publish

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// With 2 % of all requests answered 503, reset in the middle, or done without an
// answer, every publication succeeds at once.
func TestRandomFaultsInEveryStore(t *testing.T) {
	t.Parallel()
	publications := 100 / sample(25)
	sizes := make([]int, 24)
	for i := range sizes {
		sizes[i] = 700 * (i % 8)
	}
	for _, kind := range siteKinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			good, struck, requests := 0, 0, 0
			heard := map[string]int{}
			for i := range publications {
				s := newSite(t, kind, siteOptions{})
				st := s.open(t, siteOptions{})
				r := partsRelease("1.0.0", uint64(i), sizes...)
				flaky := &flakyStore{Store: st, random: rand.New(rand.NewPCG(uint64(i), 2))}
				if s.srv != nil {
					s.srv.Faults(
						bucket.Fault{Kind: bucket.ServiceBusy, P: 0.007, Seed: uint64(i), RetryAfter: -1},
						bucket.Fault{Kind: bucket.ResetRequest, P: 0.007, Seed: uint64(i)},
						bucket.Fault{Kind: bucket.LostAnswer, P: 0.006, Seed: uint64(i)})
				} else {
					st = flaky
				}
				res, err := s.publish(t.Context(), st, r, Options{PartSize: smallPart, Connections: 8 + i%2})
				if err != nil {
					t.Errorf("publication %d: %v", i, err)
					s.shut()
					continue
				}
				good++
				struck += flaky.struck
				if s.srv != nil {
					struck += s.srv.Struck()
					requests += len(s.srv.Requests())
					s.srv.Faults()
				} else {
					requests += res.Requests
				}
				s.verify(t, s.open(t, siteOptions{}), VerifyOptions{})
				if v, err := follow(s.objects(t), "demo"); v != "1.0.0" || err != nil {
					t.Errorf("publication %d: a reader gets %q: %v", i, v, err)
				}
				s.secrets.stored(s.objects(t))
				s.secrets.quiet(heard)
				s.shut()
			}
			t.Logf("%s: %d of %d publications succeeded, %d faults in %d requests", kind, good, publications, struck, requests)
			t.Logf("%s: no secret in %v", kind, heard)
			if struck < publications/2 {
				t.Errorf("only %d faults", struck)
			}
		})
	}
}

// A store that says when to come back is obeyed.
func TestRetryAfterIsObeyed(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup // they only wait, so all at once
	for _, kind := range buckets {
		for _, op := range []bucket.Op{bucket.UploadPart, bucket.Complete, bucket.ListObjects} {
			s := newSite(t, kind, siteOptions{})
			st := s.open(t, siteOptions{})
			s.srv.Faults(bucket.Fault{Kind: bucket.ServiceBusy, N: 1, RetryAfter: time.Second, Match: func(q bucket.Request) bool {
				return q.Op == op && !probing(q.Key)
			}})
			all.Go(func() {
				start := time.Now()
				_, err := s.publish(t.Context(), st, partsRelease("1.0.0", 1, 3000, 100), Options{PartSize: smallPart})
				if took := time.Since(start); err != nil || took < time.Second || s.srv.Struck() != 1 {
					t.Errorf("%s %s: it took %v, %d faults, %v", kind, op, took, s.srv.Struck(), err)
				}
			})
		}
	}
	all.Wait()
}

// flakyStore is a directory of which 2 % of all calls fail, half of them after
// their work is done.
type flakyStore struct {
	store.Store
	mu     sync.Mutex
	random *rand.Rand
	struck int
}

func (f *flakyStore) call(do func() error) error {
	f.mu.Lock()
	fate := f.random.Float64()
	if fate < 0.02 {
		f.struck++
	}
	f.mu.Unlock()
	if fate < 0.01 {
		return fmt.Errorf("%w: before", store.ErrThrottled)
	}
	if err := do(); err != nil || fate >= 0.02 {
		return err
	}
	return fmt.Errorf("%w: after", store.ErrTransient)
}

func (f *flakyStore) Put(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (info store.Info, err error) {
	err = f.call(func() (err error) { info, err = f.Store.Put(ctx, key, body, size, o); return err })
	return info, err
}

func (f *flakyStore) Head(ctx context.Context, key string) (info store.Info, err error) {
	err = f.call(func() (err error) { info, err = f.Store.Head(ctx, key); return err })
	return info, err
}

func (f *flakyStore) List(ctx context.Context, prefix string, fn func(store.Info) error) error {
	return f.call(func() error { return f.Store.List(ctx, prefix, fn) })
}

func (f *flakyStore) Delete(ctx context.Context, keys ...string) error {
	return f.call(func() error { return f.Store.Delete(ctx, keys...) })
}

func (f *flakyStore) Begin(ctx context.Context, key string, o store.PutOptions) (u store.Upload, err error) {
	err = f.call(func() (err error) { u, err = f.Store.Begin(ctx, key, o); return err })
	return flakyUpload{u, f}, err
}

type flakyUpload struct {
	store.Upload
	f *flakyStore
}

func (u flakyUpload) Part(ctx context.Context, n int, body io.ReadSeeker, size int64) (p store.PartInfo, err error) {
	err = u.f.call(func() (err error) { p, err = u.Upload.Part(ctx, n, body, size); return err })
	return p, err
}

func (u flakyUpload) Commit(ctx context.Context) (info store.Info, err error) {
	err = u.f.call(func() (err error) { info, err = u.Upload.Commit(ctx); return err })
	return info, err
}
