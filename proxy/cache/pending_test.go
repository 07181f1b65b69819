package cache

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
)

const pendingKey = "example.com/a/@v/v1.0.0.mod"

func create(t testing.TB, c *Cache, key string) *Pending {
	t.Helper()
	p, err := c.Create(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Park() })
	return p
}

func write(t testing.TB, p *Pending, s string, off int64) {
	t.Helper()
	if _, err := p.WriteAt([]byte(s), off); err != nil {
		t.Fatal(err)
	}
}

// A download that broke off goes on in the next process; one that starts anew
// leaves nothing of the old behind.
func TestPartialFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	c, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	p := create(t, c, pendingKey)
	if p.Have() != 0 || p.Key() != pendingKey {
		t.Errorf("%d %s", p.Have(), p.Key())
	}
	d := proxy.NewDownload(p, p.Have())
	if _, err := io.Copy(d, strings.NewReader("module exam")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Park(), p.Park(), c.Close()); err != nil {
		t.Fatal(err)
	}
	c, err = Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p = create(t, c, pendingKey)
	if p.Have() != 11 {
		t.Fatalf("have %d", p.Have())
	}
	d = proxy.NewDownload(p, p.Have())
	d.Restart()
	if _, err := io.Copy(d, strings.NewReader("mod")); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(t.Context(), Record{Size: 11}); !errors.Is(err, proxy.ErrContent) || c.Has(pendingKey) {
		t.Errorf("another size than promised: %v", err)
	}
	if err := p.Commit(t.Context(), Record{Size: 3}); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(t.Context(), Record{}); err == nil {
		t.Error("committed twice")
	}
	if err := errors.Join(p.Park(), p.Discard(errors.New("no"))); err != nil {
		t.Error(err)
	}
	if content(t, c, pendingKey) != "mod" {
		t.Error("something of the old is left")
	}
}

func TestEmptyPartialFileIsNotKept(t *testing.T) {
	c := open(t, Options{})
	if err := create(t, c, pendingKey).Park(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(filepath.Join(c.Dir(), partialDir)); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestDiscard(t *testing.T) {
	at := &clock{noon}
	c := open(t, Options{Now: at.Now})
	for _, why := range []error{nil, errors.New("hash h1:x, not h1:y"), errors.New("again")} {
		p := create(t, c, pendingKey)
		if p.Have() != 0 {
			t.Error("what was discarded came back")
		}
		write(t, p, "evil", 0)
		if err := p.Discard(why); err != nil {
			t.Fatal(err)
		}
		in := filepath.Join(c.Dir(), quarantineDir, filepath.FromSlash(pendingKey))
		data, err := os.ReadFile(in)
		if why == nil {
			if err == nil {
				t.Error("in quarantine without a reason")
			}
			continue
		}
		told, err2 := os.ReadFile(in + ".why")
		var q Quarantined
		if err := errors.Join(err, err2, json.Unmarshal(told, &q)); err != nil || string(data) != "evil" || q.Reason != why.Error() || q.Key != pendingKey || !q.Time.Equal(noon) {
			t.Errorf("%q %+v %v", data, q, err)
		}
	}
	if c.Has(pendingKey) {
		t.Error("it appeared")
	}
}

func TestQuarantine(t *testing.T) {
	c := open(t, Options{})
	k := key(proxy.Zip, "example.com/a", "v1.0.0")
	if err := c.Quarantine(t.Context(), k, nil); !errors.Is(err, proxy.ErrNotFound) {
		t.Errorf("absent: %v", err)
	}
	zipped, h1 := moduleZip(t, "example.com/a", "v1.0.0", 100)
	mustFill(t, c, k, zipped, Record{H1: h1})
	if err := c.Quarantine(t.Context(), k, errors.New("bit rot")); err != nil {
		t.Fatal(err)
	}
	if keys(t, c) != "" || c.Has(k) {
		t.Errorf("left %s", keys(t, c))
	}
	mustFill(t, c, k, zipped, Record{H1: h1}) // fetched again
	if content(t, c, k) != string(zipped) {
		t.Error("not what was written")
	}
}

// One at a time, and who waits finds what the first one made.
func TestCreateWaits(t *testing.T) {
	c := open(t, Options{})
	p := create(t, c, pendingKey)
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(lockPoll, func() { cancel(gone) })
	if _, err := c.Create(ctx, pendingKey); !errors.Is(err, gone) {
		t.Errorf("who does not wait: %v", err)
	}
	if err := c.Quarantine(ctx, pendingKey, nil); !errors.Is(err, gone) {
		t.Errorf("Quarantine: %v", err)
	}
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if _, err := c.Create(t.Context(), pendingKey); !errors.Is(err, store.ErrExists) {
				t.Errorf("who waits: %v", err)
			}
		})
	}
	write(t, p, "module x", 0)
	if err := p.Commit(t.Context(), Record{}); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if left, err := os.ReadDir(filepath.Join(c.Dir(), partialDir)); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// Something was put there by hand.
