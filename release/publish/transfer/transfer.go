package transfer

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Object is one object to be sent.
type Object struct {
	Name    string // for people
	Key     string
	Size    int64
	SHA256  string // of the content, in hex; what is read must have it
	CRC64   string // decimal, as stores print it; "" = not known beforehand
	Options store.PutOptions
	// Open opens the content. An [io.ReaderAt] is read through it, from several
	// goroutines; anything else is read once from where it stands. It is called
	// once, and again only if the store forgets the upload.
	Open func() (io.ReadSeekCloser, error)
}

// Options of a transfer. The zero value is what most callers want.
type Options struct {
	PartSize    int64         // bytes; 0 = chosen by size and store; raised where the store demands it
	Connections int           // most requests at the same time; 0 = what the store finds sensible, else 64
	Memory      int64         // most bytes of buffers for content that is no io.ReaderAt; 0 = 48 MiB
	Journal     string        // file that remembers uploads, see [JournalFile]; "" = nothing survives
	Pause       time.Duration // before the first repetition of a request; 0 = 200 ms
	Progress    func(Progress)
}

// Progress is told after each part, from one goroutine at a time.
type Progress struct {
	Name        string // of the object
	Done        int64  // bytes of all objects that the store has, those of earlier runs included
	Total       int64
	Rate        int64         // bytes a second of late; 0 = not known yet
	ETA         time.Duration // until the last part; 0 = not known yet
	Connections int           // allowed at the moment
}

// Stats tell what a transfer did so far.
type Stats struct {
	Requests    int   // calls of the store, repetitions included
	Repeated    int   // of them, repetitions
	Sent        int64 // bytes of parts that were sent, each time they were
	Resumed     int64 // bytes that an earlier run had sent
	Connections int   // most that were busy at the same time
}

// Transfer sends objects to one store. Its methods are called one after the
// other, but for Commit.
type Transfer struct {
	st      store.Store
	o       Options
	pace    *pace
	retry   Retry
	journal *journal
	resend  sync.Mutex // held while one object is sent again

	mu      sync.Mutex
	uploads map[string]*upload // by key
	total   int64
	done    int64
	rate    rate
	stats   Stats
}

// New begins nothing yet. It reads the journal.
func New(st store.Store, o Options) *Transfer {
	most := cmp.Or(max(o.Connections, 0), st.Caps().Concurrency, 64)
	t := &Transfer{st: st, o: o, pace: newPace(most), uploads: map[string]*upload{}, journal: openJournal(o.Journal, st.URL())}
	t.retry = Retry{Pause: o.Pause, Budget: NewBudget(16 + 3*most)}
	return t
}

// upload is one object in the store, on the way or complete.
type upload struct {
	Object
	up        store.Upload
	partSize  int64
	crc       uint64 // of the whole
	stored    int64  // bytes of it the store has
	sent      bool   // all parts are there
	taken     bool   // somebody else's object is there
	spoiled   bool   // not to be resumed
	committed bool
}

// Send sends all parts of all objects. Afterwards each of them can be
// committed, or is among [Transfer.Taken]. After an error nothing can be sent or
// committed any more; Close decides what becomes of the uploads.
func (t *Transfer) Send(ctx context.Context, objects []Object) error {
	return t.deliver(ctx, t.prepare(objects))
}

func (t *Transfer) deliver(ctx context.Context, todo []*upload) error {
	// An upload that the store forgets begins anew; twice is bad luck, more is
	// a fault.
	for range 3 {
		var err error
		if todo, err = t.round(ctx, todo); err != nil || len(todo) == 0 {
			return err
		}
	}
	return msg.Errorf("upload %s: the store keeps forgetting it: %w", "上传 %s：存储反复丢失该上传：%w", todo[0].Name, store.ErrExpired)
}

func (t *Transfer) prepare(objects []Object) []*upload {
	var all []*upload
	for _, o := range objects {
		u := &upload{Object: o}
		all = append(all, u)
		t.uploads[o.Key] = u
		t.total += o.Size
	}
	// Large objects first: the small ones fill what is left of the link in the end.
	slices.SortStableFunc(all, func(a, b *upload) int { return cmp.Compare(b.Size, a.Size) })
	sizes(all, t.o.PartSize, t.pace.most, t.st.Caps())
	for _, u := range all {
		if e := t.journal.find(u.Key, u.SHA256); e != nil && fits(e.PartSize, u.Size, t.st.Caps()) && cmp.Or(t.o.PartSize, e.PartSize) == e.PartSize {
			u.partSize = e.PartSize
		}
	}
	parts := 0
	for _, u := range all {
		parts += count(u.Size, u.partSize)
	}
	t.pace.even(parts)
	return all
}

