package cache

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/proxy"
)

// P1: nothing outside the directory is opened, made or removed, whatever the key.
func TestP1Keys(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "cache")
	c := open(t, Options{Dir: dir})
	if err := os.WriteFile(filepath.Join(base, "secret"), []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	mustFill(t, c, "dl/a", []byte("x"), Record{})
	hostile := []string{
		"", ".", "..", "../secret", "/etc/passwd", "a/../../secret", "dl/../../secret", "dl//a", "dl/./a", "dl/a/", `..\secret`, `dl\a`, "dl/\x00", "dl/a\n",
		".yingzao/lock", ".yingzao", ".YINGZAO/used", "dl/" + strings.Repeat("x", 300), strings.Repeat("x/", 600) + "y", "dl/a/below", "dl",
	}
	for _, k := range hostile {
		if o, err := c.Get(t.Context(), k); !errors.Is(err, proxy.ErrNotFound) {
			t.Errorf("Get(%.40q) = %v, %v", k, o, err)
		}
		if _, _, err := c.Read(t.Context(), k, 100); !errors.Is(err, proxy.ErrNotFound) {
			t.Errorf("Read(%.40q): %v", k, err)
		}
		if c.Has(k) {
			t.Errorf("Has(%.40q)", k)
		}
		if _, err := c.Record(t.Context(), k); !errors.Is(err, proxy.ErrNotFound) {
			t.Errorf("Record(%.40q): %v", k, err)
		}
		for what, err := range map[string]error{
			"WriteMutable": c.WriteMutable(t.Context(), k, []byte("x")), "Write": c.Write(t.Context(), k, []byte("x"), Record{Proof: "none"}),
			"Touch": c.Touch(t.Context(), k), "Quarantine": c.Quarantine(t.Context(), k, nil),
		} {
			if err == nil && (what != "Touch" || k != "dl") {
				t.Errorf("%s(%.40q) was done", what, k)
			}
		}
	}
	if entries, err := os.ReadDir(base); err != nil || len(entries) != 2 {
		t.Errorf("%v, %v", entries, err)
	}
	if keys(t, c) != "dl/a" {
		t.Errorf("the tree: %s", keys(t, c))
	}
}

// A link that leads out of the directory is not followed, with openat2 or without.
func TestP1Links(t *testing.T) {
	base := t.TempDir()
	c := open(t, Options{Dir: filepath.Join(base, "cache")})
	if err := os.WriteFile(filepath.Join(base, "secret"), []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	mustFill(t, c, "dl/a", []byte("x"), Record{})
	for name, to := range map[string]string{"dl/out": base, "dl/file": filepath.Join(base, "secret"), "dl/up": "../../secret", "dl/in": "a"} {
		if err := os.Symlink(to, filepath.Join(c.Dir(), filepath.FromSlash(name))); err != nil {
			t.Skip(err)
		}
	}
	for _, slow := range []bool{false, true} {
		c.read.walk(slow)
		for _, k := range []string{"dl/out/secret", "dl/file", "dl/up"} {
			if _, err := c.Get(t.Context(), k); !errors.Is(err, proxy.ErrUnavailable) || c.Has(k) {
				t.Errorf("%s: %v", k, err)
			}
		}
		if content(t, c, "dl/in") != "x" {
			t.Error("a link that stays inside")
		}
		if content(t, c, "dl/a") != "x" {
			t.Error("a file")
		}
		if _, err := c.Get(t.Context(), "dl/none"); !errors.Is(err, proxy.ErrNotFound) {
			t.Error(err)
		}
	}
	if err := fill(t.Context(), c, "dl/out/new", []byte("x"), Record{}); err == nil {
		t.Error("written through a link")
	}
	if keys(t, c) != "dl/a" {
		t.Errorf("the tree: %s", keys(t, c))
	}
}

func TestMutableKeys(t *testing.T) {
	for k, want := range map[string]bool{
		"example.com/a/@v/list": true, "example.com/a/@latest": true, "example.com/a/@v/master.info": true, "example.com/a/@v/v1.info": true,
		"example.com/a/@v/v1.0.0.info": false, "example.com/a/@v/v1.0.0.mod": false, "example.com/a/@v/v1.0.0.zip": false, "example.com/a/@v/v1.0.0.ziphash": false,
		"sumdb/s/latest": true, "sumdb/s/lookup/example.com/a@v1.0.0": false, "sumdb/s/tile/8/0/000.p/1": false, "sumdb/s/supported": true,
		"dl/go1.26.8.src.tar.gz": false, "dl/index.json": true,
	} {
		if isMutable(k) != want {
			t.Errorf("%s: %v", k, !want)
		}
		if o := putOptions(k); strings.Contains(o.CacheControl, "immutable") == want || o.ContentType == "" {
			t.Errorf("%s: %+v", k, o)
		}
	}
}

func TestWalkInOrder(t *testing.T) {
	c := open(t, Options{})
	want := []string{"a-b/x", "a.b", "a/b", "a/c", "ab"}
	for _, k := range []string{"ab", "a/c", "a.b", "a-b/x", "a/b"} {
		mustFill(t, c, k, []byte(k), Record{})
	}
	for prefix, want := range map[string]string{"": strings.Join(want, " "), "a/": "a/b a/c", "a": strings.Join(want, " "), "a/c": "a/c", "a-": "a-b/x", "b": "", "a-b/": "a-b/x", "none/": "", "../": "", "a/b/c": ""} {
		var got []string
		if err := c.Walk(t.Context(), prefix, func(e Entry) error {
			got = append(got, e.Key)
			if e.Size != int64(len(e.Key)) || e.Modified.IsZero() {
				t.Errorf("%+v", e)
			}
			return nil
		}); err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q: %q, %v; want %q", prefix, got, err, want)
		}
	}
	stop := errors.New("enough")
	if err := c.Walk(t.Context(), "", func(Entry) error { return stop }); err != stop {
		t.Error(err)
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"key":"a","size":3,"pieces":[{"from":"x","bytes":3}],"time":"2026-11-21T12:00:00Z"}`))
	f.Add([]byte(`{"key":"b"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parseRecord("a", data)
		if err != nil {
			return
		}
		again, err := parseRecord("a", r.encode())
		if err != nil || again.H1 != r.H1 || again.Size != r.Size || len(again.Pieces) != len(r.Pieces) {
			t.Errorf("%+v, %+v, %v", r, again, err)
		}
	})
}
