package cache

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// P15: a full disk does not keep small things of the bucket from who reads them: proofs
// of the checksum database and lists are among them. To end is no failure either.
func TestP15DiskFullBucket(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=128k"); err != nil {
		need(t, "the right to mount a tmpfs ("+err.Error()+")")
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	st := directory(t)
	record, list, missing := "sumdb/sum.site.test/lookup/example.com/m@v1.0.0", key(proxy.List, "example.com/m", ""), key(proxy.List, "example.com/n", "")
	a := open(t, Options{Shared: st})
	if err := a.Write(t.Context(), record, []byte("the record\n"), Record{Key: record}); err != nil {
		t.Fatal(err)
	}
	if err := a.WriteMutable(t.Context(), list, []byte("v1.0.0\n")); err != nil {
		t.Fatal(err)
	}
	c, err := Open(t.Context(), Options{Dir: dir, Shared: st})
	if err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	for k, want := range map[string]string{record: "the record\n", list: "v1.0.0\n"} {
		if data, age, err := c.Read(t.Context(), k, 1<<10); err != nil || string(data) != want || age < 0 || age > time.Hour || c.Has(k) {
			t.Errorf("%s: %q, %v old, %v", k, data, age, err)
		}
		if _, _, err := c.Read(t.Context(), k, 3); err == nil {
			t.Errorf("%s is longer than 3 bytes", k)
		}
	}
	if _, _, err := c.Read(t.Context(), missing, 1<<10); !errors.Is(err, proxy.ErrNotFound) {
		t.Errorf("what nobody has: %v", err)
	}
	if _, full := c.Free(); !full {
		t.Error("the cache does not say that it is full")
	}
	c.Used(record)
	if err := c.Close(); err != nil {
		t.Errorf("the end: %v", err)
	}
}

// P15: the disk is full. Nothing partial is visible, the cache says so, and goes
// on when there is room.
func TestP15DiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		need(t, "the right to mount a tmpfs ("+err.Error()+")")
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	c, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	small, h1 := moduleZip(t, "example.com/small", "v1.0.0", 200_000)
	mustFill(t, c, key(proxy.Zip, "example.com/small", "v1.0.0"), small, Record{H1: h1})
	if n, full := c.Free(); full || n <= 0 || n > 1<<20 {
		t.Errorf("free %d, full %v", n, full)
	}
	big := key(proxy.Zip, "example.com/big", "v1.0.0")
	data, _ := moduleZip(t, "example.com/big", "v1.0.0", 2_000_000)
	err = fill(t.Context(), c, big, data, Record{})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if n, full := c.Free(); !full || n > 100<<10 {
		t.Errorf("free %d, full %v", n, full)
	}
	if c.Has(big) {
		t.Error("something partial is visible")
	}
	mod := key(proxy.Mod, "example.com/small", "v1.0.0")
	// Not even this fits: the partial file waits there for its next try.
	err = c.Write(t.Context(), mod, bytes.Repeat([]byte("module m //\n"), 100), Record{Proof: "none"})
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(msg.Hint(err).EN, "full") || !strings.Contains(msg.Hint(err).ZH, "已满") || c.Has(mod) {
		t.Errorf("%v (%v)", err, msg.Hint(err))
	}
	if err := c.WriteMutable(t.Context(), key(proxy.List, "example.com/small", ""), bytes.Repeat([]byte("v1.0.0\n"), 1000)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("list: %v", err)
	}
	if content(t, c, key(proxy.Zip, "example.com/small", "v1.0.0")) != string(small) {
		t.Error("what was there is not served any more")
	}
	var seen []string
	if err := c.Walk(t.Context(), "", func(e Entry) error { seen = append(seen, e.Key); return nil }); err != nil {
		t.Error(err)
	}
	if got := strings.Join(seen, " "); got != "example.com/small/@v/v1.0.0.zip example.com/small/@v/v1.0.0.ziphash" {
		t.Errorf("visible: %s", got)
	}
	// Room again: whoever filled it throws it away.
	p, err := c.Create(t.Context(), big)
	if err != nil {
		t.Fatal(err)
	}
	if p.Have() == 0 {
		t.Error("what came was thrown away")
	}
	if err := p.Discard(nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Write(t.Context(), mod, []byte("module m\n"), Record{Proof: "none"}); err != nil {
		t.Error(err)
	}
	if _, full := c.Free(); full {
		t.Error("still called full")
	}
	if left, err := os.ReadDir(dir + "/" + tempDir); err != nil || len(left) != 0 {
		t.Errorf("temporary files left: %v, %v", left, err)
	}
}
