//go:build !windows

package sumdb

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror"
)

// P15: while the disk is full the head moves in memory, with the same proofs, and
// clients verify by it; the next time that there is room it is kept.
func TestP15HeadWithoutRoom(t *testing.T) {
	log := grown(20_000, 20)
	kept := newRAM()
	d := open(t, Options{Key: log.Key(), Sources: []mirror.Source{log.Read}, Cache: kept})
	c := newClient(t, d, log, nil)
	if err := c.lookup("example.com/m", "v1.0.1"); err != nil {
		t.Fatal(err)
	}
	kept.full = fmt.Errorf("store: %w", syscall.ENOSPC)
	for i := range 3 {
		log.Fill(20_000 + int64(i)*3000)
		log.Add("example.com/m", fmt.Sprintf("v1.5.%d", i), "", "")
		if err := c.lookup("example.com/m", fmt.Sprintf("v1.5.%d", i)); err != nil || c.fault != "" {
			t.Fatalf("%v %s", err, c.fault)
		}
	}
	n, _ := d.Head()
	if was := sizeOf(t, log, kept.m["sumdb/sum.site.test/latest"]); n <= 20_000 || was > 20_000 {
		t.Errorf("head is %d, and %d in the cache", n, was)
	}
	kept.full = nil
	log.Add("example.com/m", "v1.6.0", "", "")
	if err := c.lookup("example.com/m", "v1.6.0"); err != nil || c.fault != "" {
		t.Fatalf("%v %s", err, c.fault)
	}
	n, _ = d.Head()
	if is := sizeOf(t, log, kept.m["sumdb/sum.site.test/latest"]); is != n {
		t.Errorf("head is %d, and %d in the cache", n, is)
	}
	alone := open(t, Options{Key: log.Key(), Cache: kept})
	if err := newClient(t, alone, log, nil).lookup("example.com/m", "v1.6.0"); err != nil {
		t.Errorf("with nobody to ask: %v", err)
	}
}
