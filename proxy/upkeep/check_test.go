package upkeep

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy/server"
)

// damages are what a disk may do to each kind of file.
var damages = []struct {
	name, key string // of one file; * is any name
	do        func([]byte) []byte
	proofs    bool // it is the database's proofs that show it
	want      Outcome
}{
	{"zip bit", "example.com/a/@v/v1.0.0.zip", flip, false, Mended},
	{"zip cut", "example.com/a/@v/v1.0.0.zip", func(b []byte) []byte { return b[:len(b)/2] }, false, Mended},
	{"zip empty", "example.com/a/@v/v1.0.0.zip", func([]byte) []byte { return nil }, false, Mended},
	{"ziphash", "example.com/a/@v/v1.0.0.ziphash", func([]byte) []byte { return []byte("h1:AAAA=") }, false, Mended},
	{"mod", "example.com/a/@v/v1.0.0.mod", flip, false, Mended},
	{"info", "example.com/a/@v/v1.0.0.info", func([]byte) []byte { return []byte("{}") }, false, Mended},
	{"private mod", team + "/@v/v1.0.0.mod", flip, false, Mended},
	{"lookup form", "sumdb/sum.mirror.test/lookup/example.com/a@v1.0.0", func(b []byte) []byte { return b[:3] }, false, Mended},
	{"lookup content", "sumdb/sum.mirror.test/lookup/example.com/a@v1.0.0", func(b []byte) []byte {
		return []byte(strings.Replace(string(b), "v1.0.0 h1:", "v1.0.0 h1:A", 1))
	}, true, Mended},
	{"tile bit", "sumdb/sum.mirror.test/tile/8/0/*/*", flip, true, Mended},
	{"tile cut", "sumdb/sum.mirror.test/tile/8/0/*/*", func(b []byte) []byte { return b[1:] }, false, Mended},
	{"head", "sumdb/sum.mirror.test/latest", func([]byte) []byte { return []byte("nothing") }, false, Mended},
}

func flip(b []byte) []byte {
	b[len(b)/2] ^= 1
	return b
}

// P16: a bit flip or worse is found without asking anybody or changing anything, then
// mended, and then all is well again.
func TestCheckFindsAndMends(t *testing.T) {
	for _, d := range damages {
		t.Run(d.name, func(t *testing.T) {
			up, c := world(t)
			filled(t, c, "example.com/a@v1.0.0", "example.com/b@v1.1.0", team+"@v1.0.0")
			names, err := filepath.Glob(filepath.Join(c.Cache.Dir, filepath.FromSlash(d.key)))
			if err != nil || len(names) == 0 {
				t.Fatalf("no file %s: %v", d.key, err)
			}
			for _, name := range names {
				data, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, d.do(data), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			before := snapshot(t, c.Cache.Dir)
			up.Forget()
			r, err := Check(t.Context(), c, server.Deps{}, CheckOptions{})
			if err != nil || r.Sound() || d.proofs != (len(r.Wrong) == 0) {
				t.Fatalf("%v: %+v", err, r)
			}
			if asked := up.Requests(); len(asked) > 0 || snapshot(t, c.Cache.Dir) != before {
				t.Fatalf("looking asked %v, or changed something", asked)
			}
			if r, err = Check(t.Context(), c, server.Deps{}, CheckOptions{Mend: true}); err != nil || !r.Sound() {
				t.Fatalf("%v: %+v", err, r)
			}
			if d.proofs && r.Proofs[0].Outcome != d.want || !d.proofs && r.Wrong[0].Outcome != d.want {
				t.Fatalf("%+v", r)
			}
			up.Close()
			r, err = Check(t.Context(), c, server.Deps{}, CheckOptions{})
			if err != nil || !r.Sound() || len(r.Wrong) > 0 || r.Proofs[0].Records != 2 {
				t.Fatalf("afterwards: %v: %+v", err, r)
			}
		})
	}
}

// With every mirror dead, what is wrong is put aside and reported as lost, never left
// to be served.
func TestCheckWithDeadMirrors(t *testing.T) {
	up, c := world(t)
	filled(t, c, "example.com/a@v1.0.0")
	name := filepath.Join(c.Cache.Dir, "example.com", "a", "@v", "v1.0.0.zip")
	if err := os.WriteFile(name, []byte("nothing"), 0o644); err != nil {
		t.Fatal(err)
	}
	up.Close()
	c.Offline = true
	r, err := Check(t.Context(), c, server.Deps{}, CheckOptions{Mend: true, Prefix: "example.com/", Collect: true})
	if err != nil || r.Sound() || len(r.Wrong) != 1 || r.Wrong[0].Outcome != Lost || r.Wrong[0].Why.IsZero() || r.Collected == nil || r.Proofs != nil {
		t.Fatalf("%v: %+v", err, r)
	}
	if _, err := os.Stat(name); !os.IsNotExist(err) {
		t.Error("it is still there")
	}
}

func TestCheckWithoutACache(t *testing.T) {
	_, c := world(t)
	_, err := Check(t.Context(), c, server.Deps{}, CheckOptions{})
	if msg.KindOf(err) != msg.Usage || msg.Hint(err).IsZero() {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(c.Cache.Dir); !os.IsNotExist(err) {
		t.Error("looking made a cache")
	}
}

// Lists are made anew by whoever asks; a key of nobody's is only removed.
func TestCheckMutable(t *testing.T) {
	_, c := world(t)
	filled(t, c, "example.com/a@v1.0.0")
	latest := filepath.Join(c.Cache.Dir, "example.com", "a", "@latest")
	if err := os.WriteFile(latest, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	var last int
	r, err := Check(t.Context(), c, server.Deps{}, CheckOptions{Mend: true, Progress: func(files int, _ int64) { last = files }})
	if err != nil || !r.Sound() || !slices.ContainsFunc(r.Wrong, func(w Wrong) bool { return w.Key == "example.com/a/@latest" && w.Outcome == Gone }) || last != r.Files {
		t.Fatalf("%v: %+v", err, r)
	}
}
