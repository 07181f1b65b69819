package adopt

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/fill"
)

// The cache that the real go command made, taken over in each layout, is what a
// proxy would have fetched; and a second time there is nothing to do.
func TestImport(t *testing.T) {
	s := newSite(t)
	modCache := s.modCache(t)
	for name, tc := range map[string]struct {
		dir    string
		layout Layout
		want   Layout
	}{
		"GOMODCACHE":         {modCache, Auto, ModCache},
		"GOMODCACHE, named":  {modCache, ModCache, ModCache},
		"cache/download":     {filepath.Join(modCache, "cache", "download"), "", GoProxy},
		"goproxy":            {filepath.Join(modCache, "cache", "download"), GoProxy, GoProxy},
		"Athens":             {athens(t, modCache, false), Auto, Athens},
		"Athens, with names": {athens(t, modCache, true), Athens, Athens},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			got := s.adopt(t, tc.dir, tc.layout, nil, nil)
			if got.Imported != 3*len(modules) || got.Layout != tc.want || got.Present != 0 || len(got.Refused)+len(got.Unproven) > 0 || len(got.Unknown) > 0 || got.Bytes == 0 {
				t.Fatalf("%+v", got)
			}
			if n := len(s.keys(t)); n != 4*len(modules) { // with .ziphash
				t.Errorf("%d files: %q", n, s.keys(t))
			}
			for _, k := range s.keys(t) {
				theirs, err := os.ReadFile(filepath.Join(modCache, "cache", "download", filepath.FromSlash(k)))
				ours, _, err2 := s.cache.Read(t.Context(), k, 1<<20)
				if err != nil || err2 != nil || string(theirs) != string(ours) {
					t.Errorf("%s: %q is not %q; %v %v", k, ours, theirs, err, err2)
				}
			}
			r, err := s.cache.Record(t.Context(), "example.com/!upper/@v/v0.1.0.zip")
			if zip, _ := s.Sums("example.com/Upper", "v0.1.0"); err != nil || r.H1 != zip || r.Proof != "sumdb:sum.mirror.test#7" || !strings.HasPrefix(r.Pieces[0].From, "import:") {
				t.Errorf("%+v, %v", r, err)
			}
			if err := s.cache.Check(t.Context(), "", func(c cache.Checked) error { return c.Err }); err != nil {
				t.Error(err)
			}
			if again := s.adopt(t, tc.dir, tc.layout, nil, nil); again.Imported != 0 || again.Present != 3*len(modules) {
				t.Errorf("a second time: %+v", again)
			}
		})
	}
}

