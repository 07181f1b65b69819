package storetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// invalidKeys break [store.ValidKey].
var invalidKeys = []string{"", ".", "..", "/", "/abs", "a/", "a//b", "./a", "a/./b", "../a", "a/../b", "a/..", `a\b`, `..\a`,
	"a\x00b", "a\nb", "a\x7f", "\xff\xfe", strings.Repeat("k", 1024)}

var badInputCases = []testCase{
	{name: "invalid keys", run: func(h *harness) {
		for _, key := range invalidKeys {
			_, err := h.st.Put(h.ctx, key, strings.NewReader("x"), 1, store.PutOptions{})
			h.is("Put "+brief([]byte(key)), err, store.ErrInvalidKey)
			_, err = h.st.Head(h.ctx, key)
			h.is("Head "+brief([]byte(key)), err, store.ErrInvalidKey)
			_, _, err = h.st.Get(h.ctx, key, 0, -1)
			h.is("Get "+brief([]byte(key)), err, store.ErrInvalidKey)
			h.is("Delete "+brief([]byte(key)), h.st.Delete(h.ctx, key), store.ErrInvalidKey)
			_, err = h.st.Begin(h.ctx, key, store.PutOptions{})
			h.is("Begin "+brief([]byte(key)), err, store.ErrInvalidKey)
			_, err = h.st.Resume(h.ctx, key, "id", store.PutOptions{})
			h.is("Resume "+brief([]byte(key)), err, store.ErrInvalidKey)
		}
		h.wantKeys("")
	}},
	{name: "put of another length", run: func(h *harness) {
		h.put("kept", []byte("before"))
		for _, promised := range []int64{-1, 0, 1, 9, 11, 1 << 20} {
			for key, o := range map[string]store.PutOptions{"kept": {}, "new/x": {}, "new/y": ifAbsent} {
				_, err := h.st.Put(h.ctx, key, strings.NewReader("ten bytes."), promised, o)
				h.is("Put "+key, err, store.ErrIntegrity)
			}
		}
		h.holds("kept", []byte("before"))
		h.wantKeys("", "kept")
	}},
	{name: "put reads from where the body stands", run: func(h *harness) {
		body := strings.NewReader("skipped|kept")
		_, err := body.Seek(8, io.SeekStart)
		h.ok("Seek", err)
		_, err = h.st.Put(h.ctx, "a", body, 4, store.PutOptions{})
		h.ok("Put", err)
		h.holds("a", []byte("kept"))
	}},
	{name: "body fails midway", run: func(h *harness) {
		broken := errors.New("the source broke")
		h.put("kept", []byte("before"))
		for _, key := range []string{"kept", "new"} {
			_, err := h.st.Put(h.ctx, key, &trickyBody{Reader: bytes.NewReader(content(1, 1<<20)), after: 1 << 19, fail: broken}, 1<<20, store.PutOptions{})
			h.is("Put", err, broken)
		}
		h.holds("kept", []byte("before"))
		h.wantKeys("", "kept")
	}},
	{name: "cancel midway", run: func(h *harness) {
		h.put("kept", []byte("before"))
		for _, key := range []string{"kept", "new"} {
			ctx, cancel := context.WithCancel(h.ctx)
			body := &trickyBody{Reader: bytes.NewReader(content(1, 1<<20)), after: 1 << 19, do: cancel}
			_, err := h.st.Put(ctx, key, body, 1<<20, store.PutOptions{})
			h.is("Put", err, context.Canceled)
			cancel()
		}
		h.holds("kept", []byte("before"))
		h.wantKeys("", "kept")
	}},
	{name: "cancelled before", run: func(h *harness) {
		h.put("kept", []byte("before"))
		u := h.begin("up", store.PutOptions{})
		h.part(u, 1, []byte("x"))
		ctx, cancel := context.WithCancel(h.ctx)
		cancel()
		_, err := h.st.Put(ctx, "new", strings.NewReader("x"), 1, store.PutOptions{})
		h.is("Put", err, context.Canceled)
		_, err = h.st.Head(ctx, "kept")
		h.is("Head", err, context.Canceled)
		_, _, err = h.st.Get(ctx, "kept", 0, -1)
		h.is("Get", err, context.Canceled)
		h.is("List", h.st.List(ctx, "", func(store.Info) error { return nil }), context.Canceled)
		h.is("Delete", h.st.Delete(ctx, "kept"), context.Canceled)
		_, err = h.st.Begin(ctx, "new", store.PutOptions{})
		h.is("Begin", err, context.Canceled)
		_, err = u.Part(ctx, 2, strings.NewReader("x"), 1)
		h.is("Part", err, context.Canceled)
		_, err = u.Parts(ctx)
		h.is("Parts", err, context.Canceled)
		_, err = u.Commit(ctx)
		h.is("Commit", err, context.Canceled)
		h.is("Abort", u.Abort(ctx), context.Canceled)
		h.wantKeys("", "kept")
		h.commit(u, "up", []byte("x")) // neither Part nor Abort did anything
	}},
	{name: "cancel while reading", run: func(h *harness) {
		h.put("a", content(1, 1<<20))
		ctx, cancel := context.WithCancel(h.ctx)
		defer cancel()
		r, _, err := h.st.Get(ctx, "a", 0, -1)
		h.ok("Get", err)
		defer r.Close()
		_, err = io.ReadFull(r, make([]byte, 1000))
		h.ok("read", err)
		cancel()
		_, err = io.Copy(io.Discard, r)
		h.is("read after cancel", err, context.Canceled)
	}},
}

// trickyBody does something once that many bytes have been read.
type trickyBody struct {
	*bytes.Reader
	after int64
	fail  error  // returned from then on
	do    func() // called
}

func (b *trickyBody) Read(p []byte) (int, error) {
	left := b.after - (b.Size() - int64(b.Len()))
	if left <= 0 {
		if b.do != nil {
			b.do()
		}
		if b.fail != nil {
			return 0, b.fail
		}
		return b.Reader.Read(p)
	}
	return b.Reader.Read(p[:min(int64(len(p)), left)])
}

// WriteTo hides the one of bytes.Reader, which would get around Read.
func (b *trickyBody) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{b})
}
