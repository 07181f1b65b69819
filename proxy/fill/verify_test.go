package fill

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/proxy"
)

func (s *site) quarantined(key string) bool {
	_, err := os.Stat(filepath.Join(s.dir, ".yingzao", "quarantine", filepath.FromSlash(key)))
	return err == nil
}

// P10: content that the database does not have is refused, put aside and reported;
// the other mirror's is taken.
func TestP10Mismatch(t *testing.T) {
	for _, path := range []string{helloZip, helloMod} {
		t.Run(path, func(t *testing.T) {
			w := helloWorld(t)
			good := map[module.Version][]byte{v100: w.zips[v100]}
			if path == helloMod {
				good[v100] = w.mods[v100]
			}
			db := logged(t, w)
			w.zips[v100] = makeZip(t, "example.com/hello@v1.0.0/", map[string]string{"go.mod": "module example.com/hello\n", "a.go": "package evil\n"})
			w.mods[v100] = []byte("module example.com/hello\n\nrequire example.com/evil v1.0.0\n")
			s := newSite(t, w, db, nil)
			err := s.fails(path, proxy.ErrContent)
			if !strings.Contains(err.Error(), "the checksum database has h1:") {
				t.Errorf("%v", err)
			}
			if !s.quarantined(path) || s.cache.Has(path) || s.count(Quarantined) != 1 || s.count(Refused) != 1 {
				t.Errorf("quarantined %v, events %v", s.quarantined(path), s.events)
			}
			bad := w.zips[v100]
			if path == helloMod {
				bad = w.mods[v100]
			}
			if kept, _ := os.ReadFile(filepath.Join(s.dir, ".yingzao", "quarantine", filepath.FromSlash(path))); !bytes.Equal(kept, bad) {
				t.Errorf("%d bytes of evidence, not %d", len(kept), len(bad))
			}
			before := w.requests("")
			s.fails(path, proxy.ErrContent) // remembered
			if w.requests("") != before {
				t.Error("what failed its proof was fetched again at once")
			}
			s.later(61 * time.Second)
			w.set(func(w *world) { w.others = map[string]map[module.Version][]byte{"other.test": good} })
			if got := s.get(path); !bytes.Equal(got, good[v100]) {
				t.Errorf("got %d bytes", len(got))
			}
			if r := s.record(path); len(r.Pieces) != 1 || r.Pieces[0].From != "other.test" {
				t.Errorf("who sent it: %+v", r.Pieces)
			}
		})
	}
}

// P7: a zip that breaks the rules is refused whatever its hash is, and nothing of
// it is kept in the tree.
func TestP7BadZip(t *testing.T) {
	const prefix = "example.com/hello@v1.0.0/"
	for name, data := range map[string][]byte{
		"wrong prefix":   makeZip(t, "example.com/other@v1.0.0/", map[string]string{"a.go": "package a\n"}),
		"no prefix":      makeZip(t, "", map[string]string{"a.go": "package a\n"}),
		"climbing":       makeZip(t, prefix, map[string]string{"../../../etc/passwd": "x"}),
		"case collision": makeZip(t, prefix, map[string]string{"a.go": "package a\n", "A.go": "package a\n"}),
		"nested go.mod":  makeZip(t, prefix, map[string]string{"sub/go.mod": "module x\n"}),
		"GO.MOD":         makeZip(t, prefix, map[string]string{"GO.MOD": "module x\n"}),
		"absolute":       makeZip(t, prefix, map[string]string{"/etc/passwd": "x"}),
		"backslash":      makeZip(t, prefix, map[string]string{`..\x`: "x"}),
		"large go.mod":   makeZip(t, prefix, map[string]string{"go.mod": strings.Repeat("\n", 17<<20)}),
	} {
		t.Run(name, func(t *testing.T) {
			w := helloWorld(t)
			w.zips[v100] = data
			s := newSite(t, w, nil, nil)
			s.fails(helloZip, proxy.ErrContent)
			if s.cache.Has(helloZip) || s.count(Quarantined) != 1 || !s.quarantined(helloZip) {
				t.Errorf("in the cache %v, events %v", s.cache.Has(helloZip), s.events)
			}
			entries, _ := filepath.Glob(filepath.Join(s.dir, "example.com", "hello", "@v", "*"))
			if len(entries) > 0 {
				t.Errorf("in the tree: %v", entries)
			}
		})
	}
}

