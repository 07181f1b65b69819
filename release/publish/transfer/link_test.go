package transfer

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// link is a store behind a line, in the time of the test: so many bytes a second
// for each request and for all together, and a delay before each answer. It
// throttles above a number of simultaneous requests.
type link struct {
	each, total int64
	delay       time.Duration
	refuse      int // more requests than that are throttled; 0 = never
	swallow     int64
	busy        atomic.Int64
	active      atomic.Int64 // of them, those whose bytes are on the line
	most        atomic.Int64
	refused     atomic.Int64
	least       int64
}

func (l *link) URL() string { return "link:" }
func (l *link) Caps() store.Caps {
	return store.Caps{IfAbsent: true, MinPart: l.least, MaxParts: 10000}
}

func (l *link) Begin(ctx context.Context, key string, _ store.PutOptions) (store.Upload, error) {
	time.Sleep(l.delay)
	return &linkUpload{l: l}, ctx.Err()
}

func (l *link) Resume(context.Context, string, string, store.PutOptions) (store.Upload, error) {
	return nil, store.ErrExpired
}

func (l *link) Put(context.Context, string, io.ReadSeeker, int64, store.PutOptions) (store.Info, error) {
	return store.Info{}, store.ErrDenied
}
func (l *link) Head(context.Context, string) (store.Info, error) {
	return store.Info{}, store.ErrNotFound
}
func (l *link) Get(context.Context, string, int64, int64) (io.ReadCloser, store.Info, error) {
	return nil, store.Info{}, store.ErrNotFound
}
func (l *link) List(context.Context, string, func(store.Info) error) error { return nil }
func (l *link) Delete(context.Context, ...string) error                    { return nil }

type linkUpload struct{ l *link }

func (u *linkUpload) ID() string { return "id" }

func (u *linkUpload) Part(ctx context.Context, n int, body io.ReadSeeker, size int64) (store.PartInfo, error) {
	l := u.l
	now := l.busy.Add(1)
	defer l.busy.Add(-1)
	for {
		most := l.most.Load()
		if now <= most || l.most.CompareAndSwap(most, now) {
			break
		}
	}
	time.Sleep(l.delay/2 + rand.N(l.delay+1))
	if l.refuse > 0 && now > int64(l.refuse) {
		l.refused.Add(1)
		return store.PartInfo{}, store.WithLater(store.ErrThrottled, time.Second)
	}
	l.active.Add(1)
	defer l.active.Add(-1)
	// The first bytes vanish in buffers, as with sockets: they are read at once.
	buf := make([]byte, 64<<10)
	read, carried := int64(0), int64(0)
	for carried < size {
		for read < size && read < carried+l.swallow+int64(len(buf)) {
			n, err := body.Read(buf)
			if read += int64(n); err != nil && err != io.EOF {
				return store.PartInfo{}, err
			}
		}
		rate := min(l.each, atomic.LoadInt64(&l.total)/l.active.Load())
		chunk := min(int64(len(buf)), size-carried)
		time.Sleep(time.Duration(float64(chunk) / float64(rate) * float64(time.Second)))
		if err := ctx.Err(); err != nil {
			return store.PartInfo{}, err
		}
		carried += chunk
	}
	return store.PartInfo{Number: n, Size: size}, nil
}

func (u *linkUpload) Parts(context.Context) ([]store.PartInfo, error) { return nil, nil }
func (u *linkUpload) Commit(context.Context) (store.Info, error)      { return store.Info{}, nil }
func (u *linkUpload) Abort(context.Context) error                     { return nil }

// zeros is content without memory; its digests are the caller's business.
type zeros struct {
	at, size int64
}

func (z *zeros) ReadAt(p []byte, off int64) (int, error) {
	n := max(min(int64(len(p)), z.size-off), 0)
	clear(p[:n])
	if n < int64(len(p)) {
		return int(n), io.EOF
	}
	return int(n), nil
}

func (z *zeros) Read(p []byte) (int, error) {
	n, err := z.ReadAt(p, z.at)
	z.at += int64(n)
	return n, err
}

func (z *zeros) Seek(off int64, _ int) (int64, error) { z.at = off; return off, nil }
func (z *zeros) Close() error                         { return nil }

// empty is an object of zeros. Summing them once for each size is enough.
func empty(key string, n int64) Object {
	x, ok := empties.Load(n)
	if !ok {
		x = object("", make([]byte, n), false)
		empties.Store(n, x)
	}
	o := x.(Object)
	o.Key, o.Name = key, key
	o.Open = func() (io.ReadSeekCloser, error) { return &zeros{size: n}, nil }
	return o
}

var empties sync.Map

