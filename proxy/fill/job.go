package fill

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// job is the fetch of one .mod or .zip.
type job struct {
	*Filler
	route *proxy.Route
	file  proxy.File
	key   string

	asked   <-chan want
	want    *want // once it is known
	pending *cache.Pending
	held    *cache.Held // instead, while the disk is full; nil = it is not
	body    *proxy.Download
}

// run fetches and proves. What fails its proof is asked of others, once.
func (j *job) run(ctx context.Context) (outcome, error) {
	var err error
	if err = j.begin(ctx); err != nil {
		return outcome{}, err
	}
	defer j.end()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // also a lookup that nobody waits for any more
	j.asked = j.expect(ctx, j.route, j.file)

	resumed := j.body.Offset() > 0
	if resumed {
		if out, done, err := j.takeUp(ctx); done {
			return out, err
		}
	}
	var first error
	for {
		if err := j.receive(ctx); err != nil && first != nil && ctx.Err() == nil {
			return outcome{}, first // nobody else has it; what was wrong is the news
		} else if err != nil {
			return outcome{}, j.broken(err)
		}
		h1, err := j.verify(ctx)
		switch {
		case err == nil:
			return j.commit(ctx, h1)
		case ctx.Err() != nil, j.want != nil && j.want.err != nil:
			return outcome{}, err // not the body's fault: it is parked
		case resumed:
			// Who sent the start of it is not known, so nobody is accused yet.
			resumed = false
			j.body.Restart()
			continue
		}
		if err := j.refuse(ctx, err); err != nil {
			return outcome{}, err
		}
		if first != nil {
			return outcome{}, err
		}
		first = err
	}
}

// begin opens what the body is written to.
func (j *job) begin(ctx context.Context) (err error) {
	if j.pending, err = j.o.Cache.Create(ctx, j.key); err == nil {
		j.body = proxy.NewDownload(j.bounded(j.pending), j.pending.Have())
		return nil
	}
	if cache.NoRoom(err) {
		if j.held, err = j.spare.Create(err); err == nil {
			j.body = proxy.NewDownload(j.bounded(j.held), 0)
		}
	}
	return err
}

// end parks what lies on the disk, and lets go of what nobody gets from memory.
func (j *job) end() {
	if j.held != nil {
		j.held.Drop()
	} else {
		_ = j.pending.Park()
	}
}

// lies is where the body is.
func (j *job) lies() *os.File {
	if j.held != nil {
		return j.held.File
	}
	return j.pending.File
}

// move goes on in memory, with what came, when the disk is full.
func (j *job) move(full error) error {
	held, err := j.spare.Create(full)
	if err != nil {
		return err
	}
	if err := held.Take(j.pending, j.body.Offset()); err != nil {
		held.Drop()
		return err
	}
	err = j.pending.Discard(nil)
	j.held = held
	j.body.Move(j.bounded(held))
	return err
}

// takeUp looks whether what an earlier try left is the whole file: then nothing
// but its proof was missing.
func (j *job) takeUp(ctx context.Context) (out outcome, done bool, err error) {
	h1, err := check(j.file, j.lies(), j.body.Offset())
	if err != nil {
		return outcome{}, false, nil // not whole
	}
	w, err := j.await(ctx)
	switch {
	case err != nil:
		return outcome{}, true, err
	case w.h1 == h1:
		out, err := j.commit(ctx, h1)
		return out, true, err
	case w.err != nil && !j.pend(w):
		return outcome{}, true, w.err
	}
	return outcome{}, false, nil
}

// receive brings the body, or what is missing of it. What became too long for a
// module is no trouble of the way: it is verified, and fails.
func (j *job) receive(ctx context.Context) error {
	start, before := time.Now(), j.body.Offset()
	err := j.route.Source.Fetch(ctx, j.file, j.body)
	if full := j.body.Failed(); j.held == nil && cache.NoRoom(full) {
		if e := j.move(full); e != nil {
			return e
		}
		err = j.route.Source.Fetch(ctx, j.file, j.body)
	}
	if err != nil && !errors.Is(j.body.Failed(), errTooLong) {
		return err
	}
	bytes := j.body.Offset()
	if bytes > before { // else it began anew
		bytes -= before
	}
	j.o.Observe(Event{What: Fetched, File: j.file, Route: j.route.Name, Pieces: j.body.Pieces(), Bytes: bytes, Took: time.Since(start)})
	return nil
}

// broken is the end of a fetch that brought nothing whole. What came is kept,
// unless there is nothing to go on with, or no room for it.
func (j *job) broken(err error) error {
	if j.held != nil {
		return err
	}
	if errors.Is(err, proxy.ErrNotFound) || errors.Is(err, proxy.ErrContent) || j.body.Failed() != nil {
		if e := j.pending.Discard(nil); e != nil {
			j.o.Log.Warn("partial file cannot be removed", "key", j.key, "err", e)
		}
	}
	return err
}

