package cache

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
)

func TestOneModule(t *testing.T) {
	c := open(t, Options{})
	const path, v = "example.com/Up/a", "v1.2.3"
	zipped, h1 := moduleZip(t, path, v, 1000)
	k := key(proxy.Zip, path, v)
	if _, err := c.Get(t.Context(), k); !errors.Is(err, proxy.ErrNotFound) {
		t.Fatalf("before: %v", err)
	}
	mustFill(t, c, k, zipped, Record{H1: h1, Proof: "sumdb:sum.example#7", Pieces: []proxy.Piece{{From: "https://mirror.example", Bytes: int64(len(zipped))}}})
	if content(t, c, k) != string(zipped) || !c.Has(k) {
		t.Error("not what was written")
	}
	b, err := os.ReadFile(filepath.Join(c.Dir(), "example.com/!up/a/@v/v1.2.3.ziphash"))
	if err != nil || string(b) != h1 {
		t.Errorf("ziphash %q, %v; want %q and nothing behind it", b, err, h1)
	}
	o, err := c.Get(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if o.ETag[:4] != `"h1:` || o.Size != int64(len(zipped)) || o.Modified.IsZero() {
		t.Errorf("%+v", o)
	}
	r, err := c.Record(t.Context(), k)
	if err != nil || r.Proof != "sumdb:sum.example#7" || r.Size != o.Size || r.H1 != h1 || r.Key != k || r.Time.IsZero() || r.Pieces[0].Bytes != o.Size {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := c.Create(t.Context(), k); !errors.Is(err, store.ErrExists) {
		t.Errorf("a second time: %v", err)
	}
	if _, err := c.Record(t.Context(), key(proxy.Mod, path, v)); !errors.Is(err, proxy.ErrNotFound) {
		t.Errorf("no record: %v", err)
	}
	left, err := os.ReadDir(filepath.Join(c.Dir(), partialDir))
	if err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func BenchmarkGet(b *testing.B) {
	c := open(b, Options{})
	const path, v = "example.com/some/module", "v1.2.3"
	zipped, h1 := moduleZip(b, path, v, 84<<10)
	mustFill(b, c, key(proxy.Zip, path, v), zipped, Record{H1: h1})
	mustFill(b, c, key(proxy.Mod, path, v), []byte("module example.com/some/module\n"), Record{H1: h1})
	for name, k := range map[string]string{"zip": key(proxy.Zip, path, v), "mod": key(proxy.Mod, path, v)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				o, err := c.Get(b.Context(), k)
				if err != nil {
					b.Fatal(err)
				}
				_ = o.Close()
			}
		})
		b.Run(name+"/has", func(b *testing.B) {
			for b.Loop() {
				if !c.Has(k) {
					b.Fatal("gone")
				}
			}
		})
	}
	b.Run("os.Open", func(b *testing.B) {
		name := filepath.Join(c.Dir(), key(proxy.Zip, path, v))
		for b.Loop() {
			f, err := os.Open(name)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = f.Stat()
			_ = f.Close()
		}
	})
}

// BenchmarkCommit is a file on its way: partial file, record, name, and the
// flushes between; against one file that is written, flushed and renamed.
func BenchmarkCommit(b *testing.B) {
	zipped, h1 := moduleZip(b, "example.com/some/module", "v1.2.3", 84<<10)
	for name, data := range map[string][]byte{"mod": []byte("module example.com/some/module\n"), "zip": zipped} {
		r := Record{H1: h1, Proof: "sumdb:sum.example#7"}
		b.Run(name, func(b *testing.B) {
			c := open(b, Options{})
			n := 0
			for b.Loop() {
				n++
				mustFill(b, c, "example.com/some/module/@v/"+version(n)+"."+name, data, r)
			}
		})
		b.Run(name+"/WriteFile", func(b *testing.B) {
			dir := b.TempDir()
			n := 0
			for b.Loop() {
				n++
				temp, to := filepath.Join(dir, "temp"), filepath.Join(dir, version(n))
				f, err := os.Create(temp)
				if err == nil {
					_, err = f.Write(data)
				}
				if err = errors.Join(err, f.Sync(), f.Close(), os.Rename(temp, to)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
