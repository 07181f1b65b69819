package transfer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
)

// Every byte arrives, in parts of every shape, from files and from streams.
func TestSend(t *testing.T) {
	contents := [][]byte{random(1, 100_000), {}, random(2, 1), random(3, 33_334)}
	for _, part := range []int64{0, 1, 1_000, 33_333, 50_000, 99_999, 100_000, 100_001} {
		if part == 1 {
			contents = [][]byte{random(1, 70), {}}
		}
		for _, stream := range []bool{false, true} {
			bare := newStore(t)
			rec := storetest.Record(bare)
			var objects []Object
			var total int64
			for i, c := range contents {
				objects = append(objects, object("demo/"+string(rune('a'+i)), c, stream))
				total += int64(len(c))
			}
			o := quick
			o.PartSize, o.Connections = part, 3
			var last Progress
			o.Progress = func(p Progress) {
				if p.Done < last.Done || p.Connections > 3 {
					t.Errorf("progress goes from %+v to %+v", last, p)
				}
				last = p
			}
			tr := New(rec, o)
			if err := tr.Send(t.Context(), objects); err != nil {
				t.Fatal(err)
			}
			if calls := rec.Calls(store.OpCommit, store.OpPut); len(calls) > 0 {
				t.Errorf("before anything was to be committed: %v", calls)
			}
			commitAll(t, tr, objects)
			tr.Close(t.Context(), false)
			for i, c := range contents {
				if !bytes.Equal(read(t, bare, objects[i].Key), c) {
					t.Errorf("parts of %d, stream %v: other bytes arrived", part, stream)
				}
			}
			s := tr.Stats()
			if last.Done != total || last.Total != total || s.Sent != total || s.Resumed != 0 || s.Repeated != 0 || s.Connections > 3 || s.Requests != len(rec.Calls()) {
				t.Errorf("parts of %d: progress %+v, stats %+v of %d calls", part, last, s, len(rec.Calls()))
			}
			if n := len(rec.Calls(store.OpAbort)); n > 0 {
				t.Errorf("%d uploads were aborted", n)
			}
		}
	}
}

// odd is content that shows other bytes when it is read again.
type odd struct {
	*bytes.Reader
	mu    sync.Mutex
	reads map[int64]int
	again func(p []byte)
}

func (o *odd) ReadAt(p []byte, off int64) (int, error) {
	n, err := o.Reader.ReadAt(p, off)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.reads[off]++; o.reads[off] > 1 {
		o.again(p[:n])
	}
	return n, err
}

func (o *odd) Close() error { return nil }