// What was changed in the directory does not come in, its .ziphash notwithstanding.
func TestTamperedWith(t *testing.T) {
	s := newSite(t)
	modCache := s.modCache(t)
	at := func(k string) string { return filepath.Join(modCache, "cache", "download", filepath.FromSlash(k)) }
	other, err := os.ReadFile(at("example.com/!upper/@v/v0.1.0.zip"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, at("example.com/!upper/@v/v0.1.0.mod"), "module example.com/Upper // evil\n")
	put(t, at("example.com/hello/@v/v1.2.0.zip"), string(other))
	put(t, at("example.com/hello/@v/v1.2.0.info"), `{"Version":"v9.9.9"}`)
	if err := os.Truncate(at("example.com/!upper/v2/@v/v2.0.1.zip"), 100); err != nil {
		t.Fatal(err)
	}
	put(t, at("example.com/none/@v/v1.0.0.zip"), string(other))
	put(t, at("example.com/none/@v/v1.0.0.info"), `{"Version":"v1.0.0"}`)
	put(t, at("strange.txt"), "hello")
	if err := os.Symlink("/etc/passwd", at("example.com/hello/@v/v7.0.0.mod")); err != nil {
		t.Log(err)
	}
	got := s.adopt(t, modCache, Auto, nil, nil)
	refused, unproven := problems(got.Refused), problems(got.Unproven)
	for _, want := range []string{"example.com/Upper@v0.1.0 (.mod): ", "example.com/hello@v1.2.0 (.zip): ", "example.com/none@v1.0.0 (.zip): "} {
		if !strings.Contains(refused, want) {
			t.Errorf("%s is not refused:\n%s", want, refused)
		}
	}
	for _, want := range []string{"example.com/Upper/v2@v2.0.1 (.zip): ", "example.com/none@v1.0.0 (.info): "} {
		if !strings.Contains(unproven, want) {
			t.Errorf("%s is not among the unproven:\n%s", want, unproven)
		}
	}
	if !slices.Contains(got.Unknown, "strange.txt") {
		t.Errorf("unknown: %q", got.Unknown)
	}
	for _, k := range []string{"example.com/!upper/@v/v0.1.0.mod", "example.com/hello/@v/v1.2.0.zip", "example.com/hello/@v/v1.2.0.info", "example.com/!upper/v2/@v/v2.0.1.zip", "example.com/none/@v/v1.0.0.zip", "example.com/none/@v/v1.0.0.info", "example.com/hello/@v/v7.0.0.mod"} {
		if s.cache.Has(k) {
			t.Errorf("%s came in", k)
		}
	}
	if !s.cache.Has("example.com/!upper/@v/v0.1.0.zip") || !s.cache.Has("example.com/hello/@v/v1.2.0.mod") {
		t.Error("the sound files stayed outside")
	}
	if data, err := json.Marshal(got); err != nil || !strings.Contains(string(data), `"zh":`) {
		t.Errorf("%s, %v", data, err)
	}
}

// Nothing but a go.sum vouches for a private module, whatever its .info says, and
// no database hears of it.
func TestPrivate(t *testing.T) {
	s := newSite(t)
	modCache := s.modCache(t)
	put(t, filepath.Join(modCache, "cache/download/corp.example/secret/@v/v1.0.0.info"), `{"Version":"v1.0.0","Origin":{"VCS":"git","Hash":"0123456789012345678901234567890123456789"}}`)
	routes := proxy.Routes{{Pattern: "corp.example", Name: "corp", Private: true}, {Pattern: "example.com/Upper", Name: "no", Block: "not here"}, {Pattern: "*", Name: "public"}}
	got := s.adopt(t, modCache, Auto, routes, nil)
	if text := problems(got.Unproven); strings.Count(text, "corp.example/secret@v1.0.0") != 3 || !strings.Contains(text, "no go.sum file") || len(got.Unproven) != 3 {
		t.Errorf("unproven:\n%s", text)
	}
	if text := problems(got.Refused); strings.Count(text, "not here") != 6 {
		t.Errorf("refused:\n%s", text)
	}
	if s.db.knows("corp.example/secret") {
		t.Error("the database was asked for a private module")
	}
	zip, mod := s.Sums("corp.example/secret", "v1.0.0")
	got = s.adopt(t, modCache, Auto, routes, fill.Pins{
		module.Version{Path: "corp.example/secret", Version: "v1.0.0"}: zip, module.Version{Path: "corp.example/secret", Version: "v1.0.0/go.mod"}: mod,
	})
	if got.Imported != 3 || len(got.Unproven) > 0 || s.db.knows("corp.example/secret") {
		t.Errorf("with a go.sum: %+v", got)
	}
}

func TestTrustPrivate(t *testing.T) {
	s := newSite(t)
	tree, err := Open(s.modCache(t), Auto)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	routes := proxy.Routes{{Pattern: "*", Private: true}}
	f := fill.New(fill.Options{Cache: s.cache, Routes: tree.Routes(routes), Sums: s.db})
	defer f.Close(context.Background())
	told := 0
	got, err := Import(t.Context(), Options{From: tree, Into: s.cache, Filler: f, Routes: routes, TrustPrivate: true, Progress: func(Report) { told++ }})
	if err != nil || got.Imported != 3*len(modules) || told != got.Imported || s.db.knows("example.com/hello") {
		t.Errorf("%+v, %v, %d", got, err, told)
	}
}

func TestImportEnds(t *testing.T) {
	s := newSite(t)
	tree, err := Open(s.modCache(t), Auto)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	got, err := Import(ctx, Options{From: tree, Into: s.cache, Filler: filler(func(proxy.File) (*cache.Object, error) {
		cancel(cause)
		return nil, proxy.ErrUnavailable
	})})
	if !errors.Is(err, cause) || got.Imported != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := Import(ctx, Options{From: tree, Into: s.cache}); !errors.Is(err, cause) {
		t.Error(err)
	}
}

type filler func(proxy.File) (*cache.Object, error)

func (f filler) Get(_ context.Context, file proxy.File) (*cache.Object, error) { return f(file) }
