package cache

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/proxy"
)

func TestMutable(t *testing.T) {
	at := &clock{noon}
	c := open(t, Options{Now: at.Now})
	list := key(proxy.List, "example.com/a", "")
	read := func(want string, wantAge time.Duration) {
		t.Helper()
		data, age, err := c.Read(t.Context(), list, 100)
		if err != nil || string(data) != want || age != wantAge {
			t.Errorf("%q, %v, %v; want %q, %v", data, age, err, want, wantAge)
		}
	}
	if _, _, err := c.Read(t.Context(), list, 100); !errors.Is(err, proxy.ErrNotFound) {
		t.Errorf("before: %v", err)
	}
	if err := c.Touch(t.Context(), list); !errors.Is(err, proxy.ErrNotFound) {
		t.Errorf("Touch: %v", err)
	}
	for _, text := range []string{"v1.0.0\n", "v1.0.0\nv1.1.0\n", ""} {
		if err := c.WriteMutable(t.Context(), list, []byte(text)); err != nil {
			t.Fatal(err)
		}
		read(text, 0)
		at.now = at.now.Add(90 * time.Second)
		read(text, 90*time.Second)
	}
	if err := c.Touch(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	read("", 0)
	// P24: the clock was ten years ahead when it was written, or is ten behind now.
	at.now = at.now.AddDate(-10, 0, 0)
	read("", oldAge)
	if err := c.Touch(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	read("", 0)
	at.now = at.now.AddDate(20, 0, 0)
	if _, age, err := c.Read(t.Context(), list, 100); err != nil || age < 19*365*24*time.Hour {
		t.Errorf("%v, %v", age, err)
	}
	at.now = at.now.Add(-20*365*24*time.Hour - 5*24*time.Hour - 30*time.Second) // a small step back
	if _, age, err := c.Read(t.Context(), list, 100); err != nil || age < 0 {
		t.Errorf("%v, %v", age, err)
	}
	if err := c.WriteMutable(t.Context(), list, []byte(strings.Repeat("v1.0.0\n", 20))); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Read(t.Context(), list, 100); !errors.Is(err, proxy.ErrUnavailable) {
		t.Errorf("beyond the limit: %v", err)
	}
	for _, k := range []string{key(proxy.Mod, "example.com/a", "v1.0.0"), key(proxy.Zip, "example.com/a", "v1.0.0"), "example.com/a/@v/v1.0.0.ziphash", key(proxy.Info, "example.com/a", "v1.0.0")} {
		if err := c.WriteMutable(t.Context(), k, []byte("x")); err == nil || c.Has(k) {
			t.Errorf("%s was written as if it could change", k)
		}
	}
}

func TestETags(t *testing.T) {
	c := open(t, Options{})
	tag := func(k string) string {
		t.Helper()
		o, err := c.Get(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		defer o.Close()
		if o.ETag != "" && (o.ETag[0] != '"' || strings.Count(o.ETag, `"`) != 2 || strings.ContainsAny(o.ETag, " \\")) {
			t.Errorf("%s is no strong ETag", o.ETag)
		}
		return o.ETag
	}
	list := key(proxy.List, "example.com/a", "")
	seen := map[string]bool{}
	for _, text := range []string{"v1.0.0\n", "v1.0.1\n", "v1.0.2\n"} { // within one tick of the clock
		if err := c.WriteMutable(t.Context(), list, []byte(text)); err != nil {
			t.Fatal(err)
		}
		seen[tag(list)] = true
	}
	mustFill(t, c, pendingKey, []byte("module a\n"), Record{})
	seen[tag(pendingKey)] = true
	if len(seen) != 4 || seen[""] {
		t.Errorf("%v", seen)
	}
	if again := tag(pendingKey); !seen[again] {
		t.Errorf("changed to %s", again)
	}
	mustFill(t, c, "dl/large", make([]byte, smallFile+1), Record{})
	if tag("dl/large") != "" {
		t.Error("a large file's ETag is not cheap")
	}
	zips := map[string]bool{}
	for n := range 3 {
		zipped, h1 := moduleZip(t, "example.com/a", version(n), 70_000)
		k := key(proxy.Zip, "example.com/a", version(n))
		mustFill(t, c, k, zipped, Record{H1: h1})
		if got := tag(k); !strings.HasPrefix(got, `"`+h1) || got != tag(k) {
			t.Errorf("%s", got)
		}
		zips[tag(k)] = true
	}
	if len(zips) != 3 {
		t.Error("zips share an ETag")
	}
}

func TestReadOnly(t *testing.T) {
	if _, err := Open(t.Context(), Options{Dir: filepath.Join(t.TempDir(), "none"), ReadOnly: true}); err == nil {
		t.Error("a directory that does not exist")
	}
	st := directory(t)
	dir := filepath.Join(t.TempDir(), "cache")
	w := open(t, Options{Dir: dir})
	mustFill(t, w, pendingKey, []byte("module a\n"), Record{Proof: "none"})
	list := key(proxy.List, "example.com/b", "")
	shared := open(t, Options{Shared: st})
	if err := errors.Join(shared.WriteMutable(t.Context(), list, []byte("x")), fill(t.Context(), shared, "dl/only-there", []byte("x"), Record{})); err != nil {
		t.Fatal(err)
	}
	before := listing(t, dir)
	c := open(t, Options{Dir: dir, ReadOnly: true, Shared: st})
	if content(t, c, pendingKey) != "module a\n" {
		t.Error("not what was written")
	}
	if _, err := c.Record(t.Context(), pendingKey); err != nil {
		t.Error(err)
	}
	c.Used(pendingKey)
	for what, err := range map[string]error{
		"Write": c.Write(t.Context(), "dl/x", nil, Record{}), "WriteMutable": c.WriteMutable(t.Context(), list, nil), "Touch": c.Touch(t.Context(), pendingKey),
		"Quarantine": c.Quarantine(t.Context(), pendingKey, nil), "Collect": second(c.Collect(t.Context())),
	} {
		if !errors.Is(err, errReadOnly) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, k := range []string{"dl/only-there", list} {
		if _, err := c.Get(t.Context(), k); !errors.Is(err, proxy.ErrUnavailable) {
			t.Errorf("%s: %v", k, err)
		}
	}
	if err := c.flushUsed(true); err != nil {
		t.Error(err)
	}
	if after := listing(t, dir); after != before {
		t.Errorf("changed:\n%s\n%s", before, after)
	}
}

func second[T any](_ T, err error) error { return err }

// listing tells every file of a directory, with size and time.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.Walk(dir, func(name string, fi os.FileInfo, err error) error {
		if err == nil {
			_, err = all.WriteString(name + fi.ModTime().String() + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
