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
	"sync"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// upload is a multipart upload. What the service holds is asked for only when
// this process did not send it all itself.
type upload struct {
	s       *Store
	key, id string
	object  string
	o       store.PutOptions

	mu      sync.Mutex
	sent    map[int]store.PartInfo
	resumed bool // others may have sent parts
}

// Begin starts an upload.
func (s *Store) Begin(ctx context.Context, key string, o store.PutOptions) (store.Upload, error) {
	object, err := s.object(key)
	if err != nil {
		return nil, store.Fail(store.OpBegin, key, nil, err)
	}
	if err := s.mustBeAbsent(ctx, store.OpBegin, key, o); err != nil {
		return nil, err
	}
	var answer struct {
		XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
		UploadID string   `xml:"UploadId"`
	}
	_, err = s.call(ctx, request{
		op: store.OpBegin, key: key, method: http.MethodPost, object: object, params: map[string]string{"uploads": ""}, headers: headers(object, o),
	}, &answer)
	if err == nil && answer.UploadID == "" {
		err = store.Fail(store.OpBegin, key, store.ErrTransient, msg.Errorf("the answer has no upload ID", "返回内容中没有上传 ID"))
	}
	if err != nil {
		return nil, err
	}
	return &upload{s: s, key: key, id: answer.UploadID, object: object, o: o, sent: map[int]store.PartInfo{}}, nil
}

// Resume asks nothing: an upload that is gone shows at the next call. Content
// type and the like are those given at Begin.
func (s *Store) Resume(ctx context.Context, key, id string, o store.PutOptions) (store.Upload, error) {
	object, err := s.object(key)
	if err = errors.Join(ctx.Err(), err); err == nil && id == "" {
		err = store.ErrExpired
	}
	if err != nil {
		return nil, store.Fail(store.OpResume, key, nil, err)
	}
	return &upload{s: s, key: key, id: id, object: object, o: o, sent: map[int]store.PartInfo{}, resumed: true}, nil
}

func (u *upload) ID() string { return u.id }

func (u *upload) request(op store.Op, method string) request {
	return request{op: op, key: u.key, method: method, object: u.object, params: map[string]string{"uploadId": u.id}}
}