// P7: more bytes than a module may have end the download at once.
func TestP7TooLong(t *testing.T) {
	w := helloWorld(t)
	sent := 0
	w.deliver = func(f proxy.File, d *proxy.Download) error {
		d.Begin(w.name)
		chunk := make([]byte, 1<<20)
		for range 64 {
			n, err := d.Write(chunk)
			sent += n
			if err != nil {
				return proxy.Fail(proxy.ErrUnavailable, f.String(), err)
			}
		}
		return nil
	}
	s := newSite(t, w, nil, nil)
	s.fails(helloMod, proxy.ErrContent)
	if sent != 2*16<<20 { // asked twice: others might have the right one
		t.Errorf("%d bytes were taken", sent)
	}
	if s.quarantined(helloMod) || s.cache.Has(helloMod) {
		t.Error("16 MiB of nothing were kept")
	}
}

// P8: a bomb of ratio 1,028 costs no memory; one that lies about its length is
// ended where it says it ends.
func TestP8Bomb(t *testing.T) {
	const prefix = "example.com/hello@v1.0.0/"
	honest := makeZip(t, prefix, map[string]string{"zeros": strings.Repeat("\x00", 200<<20)})
	lying, huge := bytes.Clone(honest), bytes.Clone(honest)
	patchSize(t, lying, 1000)
	patchSize(t, huge, 501<<20)
	for _, tt := range []struct {
		name string
		data []byte
		want error
	}{
		{"honest", honest, nil}, // the go command takes it too: it is within the limits, and proven
		{"lying", lying, proxy.ErrContent},
		{"beyond 500 MiB", huge, proxy.ErrContent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := helloWorld(t)
			w.zips[v100] = tt.data
			var db *database
			if tt.want == nil {
				db = logged(t, w)
			}
			s := newSite(t, w, db, nil)
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := s.Get(t.Context(), proxy.File{Kind: proxy.Zip, Module: hello, Version: "v1.0.0"})
			runtime.ReadMemStats(&after)
			if !errors.Is(err, tt.want) {
				t.Fatal(err)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20 {
				t.Errorf("%d bytes of memory for a zip of %d", n, len(tt.data))
			} else {
				t.Logf("%d KiB allocated for a zip of %d KiB", n>>10, len(tt.data)>>10)
			}
		})
	}
}

// patchSize makes the directory's first entry claim a length.
func patchSize(t *testing.T, data []byte, size uint32) {
	t.Helper()
	at := bytes.LastIndex(data, []byte("PK\x01\x02"))
	if at < 0 {
		t.Fatal("no directory")
	}
	binary.LittleEndian.PutUint32(data[at+24:], size)
}

// A directory of nothing but names is refused before room is made for it.
func TestCount(t *testing.T) {
	entry := append([]byte("PK\x01\x02"), make([]byte, 42)...)
	data := bytes.Repeat(entry, maxEntries+1)
	if err := count(bytes.NewReader(data), int64(len(data))); !errors.Is(err, proxy.ErrContent) {
		t.Errorf("%d entries: %v", maxEntries+1, err)
	}
	data = data[len(entry):]
	if err := count(bytes.NewReader(data), int64(len(data))); err != nil {
		t.Errorf("%d entries: %v", maxEntries, err)
	}
}

