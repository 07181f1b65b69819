package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

const (
	sumName = "sum.mirror.test"
	bigID   = "example.com/big@v1.0.0"
	bigZip  = "/example.com/big/@v/v1.0.0.zip"
)

// noise does not compress.
func noise(seed, size int) string {
	b := make([]byte, size)
	r := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	_, _ = r.Read(b)
	return string(b)
}

// bigMirror has one module of so many bytes; the zip is returned too.
func bigMirror(t testing.TB, size int, delay time.Duration) (*mirrortest.Server, []byte) {
	t.Helper()
	up := mirrortest.New(t, mirrortest.Options{SumDB: sumName, Delay: delay, Modules: mirrortest.Modules{bigID: {"big.go": "package big\n", "data.bin": noise(1, size)}}})
	_, zip := get(t, up.URL(mirrortest.OK)+bigZip)
	if len(zip) < size {
		t.Fatalf("the zip has %d bytes", len(zip))
	}
	up.Forget()
	return up, []byte(zip)
}

// same compares a body with what it must be, without keeping it.
func same(r io.Reader, want []byte) error {
	buf := make([]byte, 256<<10)
	for {
		n, err := r.Read(buf)
		if n > len(want) || !bytes.Equal(buf[:n], want[:n]) {
			return errors.New("other bytes")
		}
		want = want[n:]
		if errors.Is(err, io.EOF) && len(want) == 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%d bytes before the end: %w", len(want), err)
		}
	}
}

// crowd asks n times at once, each on a connection of its own; the first leavers
// leave after a while.
func crowd(t testing.TB, url string, want []byte, n, leavers int, leave time.Duration) {
	t.Helper()
	var all sync.WaitGroup
	var wrong atomic.Int64
	one := func(i int, ctx context.Context) error {
		tr := &http.Transport{DisableKeepAlives: true}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		resp, err := tr.RoundTrip(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK || resp.ContentLength != int64(len(want)) {
			return fmt.Errorf("%s, %d bytes announced", resp.Status, resp.ContentLength)
		}
		return same(resp.Body, want)
	}
	for i := range n {
		ctx, cancel := context.WithCancel(t.Context())
		all.Go(func() {
			defer cancel()
			if i < leavers {
				stop := time.AfterFunc(leave, cancel)
				defer stop.Stop()
				_ = one(i, ctx)
				return
			}
			if err := one(i, ctx); err != nil && wrong.Add(1) < 5 {
				t.Errorf("client %d: %v", i, err)
			}
		})
		if i == 0 && leavers > 0 {
			time.Sleep(50 * time.Millisecond) // it is the leader
		}
	}
	all.Wait()
}

// P12 and P13 with the real thing: 200 clients on their own connections ask for one
// cold zip of 20 MB, the first of them and some others leave; it is fetched once.
func TestP12P13Crowd(t *testing.T) {
	up, want := bigMirror(t, 20<<20, 1500*time.Millisecond)
	s := start(t, setup{config: fmt.Sprintf("  mirrors: ['%s']\n  sumdb: {databases: ['%s']}\n  cache: {dir: cache}\n  log: {access: off}\n", up.URL(mirrortest.Slow), up.SumDBKey())})
	begin := time.Now()
	crowd(t, "http://"+s.public+bigZip, want, 200, 10, 700*time.Millisecond)
	var fetches int
	var sent int64
	for _, r := range up.Requests() {
		if strings.HasSuffix(r.Path, ".zip") {
			fetches++
			sent += r.Bytes
		}
	}
	if fetches != 1 || sent != int64(len(want)) {
		t.Errorf("%d fetches of %d bytes for a zip of %d\n%s", fetches, sent, len(want), s.talk)
	}
	t.Logf("200 clients, 10 of them left, the first among them: %d fetch, %d bytes upstream, %d to clients, %v", fetches, sent, 190*len(want), time.Since(begin).Round(time.Millisecond))
}

// A transfer that is cut at k % goes on at the same place: at most 1 MiB comes twice,
// also when the mirror cuts again and again, and every client gets the whole.
func TestCutAndResumed(t *testing.T) {
	const size = 20 << 20
	up, want := bigMirror(t, size, 0)
	cuts := map[string][]mirrortest.Mode{"again and again, one mirror": {mirrortest.Cut(3 << 20)}}
	for _, k := range []int64{1, 25, 50, 75, 99} {
		cuts[fmt.Sprintf("at %d %%", k)] = []mirrortest.Mode{mirrortest.Cut(size * k / 100), mirrortest.OK}
	}
	for name, modes := range cuts {
		t.Run(name, func(t *testing.T) {
			up.Forget()
			var urls []string
			for _, m := range modes {
				urls = append(urls, "'"+up.URL(m)+"'")
			}
			s := start(t, setup{config: fmt.Sprintf("  mirrors: [%s]\n  sumdb: {databases: ['%s']}\n  cache: {dir: cache}\n  log: {access: off}\n", strings.Join(urls, ", "), up.SumDBKey())})
			crowd(t, "http://"+s.public+bigZip, want, 20, 0, 0)
			var requests int
			var sent int64
			for _, r := range up.Requests() {
				if strings.HasSuffix(r.Path, ".zip") {
					requests++
					sent += r.Bytes
				}
			}
			again := sent - int64(len(want))
			if requests < 2 || again > 1<<20*int64(requests-1) || len(modes) == 2 && again > 1<<20 {
				t.Errorf("%d requests, %d bytes twice\n%s", requests, again, s.talk)
			}
			t.Logf("%d requests, %d bytes fetched again of %d", requests, again, len(want))
		})
	}
}