// over sends objects of these sizes over a link and returns how long it took.
func over(t *testing.T, l *link, o Options, sizes ...int64) (took time.Duration, s Stats) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var objects []Object
		for i, n := range sizes {
			objects = append(objects, empty(fmt.Sprint("demo/", i), n))
		}
		began := time.Now()
		tr := New(l, o)
		if err := tr.Send(t.Context(), objects); err != nil {
			t.Fatal(err)
		}
		took, s = time.Since(began), tr.Stats()
		tr.Close(t.Context(), false)
	})
	return took, s
}

func same(n int, size int64) []int64 {
	all := make([]int64, n)
	for i := range all {
		all[i] = size
	}
	return all
}

// Default options come close to the floor of any link, and where the first parts
// are through early, with hardly more connections than it needs.
func TestLinks(t *testing.T) {
	const MB = 1e6
	for name, tc := range map[string]struct {
		link  *link
		sizes []int64
		ratio float64
		most  int // connections at any time
	}{
		"slow connections":                 {&link{each: 2 * MB, total: 80 * MB, swallow: 400 << 10}, same(12, 30<<20), 1.10, 64},
		"usual connections":                {&link{each: 10 * MB, total: 80 * MB, swallow: 400 << 10}, same(12, 30<<20), 1.05, 32},
		"fast connections":                 {&link{each: 40 * MB, total: 80 * MB, swallow: 400 << 10}, same(12, 30<<20), 1.05, 16},
		"usual connections, far away":      {&link{each: 10 * MB, total: 80 * MB, delay: 60 * time.Millisecond, swallow: 100 << 10}, same(12, 30<<20), 1.25, 64},
		"one slow line":                    {&link{each: 1 * MB, total: 1 * MB, swallow: 64 << 10}, same(4, 10<<20), 1.05, 8},
		"one very slow line":               {&link{each: MB / 10, total: MB / 10, swallow: 64 << 10}, same(2, 4<<20), 1.05, 8},
		"one large file":                   {&link{each: 5 * MB, total: 40 * MB, swallow: 400 << 10}, []int64{200 << 20}, 1.08, 64},
		"a large file and many small ones": {&link{each: 5 * MB, total: 40 * MB, swallow: 400 << 10}, append(same(60, 50_000), 100<<20), 1.10, 64},
		"many small files":                 {&link{each: 5 * MB, total: 40 * MB, delay: 5 * time.Millisecond}, same(300, 100_000), 2.5, 64},
		"usual connections, large parts":   {&link{each: 10 * MB, total: 80 * MB, swallow: 400 << 10, least: 5 << 20}, same(12, 30<<20), 1.12, 64},
	} {
		t.Run(name, func(t *testing.T) {
			l := tc.link
			took, s := over(t, l, Options{}, tc.sizes...)
			var total int64
			for _, n := range tc.sizes {
				total += n
			}
			ratio := took.Seconds() / (float64(total) / float64(l.total))
			t.Logf("%.2f s, %.3f × floor, %d connections, %d requests", took.Seconds(), ratio, s.Connections, s.Requests)
			if ratio > tc.ratio {
				t.Errorf("%.3f times the floor, want %.2f", ratio, tc.ratio)
			}
			if s.Connections > tc.most {
				t.Errorf("%d connections, %d would do", s.Connections, tc.most)
			}
		})
	}
}

// A store that throttles above some connections gets no more for long, and
// everything goes through.
func TestThrottledLink(t *testing.T) {
	l := link{each: 2e6, total: 80e6, refuse: 10, swallow: 400 << 10}
	took, s := over(t, &l, Options{}, same(4, 30<<20)...)
	t.Logf("%v, %d connections at most, %d refused of %d", took, s.Connections, l.refused.Load(), s.Requests)
	if floor := time.Duration(4 * float64(30<<20) / 20e6 * float64(time.Second)); took > 2*floor {
		t.Errorf("it took %v, 10 connections can do it in %v", took, floor)
	}
	if refused := l.refused.Load(); refused > 200 || refused == 0 {
		t.Errorf("%d refusals", refused)
	}
}

// A link that gets wider is found out.
func TestWiderLink(t *testing.T) {
	l := &link{each: 2e6, total: 6e6, swallow: 400 << 10}
	synctest.Test(t, func(t *testing.T) {
		x := empty("demo/a", 300<<20)
		time.AfterFunc(10*time.Second, func() { atomic.StoreInt64(&l.total, 60e6) })
		tr := New(l, Options{})
		if err := tr.Send(t.Context(), []Object{x}); err != nil {
			t.Fatal(err)
		}
		tr.Close(t.Context(), false)
		if n := tr.Stats().Connections; n < 16 {
			t.Errorf("%d connections on a link that carries 30", n)
		}
	})
}
