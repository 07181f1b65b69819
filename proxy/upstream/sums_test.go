package upstream

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy"
)

// The checksum database through a pool whose first mirror is broken and whose
// second one has none: proven answers, and who has none is asked once.
func TestSumSources(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	p := pool(t, Options{Rounds: 1}, s.URL(mirrortest.ServerError), s.URL(mirrortest.NoSumDB), s.URL(mirrortest.OK))
	sources := p.SumSources("sum.mirror.test")
	if len(sources) != 4 {
		t.Fatalf("%d sources", len(sources))
	}
	db, err := mirror.NewDatabase(mirror.DatabaseOptions{Key: s.SumDBKey(), Sources: sources})
	if err != nil {
		t.Fatal(err)
	}
	sums, err := db.Lookup(t.Context(), hello, "v1.0.0")
	if zip, mod := s.Sums(hello, "v1.0.0"); err != nil || sums.Zip != zip || sums.Mod != mod {
		t.Errorf("%v, %v", sums, err)
	}
	asked := 0
	for _, r := range s.Requests() {
		if strings.HasPrefix(r.Path, "/nosumdb/") {
			asked++
		}
	}
	if asked == 0 || asked > enough {
		t.Errorf("who has none was asked %d times: %v", asked, s.Requests())
	}
	if _, err := sources[0](t.Context(), "/lookup/example.com/absent@v1.0.0"); !errors.Is(err, proxy.ErrUnavailable) {
		t.Errorf("unknown, since the first mirror is broken: %v", err)
	}
	two := pool(t, Options{}, s.URL(mirrortest.NoSumDB), s.URL(mirrortest.OK)).SumSources("sum.mirror.test")
	if _, err := two[0](t.Context(), "/lookup/example.com/absent@v1.0.0"); !errors.Is(err, proxy.ErrNotFound) || !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	// Nobody serves it.
	none := pool(t, Options{}, s.URL(mirrortest.NoSumDB)).SumSources("sum.mirror.test")
	s.Forget()
	for range 3 {
		if _, err := none[0](t.Context(), "/latest"); !errors.Is(err, proxy.ErrUnavailable) || errors.Is(err, proxy.ErrNotFound) || !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	}
	if len(none) != 1 || len(s.Requests()) != 1 {
		t.Errorf("%d sources, %d requests", len(none), len(s.Requests()))
	}
}

// A mirror with a forged database comes first: its answers fail their proof, and
// the sources behind the first one are a way past it.
func TestSumSourcesOneByOne(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	sources := pool(t, Options{}, s.URL(mirrortest.BadRecord), s.URL(mirrortest.OK)).SumSources("sum.mirror.test")
	for i, works := range []bool{false, false, true} {
		db, err := mirror.NewDatabase(mirror.DatabaseOptions{Key: s.SumDBKey(), Sources: sources[i : i+1]})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Lookup(t.Context(), hello, "v1.0.0"); (err == nil) != works {
			t.Errorf("source %d: %v", i, err)
		}
	}
}
