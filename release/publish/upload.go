package publish

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

const defaultPart = 8 << 20

// pending is one artifact whose parts are on the way or in the store.
type pending struct {
	manifest.Artifact
	up   store.Upload
	done bool // committed
}

// missing returns the artifacts that the store lacks. Those it has must be what
// the manifest says: where the version is complete the size is enough, as its
// bytes were checked when it was made; what an interrupted run left behind is
// compared by digest.
func (s *session) missing(ctx context.Context, there *inventory) ([]manifest.Artifact, error) {
	var missing []manifest.Artifact
	var differ []string
	for _, a := range s.m.Artifacts {
		info, ok := there.objects[s.m.Version+"/"+a.Name]
		if !ok {
			missing = append(missing, a)
			s.total += a.Size
			continue
		}
		same := info.Size == a.Size && (info.CRC64 == "" || a.CRC64 == "" || info.CRC64 == a.CRC64)
		if same && !s.res.Already {
			var err error
			if same, err = s.same(ctx, a); err != nil {
				return nil, err
			}
		}
		if !same {
			differ = append(differ, a.Name)
		}
		s.res.Skipped++
	}
	if len(differ) > 0 {
		return nil, published(differ)
	}
	return missing, nil
}

// same reports whether the object is the artifact: by size and CRC-64 where the
// store knows it, else by reading it back.
func (s *session) same(ctx context.Context, a manifest.Artifact) (same bool, err error) {
	key := s.key(a.Name)
	err = s.st.retry(ctx, func() error {
		info, err := s.st.Head(ctx, key)
		if err != nil {
			return err
		}
		if info.Size != a.Size || info.CRC64 != "" && a.CRC64 != "" {
			same = info.Size == a.Size && info.CRC64 == a.CRC64
			return nil
		}
		body, _, err := s.st.Get(ctx, key, 0, -1)
		if err != nil {
			return err
		}
		defer body.Close()
		sum := newMeter()
		_, err = io.Copy(sum, body)
		same = sum.sha256() == a.SHA256
		return err
	})
	return same, err
}

// alike counts an artifact that somebody else put in as skipped, and refuses to
// go on when it is another.
func (s *session) alike(ctx context.Context, a manifest.Artifact) error {
	same, err := s.same(ctx, a)
	switch {
	case err != nil:
		return err
	case !same:
		return published([]string{a.Name})
	}
	s.res.Skipped++
	return nil
}

// upload sends the parts of all artifacts. One goroutine reads and sums them in
// order, so that memory is one part for each connection and one more; the
// others send. What it returns has to be committed or aborted, on errors too.
func (s *session) upload(ctx context.Context, missing []manifest.Artifact) ([]*pending, error) {
	conns := s.o.Connections
	if conns <= 0 {
		if conns = s.st.Caps().Concurrency; conns <= 0 {
			conns = 4
		}
	}
	var mu sync.Mutex
	send, sendCtx := errgroup.WithContext(ctx)
	send.SetLimit(conns)
	free := sync.Pool{}
	var ups []*pending
	err := func() error {
		for _, a := range missing {
			p, err := s.begin(sendCtx, a)
			if err != nil {
				return err
			}
			if p == nil {
				continue
			}
			ups = append(ups, p)
			err = s.parts(sendCtx, a, &free, func(n int, part []byte) {
				send.Go(func() error {
					defer free.Put(&part)
					err := s.st.retry(sendCtx, func() error {
						_, err := p.up.Part(sendCtx, n, bytes.NewReader(part), int64(len(part)))
						return err
					})
					if err != nil {
						return msg.Errorf("upload %s: %w", "上传 %s：%w", a.Name, err)
					}
					mu.Lock()
					defer mu.Unlock()
					s.sent += int64(len(part))
					s.tell(Event{Stage: "upload", Name: a.Name})
					return nil
				})
			})
			if err != nil {
				return err
			}
		}
		return nil
	}()
	if sendErr := send.Wait(); sendErr != nil {
		err = sendErr // the reader only saw that the context ended
	}
	if err == nil {
		err = ctx.Err()
	}
	return ups, err
}

