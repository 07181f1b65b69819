package storetest

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/yingzao-dev/yingzao/internal/store"
)

var ifAbsent = store.PutOptions{IfAbsent: true}

var absentCases = []testCase{
	{name: "put if absent", absent: true, run: func(h *harness) {
		first, second := []byte("the first"), []byte("the second, longer")
		_, err := h.st.Put(h.ctx, "a/b", bytes.NewReader(first), int64(len(first)), ifAbsent)
		h.ok("Put", err)
		for _, body := range [][]byte{second, first} { // equal bytes exist as well
			_, err = h.st.Put(h.ctx, "a/b", bytes.NewReader(body), int64(len(body)), ifAbsent)
			h.is("Put", err, store.ErrExists)
			h.holds("a/b", first)
		}
		h.wantKeys("", "a/b")
		h.put("a/b", second) // without the option it is replaced
		h.holds("a/b", second)
		h.ok("Delete", h.st.Delete(h.ctx, "a/b"))
		_, err = h.st.Put(h.ctx, "a/b", bytes.NewReader(first), int64(len(first)), ifAbsent)
		h.ok("Put after Delete", err)
	}},
	{name: "commit if absent", absent: true, run: func(h *harness) {
		u := h.begin("a", ifAbsent)
		h.part(u, 1, []byte("late"))
		h.put("a", []byte("first"))
		_, err := u.Commit(h.ctx)
		h.is("Commit", err, store.ErrExists)
		h.holds("a", []byte("first"))
		h.ok("Abort", u.Abort(h.ctx))
		h.holds("a", []byte("first"))
	}},
	{name: "begin if absent", absent: true, run: func(h *harness) {
		h.put("a", []byte("first"))
		u, err := h.st.Begin(h.ctx, "a", ifAbsent)
		if err == nil { // also right: refuse at Commit
			h.part(u, 1, []byte("late"))
			_, err = u.Commit(h.ctx)
		}
		h.is("Begin or Commit", err, store.ErrExists)
		h.holds("a", []byte("first"))
	}},
	{name: "resume if absent", absent: true, run: func(h *harness) {
		u := h.begin("a", store.PutOptions{})
		h.part(u, 1, []byte("late"))
		h.put("a", []byte("first"))
		again, err := h.st.Resume(h.ctx, "a", u.ID(), ifAbsent)
		h.ok("Resume", err)
		_, err = again.Commit(h.ctx)
		h.is("Commit", err, store.ErrExists)
		h.holds("a", []byte("first"))
	}},
	{name: "race put if absent", absent: true, run: func(h *harness) {
		h.race(64, "race/put", func(body []byte) error {
			_, err := h.st.Put(h.ctx, "race/put", bytes.NewReader(body), int64(len(body)), ifAbsent)
			return err
		})
	}},
	{name: "race commit if absent", absent: true, run: func(h *harness) {
		h.race(64, "race/commit", func(body []byte) error {
			u, err := h.st.Begin(h.ctx, "race/commit", ifAbsent)
			if err != nil {
				return err
			}
			if _, err := u.Part(h.ctx, 1, bytes.NewReader(body), int64(len(body))); err != nil {
				return err
			}
			_, err = u.Commit(h.ctx)
			if err != nil {
				err = errors.Join(err, u.Abort(h.ctx))
			}
			return err
		})
	}},
}

// race lets n writers begin at once: exactly one wins, the others are told
// ErrExists, and the object is the winner's.
func (h *harness) race(n int, key string, write func(body []byte) error) {
	var wg sync.WaitGroup
	var winner atomic.Pointer[[]byte]
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			body := content(uint64(i), 3000+i)
			<-start
			switch err := write(body); {
			case err == nil && !winner.CompareAndSwap(nil, &body):
				h.t.Error("two writers won")
			case err != nil:
				h.is("a loser", err, store.ErrExists)
			}
		})
	}
	close(start)
	wg.Wait()
	if winner.Load() == nil {
		h.t.Fatal("nobody won")
	}
	h.holds(key, *winner.Load())
	h.wantKeys("", key)
}
