package cache

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cos"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/internal/store/oss"
	"github.com/yingzao-dev/yingzao/internal/store/remotetest"
	"github.com/yingzao-dev/yingzao/internal/store/s3"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
	"github.com/yingzao-dev/yingzao/proxy"
)

var sites = map[string]remotetest.Site{
	"oss": {Dialect: bucket.OSS, Opener: oss.Opener, URL: "oss://releases/some/prefix?region=cn-hangzhou&scheme=http"},
	"cos": {Dialect: bucket.COS, Opener: cos.Opener, URL: "cos://releases-1250000000/some/prefix?region=ap-guangzhou&scheme=http"},
	"s3":  {Dialect: bucket.S3, Opener: s3.Opener, URL: "s3://releases/some/prefix?endpoint=http://s3.us-east-1.storage.test"},
}

// onBuckets runs a test on a bucket of each service, with and without versions.
func onBuckets(t *testing.T, test func(t *testing.T, st store.Store)) {
	for name, site := range sites {
		for _, versioned := range []bool{false, true} {
			if versioned {
				name += " with versions"
			}
			t.Run(name, func(t *testing.T) {
				st, _ := site.New(t, bucket.Options{Versioned: versioned})
				test(t, st)
			})
		}
	}
}

func directory(t testing.TB) store.Store {
	t.Helper()
	st, err := file.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func object(t testing.TB, st store.Store, key string) string {
	t.Helper()
	r, _, err := st.Get(t.Context(), key, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// What one proxy stores another finds: whole, with its record, key by key.
func TestTwoProxiesOnABucket(t *testing.T) {
	t.Parallel()
	onBuckets(t, func(t *testing.T, st store.Store) {
		a, b := open(t, Options{Shared: st}), open(t, Options{Shared: st})
		const path, v = "example.com/Shared", "v1.2.3"
		zipped, h1 := moduleZip(t, path, v, 300_000)
		files := map[string]string{key(proxy.Zip, path, v): string(zipped), key(proxy.Mod, path, v): "module x\n", key(proxy.Info, path, v): `{"Version":"v1.2.3"}`}
		for k, data := range files {
			if _, err := b.Get(t.Context(), k); !errors.Is(err, proxy.ErrNotFound) {
				t.Fatalf("before: %v", err)
			}
			mustFill(t, a, k, []byte(data), Record{Route: "public", Proof: "sumdb:s#1", Time: noon})
		}
		list := key(proxy.List, path, "")
		if err := a.WriteMutable(t.Context(), list, []byte("v1.2.3\n")); err != nil {
			t.Fatal(err)
		}
		for k, data := range files {
			if got := content(t, b, k); got != data {
				t.Errorf("%s: %d bytes, not %d", k, len(got), len(data))
			}
			if r, err := b.Record(t.Context(), k); err != nil || r.Proof != "sumdb:s#1" || r.Size != int64(len(data)) || !r.Time.Equal(noon) {
				t.Errorf("record %+v, %v", r, err)
			}
			if object(t, st, k) != data || object(t, st, recordKey(k)) == "" {
				t.Error("the bucket has other keys than the directory")
			}
		}
		if object(t, st, hashKey(key(proxy.Zip, path, v))) != h1 {
			t.Error("no .ziphash in the bucket")
		}
		if data, age, err := b.Read(t.Context(), list, 100); err != nil || string(data) != "v1.2.3\n" || age < 0 || age > time.Minute {
			t.Errorf("list %q, %v, %v", data, age, err)
		}
		// Out of the bucket, and what another proxy has stays.
		k := key(proxy.Zip, path, v)
		if err := a.Quarantine(t.Context(), k, errors.New("a test")); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Get(t.Context(), k); !errors.Is(err, proxy.ErrNotFound) {
			t.Errorf("after quarantine: %v", err)
		}
		if err := st.List(t.Context(), "", func(i store.Info) error {
			if strings.Contains(i.Key, ".zip") && !strings.HasPrefix(i.Key, hidden) {
				t.Errorf("left in the bucket: %s", i.Key)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		if !b.Has(k) {
			t.Error("another proxy's file went too")
		}
	})
}

// Several fill the same file at the same time: one object, everybody is content.
// With another content nobody else is.
func TestRaceForABucket(t *testing.T) {
	t.Parallel()
	onBuckets(t, func(t *testing.T, st store.Store) {
		const path, v = "example.com/race", "v1.0.0"
		k := key(proxy.Zip, path, v)
		zipped, h1 := moduleZip(t, path, v, 50_000)
		var wg sync.WaitGroup
		for range 5 {
			c := open(t, Options{Shared: st})
			wg.Go(func() {
				if err := fill(t.Context(), c, k, zipped, Record{H1: h1, Proof: "none"}); err != nil {
					t.Error(err)
				}
				if content(t, c, k) != string(zipped) {
					t.Error("not what was written")
				}
			})
		}
		wg.Wait()
		if t.Failed() {
			return
		}
		other, _ := moduleZip(t, path, v, 60_000)
		c := open(t, Options{Shared: st})
		p, err := c.Create(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.WriteAt(other, 0); err != nil {
			t.Fatal(err)
		}
		if err = p.Commit(t.Context(), Record{}); !errors.Is(err, proxy.ErrContent) {
			t.Fatalf("another content: %v", err)
		}
		if err := p.Discard(err); err != nil {
			t.Error(err)
		}
		if content(t, c, k) != string(zipped) {
			t.Error("the first did not stay")
		}
		// The same in other bytes: that of the bucket is taken.
		squeezed, h2 := packed(t, path, v, 50_000, zip.Deflate)
		if h2 != h1 || len(squeezed) == len(zipped) {
			t.Fatal("not the same in other bytes")
		}
		c = open(t, Options{Shared: st})
		mustFill(t, c, k, squeezed, Record{H1: h1})
		if content(t, c, k) != string(zipped) {
			t.Error("the directory has other bytes than the bucket")
		}
	})
}

// Mirrors word .info files differently.
func TestInfoOfAnotherMirror(t *testing.T) {
	st := directory(t)
	k := key(proxy.Info, "example.com/a", "v1.0.0")
	first := `{"Version":"v1.0.0","Time":"2026-01-02T03:04:05Z"}`
	mustFill(t, open(t, Options{Shared: st}), k, []byte(first), Record{})
	c := open(t, Options{Shared: st})
	mustFill(t, c, k, []byte(`{"Version":"v1.0.0","Time":"2026-01-02T04:04:05+01:00","Origin":{"VCS":"git"}}`), Record{})
	if content(t, c, k) != first {
		t.Error("the first did not stay")
	}
	c = open(t, Options{Shared: st})
	if err := fill(t.Context(), c, k, []byte(`{"Version":"v1.0.0","Time":"2027-01-02T04:04:05Z"}`), Record{}); !errors.Is(err, proxy.ErrContent) {
		t.Errorf("another time: %v", err)
	}
	if err := c.Write(t.Context(), k, []byte(first), Record{}); err != nil {
		t.Errorf("the same again: %v", err)
	}
	if err := c.Write(t.Context(), k, []byte(`{"Version":"v1.0.1"}`), Record{}); !errors.Is(err, proxy.ErrContent) {
		t.Errorf("another again: %v", err)
	}
}

func TestLargeFile(t *testing.T) {
	t.Parallel()
	for name, site := range sites {
		t.Run(name, func(t *testing.T) {
			st, srv := site.New(t, bucket.Options{})
			data := make([]byte, partSize+1000)
			_, _ = rand.Read(data)
			const k = "dl/go1.26.8.linux-amd64.tar.gz"
			srv.Faults(bucket.Fault{Kind: bucket.ServiceBusy, N: 3})
			mustFill(t, open(t, Options{Shared: st}), k, data, Record{Proof: "sumdb:s#1"})
			if asked := remotetest.Asked(srv); strings.Count(asked, "UploadPart") < 2 || !strings.Contains(asked, "CompleteMultipartUpload!") {
				t.Errorf("requests: %s", asked)
			}
			b := open(t, Options{Shared: st})
			if content(t, b, k) != string(data) {
				t.Error("not what was written")
			}
			if err := b.Write(t.Context(), k, data, Record{}); err != nil {
				t.Error(err)
			}
			data[0]++
			if err := fill(t.Context(), open(t, Options{Shared: st}), k, data, Record{}); !errors.Is(err, proxy.ErrContent) {
				t.Errorf("another content: %v", err)
			}
		})
	}
}

// Any one call to the bucket fails for a moment, before, in the middle or with its
// answer lost: nobody notices.
func TestEachCallFailsOnce(t *testing.T) {
	const path, v = "example.com/faulty", "v1.0.0"
	zipped, h1 := moduleZip(t, path, v, 3000)
	k := key(proxy.Zip, path, v)
	for _, when := range []storetest.When{storetest.Before, storetest.Midway, storetest.After} {
		t.Run(when.String(), func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				st := storetest.Faulty(directory(t), storetest.Fault{N: n, When: when, Err: store.ErrTransient})
				mustFill(t, open(t, Options{Shared: st}), k, zipped, Record{H1: h1, Proof: "none"})
				b := open(t, Options{Shared: st})
				if content(t, b, k) != string(zipped) {
					t.Errorf("call %d: not what was written", n)
				}
				if r, err := b.Record(t.Context(), k); err != nil || r.H1 != h1 {
					t.Errorf("call %d: %+v, %v", n, r, err)
				}
				if !st.Fired() {
					if n < 6 {
						t.Errorf("only %d calls", n)
					}
					return
				}
			}
		})
	}
}

// The bucket is out of reach: that is never "not found", what is here is served,
// and what was brought here is kept for the next try.
func TestBucketOutOfReach(t *testing.T) {
	const path, v = "example.com/away", "v1.0.0"
	zipped, _ := moduleZip(t, path, v, 3000)
	k := key(proxy.Zip, path, v)
	away := errors.New("no route to host")
	good := directory(t)
	c := open(t, Options{Shared: good})
	mustFill(t, c, key(proxy.Mod, path, v), []byte("module x\n"), Record{})
	c.o.Shared = storetest.Faulty(good, storetest.Fault{N: 1, Dead: true, Err: away})
	if content(t, c, key(proxy.Mod, path, v)) != "module x\n" {
		t.Error("a hit needs no bucket")
	}
	_, err := c.Get(t.Context(), k)
	if !errors.Is(err, proxy.ErrUnavailable) || errors.Is(err, proxy.ErrNotFound) {
		t.Errorf("Get: %v", err)
	}
	if _, _, err := c.Read(t.Context(), key(proxy.List, path, ""), 100); !errors.Is(err, proxy.ErrUnavailable) {
		t.Errorf("Read: %v", err)
	}
	if _, err := c.Record(t.Context(), k); !errors.Is(err, proxy.ErrUnavailable) {
		t.Errorf("Record: %v", err)
	}
	if err := c.Quarantine(t.Context(), k, nil); !errors.Is(err, proxy.ErrUnavailable) {
		t.Errorf("Quarantine: %v", err)
	}
	if err := c.WriteMutable(t.Context(), key(proxy.List, path, ""), []byte("v1.0.0\n")); !errors.Is(err, proxy.ErrUnavailable) || !c.Has(key(proxy.List, path, "")) {
		t.Errorf("WriteMutable: %v", err)
	}
	if err := fill(t.Context(), c, k, zipped, Record{Proof: "none"}); !errors.Is(err, proxy.ErrUnavailable) || c.Has(k) {
		t.Errorf("Commit: %v", err)
	}
	c.o.Shared = good
	p, err := c.Create(t.Context(), k)
	if err != nil || p.Have() != int64(len(zipped)) {
		t.Fatalf("what came is gone: %v", err)
	}
	if err := p.Commit(t.Context(), Record{}); err != nil {
		t.Error(err)
	}
}

// One download, however many wait, and it goes on when the first has left.
func TestBroughtOnce(t *testing.T) {
	const path, v = "example.com/once", "v1.0.0"
	zipped, _ := moduleZip(t, path, v, 100_000)
	k := key(proxy.Zip, path, v)
	st := storetest.Record(directory(t))
	mustFill(t, open(t, Options{Shared: st}), k, zipped, Record{})
	slow := &gate{Store: st, open: make(chan struct{}), reached: make(chan struct{})}
	c := open(t, Options{Shared: slow})
	st.Reset()
	first, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := c.Get(first, k)
		left <- err
	}()
	<-slow.reached
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			o, err := c.Get(t.Context(), k)
			if err != nil {
				t.Error(err)
				return
			}
			_ = o.Close()
		})
	}
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left: %v", err)
	}
	time.Sleep(10 * time.Millisecond)
	close(slow.open)
	wg.Wait()
	if n := len(st.Calls(store.OpGet)); n != 2 { // .ziphash and .zip
		t.Errorf("%d requests: %v", n, st.Calls())
	}
}

