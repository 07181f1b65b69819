package publish

import (
	"context"
	"errors"
	"io"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/publish/transfer"
)

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
			same, err = s.same(ctx, a)
			if errors.Is(err, store.ErrNotFound) { // gc was faster; the claim will settle it
				missing = append(missing, a)
				s.total += a.Size
				continue
			}
			if err != nil {
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
	s.mu.Lock()
	defer s.mu.Unlock()
	s.res.Skipped++
	return nil
}

// transfer makes the engine that moves the bytes.
func (s *session) transfer(st store.Store) *transfer.Transfer {
	return transfer.New(st, transfer.Options{
		PartSize: s.o.PartSize, Connections: s.o.Connections, Pause: s.o.Pause,
		Journal: transfer.JournalFile(s.o.Journal, st.URL(), s.m.Project+"/"+s.m.Version),
		Progress: func(p transfer.Progress) {
			s.mu.Lock()
			s.sent = p.Done
			s.mu.Unlock()
			s.tell(Event{Stage: "upload", Name: p.Name, Rate: p.Rate, ETA: p.ETA})
		},
	})
}

// upload sends the parts of all artifacts and returns those that are to be
// completed: the others have appeared since the listing.
func (s *session) upload(ctx context.Context, missing []manifest.Artifact) ([]manifest.Artifact, error) {
	var objects []transfer.Object
	for _, a := range missing {
		objects = append(objects, transfer.Object{
			Name: a.Name, Key: s.key(a.Name), Size: a.Size, SHA256: a.SHA256, CRC64: a.CRC64, Options: fixed(a.Name),
			Open: func() (io.ReadSeekCloser, error) { return s.open(a.Name) },
		})
	}
	if err := s.t.Send(ctx, objects); err != nil {
		return nil, err
	}
	var sent []manifest.Artifact
	taken := s.t.Taken()
	for _, a := range missing {
		if !slices.Contains(taken, s.key(a.Name)) {
			sent = append(sent, a)
		} else if err := s.alike(ctx, a); err != nil {
			return nil, err
		}
	}
	return sent, nil
}

// commitsAtOnce is how many artifacts are completed at the same time: each costs
// some round trips and next to no bytes.
const commitsAtOnce = 8

// commit completes each upload without overwriting.
func (s *session) commit(ctx context.Context, sent []manifest.Artifact) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(commitsAtOnce)
	for _, a := range sent {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			s.tell(Event{Stage: "commit", Name: a.Name})
			if err := s.commitOne(ctx, a); err != nil {
				return msg.Errorf("complete %s: %w", "完成 %s：%w", a.Name, err)
			}
			return nil
		})
	}
	return group.Wait()
}

func (s *session) commitOne(ctx context.Context, a manifest.Artifact) error {
	if !s.st.Caps().IfAbsent {
		if err := s.alike(ctx, a); !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	_, err := s.t.Commit(ctx, s.key(a.Name))
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrExpired) {
		// Somebody with the same bytes was faster, or an earlier attempt of
		// ours arrived although its answer did not.
		return s.alike(ctx, a)
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.res.Uploaded++
	s.res.Bytes += a.Size
	return nil
}