// verify is the h1 of the whole body when it is what it must be.
func (j *job) verify(ctx context.Context) (string, error) {
	if err := j.body.Failed(); err != nil {
		return "", err
	}
	if size := j.body.Size(); size >= 0 && size != j.body.Offset() {
		return "", errBroken
	}
	h1, err := check(j.file, j.lies(), j.body.Offset())
	if err != nil {
		return "", err
	}
	w, err := j.await(ctx)
	switch {
	case err != nil:
		return "", err
	case j.pend(w):
		j.want = &want{proof: proofPending}
	case w.err != nil:
		return "", w.err
	case w.h1 != "" && w.h1 != h1:
		return "", mismatch(w, h1)
	}
	return h1, nil
}

// pend reports whether a file is handed out although the database is out of reach: one
// that leaves a record, by which it is proven later.
func (j *job) pend(w want) bool {
	return j.o.Mode == Async && j.held == nil && errors.Is(w.err, proxy.ErrUnavailable)
}

// mismatch is content with another hash than it must have.
func mismatch(w want, h1 string) error {
	switch {
	case w.old:
		return msg.Errorf("%w: %s came, but it was %s when it was here before", "%w：收到 %s，而此前缓存的是 %s", proxy.ErrContent, h1, w.h1).
			WithHint("the tag was moved upstream; a version never changes, so publish a new one", "上游移动了标签；版本一经发布不可更改，请发布新版本")
	case w.proof == proofGoSum:
		return msg.Errorf("%w: %s came, but the site's go.sum has %s", "%w：收到 %s，而本站的 go.sum 记录为 %s", proxy.ErrContent, h1, w.h1)
	}
	return msg.Errorf("%w: %s came, but the checksum database has %s", "%w：收到 %s，而校验和数据库记录为 %s", proxy.ErrContent, h1, w.h1)
}

// await is what the file has to be, once that is known.
func (j *job) await(ctx context.Context) (want, error) {
	if j.want == nil {
		select {
		case w := <-j.asked:
			j.want = &w
		case <-ctx.Done():
			return want{}, context.Cause(ctx)
		}
	}
	return *j.want, nil
}

// commit puts the proven body in its place. Where that fails, for lack of room or
// of a bucket, it stays where it is and is answered from there.
func (j *job) commit(ctx context.Context, h1 string) (outcome, error) {
	if j.held != nil {
		j.o.Log.Warn("no room on the disk: answered from memory", "key", j.key, "bytes", j.body.Offset())
		if j.file.Kind != proxy.Zip {
			h1 = ""
		}
		j.held.Keep(j.key, h1)
		return outcome{}, nil
	}
	err := j.pending.Commit(ctx, cache.Record{
		Key: j.key, Route: j.route.Name, Pieces: j.body.Pieces(), H1: h1, Proof: j.want.proof, Size: j.body.Offset(), Time: j.o.Now(),
	})
	switch {
	case err == nil:
		if j.want.proof == proofPending {
			j.proofs.add(j.file)
		}
		return outcome{}, nil
	case errors.Is(err, proxy.ErrContent), ctx.Err() != nil:
		return outcome{}, err
	}
	j.o.Log.Warn("file cannot be put in its place", "key", j.key, "err", err)
	return outcome{path: j.pending.Name(), h1: h1, kind: j.file.Kind}, nil
}

// refuse puts content that failed its proof aside, with an alarm, and makes room
// for what others have. What only broke on its way is thrown away.
func (j *job) refuse(ctx context.Context, why error) error {
	e := Event{What: Quarantined, File: j.file, Route: j.route.Name, Pieces: j.body.Pieces(), Bytes: j.body.Offset(), Err: why}
	keep := why
	if errors.Is(why, proxy.ErrContent) {
		j.o.Observe(e)
		j.o.Log.Error("SECURITY: content fails verification", "file", j.file.String(), "route", j.route.Name, "from", senders(e.Pieces), "err", why)
		if j.want != nil && j.want.old {
			e.What = Changed
			j.o.Observe(e)
		}
	}
	if j.held != nil {
		j.body.Distrust() // there is no room for it in quarantine either
		return nil
	}
	if !errors.Is(why, proxy.ErrContent) || errors.Is(why, errTooLong) {
		keep = nil // nothing to be learnt from it
	}
	if err := j.pending.Discard(keep); err != nil {
		return err
	}
	var err error
	if j.pending, err = j.o.Cache.Create(ctx, j.key); err != nil {
		return err
	}
	j.body.Distrust()
	j.body.Into(j.bounded(j.pending))
	return nil
}

func senders(pieces []proxy.Piece) []string {
	var from []string
	for _, p := range pieces {
		from = append(from, p.From)
	}
	return from
}

// errTooLong is a body with more bytes than a module may have.
var errTooLong = msg.Errorf("%w: longer than a module may be", "%w：超出模块允许的大小", proxy.ErrContent)

// place is what a body is written to, and read back from when it goes on.
type place interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
}

// bounded is a place with a limit.
func (j *job) bounded(p place) io.WriterAt { return &bounded{p, limit(j.file.Kind)} }

type bounded struct {
	place
	limit int64
}

func (b *bounded) WriteAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > b.limit {
		return 0, errTooLong
	}
	return b.place.WriteAt(p, off)
}
