package cache

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/yingzao-dev/yingzao/proxy"
)

// P16: one bit of each file flips, at the start, in the middle, at the end; Check
// finds what can be found.
func TestP16BitFlips(t *testing.T) {
	c := open(t, Options{})
	const path, v = "example.com/Flip", "v1.2.3"
	zipped, h1 := moduleZip(t, path, v, 5000)
	mod := []byte("module example.com/Flip\n")
	modHash, err := hashMod(mod)
	if err != nil {
		t.Fatal(err)
	}
	record, err := tlog.FormatRecord(7, []byte(path+" "+v+" h1:x=\n"+path+" "+v+"/go.mod h1:y=\n"))
	if err != nil {
		t.Fatal(err)
	}
	sound := map[string][]byte{
		key(proxy.Zip, path, v):                             zipped,
		key(proxy.Mod, path, v):                             mod,
		key(proxy.Info, path, v):                            []byte(`{"Version":"v1.2.3"}`),
		"sumdb/sum.example/lookup/example.com/!flip@v1.2.3": record,
		"sumdb/sum.example/tile/8/0/000.p/2":                make([]byte, 64),
		"dl/go1.26.8.linux-amd64.tar.gz":                    []byte("any"),
	}
	hashes := map[string]string{key(proxy.Zip, path, v): h1, key(proxy.Mod, path, v): modHash}
	for k, data := range sound {
		mustFill(t, c, k, data, Record{H1: hashes[k]})
	}
	for k, text := range map[string]string{
		key(proxy.List, path, ""): "v1.2.3\n", key(proxy.Latest, path, ""): `{"Version":"v1.2.3"}`, key(proxy.Info, path, "master"): `{"Version":"v1.2.3"}`,
		"sumdb/sum.example/latest": "go.sum database tree\n1\nx\n\n— sum.example AAAAAAAA\n",
	} {
		if err := c.WriteMutable(t.Context(), k, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	check := func() (bad []string, n int) {
		t.Helper()
		err := c.Check(t.Context(), "", func(f Checked) error {
			n++
			if f.Err != nil {
				bad = append(bad, f.Key+": "+f.Err.Error())
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		return bad, n
	}
	if bad, n := check(); len(bad) > 0 || n != len(sound)+5 {
		t.Fatalf("sound, and yet of %d: %q", n, bad)
	}
	flips := 0
	flip := func(k string, at int) {
		t.Helper()
		name := filepath.Join(c.Dir(), filepath.FromSlash(k))
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		data[at] ^= 1
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if bad, _ := check(); len(bad) != 1 {
			t.Errorf("bit flip at %d of %s: %q", at, k, bad)
		}
		flips++
		data[at] ^= 1
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	zip := key(proxy.Zip, path, v)
	start := strings.Index(string(zipped), "x\x88x\x88") // content begins here
	for _, at := range []int{0, start, start + 700, start + 2000, len(zipped) - 22} {
		flip(zip, at)
	}
	for at := range mod {
		flip(key(proxy.Mod, path, v), at)
	}
	flip(hashKey(zip), 0)
	flip(hashKey(zip), 10)
	flip(key(proxy.Info, path, v), 15)
	flip("sumdb/sum.example/lookup/example.com/!flip@v1.2.3", 5)
	t.Logf("%d bit flips found", flips)
}

func TestCheckFinds(t *testing.T) {
	for name, tc := range map[string]struct{ key, content, says string }{
		"zip without hash":    {"example.com/a/@v/v1.0.0.zip", "x", "no .ziphash"},
		"hash of another age": {"example.com/a/@v/v1.0.0.ziphash", "md5:00", "not the hash of a zip"},
		"empty go.mod":        {"example.com/a/@v/v1.0.0.mod", "", "names no module"},
		"info is no JSON":     {"example.com/a/@v/v1.0.0.info", "<html>", "invalid character"},
		"info of another":     {"example.com/a/@v/v1.0.0.info", `{"Version":"v1.0.1"}`, `tells of version "v1.0.1"`},
		"latest of nothing":   {"example.com/a/@latest", `{}`, `tells of version ""`},
		"short tile":          {"sumdb/s/tile/8/0/000", "short", "5 bytes, not 8192"},
		"strange tile":        {"sumdb/s/tile/8/0/1", "short", "malformed tile path"},
		"record of another":   {"sumdb/s/lookup/example.com/a@v1.0.0", "7\nexample.com/b v1.0.0 h1:=\nx\n\n", "tells of another module"},
		"no record":           {"sumdb/s/lookup/example.com/a@v1.0.0", "not found", "malformed record"},
		"bad name":            {"sumdb/s/lookup/example.com/A@v1.0.0", "7\nexample.com/b v1.0.0 h1:=\nx\n\n", "invalid escaped module path"},
		"bad version":         {"sumdb/s/lookup/example.com/a@vA", "7\nexample.com/b v1.0.0 h1:=\nx\n\n", "vA"},
		"archive":             {"dl/a.tar.gz", "x", "its SHA-256 is 2d711642"},
		"no head":             {"sumdb/s/latest", "hello", "malformed note"},
	} {
		t.Run(name, func(t *testing.T) {
			c := open(t, Options{})
			file := filepath.Join(c.Dir(), filepath.FromSlash(tc.key))
			err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(tc.content), 0o644))
			if strings.HasPrefix(tc.key, "dl/") {
				err = errors.Join(err, os.WriteFile(file+".sha256", []byte("00"), 0o644))
			}
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			stop := errors.New("enough")
			err = c.Check(t.Context(), "", func(f Checked) error {
				said = append(said, fmt.Sprint(f.Key, f.Size, ": ", f.Err))
				return stop
			})
			if len(said) != 1 || !strings.Contains(said[0], tc.says) || !errors.Is(err, stop) {
				t.Errorf("%q, %v", said, err)
			}
		})
	}
}

// A zip whose content is what its hash says, and that no go command would unpack.
func TestCheckKnowsTheRulesForZips(t *testing.T) {
	c := open(t, Options{})
	zipped, h1 := moduleZip(t, "example.com/other", "v1.0.0", 100)
	mustFill(t, c, key(proxy.Zip, "example.com/a", "v1.0.0"), zipped, Record{H1: h1})
	n := 0
	err := c.Check(t.Context(), "example.com/a/", func(f Checked) error {
		if n++; isZip(f.Key) != (f.Err != nil) {
			t.Errorf("%s: %v", f.Key, f.Err)
		}
		return nil
	})
	if err != nil || n != 2 {
		t.Errorf("%d files, %v", n, err)
	}
}
