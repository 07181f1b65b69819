package lazyre

import (
	"sync"
	"testing"
)

func TestCompiledOnce(t *testing.T) {
	re := New(`^a+$`)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if !re.Re().MatchString("aaa") || re.Re().MatchString("b") {
				t.Error("wrong match")
			}
		})
	}
	wg.Wait()
	if re.Re() != re.Re() {
		t.Error("compiled twice")
	}
	bad := New(`(`)
	defer func() {
		if recover() == nil {
			t.Error("an expression that does not compile was taken")
		}
	}()
	bad.Re()
}
