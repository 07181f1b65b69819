package transfer

import (
	"bytes"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// An upload that the store has forgotten when all parts were in is sent once
// more in the same run; the others are not.
func TestForgottenAtCommit(t *testing.T) {
	for _, stream := range []bool{false, true} {
		bare := newStore(t)
		var mu sync.Mutex
		asked := map[string]int{}
		st := &script{Store: bare, commit: func(key string) error {
			mu.Lock()
			defer mu.Unlock()
			if asked[key]++; asked[key] == 1 && key != "demo/c" {
				return store.ErrExpired
			}
			return nil
		}}
		o := quick
		o.PartSize, o.Journal = 1000, filepath.Join(t.TempDir(), "journal")
		var last Progress
		o.Progress = func(p Progress) { last = p }
		tr := New(st, o)
		objects := []Object{object("demo/a", random(1, 10_500), stream), object("demo/b", random(2, 3000), stream), object("demo/c", random(3, 5000), stream)}
		if err := tr.Send(t.Context(), objects); err != nil {
			t.Fatal(err)
		}
		once := st.parts()
		var wg sync.WaitGroup
		for _, x := range objects {
			wg.Go(func() {
				if info, err := tr.Commit(t.Context(), x.Key); err != nil || info.Size != x.Size {
					t.Errorf("%s: %+v, %v", x.Key, info, err)
				}
			})
		}
		wg.Wait()
		tr.Close(t.Context(), true)
		for i, x := range objects {
			if !bytes.Equal(read(t, bare, x.Key), random(byte(i+1), int(x.Size))) {
				t.Errorf("%s: other bytes arrived", x.Key)
			}
		}
		if again := st.parts() - once; again < 14 || again > 14+8 { // the last eighth goes in smaller parts
			t.Errorf("%d parts at first, %d again", once, again)
		}
		if last.Done != last.Total || last.Total != 18_500 {
			t.Errorf("in the end %+v", last)
		}
		if left, _ := filepath.Glob(o.Journal + "*"); len(left) > 0 {
			t.Errorf("left %q", left)
		}
		if left, _ := filepath.Glob(filepath.Join(bare.Dir(), ".yingzao-uploads", "*")); len(left) > 2 { // those that "the store" forgot
			t.Errorf("left %q", left)
		}
	}
}

// What is not absent is not sent again, and twice forgotten is a fault.
func TestForgottenAtCommitForGood(t *testing.T) {
	send := func(commit func(key string) error) (*script, *Transfer, Object) {
		st := &script{Store: newStore(t), commit: commit}
		x := object("demo/a", random(1, 3000), false)
		tr := New(st, quick)
		if err := tr.Send(t.Context(), []Object{x}); err != nil {
			t.Fatal(err)
		}
		return st, tr, x
	}
	st, tr, x := send(func(string) error { return store.ErrExpired })
	once := st.parts()
	if _, err := tr.Commit(t.Context(), x.Key); !errors.Is(err, store.ErrExpired) || st.parts() != 2*once {
		t.Errorf("always forgotten: %v, %d parts", err, st.parts())
	}
	tr.Close(t.Context(), false)

	// An earlier try arrived and its answer did not: nothing is sent again.
	var bare store.Store
	st, tr, x = send(func(key string) error {
		b := random(1, 3000)
		if _, err := bare.Put(t.Context(), key, bytes.NewReader(b), int64(len(b)), store.PutOptions{}); err != nil {
			t.Error(err)
		}
		return store.ErrExpired
	})
	bare, once = st.Store, st.parts()
	if _, err := tr.Commit(t.Context(), x.Key); !errors.Is(err, store.ErrExpired) || st.parts() != once {
		t.Errorf("it is there: %v, %d parts", err, st.parts())
	}
	tr.Close(t.Context(), false)
}

func TestETA(t *testing.T) {
	start := time.Now()
	var r rate
	r.start()
	r.marks[0].at = start
	if r.add(start.Add(100*time.Millisecond), 97); r.eta(10<<20) != 0 {
		t.Errorf("one small file says %v", r.eta(10<<20))
	}
	r.add(start.Add(time.Second), 1<<20)
	if got := r.eta(10 << 20).Round(time.Second); got != 10*time.Second {
		t.Errorf("%v for ten times as much as in one second", got)
	}
	var slow rate
	slow.start()
	slow.marks[0].at = start
	slow.add(start.Add(6*time.Second), 6000)
	if got := slow.eta(1 << 30); got < 200*time.Hour {
		t.Errorf("a slow link has its estimate after some seconds: %v", got)
	}
}
