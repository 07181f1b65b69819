package storetest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
)

// A suite that passes everything is worth nothing: each mutant breaks one
// promise, and the named case must notice.
var mutants = []struct {
	name, caughtBy string
	make           func(st store.Store) store.Store
}{
	{"put ignores IfAbsent", "put if absent", func(st store.Store) store.Store {
		return &mutant{Store: st, put: func(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
			return st.Put(ctx, key, body, size, store.PutOptions{})
		}}
	}},
	{"put looks, then writes", "race put if absent", func(st store.Store) store.Store {
		return &mutant{Store: st, put: func(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
			if _, err := st.Head(ctx, key); err == nil && o.IfAbsent {
				return store.Info{}, store.ErrExists
			}
			time.Sleep(10 * time.Millisecond)
			return st.Put(ctx, key, body, size, store.PutOptions{})
		}}
	}},
	{"put believes the size", "put of another length", func(st store.Store) store.Store {
		return &mutant{Store: st, put: func(ctx context.Context, key string, body io.ReadSeeker, _ int64, o store.PutOptions) (store.Info, error) {
			b, _ := io.ReadAll(body)
			return st.Put(ctx, key, bytes.NewReader(b), int64(len(b)), o)
		}}
	}},
	{"put rewinds the body", "put reads from where the body stands", func(st store.Store) store.Store {
		return &mutant{Store: st, put: func(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
			_, _ = body.Seek(0, io.SeekStart)
			return st.Put(ctx, key, body, size, o)
		}}
	}},
	{"put keeps half a body", "body fails midway", func(st store.Store) store.Store {
		return &mutant{Store: st, put: func(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
			b, err := io.ReadAll(body)
			if err != nil {
				_, _ = st.Put(ctx, key, bytes.NewReader(b), int64(len(b)), o)
				return store.Info{}, err
			}
			return st.Put(ctx, key, bytes.NewReader(b), size, o)
		}}
	}},
	{"put cancelled keeps half a body", "cancel midway", func(st store.Store) store.Store {
		return &mutant{Store: st, put: func(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
			b, _ := io.ReadAll(body)
			info, err := st.Put(context.WithoutCancel(ctx), key, bytes.NewReader(b), size, o)
			return info, errors.Join(err, ctx.Err())
		}}
	}},
	{"put in two steps", "readers see whole objects while it is replaced", func(st store.Store) store.Store {
		return &mutant{Store: st, put: func(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
			b, _ := io.ReadAll(body)
			_, _ = st.Put(ctx, key, bytes.NewReader(b[:len(b)/2]), int64(len(b)/2), o)
			time.Sleep(time.Millisecond)
			return st.Put(ctx, key, bytes.NewReader(b), size, o)
		}}
	}},
	{"put lies about CRC64", "put and get", func(st store.Store) store.Store {
		return &mutant{Store: st, put: func(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
			info, err := st.Put(ctx, key, body, size, o)
			info.CRC64 = "1"
			return info, err
		}}
	}},
	{"CRC64 promised and not given", "put and get", func(st store.Store) store.Store {
		return &mutant{Store: st, caps: &store.Caps{IfAbsent: true, CRC64: true}}
	}},
	{"cancelled context is ignored", "cancelled before", func(st store.Store) store.Store {
		return &mutant{Store: st, head: func(ctx context.Context, key string) (store.Info, error) {
			return st.Head(context.WithoutCancel(ctx), key)
		}}
	}},
	{"not found without class", "absent objects", func(st store.Store) store.Store {
		return &mutant{Store: st, head: func(ctx context.Context, key string) (store.Info, error) {
			info, err := st.Head(ctx, key)
			if err != nil {
				err = fmt.Errorf("%v", err)
			}
			return info, err
		}}
	}},
	{"invalid keys are not found", "invalid keys", func(st store.Store) store.Store {
		return &mutant{Store: st, head: func(ctx context.Context, key string) (store.Info, error) {
			if store.ValidKey(key) != nil {
				return store.Info{}, store.ErrNotFound
			}
			return st.Head(ctx, key)
		}}
	}},
	{"everything was modified in 1970", "modified is the time of writing", func(st store.Store) store.Store {
		return &mutant{Store: st, head: func(ctx context.Context, key string) (store.Info, error) {
			info, err := st.Head(ctx, key)
			info.Modified = time.Unix(0, 0)
			return info, err
		}}
	}},
	{"ranges are one too long", "get ranges", func(st store.Store) store.Store {
		return &mutant{Store: st, get: func(ctx context.Context, key string, off, n int64) (io.ReadCloser, store.Info, error) {
			if n > 0 {
				n++
			}
			return st.Get(ctx, key, off, n)
		}}
	}},
	{"info describes the range", "get ranges", func(st store.Store) store.Store {
		return &mutant{Store: st, get: func(ctx context.Context, key string, off, n int64) (io.ReadCloser, store.Info, error) {
			r, info, err := st.Get(ctx, key, off, n)
			info.Size -= off
			return r, info, err
		}}
	}},
	{"reading outlives the context", "cancel while reading", func(st store.Store) store.Store {
		return &mutant{Store: st, get: func(ctx context.Context, key string, off, n int64) (io.ReadCloser, store.Info, error) {
			return st.Get(context.WithoutCancel(ctx), key, off, n)
		}}
	}},
	{"list walks directories", "list in key order", func(st store.Store) store.Store {
		return &mutant{Store: st, list: func(all []store.Info, prefix string, fn func(store.Info) error) error {
			sort.Slice(all, func(i, j int) bool {
				return slices.Compare(strings.Split(all[i].Key, "/"), strings.Split(all[j].Key, "/")) < 0
			})
			return each(all, prefix, fn)
		}}
	}},
	{"prefix is a directory", "list prefix", func(st store.Store) store.Store {
		return &mutant{Store: st, list: func(all []store.Info, prefix string, fn func(store.Info) error) error {
			return each(all, strings.TrimSuffix(prefix, "/")+"/", fn)
		}}
	}},
	{"list goes on after fn fails", "list stops when fn fails", func(st store.Store) store.Store {
		return &mutant{Store: st, list: func(all []store.Info, prefix string, fn func(store.Info) error) error {
			var first error
			_ = each(all, prefix, func(i store.Info) error {
				first = cmpError(first, fn(i))
				return nil
			})
			return first
		}}
	}},
	{"list dresses up the error of fn", "list stops when fn fails", func(st store.Store) store.Store {
		return &mutant{Store: st, list: func(all []store.Info, prefix string, fn func(store.Info) error) error {
			if err := each(all, prefix, fn); err != nil {
				return fmt.Errorf("list: %w", err)
			}
			return nil
		}}
	}},
	{"absent keys fail to be deleted", "delete", func(st store.Store) store.Store {
		return &mutant{Store: st, delete: func(ctx context.Context, keys ...string) error {
			for _, key := range keys {
				if _, err := st.Head(ctx, key); err != nil {
					return err
				}
			}
			return st.Delete(ctx, keys...)
		}}
	}},
	{"delete takes what begins so", "delete", func(st store.Store) store.Store {
		return &mutant{Store: st, delete: func(ctx context.Context, keys ...string) error {
			var all []string
			err := st.List(ctx, "", func(i store.Info) error {
				for _, key := range keys {
					if strings.HasPrefix(i.Key, key) {
						all = append(all, i.Key)
					}
				}
				return nil
			})
			return errors.Join(err, st.Delete(ctx, all...))
		}}
	}},
	{"uploads are visible", "uncommitted is invisible", memory(rules{visible: true})},
	{"commit ignores IfAbsent", "commit if absent", memory(rules{overwrite: true})},
	{"commit looks, then writes", "race commit if absent", memory(rules{overwrite: true, look: true})},
	{"parts in order of arrival", "upload parts in any order", memory(rules{arrival: true})},
	{"parts in order of their digits", "upload more than nine parts", memory(rules{lexical: true})},
	{"a part sent again is appended", "part sent again replaces", memory(rules{append: true})},
	{"a part of another length is taken", "part of another length", memory(rules{anyLength: true})},
	{"commit of nothing", "commit without parts", memory(rules{nothing: true})},
	{"abort does nothing", "abort", memory(rules{noAbort: true})},
	{"abort after commit deletes", "abort after commit", memory(rules{abortDeletes: true})},
	{"upload lives after commit", "abort after commit", memory(rules{noAbort: true})},
	{"resume forgets the parts", "resume", memory(rules{forget: true})},
	{"resume takes any key", "resume what is gone", memory(rules{anyKey: true})},
	{"one upload for each key", "uploads of one key are apart", memory(rules{shared: true})},
}

