package upstream

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

const (
	// overlap is how much of what is there is fetched again to be compared, in bytes.
	overlap = 4 << 10
	// slowest is the rate below which a transfer counts as stalled, in bytes a second.
	slowest = 1 << 10
	// differs is the class of a mirror whose file is not the one that is half here.
	differs mirror.Class = "differs"
)

var (
	errLate    = msg.Errorf("another mirror is asked instead", "改向另一个镜像请求")
	errStalled = msg.Errorf("less than 1 KiB/s", "速度低于 1 KiB/s")
	errClosed  = msg.Errorf("the pool of mirrors is closed", "镜像池已关闭")
)

// keepError is a failure to write what came.
type keepError struct{ err error }

func (e *keepError) Error() string { return e.err.Error() }
func (e *keepError) Unwrap() error { return e.err }

// pulling says how far one mirror's try may go.
type pulling struct {
	skip bool // read from the start what is there already, when Range is ignored
	last bool // nobody else is left in this pass
}

// pull goes on with the download from one mirror, to its end, and tells the
// mirror's health.
func (p *Pool) pull(ctx context.Context, n *node, r *request, d *proxy.Download, how pulling) error {
	before, begin := d.Offset(), time.Now()
	t := &transfer{p: p, n: n, r: r, d: d, how: how}
	err := t.run(ctx)
	var kept *keepError
	if !errors.As(err, &kept) {
		if t.answered == 0 {
			t.answered = time.Since(begin)
		}
		p.note(ctx, n, r.rel, t.answered, d.Offset()-before, err)
	}
	return err
}

// transfer is one answer of one mirror on its way into a download.
type transfer struct {
	p        *Pool
	n        *node
	r        *request
	d        *proxy.Download
	how      pulling
	answered time.Duration // until the header; 0 = it did not come
	answer   *mirror.Answer
	cancel   context.CancelCauseFunc
}

func (t *transfer) run(ctx context.Context) error {
	begin := time.Now()
	ctx, t.cancel = context.WithCancelCause(ctx)
	defer t.cancel(nil)
	defer context.AfterFunc(t.p.ctx, func() { t.cancel(errClosed) })()
	tail := make([]byte, overlap)
	tail = tail[:t.d.Tail(tail)]
	from := t.d.Offset() - int64(len(tail))

	late := time.AfterFunc(t.p.o.Begin, func() {
		if !t.how.last {
			t.cancel(errLate)
		}
	})
	// Without this, net/http asks for gzip, and what it unpacks has no known size.
	header := http.Header{"Accept-Encoding": {"identity"}}
	if from > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	a, err := t.n.m.Open(ctx, http.MethodGet, t.r.rel, header)
	late.Stop()
	if err != nil {
		return t.refused(ctx, from, len(tail), err)
	}
	defer func() { _ = a.Body.Close() }()
	t.answer, t.answered = a, time.Since(begin)
	start, size, err := t.begins(from)
	if err != nil {
		return err
	}
	watch := newWatch(a.Body, t.p.o.Stall, func() { t.cancel(errStalled) })
	defer watch.stop()
	if err := t.body(bufio.NewReaderSize(watch, 64<<10), tail, start, from, size); err != nil {
		return t.broken(ctx, err)
	}
	return nil
}

// refused is the failure of the request; a 416 may mean that all is there.
func (t *transfer) refused(ctx context.Context, from int64, tail int, err error) error {
	var e *mirror.Error
	if errors.Is(context.Cause(ctx), errLate) {
		return t.n.m.Fail(mirror.Timeout, t.r.rel, nil, errLate)
	}
	if !errors.As(err, &e) || e.Status != http.StatusRequestedRangeNotSatisfiable {
		return err
	}
	_, size, ok := contentRange(e.Header().Get("Content-Range"))
	switch {
	case !ok:
		return t.n.m.Fail(mirror.NoRange, t.r.rel, nil, err)
	case tail == 0 && size == from && (t.d.Size() < 0 || t.d.Size() == size):
		t.d.SetSize(size)
		return nil
	}
	return t.differs(size)
}

