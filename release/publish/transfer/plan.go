package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"sync/atomic"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// plan reads the objects, sums them, and queues their jobs. The beginning of an
// upload is queued one object ahead, so that nobody has to wait for it.
func (t *Transfer) plan(ctx context.Context, flows []*flow, jobs chan<- job) error {
	buffers := newPool(t.pace.most, t.o.Memory, flows)
	next := 0
	begin := func() error {
		if next == len(flows) {
			return nil
		}
		next++
		return put(ctx, jobs, job{f: flows[next-1]})
	}
	t.mu.Lock()
	t.rate.start()
	t.mu.Unlock()
	if err := begin(); err != nil {
		return err
	}
	for _, f := range flows {
		if err := begin(); err != nil {
			return err
		}
		if err := f.read(ctx, buffers, jobs); err != nil {
			return err
		}
	}
	return nil
}

func put(ctx context.Context, jobs chan<- job, j job) error {
	select {
	case jobs <- j:
		return nil
	case <-ctx.Done():
		j.drop()
		return ctx.Err()
	}
}

// read queues the parts of one object. It fails when the content is not what it
// should be.
func (f *flow) read(ctx context.Context, buffers *pool, jobs chan<- job) error {
	content, err := f.Open()
	if err != nil {
		return msg.Errorf("open artifact %s: %w", "打开制品 %s：%w", f.Name, err)
	}
	src := &source{c: content}
	src.hold()
	defer src.release()
	src.at, _ = content.(io.ReaderAt)
	whole, all := sha256.New(), uint64(0)
	for n, off := 1, int64(0); n <= count(f.Size, f.partSize); n++ {
		j := job{f: f, part: n, size: min(f.partSize, f.Size-off)}
		if err := j.sum(ctx, src, off, buffers, whole); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return f.spoil()
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return msg.Errorf("read artifact %s: %w", "读取制品 %s：%w", f.Name, err)
		}
		all = store.CombineCRC64(all, j.crc, j.size)
		off += j.size
		if err := put(ctx, jobs, j); err != nil {
			return err
		}
	}
	if src.more(f.Size) || hex.EncodeToString(whole.Sum(nil)) != f.SHA256 || f.CRC64 != "" && store.FormatCRC64(all) != f.CRC64 {
		return f.spoil()
	}
	f.crc = all
	return nil
}

// spoil ends the transfer because of the content; what the store has of it must
// not be taken up again.
func (f *flow) spoil() error {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	f.spoiled = true
	return changed(f.Name)
}

// sum reads one part, once, and makes it ready to be sent.
func (j *job) sum(ctx context.Context, src *source, off int64, buffers *pool, whole hash.Hash) error {
	crc := store.NewCRC64()
	into := io.MultiWriter(whole, crc)
	if src.at != nil {
		section := io.NewSectionReader(src.at, off, j.size)
		n, err := io.CopyBuffer(struct{ io.Writer }{into}, struct{ io.Reader }{section}, buffers.scratch)
		if err != nil {
			return err
		}
		if n < j.size {
			return io.ErrUnexpectedEOF
		}
		src.hold()
		j.open = func() io.ReadSeeker { return io.NewSectionReader(src.at, off, j.size) }
		j.done = src.release
	} else {
		b, err := buffers.get(ctx, j.size)
		if err != nil {
			return err
		}
		if _, err := io.ReadFull(src.c, b); err != nil {
			buffers.put(b)
			return err
		}
		_, _ = into.Write(b) // hashes do not fail
		j.open = func() io.ReadSeeker { return bytes.NewReader(b) }
		j.done = func() { buffers.put(b) }
	}
	j.crc = crc.Sum64()
	return nil
}

// source is content that is closed when nobody needs it any more.
type source struct {
	c     io.ReadSeekCloser
	at    io.ReaderAt // nil when it can be read in order only
	users atomic.Int32
}

func (s *source) hold() { s.users.Add(1) }

func (s *source) release() {
	if s.users.Add(-1) == 0 {
		_ = s.c.Close() // it was only read
	}
}

// more reports whether there is content after size bytes.
func (s *source) more(size int64) bool {
	var b [1]byte
	if s.at != nil {
		n, _ := s.at.ReadAt(b[:], size)
		return n > 0
	}
	n, _ := s.c.Read(b[:])
	return n > 0
}

// pool holds the buffers for content that can be read in order only.
type pool struct {
	tokens  chan struct{}
	free    chan []byte
	size    int64
	scratch []byte // for the reader alone
}

// memory is what buffers may have together, so that a publication stays below
// 64 MB.
const memory = 48 << 20

func newPool(connections int, most int64, flows []*flow) *pool {
	p := &pool{scratch: make([]byte, 256<<10)}
	for _, f := range flows {
		p.size = max(p.size, min(f.partSize, f.Size))
	}
	if most <= 0 {
		most = memory
	}
	n := int(min(int64(connections)+1, max(most/max(p.size, 1), 2)))
	p.tokens, p.free = make(chan struct{}, n), make(chan []byte, n)
	return p
}

func (p *pool) get(ctx context.Context, size int64) ([]byte, error) {
	select {
	case p.tokens <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case b := <-p.free:
		return b[:size], nil
	default:
		return make([]byte, size, p.size), nil
	}
}

func (p *pool) put(b []byte) {
	p.free <- b // never full: one place per token
	<-p.tokens
}