// P9: a body that ends early is trouble and not forgery, with a length announced
// and without; others are asked.
func TestP9Truncated(t *testing.T) {
	for _, announced := range []bool{true, false} {
		for _, path := range []string{helloZip, helloMod} {
			w := helloWorld(t)
			db := logged(t, w)
			whole := w.zips[v100]
			if path == helloMod {
				whole = w.mods[v100]
			}
			asked := 0
			w.deliver = func(f proxy.File, d *proxy.Download) error {
				asked++
				if d.Avoids("cut.test") {
					return errDown
				}
				d.Begin("cut.test")
				if announced {
					d.SetSize(int64(len(whole)))
				}
				_, err := d.Write(whole[:len(whole)/2])
				return err
			}
			s := newSite(t, w, db, nil)
			class := proxy.ErrUnavailable
			if path == helloMod && !announced {
				class = proxy.ErrContent // half a go.mod is another go.mod
			}
			s.fails(path, class)
			if asked != 2 || s.cache.Has(path) {
				t.Errorf("%s, announced %v: asked %d times, in the cache %v", path, announced, asked, s.cache.Has(path))
			}
			if class == proxy.ErrUnavailable && s.count(Quarantined) != 0 {
				t.Errorf("%s, announced %v: called forgery", path, announced)
			}
			w.set(func(w *world) { w.deliver = nil })
			s.later(2 * time.Minute)
			if got := s.get(path); !bytes.Equal(got, whole) {
				t.Errorf("%s: %d bytes", path, len(got))
			}
		}
	}
}

// What an earlier try left goes on where it was; when it does not fit to what
// comes, it is thrown away, and nobody is accused.
func TestResume(t *testing.T) {
	w := helloWorld(t)
	whole := w.zips[v100]
	var offsets []int64
	fail := true
	w.deliver = func(f proxy.File, d *proxy.Download) error {
		offsets = append(offsets, d.Offset())
		if fail {
			d.Begin(w.name)
			if _, err := d.Write(whole[:40]); err != nil {
				return err
			}
			return errDown
		}
		return send(d, w.name, whole)
	}
	s := newSite(t, w, logged(t, w), nil)
	s.fails(helloZip, proxy.ErrUnavailable)
	fail = false
	s.get(helloZip)
	if len(offsets) != 2 || offsets[1] != 40 {
		t.Errorf("offsets %v", offsets)
	}

	w2 := helloWorld(t)
	s2 := newSite(t, w2, logged(t, w2), nil)
	p, err := s2.cache.Create(t.Context(), helloZip)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.WriteAt([]byte("what another file begins with"), 0); err != nil {
		t.Fatal(err)
	}
	if err := p.Park(); err != nil {
		t.Fatal(err)
	}
	if got := s2.get(helloZip); !bytes.Equal(got, w2.zips[v100]) || s2.count(Quarantined) != 0 {
		t.Errorf("%d bytes, events %v", len(got), s2.events)
	}
}

// The database out of reach: the body is kept, and not fetched again.
func TestDatabaseDown(t *testing.T) {
	for _, path := range []string{helloZip, helloMod} {
		w := helloWorld(t)
		db := logged(t, w)
		db.set(errDown)
		s := newSite(t, w, db, nil)
		for range 3 {
			err := s.fails(path, proxy.ErrUnavailable)
			if !strings.Contains(err.Error(), "sum.mirror.test cannot be asked") {
				t.Errorf("%v", err)
			}
		}
		db.set(nil)
		s.get(path)
		if n := w.requests(""); n != 1 {
			t.Errorf("%s: %d requests", path, n)
		}
		if r := s.record(path); r.Proof != "sumdb:sum.mirror.test#42" {
			t.Errorf("%+v", r)
		}
	}
}

// What the database does not know cannot be proven. That is no proof of forgery.
func TestDatabaseDoesNotKnow(t *testing.T) {
	w := helloWorld(t)
	db := &database{}
	s := newSite(t, w, db, nil)
	s.fails(helloZip, proxy.ErrContent)
	if s.count(Quarantined) != 0 || s.cache.Has(helloZip) {
		t.Errorf("events %v", s.events)
	}
	s.later(2 * time.Minute)
	db.sums = logged(t, w).sums // now it does
	s.get(helloZip)
	if n := w.requests(""); n != 1 {
		t.Errorf("%d requests", n)
	}
	// A record without a line for the go.mod proves no go.mod.
	sums := db.sums[v100]
	db.sums[v100] = mirror.Sums{Zip: sums.Zip}
	s.fails(helloMod, proxy.ErrContent)
	// A database whose answer cannot be proven proves nothing either.
	w.add(t, "example.com/b", "v1.0.0", "package b\n")
	db.set(proxy.Fail(proxy.ErrContent, "record", errors.New("not in the tree")))
	s.fails("example.com/b/@v/v1.0.0.zip", proxy.ErrContent)
	if s.count(Quarantined) != 0 {
		t.Errorf("events %v", s.events)
	}
}