func TestSendRefusesChangedContent(t *testing.T) {
	content := random(1, 100_000)
	flipped := bytes.Clone(content)
	flipped[70_000] ^= 1
	for name, open := range map[string]func() (io.ReadSeekCloser, error){
		"changed": func() (io.ReadSeekCloser, error) { return nopCloser{bytes.NewReader(flipped)}, nil },
		"cut":     func() (io.ReadSeekCloser, error) { return nopCloser{bytes.NewReader(content[:99_999])}, nil },
		"grown": func() (io.ReadSeekCloser, error) {
			return nopCloser{bytes.NewReader(append(bytes.Clone(content), 'x'))}, nil
		},
		"empty": func() (io.ReadSeekCloser, error) { return nopCloser{bytes.NewReader(nil)}, nil },
		"changed after it was summed": func() (io.ReadSeekCloser, error) {
			return &odd{Reader: bytes.NewReader(content), reads: map[int64]int{}, again: func(p []byte) { p[0] ^= 1 }}, nil
		},
	} {
		for _, stream := range []bool{false, true} {
			if stream && strings.Contains(name, "summed") {
				continue // a stream is read once
			}
			bare := newStore(t)
			o := quick
			o.PartSize, o.Journal = 10_000, filepath.Join(t.TempDir(), "journal")
			tr := New(bare, o)
			x := object("demo/x", content, stream)
			x.Open = func() (io.ReadSeekCloser, error) {
				f, err := open()
				if stream {
					return struct {
						io.ReadSeeker
						io.Closer
					}{f, f}, err
				}
				return f, err
			}
			err := tr.Send(t.Context(), []Object{object("demo/first", random(2, 20_000), false), x})
			if err == nil || !strings.Contains(err.Error(), "artifact x is not what the manifest says") || msg.Hint(err).IsZero() {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := tr.Commit(t.Context(), x.Key); err == nil {
				t.Errorf("%s: committed", name)
			}
			tr.Close(t.Context(), true)
			if b, _ := os.ReadFile(o.Journal); strings.Contains(string(b), "demo/x") {
				t.Errorf("%s: it would be resumed:\n%s", name, b)
			}
		}
	}
}

// Whatever call goes wrong, nothing is committed that is not right, and another
// run with the same journal completes and leaves nothing behind.
func TestEveryCallFails(t *testing.T) {
	contents := map[string][]byte{"demo/a": random(1, 5000), "demo/b": random(2, 1200)}
	all := func() []Object {
		return []Object{object("demo/a", contents["demo/a"], false), object("demo/b", contents["demo/b"], true)}
	}
	run := func(ctx context.Context, st store.Store, journal string) error {
		o := quick
		o.PartSize, o.Connections, o.Journal = 1000, 2, journal
		tr := New(st, o)
		err := tr.Send(ctx, all())
		for _, x := range all() {
			if err == nil {
				if _, err = tr.Commit(ctx, x.Key); errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrExpired) {
					_, err = st.Head(ctx, x.Key) // the earlier one arrived
				}
			}
		}
		tr.Close(ctx, err != nil)
		return err
	}
	runs, failed := 0, 0
	step := 4
	if os.Getenv("YINGZAO_PUBLISH_FAULTS") == "all" {
		step = 1
	}
	storetest.FailSome(t, step, func(t *testing.T, inject storetest.Inject) {
		runs++
		bare, journal := newStore(t), filepath.Join(t.TempDir(), "journal")
		ctx, st, reached := inject(bare)
		ctx.Done() // made here, outside the bubble, where it is closed
		var err error
		synctest.Test(t, func(t *testing.T) { // where the disk takes no time
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			began := time.Now()
			err = run(ctx, st, journal)
			if took := time.Since(began); took > 100*time.Millisecond {
				t.Errorf("it waited for %v", took)
			}
		})
		if err != nil && !reached() {
			t.Fatal(err)
		}
		if err != nil {
			failed++
			present := map[string]bool{}
			for _, x := range all() {
				_, err := bare.Head(t.Context(), x.Key)
				present[x.Key] = err == nil
			}
			o := quick
			o.PartSize, o.Connections, o.Journal = 1000, 2, journal
			tr := New(bare, o)
			var rest []Object
			for _, x := range all() {
				if !present[x.Key] {
					rest = append(rest, x)
				}
			}
			if err := tr.Send(t.Context(), rest); err != nil {
				t.Fatal(err)
			}
			commitAll(t, tr, rest)
			tr.Close(t.Context(), false)
		}
		for key, c := range contents {
			if !bytes.Equal(read(t, bare, key), c) {
				t.Errorf("%s is not what was sent", key)
			}
		}
		if _, err := os.Stat(journal); err == nil {
			t.Error("the journal is still there")
		}
	})
	if runs < 100/step || failed < 40/step {
		t.Errorf("%d runs, %d failed: the faults do not strike", runs, failed)
	}
	t.Logf("%d runs, %d failed", runs, failed)
}

// What cannot pass ends everything at once.
func TestFatalFailures(t *testing.T) {
	for _, class := range []error{store.ErrDenied, store.ErrClock, store.ErrEndpoint, store.ErrNoSpace, store.ErrInvalidKey, errors.New("no class")} {
		st := &script{Store: newStore(t), part: func(int) error { return class }}
		o := quick
		o.PartSize, o.Connections = 1000, 4
		tr := New(st, o)
		err := tr.Send(t.Context(), []Object{object("demo/a", random(1, 100_000), false)})
		tr.Close(t.Context(), true)
		if !errors.Is(err, class) {
			t.Errorf("%v: %v", class, err)
		}
		if n := st.parts(); n > 4 {
			t.Errorf("%v: %d requests by 4 connections", class, n)
		}
	}
}

// A dead store ends a transfer soon, however many parts there are.
func TestDeadStore(t *testing.T) {
	st := &script{Store: newStore(t), part: func(int) error { return store.ErrTransient }}
	o := quick
	o.PartSize, o.Connections = 100, 8
	tr := New(st, o)
	err := tr.Send(t.Context(), []Object{object("demo/a", random(1, 100_000), false)})
	tr.Close(t.Context(), false)
	if !errors.Is(err, store.ErrTransient) {
		t.Error(err)
	}
	if n := st.parts(); n > 48 {
		t.Errorf("%d requests", n)
	}
}

