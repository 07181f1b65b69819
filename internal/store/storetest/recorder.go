package storetest

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// Call is one recorded call.
type Call struct {
	Op       store.Op
	Key      string // of the object; the prefix of List; the keys of Delete, joined by spaces
	Part     int    // number of the part; 0 for other calls than Part
	Size     int64  // length of the body; 0 for calls without one
	IfAbsent bool   // in the options; for Commit, those of Begin or Resume
	Err      error  // what was returned
	// Began and Ended are moments on a clock that ticks once for each; Ended is
	// 0 while the call runs. A call precedes another for certain only if it
	// ended before the other began.
	Began, Ended int
}

// Precedes reports whether c was over when d began.
func (c Call) Precedes(d Call) bool { return c.Ended > 0 && c.Ended < d.Began }

// String shows the call as a line: "part 2 demo/v1/a.tar.gz 4096",
// "commit demo/v1/a.tar.gz if-absent", "head a: error".
func (c Call) String() string {
	var b strings.Builder
	b.WriteString(string(c.Op))
	if c.Part != 0 {
		fmt.Fprintf(&b, " %d", c.Part)
	}
	if c.Key != "" {
		b.WriteString(" " + c.Key)
	}
	if c.Op == store.OpPut || c.Op == store.OpPart {
		fmt.Fprintf(&b, " %d", c.Size)
	}
	if c.IfAbsent {
		b.WriteString(" if-absent")
	}
	if c.Err != nil {
		b.WriteString(": error")
	}
	return b.String()
}

// Recorder is a store that remembers what was asked of it. Safe for concurrent
// use.
type Recorder struct {
	st    store.Store
	mu    sync.Mutex
	clock int
	calls []*Call
}

var _ store.Store = (*Recorder)(nil)

// Record returns a recorder in front of st.
func Record(st store.Store) *Recorder { return &Recorder{st: st} }

// Calls returns the calls so far in the order they began; with ops, only those.
func (r *Recorder) Calls(ops ...store.Op) []Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	var calls []Call
	for _, c := range r.calls {
		if len(ops) == 0 || slices.Contains(ops, c.Op) {
			calls = append(calls, *c)
		}
	}
	return calls
}

// Reset forgets the calls so far.
func (r *Recorder) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = nil
}

func (r *Recorder) record(c Call, do func() error) error {
	r.mu.Lock()
	r.clock++
	c.Began = r.clock
	r.calls = append(r.calls, &c)
	r.mu.Unlock()
	err := do()
	r.mu.Lock()
	r.clock++
	c.Ended, c.Err = r.clock, err
	r.mu.Unlock()
	return err
}

// URL is the one of the store.
func (r *Recorder) URL() string { return r.st.URL() }

// Caps are those of the store.
func (r *Recorder) Caps() store.Caps { return r.st.Caps() }

// Put is recorded.
func (r *Recorder) Put(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (info store.Info, err error) {
	err = r.record(Call{Op: store.OpPut, Key: key, Size: size, IfAbsent: o.IfAbsent}, func() (err error) {
		info, err = r.st.Put(ctx, key, body, size, o)
		return err
	})
	return info, err
}

// Head is recorded.
func (r *Recorder) Head(ctx context.Context, key string) (info store.Info, err error) {
	err = r.record(Call{Op: store.OpHead, Key: key}, func() (err error) {
		info, err = r.st.Head(ctx, key)
		return err
	})
	return info, err
}

// Get is recorded, without what is read afterwards.
func (r *Recorder) Get(ctx context.Context, key string, off, n int64) (body io.ReadCloser, info store.Info, err error) {
	err = r.record(Call{Op: store.OpGet, Key: key}, func() (err error) {
		body, info, err = r.st.Get(ctx, key, off, n)
		return err
	})
	return body, info, err
}

// List is recorded.
func (r *Recorder) List(ctx context.Context, prefix string, fn func(store.Info) error) error {
	return r.record(Call{Op: store.OpList, Key: prefix}, func() error { return r.st.List(ctx, prefix, fn) })
}

// Delete is recorded as one call.
func (r *Recorder) Delete(ctx context.Context, keys ...string) error {
	return r.record(Call{Op: store.OpDelete, Key: strings.Join(keys, " ")}, func() error { return r.st.Delete(ctx, keys...) })
}

// Begin is recorded, and so are the calls of its upload.
func (r *Recorder) Begin(ctx context.Context, key string, o store.PutOptions) (store.Upload, error) {
	return r.upload(store.OpBegin, key, o, func() (store.Upload, error) { return r.st.Begin(ctx, key, o) })
}

// Resume is recorded, and so are the calls of its upload.
func (r *Recorder) Resume(ctx context.Context, key, id string, o store.PutOptions) (store.Upload, error) {
	return r.upload(store.OpResume, key, o, func() (store.Upload, error) { return r.st.Resume(ctx, key, id, o) })
}

func (r *Recorder) upload(op store.Op, key string, o store.PutOptions, do func() (store.Upload, error)) (store.Upload, error) {
	var u store.Upload
	err := r.record(Call{Op: op, Key: key, IfAbsent: o.IfAbsent}, func() (err error) {
		u, err = do()
		return err
	})
	if err != nil {
		return nil, err
	}
	return &recordedUpload{r, u, key, o.IfAbsent}, nil
}

type recordedUpload struct {
	r        *Recorder
	u        store.Upload
	key      string
	ifAbsent bool
}

func (u *recordedUpload) ID() string { return u.u.ID() }

func (u *recordedUpload) Part(ctx context.Context, n int, body io.ReadSeeker, size int64) (info store.PartInfo, err error) {
	err = u.r.record(Call{Op: store.OpPart, Key: u.key, Part: n, Size: size}, func() (err error) {
		info, err = u.u.Part(ctx, n, body, size)
		return err
	})
	return info, err
}

func (u *recordedUpload) Parts(ctx context.Context) (parts []store.PartInfo, err error) {
	err = u.r.record(Call{Op: store.OpParts, Key: u.key}, func() (err error) {
		parts, err = u.u.Parts(ctx)
		return err
	})
	return parts, err
}

func (u *recordedUpload) Commit(ctx context.Context) (info store.Info, err error) {
	err = u.r.record(Call{Op: store.OpCommit, Key: u.key, IfAbsent: u.ifAbsent}, func() (err error) {
		info, err = u.u.Commit(ctx)
		return err
	})
	return info, err
}

func (u *recordedUpload) Abort(ctx context.Context) error {
	return u.r.record(Call{Op: store.OpAbort, Key: u.key}, func() error { return u.u.Abort(ctx) })
}