// begin returns nil when the same artifact has appeared since the listing.
func (s *session) begin(ctx context.Context, a manifest.Artifact) (*pending, error) {
	p := &pending{Artifact: a}
	err := s.st.retry(ctx, func() (err error) {
		p.up, err = s.st.Begin(ctx, s.key(a.Name), fixed(a.Name))
		return err
	})
	if errors.Is(err, store.ErrExists) {
		return nil, s.alike(ctx, a)
	}
	if err != nil {
		return nil, msg.Errorf("upload %s: %w", "上传 %s：%w", a.Name, err)
	}
	return p, nil
}

// parts cuts one artifact and hands each part on; an empty artifact is one
// empty part. It fails when the bytes are not those of the manifest.
func (s *session) parts(ctx context.Context, a manifest.Artifact, free *sync.Pool, hand func(n int, part []byte)) error {
	f, err := s.open(a.Name)
	if err != nil {
		return msg.Errorf("open artifact %s: %w", "打开制品 %s：%w", a.Name, err)
	}
	defer f.Close()
	size, sum := s.partSize(a.Size), newMeter()
	for n, left := 1, a.Size; n == 1 || left > 0; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		length := min(size, left)
		var part []byte
		if b, ok := free.Get().(*[]byte); ok && int64(cap(*b)) >= length {
			part = (*b)[:length]
		} else {
			part = make([]byte, length)
		}
		switch _, err := io.ReadFull(f, part); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return changed(a.Name)
		case err != nil:
			return msg.Errorf("read artifact %s: %w", "读取制品 %s：%w", a.Name, err)
		}
		sum.Write(part)
		left -= length
		hand(n, part)
	}
	if extra, _ := f.Read(make([]byte, 1)); extra > 0 || sum.sha256() != a.SHA256 || a.CRC64 != "" && sum.crc64() != a.CRC64 {
		return changed(a.Name)
	}
	return nil
}

func (s *session) partSize(artifact int64) int64 {
	size, caps := s.o.PartSize, s.st.Caps()
	if size <= 0 {
		size = defaultPart
	}
	size = max(size, caps.MinPart)
	if n := int64(caps.MaxParts); n > 0 {
		size = max(size, (artifact+n-1)/n)
	}
	return size
}

func changed(name string) error {
	return msg.Errorf("artifact %s is not what the manifest says", "制品 %s 与清单不符", name).
		WithHint("it changed after it was packed; run the release again", "它在打包之后被改动；请重新执行发布")
}

// commit completes each upload without overwriting.
func (s *session) commit(ctx context.Context, ups []*pending) error {
	for _, p := range ups {
		s.tell(Event{Stage: "commit", Name: p.Name})
		if err := s.commitOne(ctx, p); err != nil {
			return msg.Errorf("complete %s: %w", "完成 %s：%w", p.Name, err)
		}
	}
	return nil
}

func (s *session) commitOne(ctx context.Context, p *pending) error {
	if !s.st.Caps().IfAbsent {
		if err := s.alike(ctx, p.Artifact); !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	var info store.Info
	err := s.st.retry(ctx, func() (err error) {
		info, err = p.up.Commit(ctx)
		return err
	})
	switch {
	case errors.Is(err, store.ErrExists), errors.Is(err, store.ErrExpired):
		// Somebody with the same bytes was faster, or an earlier attempt of
		// ours arrived although its answer did not.
		return s.alike(ctx, p.Artifact)
	case err != nil:
		return err
	case info.Size != p.Size || info.CRC64 != "" && p.CRC64 != "" && info.CRC64 != p.CRC64:
		return msg.Errorf("the store holds other bytes than were sent: %w", "存储中的内容与发送的不一致：%w", store.ErrIntegrity)
	}
	p.done = true
	s.res.Uploaded++
	s.res.Bytes += p.Size
	return nil
}

// abort throws away what was not committed, even when ctx has ended; a store
// that does not answer leaves it to its own clean-up.
func (s *session) abort(ctx context.Context, ups []*pending) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 1500*time.Millisecond)
	defer cancel()
	for _, p := range ups {
		if !p.done {
			_ = p.up.Abort(ctx)
		}
	}
}
