package upstream

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy"
)

// memory is what a download writes to, in memory.
type inMemory struct{ data []byte }

func (m *inMemory) WriteAt(p []byte, off int64) (int, error) {
	if need := int(off) + len(p); need > len(m.data) {
		m.data = append(m.data, make([]byte, need-len(m.data))...)
	}
	return copy(m.data[off:], p), nil
}

func (m *inMemory) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(m.data).ReadAt(p, off)
}

func sent(s *mirrortest.Server) (total int64) {
	for _, r := range s.Requests() {
		total += r.Bytes
	}
	return total
}

var (
	big    = proxy.File{Kind: proxy.Zip, Module: "example.com/big", Version: "v1.0.0"}
	bigSet = func() mirrortest.Modules {
		return mirrortest.Modules{"example.com/big@v1.0.0": {"data.bin": string(noise(bigSize, 1))}}
	}
)

// A transfer of 20 MiB (2 MiB under the race detector) that breaks at k % goes on at another mirror: at most 1 MiB
// is fetched twice, for every k.
func TestCutAtEveryPercent(t *testing.T) {
	s := serve(t, mirrortest.Options{Modules: bigSet()})
	full := &inMemory{}
	if err := pool(t, Options{}, s.URL(mirrortest.OK)).Fetch(t.Context(), big, proxy.NewDownload(full, 0)); err != nil {
		t.Fatal(err)
	}
	size, worst := int64(len(full.data)), int64(0)
	got := &inMemory{data: make([]byte, 0, size)}
	for k := int64(1); k < 100; k++ {
		s.Forget()
		got.data = got.data[:0]
		p := pool(t, Options{}, s.URL(mirrortest.Cut(size*k/100)), s.URL(mirrortest.OK))
		d := proxy.NewDownload(got, 0)
		if err := p.Fetch(t.Context(), big, d); err != nil || !bytes.Equal(got.data, full.data) {
			t.Fatalf("%d %%: %v, %d bytes", k, err, d.Offset())
		}
		p.Close()
		twice := sent(s) - size
		if worst = max(worst, twice); twice > 1<<20 || len(s.Requests()) != 2 || len(d.Pieces()) != 2 {
			t.Errorf("%d %%: %d bytes fetched twice, %d requests, %v", k, twice, len(s.Requests()), d.Pieces())
		}
	}
	t.Logf("of %d bytes at most %d were sent twice", size, worst)
	// One mirror alone that breaks all the time.
	s.Forget()
	got.data = got.data[:0]
	p := pool(t, Options{}, s.URL(mirrortest.Cut(1<<20)))
	if err := p.Fetch(t.Context(), big, proxy.NewDownload(got, 0)); err != nil || !bytes.Equal(got.data, full.data) {
		t.Fatalf("one mirror: %v, %d bytes", err, len(got.data))
	}
	t.Logf("one mirror that breaks after each MiB: %d requests, %d bytes twice", len(s.Requests()), sent(s)-size)
	if twice := sent(s) - size; twice > 1<<20 || p.Health()[0].State != Up {
		t.Errorf("%d bytes twice, %+v", twice, p.Health())
	}
}

// A download that an earlier process began goes on where it is.
func TestTakenUpAgain(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	want := whole(t, s)
	for _, have := range []int{1, 100, len(want) - 1, len(want)} {
		for _, mode := range []mirrortest.Mode{mirrortest.OK, mirrortest.NoRange} {
			d, got := file(t, want[:have])
			if err := pool(t, Options{}, s.URL(mode)).Fetch(t.Context(), helloZip, d); err != nil || !bytes.Equal(got(), want) || d.Size() != int64(len(want)) {
				t.Errorf("%d bytes, %s: %v, %d of %d", have, mode, err, d.Offset(), d.Size())
			}
		}
		// Where what is there cannot be read back, nothing is compared.
		d := proxy.NewDownload(nowhere{}, int64(have))
		if err := pool(t, Options{}, s.URL(mirrortest.OK)).Fetch(t.Context(), helloZip, d); err != nil || d.Offset() != int64(len(want)) || d.Size() != int64(len(want)) {
			t.Errorf("%d bytes, not readable: %v, %d of %d", have, err, d.Offset(), d.Size())
		}
	}
}

// zipServer is a mirror with one zip and a manner.
type manner func(w http.ResponseWriter, r *http.Request, data []byte)

func zipServer(t testing.TB, data []byte, how manner) (url string, sent *atomic.Int64) {
	sent = new(atomic.Int64)
	return handler(t, func(w http.ResponseWriter, r *http.Request) { how(&counting{w, sent}, r, data) }), sent
}

