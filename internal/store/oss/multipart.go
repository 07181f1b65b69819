package oss

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// upload is a multipart upload. What the service holds is asked for only when
// this process did not send it all itself.
type upload struct {
	s       *Store
	key, id string
	o       store.PutOptions

	mu   sync.Mutex
	sent map[int]store.PartInfo // nil when others may have sent parts
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
	var answer struct {
		UploadID string `xml:"UploadId"`
	}
	x, err := s.document(ctx, request{
		method: http.MethodPost, object: s.prefix + key, params: map[string]string{"uploads": ""}, headers: headers(s.prefix+key, o),
	}, "InitiateMultipartUploadResult", &answer)
	if err == nil && answer.UploadID == "" {
		err = x.Unclear()
	}
	return &upload{s: s, key: key, id: answer.UploadID, o: o, sent: map[int]store.PartInfo{}}, err
}

// Resume asks nobody: the next call finds out whether the upload still exists.
// Content type and the like are those given at Begin.
func (s *Store) Resume(ctx context.Context, key, id string, o store.PutOptions) (store.Upload, error) {
	err := s.check(ctx, key)
	if err == nil && (id == "" || len(id) > 1024) {
		err = store.ErrExpired
	}
	if err != nil {
		return nil, s.fail(store.OpResume, key, err, false)
	}
	return &upload{s: s, key: key, id: id, o: o}, nil
}

func (u *upload) ID() string { return u.id }

func (u *upload) request(method string) request {
	return request{method: method, object: u.s.prefix + u.key, params: map[string]string{"uploadId": u.id}}
}

// Part sends a part, of at most 5 GB.
func (u *upload) Part(ctx context.Context, n int, content io.ReadSeeker, size int64) (store.PartInfo, error) {
	info, err := u.part(ctx, n, content, size)
	return info, u.s.fail(store.OpPart, u.key, err, false)
}

func (u *upload) part(ctx context.Context, n int, content io.ReadSeeker, size int64) (store.PartInfo, error) {
	if n < 1 || n > maxParts {
		return store.PartInfo{}, msg.Errorf("part %d: numbers go from 1 to %d", "分块 %d：编号应在 1 到 %d 之间", n, maxParts)
	}
	crc := store.NewCRC64()
	body, err := remote.NewBody(ctx, content, size, crc)
	if err != nil {
		return store.PartInfo{}, err
	}
	r := u.request(http.MethodPut)
	r.params["partNumber"], r.body, r.size = strconv.Itoa(n), body, size
	x, _, err := u.s.tagged(ctx, r)
	if err != nil {
		return store.PartInfo{}, err
	}
	info := store.PartInfo{Number: n, Size: size, ETag: x.ETag()}
	if info.CRC64, err = same(x.Header(crcHeader), store.FormatCRC64(crc.Sum64())); err != nil {
		return store.PartInfo{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.sent != nil {
		u.sent[n] = info
	}
	return info, nil
}

// Parts asks for page after page. CRC64 is what the service says it holds.
func (u *upload) Parts(ctx context.Context) ([]store.PartInfo, error) {
	parts, err := u.parts(ctx)
	return parts, u.s.fail(store.OpParts, u.key, err, false)
}

func (u *upload) parts(ctx context.Context) ([]store.PartInfo, error) {
	var parts []store.PartInfo
	for last := 0; ; {
		// The SDK's own type leaves out the CRC-64 of the parts.
		var page struct {
			IsTruncated bool
			Part        []struct {
				PartNumber    int
				Size          int64
				ETag          string
				HashCrc64ecma string
			}
		}
		r := u.request(http.MethodGet)
		r.params["max-parts"], r.params["part-number-marker"] = strconv.Itoa(batch), strconv.Itoa(last)
		x, err := u.s.document(ctx, r, "ListPartsResult", &page)
		if err != nil {
			return nil, err
		}
		for _, p := range page.Part {
			if p.PartNumber <= last {
				return nil, x.Unclear()
			}
			last = p.PartNumber
			parts = append(parts, store.PartInfo{Number: last, Size: p.Size, CRC64: p.HashCrc64ecma, ETag: strings.Trim(p.ETag, `"`)})
		}
		switch {
		case !page.IsTruncated:
			return parts, nil
		case len(page.Part) == 0:
			return nil, x.Unclear()
		}
	}
}

// Commit completes the upload and holds the CRC-64 of the object against those
// of its parts. When they differ the object is there, and the error is
// ErrIntegrity.
func (u *upload) Commit(ctx context.Context) (store.Info, error) {
	info, err := u.commit(ctx)
	return info, u.s.fail(store.OpCommit, u.key, err, u.o.IfAbsent)
}

func (u *upload) commit(ctx context.Context) (store.Info, error) {
	parts, err := u.all(ctx)
	if err != nil {
		return store.Info{}, err
	}
	if len(parts) == 0 {
		return store.Info{}, msg.Errorf("%w: no part was sent", "%w：未发送任何分块", store.ErrIntegrity)
	}
	if err := u.s.mustBeAbsent(ctx, u.key, u.o); err != nil {
		return store.Info{}, err
	}
	type part struct {
		PartNumber int
		ETag       string
	}
	var in struct {
		XMLName xml.Name `xml:"CompleteMultipartUpload"`
		Part    []part
	}
	var size int64
	for _, p := range parts {
		in.Part = append(in.Part, part{p.Number, `"` + p.ETag + `"`})
		size += p.Size
	}
	content, err := xml.Marshal(in)
	if err != nil {
		return store.Info{}, err
	}
	r := u.request(http.MethodPost)
	r.headers = map[string]string{forbidHeader: forbid(u.o), "Content-Type": "application/xml"}
	r.size = int64(len(content))
	if r.body, err = small(ctx, content); err != nil {
		return store.Info{}, err
	}
	var answer struct{ ETag string }
	x, err := u.s.document(ctx, r, "CompleteMultipartUploadResult", &answer)
	if err != nil {
		return store.Info{}, err
	}
	info := written(x, u.key, size)
	info.ETag = strings.Trim(answer.ETag, `"`)
	if info.CRC64, err = same(x.Header(crcHeader), whole(parts)); err != nil {
		return store.Info{}, err
	}
	return info, u.s.mustBeOurs(ctx, info, u.o)
}

// all are the parts in order, if possible without asking.
func (u *upload) all(ctx context.Context) ([]store.PartInfo, error) {
	u.mu.Lock()
	var parts []store.PartInfo
	for _, n := range slices.Sorted(maps.Keys(u.sent)) {
		parts = append(parts, u.sent[n])
	}
	u.mu.Unlock()
	if len(parts) > 0 {
		return parts, nil
	}
	return u.parts(ctx)
}

// whole is the CRC-64 of the object that the parts make, "" when that of a part
// is not known.
func whole(parts []store.PartInfo) string {
	var all uint64
	for _, p := range parts {
		crc, ok := store.ParseCRC64(p.CRC64)
		if !ok {
			return ""
		}
		all = store.CombineCRC64(all, crc, p.Size)
	}
	return store.FormatCRC64(all)
}

// Abort throws the upload away.
func (u *upload) Abort(ctx context.Context) error {
	_, _, err := u.s.send(ctx, u.request(http.MethodDelete))
	if err = u.s.fail(store.OpAbort, u.key, err, false); errors.Is(err, store.ErrExpired) {
		return nil
	}
	return err
}