// gate holds the first Get up.
type gate struct {
	store.Store
	open, reached chan struct{}
	once          sync.Once
}

func (g *gate) Get(ctx context.Context, key string, off, n int64) (io.ReadCloser, store.Info, error) {
	g.once.Do(func() { close(g.reached) })
	<-g.open
	return g.Store.Get(ctx, key, off, n)
}

// What is damaged in the bucket never appears here.
func TestDamagedBucket(t *testing.T) {
	const path, v = "example.com/bad", "v1.0.0"
	k := key(proxy.Zip, path, v)
	zipped, _ := moduleZip(t, path, v, 3000)
	_, other := moduleZip(t, path, v, 4000)
	for name, tc := range map[string]struct {
		hash, zip string
		class     error
	}{
		"no hash yet":      {"", string(zipped), proxy.ErrNotFound},
		"another's hash":   {other, string(zipped), proxy.ErrContent},
		"no hash at all":   {"?", string(zipped), proxy.ErrContent},
		"not a zip":        {other, "hello", proxy.ErrContent},
		"hash, but no zip": {other, "", proxy.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			st := directory(t)
			for key, data := range map[string]string{hashKey(k): tc.hash, k: tc.zip} {
				if data != "" {
					if _, err := st.Put(t.Context(), key, strings.NewReader(data), int64(len(data)), store.PutOptions{}); err != nil {
						t.Fatal(err)
					}
				}
			}
			c := open(t, Options{Shared: st})
			if _, err := c.Get(t.Context(), k); !errors.Is(err, tc.class) || c.Has(k) {
				t.Errorf("%v", err)
			}
			// Whoever has the right one heals what was left half.
			if tc.class == proxy.ErrNotFound && tc.hash == "" {
				mustFill(t, c, k, zipped, Record{})
				if content(t, open(t, Options{Shared: st}), k) != string(zipped) {
					t.Error("not healed")
				}
			}
		})
	}
}

