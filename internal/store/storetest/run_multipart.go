package storetest

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/yingzao-dev/yingzao/internal/store"
)

var multipartCases = []testCase{
	{name: "upload one part", run: func(h *harness) {
		u := h.begin("a/b", store.PutOptions{})
		h.part(u, 1, []byte("whole"))
		h.commit(u, "a/b", []byte("whole"))
		h.holds("a/b", []byte("whole"))
	}},
	{name: "upload empty object", run: func(h *harness) {
		u := h.begin("empty", store.PutOptions{})
		h.part(u, 1, nil)
		h.commit(u, "empty", nil)
		h.holds("empty", nil)
	}},
	{name: "upload parts in any order", run: func(h *harness) {
		p := h.partSize()
		whole := content(3, 3*p+17)
		u := h.begin("big", store.PutOptions{})
		for _, n := range []int{3, 1, 4, 2} {
			h.part(u, n, whole[(n-1)*p:min(n*p, len(whole))])
		}
		h.wantParts(u, whole, p, 1, 2, 3, 4)
		h.commit(u, "big", whole)
		h.holds("big", whole)
		h.wantKeys("", "big")
	}},
	{name: "upload more than nine parts", run: func(h *harness) { // 10 comes after 9, not after 1
		p := h.partSize()
		whole := content(4, 11*p)
		u := h.begin("big", store.PutOptions{})
		for n := 11; n >= 1; n-- {
			h.part(u, n, whole[(n-1)*p:n*p])
		}
		h.commit(u, "big", whole)
		h.holds("big", whole)
	}},
	{name: "upload parts with gaps", run: func(h *harness) {
		p := h.partSize()
		whole := content(5, 2*p)
		u := h.begin("gaps", store.PutOptions{})
		h.part(u, 700, whole[p:])
		h.part(u, 5, whole[:p])
		h.commit(u, "gaps", whole)
		h.holds("gaps", whole)
	}},
	{name: "upload parts at the same time", run: func(h *harness) {
		p := h.partSize()
		whole := content(6, 16*p)
		u := h.begin("parallel", store.PutOptions{})
		var wg sync.WaitGroup
		for n := 1; n <= 16; n++ {
			wg.Go(func() {
				b := whole[(n-1)*p : n*p]
				if _, err := u.Part(h.ctx, n, bytes.NewReader(b), int64(len(b))); err != nil {
					h.t.Errorf("Part %d: %v", n, err)
				}
			})
		}
		wg.Wait()
		h.commit(u, "parallel", whole)
		h.holds("parallel", whole)
	}},
	{name: "part sent again replaces", run: func(h *harness) {
		p := h.partSize()
		u := h.begin("again", store.PutOptions{})
		h.part(u, 1, content(1, p+500))
		h.part(u, 2, []byte("tail"))
		h.part(u, 1, content(2, p))
		want := append(content(2, p), "tail"...)
		h.wantParts(u, want, p, 1, 2)
		h.commit(u, "again", want)
		h.holds("again", want)
	}},
	{name: "part of another length", run: func(h *harness) {
		u := h.begin("a", store.PutOptions{})
		h.part(u, 1, []byte("kept"))
		for _, promised := range []int64{0, 3, 5} {
			_, err := u.Part(h.ctx, 2, strings.NewReader("four"), promised)
			h.is("Part", err, store.ErrIntegrity)
			_, err = u.Part(h.ctx, 1, strings.NewReader("four"), promised) // nor does it harm a good one
			h.is("Part", err, store.ErrIntegrity)
		}
		h.commit(u, "a", []byte("kept"))
		h.holds("a", []byte("kept"))
	}},
	{name: "part body fails midway", run: func(h *harness) {
		broken := errors.New("the source broke")
		u := h.begin("a", store.PutOptions{})
		_, err := u.Part(h.ctx, 1, &trickyBody{Reader: bytes.NewReader(content(1, 1<<20)), after: 1 << 19, fail: broken}, 1<<20)
		h.is("Part", err, broken)
		parts, err := u.Parts(h.ctx)
		h.ok("Parts", err)
		if len(parts) != 0 {
			h.t.Errorf("the broken part is kept: %+v", parts)
		}
	}},
	{name: "part numbers begin at one", run: func(h *harness) {
		u := h.begin("a", store.PutOptions{})
		for _, n := range []int{0, -1} {
			if _, err := u.Part(h.ctx, n, strings.NewReader("x"), 1); err == nil {
				h.t.Errorf("part %d was accepted", n)
			}
		}
	}},
	{name: "commit without parts", run: func(h *harness) {
		u := h.begin("a", store.PutOptions{})
		if _, err := u.Commit(h.ctx); err == nil {
			h.t.Error("Commit of nothing succeeded")
		}
		h.hasNot("a")
	}},
	{name: "commit replaces", run: func(h *harness) {
		h.put("a", []byte("before"))
		u := h.begin("a", store.PutOptions{})
		h.part(u, 1, []byte("after"))
		h.holds("a", []byte("before"))
		h.commit(u, "a", []byte("after"))
		h.holds("a", []byte("after"))
	}},
	{name: "uncommitted is invisible", run: func(h *harness) {
		u := h.begin("hidden/a", store.PutOptions{})
		h.hasNot("hidden/a")
		h.part(u, 1, []byte("x"))
		h.hasNot("hidden/a")
		h.wantKeys("")
		h.wantKeys("hidden")
		h.ok("Abort", u.Abort(h.ctx))
		h.hasNot("hidden/a")
	}},
	{name: "uploads of one key are apart", run: func(h *harness) {
		u, v := h.begin("a", store.PutOptions{}), h.begin("a", store.PutOptions{})
		if u.ID() == v.ID() || u.ID() == "" {
			h.t.Fatalf("IDs %q and %q", u.ID(), v.ID())
		}
		h.part(u, 1, []byte("from u"))
		h.part(v, 1, []byte("from v"))
		h.ok("Abort", v.Abort(h.ctx))
		h.commit(u, "a", []byte("from u"))
		h.holds("a", []byte("from u"))
	}},
	{name: "resume", run: func(h *harness) {
		p := h.partSize()
		whole := content(8, 2*p+1)
		u := h.begin("a", store.PutOptions{})
		h.part(u, 2, whole[p:2*p])
		again, err := h.st.Resume(h.ctx, "a", u.ID(), store.PutOptions{})
		h.ok("Resume", err)
		if again.ID() != u.ID() {
			h.t.Errorf("resumed %q as %q", u.ID(), again.ID())
		}
		h.wantParts(again, whole, p, 2)
		h.part(again, 1, whole[:p])
		h.part(again, 3, whole[2*p:])
		h.commit(again, "a", whole)
		h.holds("a", whole)
	}},
	{name: "resume what is gone", run: func(h *harness) {
		aborted, committed, other := h.begin("a", store.PutOptions{}), h.begin("a", store.PutOptions{}), h.begin("b", store.PutOptions{})
		h.part(committed, 1, []byte("x"))
		h.commit(committed, "a", []byte("x"))
		h.ok("Abort", aborted.Abort(h.ctx))
		for _, id := range []string{aborted.ID(), committed.ID(), other.ID(), "", "no-such-upload", "../a", "a/b", ".", "..", "a"} {
			u, err := h.st.Resume(h.ctx, "a", id, store.PutOptions{})
			if err == nil {
				_, err = u.Parts(h.ctx)
			}
			h.is("Resume "+id, err, store.ErrExpired)
		}
		h.holds("a", []byte("x"))
	}},
	{name: "abort", run: func(h *harness) {
		u := h.begin("a", store.PutOptions{})
		h.part(u, 1, []byte("x"))
		h.ok("Abort", u.Abort(h.ctx))
		h.ok("Abort again", u.Abort(h.ctx))
		h.gone(u)
		h.hasNot("a")
	}},
	{name: "abort after commit", run: func(h *harness) {
		u := h.begin("a", store.PutOptions{})
		h.part(u, 1, []byte("x"))
		h.commit(u, "a", []byte("x"))
		h.ok("Abort", u.Abort(h.ctx))
		h.gone(u)
		h.holds("a", []byte("x"))
	}},
}

// gone checks that a finished upload takes nothing more.
func (h *harness) gone(u store.Upload) {
	h.t.Helper()
	_, err := u.Part(h.ctx, 1, strings.NewReader("y"), 1)
	h.is("Part", err, store.ErrExpired)
	_, err = u.Parts(h.ctx)
	h.is("Parts", err, store.ErrExpired)
	_, err = u.Commit(h.ctx)
	h.is("Commit", err, store.ErrExpired)
}

// wantParts checks Parts against the object that was cut into pieces of p.
func (h *harness) wantParts(u store.Upload, whole []byte, p int, want ...int) {
	h.t.Helper()
	parts, err := u.Parts(h.ctx)
	h.ok("Parts", err)
	var got []int
	for _, part := range parts {
		got = append(got, part.Number)
		piece := whole[(part.Number-1)*p : min(part.Number*p, len(whole))]
		if part.Size != int64(len(piece)) {
			h.t.Errorf("Parts: part %d has size %d, want %d", part.Number, part.Size, len(piece))
		}
		h.crc("Parts", part.CRC64, piece)
	}
	if !slices.Equal(got, want) {
		h.t.Errorf("Parts: numbers %v, want %v", got, want)
	}
}