// Async hands out what it could not prove, and takes it back when it fails.
func TestAsync(t *testing.T) {
	w := helloWorld(t)
	db := logged(t, w)
	db.set(errDown)
	s := newSite(t, w, db, func(o *Options) { o.Mode, o.Retry = Async, 10*time.Millisecond })
	s.get(helloMod)
	s.get(helloZip)
	if r := s.record(helloZip); r.Proof != "pending" {
		t.Errorf("record %+v", r)
	}
	if n, waiting, err := s.Prove(t.Context(), ""); n != 0 || waiting != 2 || err != nil {
		t.Errorf("Prove = %d, %d, %v", n, waiting, err)
	}
	sums := db.sums[v100]
	db.mu.Lock()
	db.sums[v100] = mirror.Sums{Mod: sums.Mod, Zip: "h1:something else"}
	db.down = nil
	db.mu.Unlock()
	waitFor(t, func() bool { return s.count(Quarantined) == 1 })
	if !s.quarantined(helloZip) || s.cache.Has(helloZip) || !s.cache.Has(helloMod) {
		t.Errorf("zip %v, go.mod %v, events %v", s.cache.Has(helloZip), s.cache.Has(helloMod), s.events)
	}
	s.fails(helloZip, proxy.ErrContent)
}

// With the site's go.sum no database is needed, and nothing else passes.
func TestPins(t *testing.T) {
	w := helloWorld(t)
	db := logged(t, w)
	pins := Pins{}
	if err := pins.Add("go.sum", []byte(hello+" v1.0.0 "+db.sums[v100].Zip+"\n"+hello+" v1.0.0/go.mod h1:other\n")); err != nil {
		t.Fatal(err)
	}
	s := newSite(t, w, db, func(o *Options) { o.Pins = pins })
	s.get(helloZip)
	if db.lookups() != 0 || s.record(helloZip).Proof != "go.sum" {
		t.Errorf("%d lookups, %+v", db.lookups(), s.record(helloZip))
	}
	if err := s.fails(helloMod, proxy.ErrContent); !strings.Contains(err.Error(), "go.sum has h1:other") {
		t.Errorf("%v", err)
	}
}

// P11: upstream moved a tag. What was here stays for ever, also when the cache made
// room for something else in between.
func TestP11MovedTag(t *testing.T) {
	w := helloWorld(t)
	old := w.zips[v100]
	private := func(o *Options) {
		o.Routes = proxy.Routes{{Name: "intranet", Pattern: "*", Source: w, Private: true}}
	}
	s := newSite(t, w, nil, private)
	s.get(helloZip)
	w.zips[v100] = makeZip(t, "example.com/hello@v1.0.0/", map[string]string{"a.go": "package moved\n"})
	if got := s.get(helloZip); !bytes.Equal(got, old) {
		t.Error("the old bytes are gone")
	}
	for _, name := range []string{"v1.0.0.zip", "v1.0.0.ziphash"} { // as Collect does
		if err := os.Remove(filepath.Join(s.dir, "example.com", "hello", "@v", name)); err != nil {
			t.Fatal(err)
		}
	}
	err := s.fails(helloZip, proxy.ErrContent)
	if !strings.Contains(err.Error(), "when it was here before") || s.count(Changed) == 0 {
		t.Errorf("%v, events %v", err, s.events)
	}
	s.later(2 * time.Minute)
	w.set(func(w *world) { w.zips[v100] = old })
	if got := s.get(helloZip); !bytes.Equal(got, old) {
		t.Error("the old bytes do not come back")
	}
}

