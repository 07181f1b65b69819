package storetest

import (
	"context"
	"io"
	"sync/atomic"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// When is the moment of a call at which a [Fault] strikes.
type When int

// The moments. The zero value is Before.
const (
	// Before: the call does not reach the store.
	Before When = iota
	// Midway: half of a body gets through. Put and Part see their body break
	// there, the reader of Get breaks there, List breaks after its first
	// object. Other calls fail as Before. A store that answers without reading
	// the body is not disturbed.
	Midway
	// After: the store does its work, and the answer is lost.
	After
)

// String names the moment for subtests.
func (w When) String() string { return [...]string{"before", "midway", "after"}[w] }

// Fault says which call goes wrong, and how. The zero value does nothing.
type Fault struct {
	// N is the call that goes wrong, counted from 1 over all methods of the
	// store and of its uploads but URL, Caps and ID. 0 is none.
	N int
	// When is the moment within the call.
	When When
	// Err is what the call returns; nil is one of class store.ErrTransient.
	Err error
	// Dead makes all later calls fail as well, without reaching the store: the
	// process was killed, or the network is gone, cleaning up included.
	Dead bool
	// Cancel, if not nil, is called at the moment instead of failing; the call
	// and all later ones then go through and fail as their own context says.
	Cancel context.CancelFunc
}

// FaultyStore is a store with a [Fault].
type FaultyStore struct {
	st    store.Store
	fault Fault
	calls atomic.Int64
}

var _ store.Store = (*FaultyStore)(nil)

// Faulty returns st with a fault. It is safe for concurrent use; which of
// simultaneous calls is the n-th is chance.
func Faulty(st store.Store, f Fault) *FaultyStore {
	if f.Err == nil {
		f.Err = msg.Errorf("%w: injected", "%w：人为注入", store.ErrTransient)
	}
	return &FaultyStore{st: st, fault: f}
}

// Calls returns how many calls were made so far.
func (f *FaultyStore) Calls() int { return int(f.calls.Load()) }

// Fired reports whether the call with the fault was reached.
func (f *FaultyStore) Fired() bool { return f.fault.N > 0 && f.Calls() >= f.fault.N }

// call runs one call. broken is given to do when the body is to break midway;
// it is nil otherwise.
func (f *FaultyStore) call(do func(broken func() error) error) error {
	n := int(f.calls.Add(1))
	switch {
	case f.fault.N > 0 && n > f.fault.N && f.fault.Dead:
		return f.fault.Err
	case n != f.fault.N:
		return do(nil)
	}
	strike := func() error {
		if f.fault.Cancel != nil {
			f.fault.Cancel()
			return nil
		}
		return f.fault.Err
	}
	switch f.fault.When {
	case Before:
		if err := strike(); err != nil {
			return err
		}
		return do(nil)
	case Midway:
		return do(strike)
	default:
		err := do(nil)
		if lost := strike(); lost != nil {
			return lost
		}
		return err
	}
}

// plain is for calls that have no middle.
func (f *FaultyStore) plain(do func() error) error {
	return f.call(func(broken func() error) error {
		if broken != nil {
			if err := broken(); err != nil {
				return err
			}
		}
		return do()
	})
}

// URL is the one of the store.
func (f *FaultyStore) URL() string { return f.st.URL() }

// Caps are those of the store.
func (f *FaultyStore) Caps() store.Caps { return f.st.Caps() }

// Put may fail.
func (f *FaultyStore) Put(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (info store.Info, err error) {
	err = f.call(func(broken func() error) (err error) {
		info, err = f.st.Put(ctx, key, breakBody(body, size, broken), size, o)
		return err
	})
	return lost(info, err)
}

// Head may fail.
func (f *FaultyStore) Head(ctx context.Context, key string) (info store.Info, err error) {
	err = f.plain(func() (err error) {
		info, err = f.st.Head(ctx, key)
		return err
	})
	return lost(info, err)
}

// Get may fail, at once or midway in its reader.
func (f *FaultyStore) Get(ctx context.Context, key string, off, n int64) (r io.ReadCloser, info store.Info, err error) {
	err = f.call(func(broken func() error) (err error) {
		r, info, err = f.st.Get(ctx, key, off, n)
		if err == nil && broken != nil {
			size := max(info.Size-off, 0)
			if n >= 0 {
				size = min(size, n)
			}
			r = struct {
				io.Reader
				io.Closer
			}{&breakingReader{r, size / 2, broken}, r}
		}
		return err
	})
	if err != nil {
		if r != nil {
			r.Close()
		}
		return nil, store.Info{}, err
	}
	return r, info, nil
}

// List may fail, midway after its first object.
func (f *FaultyStore) List(ctx context.Context, prefix string, fn func(store.Info) error) error {
	return f.call(func(broken func() error) error {
		if broken == nil {
			return f.st.List(ctx, prefix, fn)
		}
		seen := 0
		err := f.st.List(ctx, prefix, func(i store.Info) error {
			seen++
			if seen == 2 {
				if err := broken(); err != nil {
					return err
				}
			}
			return fn(i)
		})
		if err == nil && seen < 2 {
			return broken()
		}
		return err
	})
}

// Delete may fail.
func (f *FaultyStore) Delete(ctx context.Context, keys ...string) error {
	return f.plain(func() error { return f.st.Delete(ctx, keys...) })
}

// Begin may fail; its upload shares the count of calls.
func (f *FaultyStore) Begin(ctx context.Context, key string, o store.PutOptions) (store.Upload, error) {
	return f.upload(func() (store.Upload, error) { return f.st.Begin(ctx, key, o) })
}

// Resume may fail; its upload shares the count of calls.
func (f *FaultyStore) Resume(ctx context.Context, key, id string, o store.PutOptions) (store.Upload, error) {
	return f.upload(func() (store.Upload, error) { return f.st.Resume(ctx, key, id, o) })
}

func (f *FaultyStore) upload(do func() (store.Upload, error)) (store.Upload, error) {
	var u store.Upload
	err := f.plain(func() (err error) {
		u, err = do()
		return err
	})
	if err != nil {
		return nil, err
	}
	return &faultyUpload{f, u}, nil
}

type faultyUpload struct {
	f *FaultyStore
	u store.Upload
}

func (u *faultyUpload) ID() string { return u.u.ID() }

func (u *faultyUpload) Part(ctx context.Context, n int, body io.ReadSeeker, size int64) (info store.PartInfo, err error) {
	err = u.f.call(func(broken func() error) (err error) {
		info, err = u.u.Part(ctx, n, breakBody(body, size, broken), size)
		return err
	})
	return lost(info, err)
}

func (u *faultyUpload) Parts(ctx context.Context) (parts []store.PartInfo, err error) {
	err = u.f.plain(func() (err error) {
		parts, err = u.u.Parts(ctx)
		return err
	})
	return lost(parts, err)
}

func (u *faultyUpload) Commit(ctx context.Context) (info store.Info, err error) {
	err = u.f.plain(func() (err error) {
		info, err = u.u.Commit(ctx)
		return err
	})
	return lost(info, err)
}

func (u *faultyUpload) Abort(ctx context.Context) error {
	return u.f.plain(func() error { return u.u.Abort(ctx) })
}

// lost drops the answer of a call that failed.
func lost[T any](answer T, err error) (T, error) {
	if err != nil {
		var none T
		return none, err
	}
	return answer, nil
}

// breakBody returns body, or one that breaks at half its size.
func breakBody(body io.ReadSeeker, size int64, broken func() error) io.ReadSeeker {
	if broken == nil {
		return body
	}
	return struct {
		io.Reader
		io.Seeker
	}{&breakingReader{body, size / 2, broken}, body}
}

type breakingReader struct {
	r      io.Reader
	left   int64
	broken func() error
}

func (b *breakingReader) Read(p []byte) (int, error) {
	if b.left <= 0 && b.broken != nil {
		if err := b.broken(); err != nil {
			return 0, err
		}
		b.broken = nil // cancelled: the context does the rest
	}
	if b.broken == nil {
		return b.r.Read(p)
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
