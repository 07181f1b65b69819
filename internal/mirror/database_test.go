package mirror

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func database(t testing.TB, o DatabaseOptions) *Database {
	t.Helper()
	d, err := NewDatabase(o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestLookupIsVerified(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	zip, mod := s.Sums(hello, "v1.2.0")
	direct, err := Direct(s.SumDBURL(), client(t, httpx.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]Source{"mirror": mirrorOf(t, s, mirrortest.OK).Source("sum.mirror.test"), "direct": direct} {
		d := database(t, DatabaseOptions{Key: s.SumDBKey(), Sources: []Source{src}})
		for range 2 {
			if got, err := d.Lookup(t.Context(), hello, "v1.2.0"); err != nil || got != (Sums{zip, mod}) {
				t.Errorf("%s: %v, %v", name, got, err)
			}
		}
		if tree, err := d.Latest(t.Context()); err != nil || tree.N != int64(len(modules)) {
			t.Errorf("%s: %v, %v", name, tree, err)
		}
	}
	lookups := 0
	for _, r := range s.Requests() {
		if strings.Contains(r.Path, "/lookup/") {
			lookups++
		}
	}
	if lookups != 2 {
		t.Errorf("%d lookups over the wire, want one for each database", lookups)
	}
}

func TestLiesAndFailures(t *testing.T) {
	t.Parallel()
	s := serve(t, mirrortest.Options{})
	source := func(mode mirrortest.Mode) Source { return mirrorOf(t, s, mode).Source("sum.mirror.test") }
	for _, tc := range []struct {
		mode   mirrortest.Mode
		lookup Class
		latest Class
	}{
		{mirrortest.BadKey, WrongContent, WrongContent},
		{mirrortest.BadRecord, WrongContent, ""},
		{mirrortest.NoSumDB, NotFound, NotFound},
		{mirrortest.Forbidden, Denied, Denied},
		{mirrortest.HTML, HTML, HTML},
		{mirrortest.ServerError, Server, Server},
		{mirrortest.Slow, Timeout, Timeout},
		{mirrortest.Drip, Slow, Slow},
		{mirrortest.Truncated, Truncated, Truncated},
	} {
		d := database(t, DatabaseOptions{Key: s.SumDBKey(), Sources: []Source{source(tc.mode)}})
		_, err := d.Lookup(within(t, patience(tc.mode)), hello, "v1.0.0")
		if got := ClassOf(err); got != tc.lookup {
			t.Errorf("%s: lookup %q, want %q: %v", tc.mode, got, tc.lookup, err)
		}
		if zh := msg.In(err, msg.Chinese); !strings.Contains(zh, "校验数据库 sum.mirror.test") || strings.Contains(zh, "%!") {
			t.Errorf("%s in Chinese: %s", tc.mode, zh)
		}
		if tc.lookup == WrongContent && msg.KindOf(err) != msg.Findings {
			t.Errorf("%s: kind %v", tc.mode, msg.KindOf(err))
		}
		if _, err := d.Latest(within(t, patience(tc.mode))); ClassOf(err) != tc.latest {
			t.Errorf("%s: latest %q, want %q: %v", tc.mode, ClassOf(err), tc.latest, err)
		}
	}
	// A failure is not kept, and a second source helps.
	var mu sync.Mutex
	broken := true
	flaky := func(ctx context.Context, path string) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		if broken {
			return nil, errors.New("out of order")
		}
		return source(mirrortest.OK)(ctx, path)
	}
	d := database(t, DatabaseOptions{Key: s.SumDBKey(), Sources: []Source{flaky}})
	if _, err := d.Lookup(t.Context(), hello, "v1.0.0"); err == nil {
		t.Error("a source out of order")
	}
	if _, err := database(t, DatabaseOptions{Key: s.SumDBKey(), Sources: []Source{flaky, source(mirrortest.OK)}}).Lookup(t.Context(), hello, "v1.0.0"); err != nil {
		t.Errorf("the second source: %v", err)
	}
	mu.Lock()
	broken = false
	mu.Unlock()
	if _, err := d.Lookup(t.Context(), hello, "v1.0.0"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if _, err := d.Lookup(t.Context(), "example.com/none", "v1.0.0"); ClassOf(err) != NotFound && ClassOf(err) != Server {
		t.Errorf("a module that the database does not know: %q: %v", ClassOf(err), err)
	}
	for _, o := range []DatabaseOptions{{Key: s.SumDBKey()}, {Key: "sum.golang.google.cn", Sources: []Source{flaky}}} {
		if _, err := NewDatabase(o); err == nil {
			t.Errorf("%v was accepted", o)
		}
	}
}

func TestManyLookupsAtOnce(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	d := database(t, DatabaseOptions{Key: s.SumDBKey(), Sources: []Source{mirrorOf(t, s, mirrortest.OK).Source("sum.mirror.test")}})
	var all sync.WaitGroup
	for _, v := range []string{"v1.0.0", "v1.2.0", "v1.0.0", "v1.2.0"} {
		all.Go(func() {
			zip, _ := s.Sums(hello, v)
			if got, err := d.Lookup(t.Context(), hello, v); err != nil || got.Zip != zip {
				t.Errorf("%s: %v, %v", v, got, err)
			}
		})
	}
	all.Wait()
}

// Whoever delivers the bytes cannot forge any of them, and what is missing is
// not there.
func TestForgedBytesAreNotBelieved(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	honest := mirrorOf(t, s, mirrortest.OK).Source("sum.mirror.test")
	var mu sync.Mutex
	files := map[string][]byte{}
	lookup := func(src Source) (Sums, error) {
		return database(t, DatabaseOptions{Key: s.SumDBKey(), Sources: []Source{src}}).Lookup(t.Context(), hello, "v1.0.0")
	}
	want, err := lookup(func(ctx context.Context, path string) ([]byte, error) {
		data, err := honest(ctx, path)
		mu.Lock()
		defer mu.Unlock()
		files[path] = data
		return data, err
	})
	if err != nil {
		t.Fatal(err)
	}
	from := func(files map[string][]byte) Source {
		return func(_ context.Context, path string) ([]byte, error) {
			if data, ok := files[path]; ok {
				return data, nil
			}
			return nil, fs.ErrNotExist
		}
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		for at := range files[path] {
			bad := maps.Clone(files)
			bad[path] = slices.Clone(files[path])
			bad[path][at] ^= 1
			if got, err := lookup(from(bad)); err == nil && got != want {
				t.Errorf("byte %d of %s: a forged %v is believed", at, path, got)
			}
		}
		less := maps.Clone(files)
		delete(less, path)
		if _, err := lookup(from(less)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("without %s: %v", path, err)
		}
	}
	if len(files) < 2 {
		t.Errorf("the proof has only %v", slices.Collect(maps.Keys(files)))
	}
}