type counting struct {
	http.ResponseWriter
	sent *atomic.Int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.sent.Add(int64(n))
	return n, err
}

func good(w http.ResponseWriter, r *http.Request, data []byte) {
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

func ignoring(w http.ResponseWriter, r *http.Request, data []byte) {
	r.Header.Del("Range")
	good(w, r, data)
}

// cutting sends everything but breaks at the byte of the file, once or always.
func cutting(at int, times int) manner {
	left := new(atomic.Int64)
	left.Store(int64(times))
	return func(w http.ResponseWriter, r *http.Request, data []byte) {
		if left.Add(-1) < 0 {
			good(w, r, data)
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		_, _ = w.Write(data[:at])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// Who ignores Range comes last; when nobody else is left, it is read from the start.
func TestMirrorsThatIgnoreRange(t *testing.T) {
	data := noise(4<<20, 2)
	cut, _ := zipServer(t, data, cutting(3<<20, 1))
	whole, all := zipServer(t, data, ignoring)
	ranged, _ := zipServer(t, data, good)
	d, got := file(t, nil)
	if err := pool(t, Options{}, cut, whole, ranged).Fetch(t.Context(), helloZip, d); err != nil || !bytes.Equal(got(), data) {
		t.Fatal(err)
	}
	if p := d.Pieces(); len(p) != 2 || p[1].From != ranged {
		t.Errorf("%v", p)
	}
	cut, _ = zipServer(t, data, cutting(3<<20, 100))
	all.Store(0)
	d, got = file(t, nil)
	if err := pool(t, Options{}, cut, whole).Fetch(t.Context(), helloZip, d); err != nil || !bytes.Equal(got(), data) {
		t.Fatal(err)
	}
	if p := d.Pieces(); len(p) != 2 || p[1].Bytes != 1<<20 {
		t.Errorf("%v", p)
	}
}

// Odd answers to a Range, and what is made of them.
func TestOddRanges(t *testing.T) {
	data := noise(300<<10, 3)
	part := func(header string, body func(from int) []byte) manner {
		return func(w http.ResponseWriter, r *http.Request, data []byte) {
			var from int
			if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err != nil {
				t.Errorf("Range %q", r.Header.Get("Range"))
			}
			w.Header().Set("Content-Range", strings.NewReplacer("FROM", fmt.Sprint(from), "LAST", fmt.Sprint(len(data)-1), "SIZE", fmt.Sprint(len(data))).Replace(header))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(body(from))
		}
	}
	rest := func(from int) []byte { return data[from:] }
	for name, tc := range map[string]struct {
		how  manner
		want mirror.Class
	}{
		"as asked":             {part("bytes FROM-LAST/SIZE", rest), ""},
		"size not told":        {part("bytes FROM-LAST/*", rest), ""},
		"from the start":       {part("bytes 0-LAST/SIZE", func(int) []byte { return data }), ""},
		"no header":            {part("", rest), mirror.WrongContent},
		"behind the place":     {part("bytes 299999-LAST/SIZE", rest), mirror.WrongContent},
		"another size":         {part("bytes FROM-LAST/400000", rest), differs},
		"shorter than we have": {part("bytes FROM-199999/200000", rest), mirror.WrongContent},
		"other bytes":          {part("bytes FROM-LAST/SIZE", func(from int) []byte { return noise(len(data), 4)[from:] }), differs},
		"more than the size":   {part("bytes FROM-LAST/*", func(from int) []byte { return append(bytes.Clone(data[from:]), "more"...) }), differs},
		"416": {func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
		}, mirror.NoRange},
		"416 with a size": {func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			w.Header().Set("Content-Range", "bytes */1000")
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
		}, differs},
		"a page": {func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			_, _ = io.WriteString(w, "<html>sign in</html>")
		}, mirror.HTML},
		"no zip":  {func(w http.ResponseWriter, _ *http.Request, _ []byte) { _, _ = io.WriteString(w, "PACK") }, mirror.WrongContent},
		"nothing": {func(w http.ResponseWriter, _ *http.Request, _ []byte) {}, mirror.WrongContent},
		"packed": {func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(data)
		}, mirror.WrongContent},
	} {
		url, _ := zipServer(t, data, tc.how)
		p := pool(t, Options{Rounds: 1}, url)
		d, got := file(t, data[:290<<10])
		d.SetSize(int64(len(data)))
		err := p.pull(t.Context(), p.nodes[0], &request{what: "x", rel: "/x.zip", limit: maxZip}, d, pulling{skip: true, last: true})
		if mirror.ClassOf(err) != tc.want {
			t.Errorf("%s: class %q, want %q: %v", name, mirror.ClassOf(err), tc.want, err)
		}
		if err == nil && !bytes.Equal(got(), data) || !bytes.HasPrefix(got(), data[:290<<10]) || !bytes.HasPrefix(data, got()) {
			t.Errorf("%s: %d bytes that are not the file's", name, d.Offset())
		}
	}
}