func TestMutantsAreCaught(t *testing.T) {
	if os.Getenv("YINGZAO_MUTANT") != "" {
		t.Skip("this is the child")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run := func(name, only string) (string, error) {
		pattern := "^TestMutant$"
		if only != "" {
			pattern += "/^" + regexp.QuoteMeta(strings.ReplaceAll(only, " ", "_")) + "$"
		}
		cmd := exec.Command(self, "-test.run="+pattern, "-test.v")
		cmd.Env = append(os.Environ(), "YINGZAO_MUTANT="+name)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			out, err := run(m.name, m.caughtBy)
			var exit *exec.ExitError
			if !errors.As(err, &exit) || !strings.Contains(out, "--- FAIL: TestMutant/"+strings.ReplaceAll(m.caughtBy, " ", "_")) {
				t.Errorf("case %q did not notice (%v):\n%s", m.caughtBy, err, out)
			}
		})
	}
	t.Run("the sound ones pass", func(t *testing.T) { // or the failures above say nothing
		for _, name := range []string{"none", "memory"} {
			if out, err := run(name, ""); err != nil || strings.Count(out, "--- PASS: TestMutant/") < 40 {
				t.Errorf("%s: %v:\n%s", name, err, out)
			}
		}
	})
}

// TestMutant is what the child processes run.
func TestMutant(t *testing.T) {
	name := os.Getenv("YINGZAO_MUTANT")
	if name == "" {
		t.Skip("run by TestMutantsAreCaught")
	}
	change := func(st store.Store) store.Store { return &mutant{Store: st} }
	if name == "memory" {
		change = memory(rules{})
	}
	for _, m := range mutants {
		if m.name == name {
			change = m.make
		}
	}
	storetest.Run(t, func(t *testing.T) store.Store { return change(newStore(t)) })
}