// Part sends a part of at most 5 GB.
func (u *upload) Part(ctx context.Context, n int, content io.ReadSeeker, size int64) (store.PartInfo, error) {
	info, err := u.part(ctx, n, content, size)
	if err != nil {
		return store.PartInfo{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sent[n] = info
	return info, nil
}

func (u *upload) part(ctx context.Context, n int, content io.ReadSeeker, size int64) (store.PartInfo, error) {
	fail := func(err error) (store.PartInfo, error) {
		return store.PartInfo{}, store.Fail(store.OpPart, u.key, nil, err)
	}
	if n < 1 || n > maxParts {
		return fail(msg.Errorf("part number %d: it must be from 1 to %d", "分块编号 %d：应在 1 至 %d 之间", n, maxParts))
	}
	if size > maxPut {
		return fail(msg.Errorf("part %d is larger than 5 GB", "第 %d 块超过 5 GB", n))
	}
	if err := ctx.Err(); err != nil {
		return fail(err)
	}
	b, err := newBody(ctx, content, size)
	if err != nil {
		return fail(err)
	}
	r := u.request(store.OpPart, http.MethodPut)
	r.params["partNumber"], r.body = strconv.Itoa(n), b
	h, err := u.s.call(ctx, r, nil)
	if err != nil {
		return store.PartInfo{}, err
	}
	sum, err := b.check(h.Get(crcHeader))
	if err != nil {
		return fail(err)
	}
	if h.Get("Etag") == "" {
		return store.PartInfo{}, store.Fail(store.OpPart, u.key, store.ErrTransient, msg.Errorf("the answer has no ETag", "返回内容中没有 ETag"))
	}
	return store.PartInfo{Number: n, Size: size, CRC64: store.FormatCRC64(sum), ETag: h.Get("Etag")}, nil
}

// Parts asks for pages of a thousand. CRC64 is what the service says it holds.
func (u *upload) Parts(ctx context.Context) ([]store.PartInfo, error) {
	return u.list(ctx, store.OpParts)
}

func (u *upload) list(ctx context.Context, op store.Op) ([]store.PartInfo, error) {
	var parts []store.PartInfo
	for marker := 0; ; {
		// The SDK's own type leaves out the CRC64 of the parts.
		var page struct {
			XMLName              xml.Name `xml:"ListPartsResult"`
			IsTruncated          bool
			NextPartNumberMarker int
			Part                 []struct {
				PartNumber    int
				Size          int64
				ETag          string
				HashCrc64ecma string
			}
		}
		r := u.request(op, http.MethodGet)
		r.params["max-parts"] = "1000"
		if marker > 0 {
			r.params["part-number-marker"] = strconv.Itoa(marker)
		}
		if _, err := u.s.call(ctx, r, &page); err != nil {
			return nil, err
		}
		for _, p := range page.Part {
			parts = append(parts, store.PartInfo{Number: p.PartNumber, Size: p.Size, CRC64: p.HashCrc64ecma, ETag: p.ETag})
		}
		if !page.IsTruncated {
			return parts, nil
		}
		if page.NextPartNumberMarker <= marker {
			return nil, store.Fail(op, u.key, store.ErrTransient, msg.Errorf("the listing does not say how it goes on", "列表结果未给出后续位置"))
		}
		marker = page.NextPartNumberMarker
	}
}

// Commit completes the upload and holds the CRC64 of the object against those
// of its parts. When they differ the object is there, and the error is
// ErrIntegrity.
func (u *upload) Commit(ctx context.Context) (store.Info, error) {
	parts, err := u.all(ctx)
	if err != nil {
		return store.Info{}, err
	}
	if len(parts) == 0 {
		return store.Info{}, store.Fail(store.OpCommit, u.key, nil, msg.Errorf("%w: no part was sent", "%w：未发送任何分块", store.ErrIntegrity))
	}
	if err := u.s.mustBeAbsent(ctx, store.OpCommit, u.key, u.o); err != nil {
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
	info := store.Info{Key: u.key}
	for _, p := range parts {
		in.Part = append(in.Part, part{p.Number, p.ETag})
		info.Size += p.Size
	}
	content, err := xml.Marshal(in)
	if err != nil {
		return store.Info{}, store.Fail(store.OpCommit, u.key, nil, err)
	}
	r := u.request(store.OpCommit, http.MethodPost)
	r.headers = map[string]string{forbidHeader: forbid(u.o), "Content-Type": "application/xml"}
	if r.body, err = bytesBody(ctx, content); err != nil {
		return store.Info{}, store.Fail(store.OpCommit, u.key, nil, err)
	}
	var answer struct {
		XMLName xml.Name `xml:"CompleteMultipartUploadResult"`
		ETag    string
	}
	h, err := u.s.call(ctx, r, &answer)
	if err != nil {
		return store.Info{}, err
	}
	info.ETag, info.CRC64 = answer.ETag, h.Get(crcHeader)
	if want, ok := combined(parts); ok && info.CRC64 != "" && info.CRC64 != want {
		return info, store.Fail(store.OpCommit, u.key, nil,
			msg.Errorf("%w: the parts have CRC64 %s, the object %s", "%w：各分块合计的 CRC64 为 %s，对象为 %s", store.ErrIntegrity, want, info.CRC64))
	} else if ok {
		info.CRC64 = want
	}
	return info, u.s.mustBeOurs(ctx, store.OpCommit, info, u.o)
}

// all are the parts in order, as far as possible without asking.
func (u *upload) all(ctx context.Context) ([]store.PartInfo, error) {
	u.mu.Lock()
	var parts []store.PartInfo
	for _, n := range slices.Sorted(maps.Keys(u.sent)) {
		parts = append(parts, u.sent[n])
	}
	u.mu.Unlock()
	if !u.resumed && len(parts) > 0 {
		return parts, nil
	}
	return u.list(ctx, store.OpCommit)
}

// combined is the CRC64 of the object that the parts make, if all of theirs are
// known.
func combined(parts []store.PartInfo) (string, bool) {
	whole := uint64(0)
	for _, p := range parts {
		sum, ok := store.ParseCRC64(p.CRC64)
		if !ok {
			return "", false
		}
		whole = store.CombineCRC64(whole, sum, p.Size)
	}
	return store.FormatCRC64(whole), true
}

// Abort throws the upload away.
func (u *upload) Abort(ctx context.Context) error {
	_, err := u.s.call(ctx, u.request(store.OpAbort, http.MethodDelete), nil)
	if errors.Is(err, store.ErrExpired) {
		return nil
	}
	return err
}