// Two mirrors that packed the same version differently are not mixed. The one whose
// file was begun is asked again first; when it is gone for good, the other one's is
// fetched from the start.
func TestMirrorsThatDiffer(t *testing.T) {
	ours, theirs := noise(3<<20, 5), noise(3<<20, 6)
	shorter := noise(2<<20, 7)
	for name, other := range map[string][]byte{"same size": theirs, "another size": shorter} {
		cut, _ := zipServer(t, ours, cutting(1<<20, 1))
		differing, _ := zipServer(t, other, good)
		d, got := file(t, nil)
		if err := pool(t, Options{}, cut, differing).Fetch(t.Context(), helloZip, d); err != nil || !bytes.Equal(got(), ours) {
			t.Errorf("%s: %v, %v", name, err, d.Pieces())
		}
		dead, n := zipServer(t, ours, func(w http.ResponseWriter, r *http.Request, data []byte) {
			if r.Header.Get("Range") != "" {
				http.Error(w, "gone", http.StatusInternalServerError)
				return
			}
			cutting(1<<20, 1)(w, r, data)
		})
		d, got = file(t, nil)
		if err := pool(t, Options{}, dead, differing).Fetch(t.Context(), helloZip, d); err != nil || !bytes.Equal(got(), other) || d.Size() != int64(len(other)) {
			t.Errorf("%s, the first one gone: %v, %v", name, err, d.Pieces())
		}
		if p := d.Pieces(); len(p) != 1 || p[0].From != differing || n.Load() > 1<<20+100 {
			t.Errorf("%s: %v, %d bytes sent", name, p, n.Load())
		}
	}
}

// What failed its proof is not asked of the same mirrors again.
func TestAvoids(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	want := whole(t, s)
	p := pool(t, Options{}, s.URL(mirrortest.BadZip), s.URL(mirrortest.OK))
	d, got := file(t, nil)
	if err := p.Fetch(t.Context(), helloZip, d); err != nil || bytes.Equal(got(), want) {
		t.Fatalf("the bad mirror was not asked: %v", err)
	}
	d.Distrust()
	if err := p.Fetch(t.Context(), helloZip, d); err != nil || !bytes.Equal(got(), want) || d.Pieces()[0].From != s.URL(mirrortest.OK) {
		t.Errorf("%v, %v", err, d.Pieces())
	}
	d.Distrust()
	s.Forget()
	if err := p.Fetch(t.Context(), helloZip, d); !errors.Is(err, proxy.ErrContent) || len(s.Requests()) != 0 {
		t.Errorf("nobody left: %v", err)
	}
	for mode, class := range map[mirrortest.Mode]error{mirrortest.NotFound: proxy.ErrContent, mirrortest.Forbidden: proxy.ErrUnavailable} {
		for _, f := range []proxy.File{helloZip, helloMod} {
			d, _ := file(t, nil)
			p := pool(t, Options{}, s.URL(mirrortest.OK), s.URL(mode))
			if err := p.Fetch(t.Context(), f, d); err != nil {
				t.Fatal(err)
			}
			d.Distrust()
			if err := p.Fetch(t.Context(), f, d); !errors.Is(err, class) {
				t.Errorf("%v, the other one says %s: %v", f, mode, err)
			}
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) WriteAt([]byte, int64) (int, error) { return 0, syscall.ENOSPC }

// A full disk is no mirror's failure, and nobody else is asked.
func TestNoRoom(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	for _, f := range []proxy.File{helloZip, helloMod} {
		s.Forget()
		p := pool(t, Options{}, s.URL(mirrortest.OK), s.URL(mirrortest.NoRange))
		err := p.Fetch(t.Context(), f, proxy.NewDownload(full{}, 0))
		if !errors.Is(err, syscall.ENOSPC) || !errors.Is(err, proxy.ErrUnavailable) || len(s.Requests()) != 1 || p.Health()[0].Failures != 0 {
			t.Errorf("%v: %v, %d requests", f, err, len(s.Requests()))
		}
	}
}
