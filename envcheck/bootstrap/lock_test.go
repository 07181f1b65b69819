package bootstrap

import (
	"os"
	"testing"
	"time"
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