// begins says at which byte the answer begins, and the whole file's size, -1 where
// it is not told.
func (t *transfer) begins(from int64) (start, size int64, err error) {
	a := t.answer
	if coding := a.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return 0, 0, t.wrong(msg.Errorf("it is packed as %q", "返回内容以 %q 编码", coding))
	}
	size = a.ContentLength
	if a.StatusCode == http.StatusPartialContent {
		var ok bool
		if start, size, ok = contentRange(a.Header.Get("Content-Range")); !ok || start < 0 || start > from {
			return 0, 0, t.wrong(msg.Errorf("asked for the bytes from %d on, got %q", "请求从 %d 字节开始，得到 %q", from, a.Header.Get("Content-Range")))
		}
	}
	if from > 0 {
		t.n.ignoresRange(a.StatusCode == http.StatusOK)
		if a.StatusCode == http.StatusOK && !t.how.skip {
			return 0, 0, t.n.m.Fail(mirror.NoRange, t.r.rel, a, msg.Errorf("it does not heed Range", "该镜像不支持 Range"))
		}
	}
	if size > t.r.limit {
		return 0, 0, t.n.m.Fail("", t.r.rel, a, &httpx.TooLargeError{Limit: t.r.limit})
	}
	return start, size, nil
}

// body reads the answer: what is skipped, what is compared, what is new.
func (t *transfer) body(in *bufio.Reader, tail []byte, start, from, size int64) error {
	if start == 0 {
		if head, err := in.Peek(2); string(head) != "PK" {
			rest, _ := in.Peek(512)
			switch {
			case mirror.IsPage(rest):
				return t.n.m.Page(t.r.rel, t.answer)
			case err != nil && !errors.Is(err, io.EOF):
				return err
			}
			return t.wrong(msg.Errorf("not a zip file", "不是 zip 文件"))
		}
	}
	if known := t.d.Size(); size >= 0 && (known >= 0 && size != known || size < t.d.Offset()) {
		return t.differs(size)
	}
	if _, err := io.CopyN(io.Discard, in, from-start); err != nil {
		return short(err)
	}
	again := make([]byte, len(tail))
	if _, err := io.ReadFull(in, again); err != nil {
		return short(err)
	}
	if !bytes.Equal(again, tail) {
		return t.differs(size)
	}
	if size >= 0 {
		t.d.SetSize(size)
	}
	t.d.Begin(t.n.name)
	if err := t.copy(in); err != nil {
		return err
	}
	if t.d.Offset() < t.d.Size() {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// copy appends what comes, within the limits.
func (t *transfer) copy(in io.Reader) error {
	buf := make([]byte, 64<<10)
	for {
		n, err := in.Read(buf)
		switch end := t.d.Offset() + int64(n); {
		case end > t.r.limit:
			return t.n.m.Fail("", t.r.rel, t.answer, &httpx.TooLargeError{Limit: t.r.limit})
		case t.d.Size() >= 0 && end > t.d.Size():
			return t.differs(-1)
		case n > 0:
			if _, err := t.d.Write(buf[:n]); err != nil {
				return &keepError{err}
			}
		}
		switch {
		case err == io.EOF: //nolint:errorlint // io.Reader returns it bare
			return nil
		case err != nil:
			return err
		}
	}
}

// broken gives a body's failure its class.
func (t *transfer) broken(ctx context.Context, err error) error {
	var known *mirror.Error
	var kept *keepError
	switch cause := context.Cause(ctx); {
	case errors.As(err, &known), errors.As(err, &kept):
		return err
	case errors.Is(cause, errStalled):
		return t.n.m.Fail(mirror.Slow, t.r.rel, t.answer, errStalled)
	case cause != nil:
		return t.n.m.Fail("", t.r.rel, t.answer, cause)
	}
	return t.n.m.Fail("", t.r.rel, t.answer, err)
}

func (t *transfer) wrong(err error) error {
	return t.n.m.Fail(mirror.WrongContent, t.r.rel, t.answer, err)
}

func (t *transfer) differs(size int64) error {
	err := msg.Errorf("its bytes are not those that %d are there of already", "其内容与已收到的 %d 字节不一致", t.d.Offset())
	if size >= 0 && t.d.Size() >= 0 {
		err = msg.Errorf("its file has %d bytes, another mirror's %d", "其文件为 %d 字节，另一镜像为 %d 字节", size, t.d.Size())
	}
	return t.n.m.Fail(differs, t.r.rel, t.answer, err)
}

// short is the end of an answer before the place where something new begins.
func short(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