// P16: what went into quarantine is fetched again.
func TestP16Repair(t *testing.T) {
	w := helloWorld(t)
	s := newSite(t, w, logged(t, w), nil)
	s.get(helloZip)
	if err := s.cache.Quarantine(t.Context(), helloZip, io.ErrUnexpectedEOF); err != nil {
		t.Fatal(err)
	}
	if err := s.Repair(t.Context(), helloZip); err != nil {
		t.Fatal(err)
	}
	if !s.cache.Has(helloZip) || w.requests("") != 2 {
		t.Errorf("in the cache %v, %d requests", s.cache.Has(helloZip), w.requests(""))
	}
	if err := s.Repair(t.Context(), helloZip); err != nil || w.requests("") != 2 {
		t.Errorf("a second time: %v, %d requests", err, w.requests(""))
	}
	if err := s.Repair(t.Context(), "no/such/key"); !errors.Is(err, proxy.ErrNotFound) {
		t.Error(err)
	}
}

// P20: private modules come from their own source; neither the database nor a
// public mirror learns their names, whatever goes wrong.
func TestP20Private(t *testing.T) {
	public, private := newWorld(), newWorld()
	private.name = "git.corp.example"
	private.add(t, "git.corp.example/secret", "v1.0.0", "package secret\n")
	public.add(t, hello, "v1.0.0", "package hello\n")
	db := logged(t, public)
	s := newSite(t, public, db, func(o *Options) {
		o.Routes = proxy.Routes{
			{Name: "intranet", Pattern: "git.corp.example", Source: private, Private: true},
			{Name: "public", Pattern: "*", Source: public},
		}
	})
	all := []string{"@v/v1.0.0.info", "@v/v1.0.0.mod", "@v/v1.0.0.zip", "@v/list", "@latest", "@v/main.info", "@v/v1.0.1.zip", "sub/@v/list", "sub/@latest"}
	for _, down := range []error{nil, errDown, proxy.Fail(proxy.ErrNotFound, "x", nil)} {
		private.set(func(w *world) { w.down = down })
		for _, p := range all {
			_, _ = s.try("git.corp.example/secret/" + p)
			_, _ = s.try("git.corp.example/other/" + p)
		}
		s.later(2 * time.Minute)
	}
	s.get("git.corp.example/secret/@v/v1.0.0.zip")
	s.get(helloZip)
	if public.requests("") != 1 || public.requests(hello) != 1 || len(db.asked) != 1 || db.asked[0] != "example.com/hello@v1.0.0" {
		t.Errorf("a name left: %v, %v", public.asked, db.asked)
	}
	if r := s.record("git.corp.example/secret/@v/v1.0.0.zip"); r.Proof != "vcs:0123456789abcdef" || r.Route != "intranet" {
		t.Errorf("record %+v", r)
	}
	if private.requests("") == 0 || private.requests("hello") != 0 {
		t.Errorf("private: %v", private.asked)
	}
}

// A .info is kept as it came, when it is one.
func TestInfo(t *testing.T) {
	w := helloWorld(t)
	s := newSite(t, w, logged(t, w), nil)
	if got := string(s.get(helloInf)); got != w.infos[v100] {
		t.Errorf("%s", got)
	}
	for version, body := range map[string]string{
		"v1.1.0": `{"Version":"v1.1.1"}`,
		"v1.2.0": `<html>log in</html>`,
		"v1.3.0": `{"Version":"main"}`,
		"v1.4.0": `{"Version":"v1.4.0","Time":"yesterday"}`,
		"v1.5.0": `[]`,
	} {
		w.infos[module.Version{Path: hello, Version: version}] = body
		s.fails("example.com/hello/@v/"+version+".info", proxy.ErrContent)
		if s.cache.Has("example.com/hello/@v/" + version + ".info") {
			t.Errorf("%s was kept", body)
		}
	}
}
