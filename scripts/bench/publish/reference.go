package main

import (
	"bytes"
	"context"
	"math"
	"net/url"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cos"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/oss"
	"github.com/yingzao-dev/yingzao/internal/store/s3"
)

// byHand is the reference: as many bytes in equal parts of one upload, over as
// many connections as somebody who knows the link would choose, through the same
// adapter, with nothing read, summed or published. It tells what the machine lets
// through at the moment.
func (b bench) byHand(ctx context.Context, total int64, rate float64) (time.Duration, error) {
	s, err := startStore(setup{Kind: b.store, PerConnection: megabytes(rate), Total: megabytes(b.total)})
	if err != nil {
		return 0, err
	}
	defer s.end()
	o := httpx.Options{Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(s.proxy) }}
	keys := cred.Static(cred.Keys{ID: keyID, Secret: keySecret})
	where, _ := address(b.store, s.proxy)
	st, err := store.Schemes{
		"oss": oss.Opener(oss.Options{HTTP: o, Keys: keys}),
		"cos": cos.Opener(cos.Options{HTTP: o, Keys: keys}),
		"s3":  s3.Opener(s3.Options{HTTP: o, Keys: keys}),
	}.Open(ctx, where)
	if err != nil {
		return 0, err
	}
	up, err := st.Begin(ctx, "reference", store.PutOptions{})
	if err != nil {
		return 0, err
	}
	part := make([]byte, max(1<<20, st.Caps().MinPart))
	parts := (total + int64(len(part)) - 1) / int64(len(part))
	var next atomic.Int64
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for range int(math.Ceil(b.total / rate * 1.25)) {
		group.Go(func() error {
			for n := next.Add(1); n <= parts; n = next.Add(1) {
				body := part[:min(int64(len(part)), total-(n-1)*int64(len(part)))]
				if _, err := up.Part(ctx, int(n), bytes.NewReader(body), int64(len(body))); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err = group.Wait()
	return time.Since(began), err
}