// Credentials that end in mid-upload are renewed by the adapter, and the part
// goes on; when that does not help it is an error.
func TestStaleCredentials(t *testing.T) {
	var renewed atomic.Bool // as an adapter tells the provider
	for name, tc := range map[string]struct {
		part func(n int) error
		ok   bool
	}{
		"renewed": {func(n int) error {
			if n > 50 && !renewed.Swap(true) {
				return store.ErrStale
			}
			return nil
		}, true},
		"for good": {func(n int) error {
			if n > 50 {
				return store.ErrStale
			}
			return nil
		}, false},
	} {
		st := &script{Store: newStore(t), part: tc.part}
		o := quick
		o.Pause = time.Minute // it must not wait
		o.PartSize = 1000
		tr := New(st, o)
		err := tr.Send(t.Context(), []Object{object("demo/a", random(1, 100_000), false)})
		tr.Close(t.Context(), false)
		if (err == nil) != tc.ok || err != nil && !errors.Is(err, store.ErrStale) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An upload that the store forgets begins anew, and not for ever.
func TestForgottenUpload(t *testing.T) {
	content := random(1, 100_000)
	for _, stream := range []bool{false, true} {
		bare := newStore(t)
		st := &script{Store: bare, part: func(n int) error {
			if n == 30 {
				return store.ErrExpired
			}
			return nil
		}}
		o := quick
		o.PartSize = 1000
		o.Journal = filepath.Join(t.TempDir(), "journal")
		tr := New(st, o)
		objects := []Object{object("demo/a", content, stream), object("demo/b", random(2, 3000), stream)}
		if err := tr.Send(t.Context(), objects); err != nil {
			t.Fatal(err)
		}
		commitAll(t, tr, objects)
		tr.Close(t.Context(), false)
		if !bytes.Equal(read(t, bare, "demo/a"), content) {
			t.Error("other bytes arrived")
		}
	}
	st := &script{Store: newStore(t), part: func(int) error { return store.ErrExpired }}
	tr := New(st, quick)
	err := tr.Send(t.Context(), []Object{object("demo/a", content, false)})
	tr.Close(t.Context(), false)
	if !errors.Is(err, store.ErrExpired) {
		t.Errorf("always forgotten: %v", err)
	}
}

// A part of which nothing moves is sent again.
func TestStalledPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bare := newStore(t)
		st := &script{Store: bare, hang: 3}
		o := quick
		o.PartSize = 1000
		began := time.Now()
		tr := New(st, o)
		objects := []Object{object("demo/a", random(1, 10_000), false)}
		if err := tr.Send(t.Context(), objects); err != nil {
			t.Fatal(err)
		}
		commitAll(t, tr, objects)
		tr.Close(t.Context(), false)
		if n, took := tr.Stats().Repeated, time.Since(began); n != 1 || took < stalled || took > stalled+time.Second {
			t.Errorf("%d repeated, after %v", n, took)
		}
	})
}

func TestCancelIsQuick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		st := &script{Store: newStore(t), part: func(int) error { return store.WithLater(store.ErrThrottled, time.Minute) }}
		began := time.Now()
		tr := New(st, Options{PartSize: 1000})
		err := tr.Send(ctx, []Object{object("demo/a", random(1, 100_000), true)})
		tr.Close(ctx, false)
		if took := time.Since(began); !errors.Is(err, context.Canceled) && !errors.Is(err, store.ErrThrottled) || took != 100*time.Millisecond {
			t.Errorf("%v after %v", err, took)
		}
	})
}

// An object that is there already is nobody's to replace.
func TestTaken(t *testing.T) {
	bare := newStore(t)
	if _, err := bare.Put(t.Context(), "demo/a", strings.NewReader("x"), 1, store.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	tr := New(bare, quick)
	objects := []Object{object("demo/a", random(1, 1000), false), object("demo/b", random(2, 1000), false)}
	if err := tr.Send(t.Context(), objects); err != nil {
		t.Fatal(err)
	}
	if got := tr.Taken(); len(got) != 1 || got[0] != "demo/a" {
		t.Errorf("taken %q", got)
	}
	if _, err := tr.Commit(t.Context(), "demo/a"); err == nil {
		t.Error("committed")
	}
	commitAll(t, tr, objects[1:])
	tr.Close(t.Context(), false)
}
