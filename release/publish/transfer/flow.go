package transfer

import (
	"context"
	"crypto/md5" //nolint:gosec // what ETags are made of
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// flow is one object in one round.
type flow struct {
	*upload
	t     *Transfer
	begun chan struct{}          // closed when up or failed is set
	have  map[int]store.PartInfo // what the store had when the upload was taken up
	err   error                  // why there is no upload

	mu   sync.Mutex
	gone bool // the store has forgotten the upload
}

// job is one request, or a few, that a connection makes: the beginning of an
// upload when part is 0, else one of its parts.
type job struct {
	f    *flow
	part int
	crc  uint64 // of the content that was read
	size int64
	open func() io.ReadSeeker // the content; may be called again
	done func()               // the content is not needed any more
}

func (j job) drop() {
	if j.part == 0 {
		j.f.err = context.Canceled
		close(j.f.begun)
		return
	}
	j.done()
}

func (j job) run(ctx context.Context, s *slot) error {
	if j.part == 0 {
		defer close(j.f.begun)
		j.f.err = j.f.begin(ctx, s)
		return j.f.failed(j.f.err)
	}
	defer j.done()
	// The beginning is ahead in the same queue, so it never waits for us.
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-j.f.begun:
	}
	if ctx.Err() != nil || j.f.err != nil || j.f.taken || j.f.expired() {
		return nil // told by whoever saw it first
	}
	err := j.send(ctx, s)
	if errors.Is(err, store.ErrExpired) {
		j.f.mu.Lock()
		j.f.gone = true
		j.f.mu.Unlock()
		return nil
	}
	return j.f.failed(err)
}

func (f *flow) expired() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.gone
}

func (f *flow) failed(err error) error {
	if err == nil {
		return nil
	}
	return msg.Errorf("upload %s: %w", "上传 %s：%w", f.Name, err)
}

// begin takes up an earlier upload, or begins one.
func (f *flow) begin(ctx context.Context, s *slot) error {
	retry := s.retry(f.t.retry, true)
	if e := f.t.journal.find(f.Key, f.SHA256); e != nil && e.PartSize == f.partSize {
		err := f.resume(ctx, e.ID, retry)
		if err == nil || !errors.Is(err, store.ErrExpired) {
			return err
		}
	}
	if old := f.t.journal.drop(f.Key); old != nil { // of other content, or in other parts
		if up, err := f.t.st.Resume(ctx, f.Key, old.ID, f.Options); err == nil {
			_ = f.t.counted(func() error { return up.Abort(ctx) })() // nothing depends on it
		}
	}
	var up store.Upload
	err := retry.Do(ctx, f.t.counted(func() (err error) {
		if err := ctx.Err(); err != nil {
			return err
		}
		late, cancel := linger(ctx)
		defer cancel()
		up, err = f.t.st.Begin(late, f.Key, f.Options)
		return err
	}))
	if errors.Is(err, store.ErrExists) {
		f.taken = true
		return nil
	}
	if err != nil {
		return err
	}
	f.set(up)
	f.t.journal.add(entry{Key: f.Key, SHA256: f.SHA256, PartSize: f.partSize, ID: up.ID(), Since: time.Now().UTC().Truncate(time.Second)})
	return nil
}

// lingering is how much longer than its transfer the beginning of an upload may
// take.
const lingering = 400 * time.Millisecond

// linger is for requests that must not be cut off: the upload would exist, and
// nobody would know its ID to abort it.
func linger(ctx context.Context) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(lingering, cancel) })
	return late, func() {
		stop()
		cancel()
	}
}

func (f *flow) set(up store.Upload) {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	f.up = up
}

// resume asks the store what it has of an upload. Parts beyond ours would end
// up in the object, so such an upload is as good as none.
func (f *flow) resume(ctx context.Context, id string, retry Retry) error {
	var parts []store.PartInfo
	err := retry.Do(ctx, f.t.counted(func() error {
		up, err := f.t.st.Resume(ctx, f.Key, id, f.Options)
		if err != nil {
			return err
		}
		f.set(up)
		parts, err = up.Parts(ctx)
		return err
	}))
	if err != nil {
		if errors.Is(err, store.ErrExpired) {
			f.set(nil)
		}
		return err
	}
	f.have = map[int]store.PartInfo{}
	for _, p := range parts {
		if p.Number < 1 || p.Number > count(f.Size, f.partSize) {
			f.have = nil
			f.set(nil)
			return store.ErrExpired
		}
		f.have[p.Number] = p
	}
	return nil
}

// send sends one part, unless the store has it.
func (j job) send(ctx context.Context, s *slot) error {
	f := j.f
	if j.there() {
		f.t.passed(f.upload, j.size, true)
		return nil
	}
	err := s.retry(f.t.retry, false).Do(ctx, f.t.counted(func() error {
		m := f.t.pace.start()
		body := &tracked{r: j.open(), crc: store.NewCRC64(), moved: m.moved}
		ctx, stop := m.watch(ctx)
		info, err := f.up.Part(ctx, j.part, body, j.size)
		if stalled := stop(); err != nil && stalled {
			err = store.Fail(store.OpPart, f.Key, store.ErrTransient, errStalled)
		}
		if body.differs(j.size, j.crc) {
			return f.spoil()
		}
		if err == nil && info.CRC64 != "" && info.CRC64 != store.FormatCRC64(j.crc) {
			err = store.Fail(store.OpPart, f.Key, store.ErrIntegrity, nil)
		}
		if err == nil {
			f.t.mu.Lock()
			f.t.stats.Sent += j.size
			f.t.mu.Unlock()
			m.done(j.size)
		}
		return err
	}))
	if err == nil {
		f.t.passed(f.upload, j.size, false)
	}
	return err
}

// there reports whether the store has exactly this part from an earlier run.
func (j job) there() bool {
	p, ok := j.f.have[j.part]
	switch {
	case !ok || p.Size != j.size:
		return false
	case p.CRC64 != "":
		return p.CRC64 == store.FormatCRC64(j.crc)
	}
	// Stores without CRC-64 name the MD5 of a part, most of them. What is
	// something else is different, and so is sent again.
	sum := md5.New() //nolint:gosec // see above
	if _, err := io.Copy(sum, j.open()); err != nil {
		return false
	}
	return strings.EqualFold(strings.Trim(p.ETag, `"`), hex.EncodeToString(sum.Sum(nil)))
}

// passed counts a part that the store has.
func (t *Transfer) passed(u *upload, n int64, resumed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u.stored += n
	t.done += n
	if resumed {
		t.stats.Resumed += n
	} else {
		t.rate.add(time.Now(), n)
	}
	if t.o.Progress != nil {
		t.o.Progress(Progress{
			Name: u.Name, Done: t.done, Total: t.total, Rate: t.rate.perSecond(), ETA: t.rate.eta(t.total - t.done), Connections: t.pace.allowed(),
		})
	}
}

// changed is about content that is not what it was said to be.
func changed(name string) error {
	return msg.Errorf("artifact %s is not what the manifest says", "制品 %s 与清单不符", name).
		WithHint("it changed after it was packed; run the release again", "它在打包之后被改动；请重新执行发布")
}
