package bootstrap

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// Who had the lock and did nothing takes the folder away, under the nose of who waits.
func TestLockWithoutFolder(t *testing.T) {
	d := look(t, home(t, "dev"))
	for range 5 {
		first, err := d.Lock(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		waits, got := make(chan struct{}), make(chan error)
		go func() {
			second, err := d.Lock(t.Context(), func() { close(waits) })
			if err == nil {
				second()
			}
			got <- err
		}()
		<-waits
		time.Sleep(10 * time.Millisecond)
		first()
		if err := <-got; err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(d.Root); err == nil {
			t.Error("the folder stays")
		}
	}
}

// Folders that come and go at any moment of another's Lock are in nobody's way.
func TestLockWhileFoldersGo(t *testing.T) {
	d := look(t, home(t, "dev"))
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			for range 30 {
				unlock, err := d.Lock(t.Context(), nil)
				if err != nil {
					return err
				}
				unlock()
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(d.Root); err == nil {
		t.Error("the folder stays")
	}
}