// mutant is a store with some methods replaced.
type mutant struct {
	store.Store
	put    func(context.Context, string, io.ReadSeeker, int64, store.PutOptions) (store.Info, error)
	head   func(context.Context, string) (store.Info, error)
	get    func(context.Context, string, int64, int64) (io.ReadCloser, store.Info, error)
	list   func(all []store.Info, prefix string, fn func(store.Info) error) error
	delete func(context.Context, ...string) error
	caps   *store.Caps
	rules  *rules
	mu     sync.Mutex
	ups    map[string]*memUpload
}

func (m *mutant) Put(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
	if m.put == nil {
		return m.Store.Put(ctx, key, body, size, o)
	}
	return m.put(ctx, key, body, size, o)
}

func (m *mutant) Head(ctx context.Context, key string) (store.Info, error) {
	if m.head == nil {
		return m.Store.Head(ctx, key)
	}
	return m.head(ctx, key)
}

func (m *mutant) Get(ctx context.Context, key string, off, n int64) (io.ReadCloser, store.Info, error) {
	if m.get == nil {
		return m.Store.Get(ctx, key, off, n)
	}
	return m.get(ctx, key, off, n)
}

func (m *mutant) List(ctx context.Context, prefix string, fn func(store.Info) error) error {
	if m.list == nil {
		return m.Store.List(ctx, prefix, fn)
	}
	var all []store.Info
	if err := m.Store.List(ctx, "", func(i store.Info) error { all = append(all, i); return nil }); err != nil {
		return err
	}
	return m.list(all, prefix, fn)
}

func each(all []store.Info, prefix string, fn func(store.Info) error) error {
	for _, i := range all {
		if strings.HasPrefix(i.Key, prefix) {
			if err := fn(i); err != nil {
				return err
			}
		}
	}
	return nil
}

func cmpError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func (m *mutant) Delete(ctx context.Context, keys ...string) error {
	if m.delete == nil {
		return m.Store.Delete(ctx, keys...)
	}
	return m.delete(ctx, keys...)
}

func (m *mutant) Caps() store.Caps {
	if m.caps == nil {
		return m.Store.Caps()
	}
	return *m.caps
}
