package remote

import (
	"cmp"
	"context"
	"io"
	"maps"
	"slices"
	"sync"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// upload is a multipart upload. What the service holds is asked for only when
// this process did not send it all itself.
type upload struct {
	s       *Store
	key, id string
	o       store.PutOptions
	begun   bool // here, so that nobody else has sent parts

	mu   sync.Mutex
	sent map[int]store.PartInfo
}

// Begin starts an upload.
func (s *Store) Begin(ctx context.Context, key string, o store.PutOptions) (store.Upload, error) {
	u, err := s.begin(ctx, key, o)
	if err != nil {
		return nil, s.fail(store.OpBegin, key, err, o.IfAbsent)
	}
	return u, nil
}

func (s *Store) begin(ctx context.Context, key string, o store.PutOptions) (*upload, error) {
	if err := s.check(ctx, key); err != nil {
		return nil, err
	}
	if err := s.mustBeAbsent(ctx, key, o); err != nil {
		return nil, err
	}
	return s.initiate(ctx, key, o)
}

// initiate is the request of Begin.
func (s *Store) initiate(ctx context.Context, key string, o store.PutOptions) (*upload, error) {
	var answer struct {
		UploadID string `xml:"UploadId"`
	}
	x := s.exchange(ctx)
	err := s.document(x, s.Dialect.Initiate(x, s.Prefix+key, o), "InitiateMultipartUploadResult", &answer)
	if err == nil && answer.UploadID == "" {
		err = x.Unclear()
	}
	return &upload{s: s, key: key, id: answer.UploadID, o: o, begun: true, sent: map[int]store.PartInfo{}}, err
}

// maxID is more than any service's upload ID has.
const maxID = 2048

// Resume asks nobody: the next call finds out whether the upload still exists.
// Content type and the like are those given at Begin.
func (s *Store) Resume(ctx context.Context, key, id string, o store.PutOptions) (store.Upload, error) {
	err := s.check(ctx, key)
	if err == nil && (id == "" || len(id) > maxID) {
		err = store.ErrExpired
	}
	if err != nil {
		return nil, s.fail(store.OpResume, key, err, false)
	}
	return &upload{s: s, key: key, id: id, o: o, sent: map[int]store.PartInfo{}}, nil
}

// ID finds the upload again.
func (u *upload) ID() string { return u.id }

func (u *upload) object() string { return u.s.Prefix + u.key }

// Part sends a part.
func (u *upload) Part(ctx context.Context, n int, content io.ReadSeeker, size int64) (store.PartInfo, error) {
	info, err := u.part(ctx, n, content, size)
	return info, u.s.fail(store.OpPart, u.key, err, false)
}

func (u *upload) part(ctx context.Context, n int, content io.ReadSeeker, size int64) (store.PartInfo, error) {
	if n < 1 || n > maxParts {
		return store.PartInfo{}, msg.Errorf("part %d: numbers go from 1 to %d", "分块 %d：编号应在 1 到 %d 之间", n, maxParts)
	}
	body, err := NewBody(ctx, content, size, u.s.checksum(), Digests{SHA256: u.s.Service.SHA256})
	if err != nil {
		return store.PartInfo{}, err
	}
	x := u.s.exchange(ctx)
	err = u.s.Dialect.Part(x, u.object(), u.id, n, body)
	if err := cmp.Or(body.Detach(), u.s.tagged(x, err)); err != nil {
		return store.PartInfo{}, err
	}
	info := store.PartInfo{Number: n, Size: size, ETag: x.ETag()}
	if info.CRC64, err = u.s.arrived(x, body.sum); err != nil {
		return store.PartInfo{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sent[n] = info
	return info, nil
}

// Parts asks for page after page. CRC64 is what the service says it holds, or,
// where its list has none, what was sent from here and not replaced since.
func (u *upload) Parts(ctx context.Context) ([]store.PartInfo, error) {
	parts, err := u.parts(ctx)
	return parts, u.s.fail(store.OpParts, u.key, err, false)
}

func (u *upload) parts(ctx context.Context) ([]store.PartInfo, error) {
	var parts []store.PartInfo
	for last := 0; ; {
		var page struct {
			IsTruncated bool
			Part        []struct {
				PartNumber    int
				Size          int64
				ETag          string
				HashCrc64ecma string // OSS alone
			}
		}
		x := u.s.exchange(ctx)
		if err := u.s.document(x, u.s.Dialect.ListParts(x, u.object(), u.id, last), "ListPartsResult", &page); err != nil {
			return nil, err
		}
		for _, p := range page.Part {
			if p.PartNumber <= last {
				return nil, x.Unclear()
			}
			last = p.PartNumber
			parts = append(parts, u.known(store.PartInfo{Number: last, Size: p.Size, CRC64: p.HashCrc64ecma, ETag: bare(p.ETag)}))
		}
		switch {
		case !page.IsTruncated:
			return parts, nil
		case len(page.Part) == 0:
			return nil, x.Unclear()
		}
	}
}

func (u *upload) known(p store.PartInfo) store.PartInfo {
	u.mu.Lock()
	defer u.mu.Unlock()
	if mine := u.sent[p.Number]; p.CRC64 == "" && mine.ETag == p.ETag {
		p.CRC64 = mine.CRC64
	}
	return p
}

// all are the parts in order, if possible without asking.
func (u *upload) all(ctx context.Context) ([]store.PartInfo, error) {
	if !u.begun {
		return u.parts(ctx)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	var parts []store.PartInfo
	for _, n := range slices.Sorted(maps.Keys(u.sent)) {
		parts = append(parts, u.sent[n])
	}
	return parts, nil
}

// Abort throws the upload away.
func (u *upload) Abort(ctx context.Context) error {
	x := u.s.exchange(ctx)
	err := u.s.done(x, u.s.Dialect.Abort(x, u.object(), u.id))
	return unless(store.ErrExpired, u.s.fail(store.OpAbort, u.key, err, false))
}