// A partial file of another origin does not spoil what comes from the bucket.
func TestBroughtOverAPartialFile(t *testing.T) {
	const path, v = "example.com/mixed", "v1.0.0"
	k := key(proxy.Zip, path, v)
	zipped, _ := moduleZip(t, path, v, 30_000)
	for name, have := range map[string][]byte{"the beginning": zipped[:9000], "other bytes": bytes.Repeat([]byte("?"), 9000), "too much": bytes.Repeat([]byte("?"), 90_000)} {
		t.Run(name, func(t *testing.T) {
			st := directory(t)
			c := open(t, Options{Shared: st})
			p, err := c.Create(t.Context(), k)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.WriteAt(have, 0); err != nil {
				t.Fatal(err)
			}
			if err := p.Park(); err != nil {
				t.Fatal(err)
			}
			mustFill(t, open(t, Options{Shared: st}), k, zipped, Record{})
			if content(t, c, k) != string(zipped) {
				t.Error("spoilt")
			}
		})
	}
}

func TestRetry(t *testing.T) {
	c := open(t, Options{})
	for name, tc := range map[string]struct {
		err error
		n   int
	}{
		"for good": {store.ErrDenied, 1}, "for a moment": {store.ErrTransient, tries}, "busy": {store.WithLater(store.ErrThrottled, time.Millisecond), tries}, "fine": {nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 0
			if err := c.retry(t.Context(), func() error { n++; return tc.err }); !errors.Is(err, tc.err) || n != tc.n {
				t.Errorf("%d tries, %v", n, err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := c.retry(ctx, func() error { n++; cancel(); return fmt.Errorf("x: %w", store.ErrTransient) })
	if n != 1 || !errors.Is(err, store.ErrTransient) {
		t.Errorf("cancelled: %d tries, %v", n, err)
	}
}