// round sends objects and returns those whose upload was forgotten.
func (t *Transfer) round(ctx context.Context, todo []*upload) (again []*upload, err error) {
	group, groupCtx := errgroup.WithContext(ctx)
	jobs := make(chan job, 2*t.pace.most)
	var all []*flow
	for _, u := range todo {
		all = append(all, &flow{upload: u, t: t, begun: make(chan struct{})})
	}
	group.Go(func() error {
		defer close(jobs)
		return t.plan(groupCtx, all, jobs)
	})
	for j := range jobs {
		if t.pace.acquire(groupCtx) != nil {
			j.drop()
			continue
		}
		group.Go(func() error {
			s := &slot{p: t.pace, held: true}
			err := j.run(groupCtx, s)
			if err == nil { // else nobody may send any more
				s.release()
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, f := range all {
		switch {
		case f.expired():
			t.forget(f.upload)
			again = append(again, f.upload)
		case !f.taken:
			f.sent = true
		}
	}
	return again, nil
}

// forget makes an upload as if it had not begun.
func (t *Transfer) forget(u *upload) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done -= u.stored
	u.up, u.stored = nil, 0
	t.journal.drop(u.Key)
}

// Taken are the keys where the store has an object already, which was not
// replaced.
func (t *Transfer) Taken() []string {
	var keys []string
	for key, u := range t.uploads {
		if u.taken {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// Commit completes one object that was sent and compares size and CRC-64. It
// may be called for several objects at once. An upload that the store has
// forgotten meanwhile is sent once more. The errors are the store's; after
// ErrExists and ErrExpired somebody else may have completed the same content, or
// an earlier try of ours did and its answer was lost.
func (t *Transfer) Commit(ctx context.Context, key string) (store.Info, error) {
	u := t.uploads[key]
	if u == nil || !u.sent || u.committed {
		return store.Info{}, msg.Errorf("complete %s: it was not sent", "完成 %s：尚未上传", key)
	}
	info, err := t.complete(ctx, u)
	if errors.Is(err, store.ErrExpired) && t.absent(ctx, key) {
		if err = t.again(ctx, u); err == nil {
			info, err = t.complete(ctx, u)
		}
	}
	if errors.Is(err, store.ErrExpired) {
		u.spoiled = true // there is nothing to resume
	}
	if err != nil {
		return store.Info{}, err
	}
	if info.Size != u.Size || info.CRC64 != "" && info.CRC64 != store.FormatCRC64(u.crc) {
		u.spoiled = true
		return store.Info{}, msg.Errorf("the store holds other bytes than were sent: %w", "存储中的内容与发送的不一致：%w", store.ErrIntegrity)
	}
	u.committed = true
	return info, nil
}

func (t *Transfer) complete(ctx context.Context, u *upload) (info store.Info, err error) {
	err = t.Do(ctx, func() (err error) {
		info, err = u.up.Commit(ctx)
		return err
	})
	return info, err
}

// absent reports that the store certainly has no object of that key.
func (t *Transfer) absent(ctx context.Context, key string) bool {
	return errors.Is(t.Do(ctx, func() error {
		_, err := t.st.Head(ctx, key)
		return err
	}), store.ErrNotFound)
}

// again sends an object whose upload the store forgot after all its parts were
// in. One at a time: it is rare, and each has the whole link.
func (t *Transfer) again(ctx context.Context, u *upload) error {
	t.resend.Lock()
	defer t.resend.Unlock()
	t.forget(u)
	u.sent = false
	if err := t.deliver(ctx, []*upload{u}); err != nil {
		return err
	}
	if u.taken {
		return store.Fail(store.OpBegin, u.Key, store.ErrExists, nil)
	}
	return nil
}

// Do runs a request of the caller's as the transfer runs its own: repeated and
// counted.
func (t *Transfer) Do(ctx context.Context, do func() error) error {
	r := t.retry
	r.Budget = nil // small requests end by themselves
	return r.Do(ctx, t.counted(do))
}

// counted is do, counted; the first call is not a repetition.
func (t *Transfer) counted(do func() error) func() error {
	first := true
	return func() error {
		t.mu.Lock()
		t.stats.Requests++
		if !first {
			t.stats.Repeated++
		}
		first = false
		t.mu.Unlock()
		return do()
	}
}

// Stats may be called at any time.
func (t *Transfer) Stats() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.stats
	s.Connections = t.pace.reached()
	return s
}

// leaving bounds what Close may take: a store that does not answer leaves it to
// its own clean-up.
const leaving = 1500 * time.Millisecond

// Close ends the transfer, even when ctx has ended. What was sent and not
// committed stays for a later run if keep is set and there is a journal;
// uploads without a part, or with a spoiled one, never stay.
func (t *Transfer) Close(ctx context.Context, keep bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaving)
	defer cancel()
	var group errgroup.Group
	group.SetLimit(8)
	abort := func(up store.Upload) {
		group.Go(func() error {
			return t.counted(func() error { return up.Abort(ctx) })()
		})
	}
	keep = keep && t.journal.usable()
	kept := map[string]bool{}
	for _, u := range t.uploads {
		switch {
		case u.up == nil || u.committed:
		case keep && !u.spoiled && u.stored > 0:
			kept[u.Key] = true
		default:
			abort(u.up)
		}
	}
	for _, e := range t.journal.entries() {
		switch u := t.uploads[e.Key]; {
		case kept[e.Key], keep && (u == nil || u.up == nil && !u.taken): // its turn never came
			continue
		case u == nil || u.up == nil: // nobody needs it any more
			if up, err := t.st.Resume(ctx, e.Key, e.ID, store.PutOptions{}); err == nil {
				abort(up)
			}
		}
		t.journal.drop(e.Key)
	}
	_ = group.Wait() // what cannot be aborted goes by the store's own clean-up
	t.journal.save()
}
