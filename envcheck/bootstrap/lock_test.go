package bootstrap

import (
	"os"
	"path/filepath"
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

// Whoever is killed while the folder goes leaves it under another name; the next takes it
// away, but nothing that is not the program's.
func TestLockRemovesWhatIsGone(t *testing.T) {
	d := look(t, home(t, "dev"))
	write(t, d.Root+".gone-ABC/.lock", "")
	write(t, d.Root+".gone-own/notes", "")
	unlock, err := d.Lock(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
	left, err := filepath.Glob(d.Root + "*")
	if want := d.Root + ".gone-own"; err != nil || len(left) != 1 || left[0] != want {
		t.Errorf("%q %v, want %s alone", left, err, want)
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
