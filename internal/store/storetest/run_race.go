package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/yingzao-dev/yingzao/internal/store"
)

var raceCases = []testCase{
	{name: "many writers of different keys", run: func(h *harness) {
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				body := content(uint64(i), 500)
				if _, err := h.st.Put(h.ctx, fmt.Sprintf("p%d/v%d", i%3, i), bytes.NewReader(body), 500, store.PutOptions{}); err != nil {
					h.t.Error(err)
				}
			})
		}
		wg.Wait()
		for i := range 64 {
			h.holds(fmt.Sprintf("p%d/v%d", i%3, i), content(uint64(i), 500))
		}
	}},
	{name: "readers see whole objects while it is replaced", run: func(h *harness) {
		// Every version consists of one byte, and its size follows from it.
		version := func(i int) []byte { return filled(byte('a'+i%4), 100_000+i%4*50_000) }
		h.put("latest", version(0))
		var writers, readers sync.WaitGroup
		var done atomic.Bool
		for w := range 4 {
			writers.Go(func() {
				for i := range 8 {
					b := version(w + i)
					if _, err := h.st.Put(h.ctx, "latest", bytes.NewReader(b), int64(len(b)), store.PutOptions{}); err != nil {
						h.t.Error(err)
					}
				}
			})
		}
		for range 2 {
			readers.Go(func() {
				for !done.Load() {
					r, info, err := h.st.Get(h.ctx, "latest", 0, -1)
					if err != nil {
						h.t.Errorf("Get: %v", err)
						return
					}
					got, err := io.ReadAll(r)
					err = errors.Join(err, r.Close())
					if err != nil || len(got) == 0 || !bytes.Equal(got, version(int(got[0]-'a'))) || info.Size != int64(len(got)) {
						h.t.Errorf("read %s, info %+v, error %v", brief(got), info, err)
						return
					}
				}
			})
		}
		writers.Wait()
		done.Store(true)
		readers.Wait()
		h.wantKeys("", "latest")
	}},
	{name: "delete beside put", run: func(h *harness) {
		// Deleting the last object of a directory must not trip a writer there.
		var wg sync.WaitGroup
		for w := range 4 {
			key := fmt.Sprint("dir/sub/", w)
			wg.Go(func() {
				for range 15 {
					if _, err := h.st.Put(h.ctx, key, bytes.NewReader([]byte("x")), 1, store.PutOptions{}); err != nil {
						h.t.Errorf("Put: %v", err)
					}
					if err := h.st.Delete(h.ctx, key); err != nil {
						h.t.Errorf("Delete: %v", err)
					}
				}
			})
		}
		wg.Wait()
		h.wantKeys("")
	}}, {name: "delete beside put if absent", run: func(h *harness) {
		// A name that comes and goes: a writer wins or learns that it is taken,
		// and nothing else.
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				for range 60 {
					_, err := h.st.Put(h.ctx, "dir/sub/claim", bytes.NewReader([]byte("x")), 1, store.PutOptions{IfAbsent: true})
					if err != nil && !errors.Is(err, store.ErrExists) {
						h.t.Errorf("Put: %v", err)
					}
					if err := h.st.Delete(h.ctx, "dir/sub/claim"); err != nil {
						h.t.Errorf("Delete: %v", err)
					}
				}
			})
		}
		wg.Wait()
		h.wantKeys("")
	}},
}