func TestCommitOverWhatIsThere(t *testing.T) {
	const path, v = "example.com/a", "v1.0.0"
	zipped, h1 := moduleZip(t, path, v, 1000)
	other, h2 := moduleZip(t, path, v, 2000)
	zip, mod := key(proxy.Zip, path, v), key(proxy.Mod, path, v)
	for name, tc := range map[string]struct {
		key         string
		there, hash string
		ours        string
		want        error
		content     string
	}{
		"equal":                 {mod, "module a", "", "module a", nil, "module a"},
		"different":             {mod, "module a", "", "module b", proxy.ErrContent, "module a"},
		"longer":                {mod, "module a", "", "module ab", proxy.ErrContent, "module a"},
		"zip with its hash":     {zip, string(zipped), h1, string(zipped), nil, string(zipped)},
		"another with its hash": {zip, string(other), h2, string(zipped), proxy.ErrContent, string(other)},
		"zip alone":             {zip, string(zipped), "", string(zipped), nil, string(zipped)},
		"another alone":         {zip, string(other), "", string(zipped), nil, string(zipped)},
		"torn alone":            {zip, string(zipped[:99]), "", string(zipped), nil, string(zipped)},
	} {
		t.Run(name, func(t *testing.T) {
			c := open(t, Options{})
			p := create(t, c, tc.key)
			file := filepath.Join(c.Dir(), filepath.FromSlash(tc.key))
			err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(tc.there), 0o644))
			if tc.hash != "" {
				err = errors.Join(err, os.WriteFile(strings.TrimSuffix(file, zipExt)+hashExt, []byte(tc.hash), 0o644))
			}
			if err != nil {
				t.Fatal(err)
			}
			if tc.key == zip && tc.hash == "" && c.Has(zip) {
				t.Error("a zip without a .ziphash is there")
			}
			write(t, p, tc.ours, 0)
			if err := p.Commit(t.Context(), Record{}); !errors.Is(err, tc.want) {
				t.Errorf("%v", err)
			}
			if got := content(t, c, tc.key); got != tc.content {
				t.Errorf("%d bytes, not %d", len(got), len(tc.content))
			}
		})
	}
}

// A process was killed between giving a zip its name and removing the partial one,
// and its .ziphash was lost: filling it again does not write into what is there.
func TestTwoNames(t *testing.T) {
	c := open(t, Options{})
	k := key(proxy.Zip, "example.com/a", "v1.0.0")
	zipped, h1 := moduleZip(t, "example.com/a", "v1.0.0", 1000)
	mustFill(t, c, k, zipped, Record{H1: h1})
	if err := errors.Join(c.root.Link(k, partialName(k)), c.root.Remove(hashKey(k))); err != nil {
		t.Fatal(err)
	}
	before, err := c.root.Open(k)
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	p := create(t, c, k)
	if p.Have() != 0 {
		t.Errorf("have %d", p.Have())
	}
	write(t, p, "something else", 0)
	if fi, err := before.Stat(); err != nil || fi.Size() != int64(len(zipped)) {
		t.Errorf("what is being served was changed: %v, %v", fi.Size(), err)
	}
}

// File systems without hard links, as FAT and some shares, rename; still nothing
// is replaced.
func TestWithoutHardLinks(t *testing.T) {
	c := open(t, Options{})
	c.link = func(*os.Root, string, string) error { return &os.LinkError{Op: "link", Err: syscall.EPERM} }
	mustFill(t, c, pendingKey, []byte("module x"), Record{})
	if content(t, c, pendingKey) != "module x" {
		t.Error("not what was written")
	}
	p, err := c.take(pendingKey)
	if err != nil || p == nil {
		t.Fatal(err)
	}
	defer p.Park()
	write(t, p, "module y", 0)
	if err := p.appear(Record{Key: pendingKey}); err == nil || content(t, c, pendingKey) != "module x" {
		t.Errorf("replaced: %v", err)
	}
}

func TestNotAZip(t *testing.T) {
	c := open(t, Options{})
	k := key(proxy.Zip, "example.com/a", "v1.0.0")
	if err := fill(t.Context(), c, k, []byte("<html>"), Record{}); !errors.Is(err, proxy.ErrContent) || c.Has(k) {
		t.Errorf("%v", err)
	}
}
