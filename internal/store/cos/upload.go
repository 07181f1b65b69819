package cos

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/tencentyun/cos-go-sdk-v5"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// upload is known to the service by its id; here is only what the service
// does not tell again.
type upload struct {
	s       *Store
	key, id string
	o       store.PutOptions
	mu      sync.Mutex
	crc     map[int]sum // of parts that were sent here
}

type sum struct{ etag, crc64 string }

// Begin asks the service for an upload.
func (s *Store) Begin(ctx context.Context, key string, o store.PutOptions) (store.Upload, error) {
	u, err := s.begin(ctx, key, o)
	if err != nil {
		return nil, s.service.Fail(store.OpBegin, key, err, o.IfAbsent)
	}
	return u, nil
}

func (s *Store) begin(ctx context.Context, key string, o store.PutOptions) (*upload, error) {
	if err := s.check(ctx, key); err != nil {
		return nil, err
	}
	if o.IfAbsent {
		if err := s.mustBeAbsent(ctx, key); err != nil {
			return nil, err
		}
	}
	c, x := s.call(ctx)
	result, _, err := c.Object.InitiateMultipartUpload(ctx, s.prefix+key, &cos.InitiateMultipartUploadOptions{ObjectPutHeaderOptions: headers(o)})
	if err := x.Document("InitiateMultipartUploadResult", err); err != nil {
		return nil, err
	}
	if result.UploadID == "" {
		return nil, x.Unclear()
	}
	return &upload{s: s, key: key, id: result.UploadID, o: o, crc: map[int]sum{}}, nil
}

// Resume asks nobody: the next call finds out whether the upload still exists.
func (s *Store) Resume(ctx context.Context, key, id string, o store.PutOptions) (store.Upload, error) {
	err := s.check(ctx, key)
	if err == nil && (id == "" || len(id) > 1024) {
		err = store.ErrExpired
	}
	if err != nil {
		return nil, s.service.Fail(store.OpResume, key, err, false)
	}
	return &upload{s: s, key: key, id: id, o: o, crc: map[int]sum{}}, nil
}

func (u *upload) ID() string { return u.id }

// name and query are how the SDK wants to be told of the upload: it puts the id
// into the URL as it is.
func (u *upload) name() string  { return u.s.prefix + u.key }
func (u *upload) query() string { return url.QueryEscape(u.id) }

func (u *upload) Part(ctx context.Context, n int, body io.ReadSeeker, size int64) (store.PartInfo, error) {
	info, err := u.part(ctx, n, body, size)
	return info, u.s.service.Fail(store.OpPart, u.key, err, false)
}

func (u *upload) part(ctx context.Context, n int, body io.ReadSeeker, size int64) (store.PartInfo, error) {
	if err := ctx.Err(); err != nil {
		return store.PartInfo{}, err
	}
	if n < 1 || n > maxParts {
		return store.PartInfo{}, msg.Errorf("part %d: numbers go from 1 to %d", "分块 %d：编号应在 1 到 %d 之间", n, maxParts)
	}
	crc := store.NewCRC64()
	out, err := remote.NewBody(ctx, body, size, crc)
	if err != nil {
		return store.PartInfo{}, err
	}
	c, x := u.s.call(ctx)
	_, err = c.Object.UploadPart(ctx, u.name(), u.query(), n, reader(out, size, http.NoBody), &cos.ObjectUploadPartOptions{ContentLength: size})
	if err := cmp.Or(out.Detach(), u.s.received(x, err)); err != nil {
		return store.PartInfo{}, err
	}
	info := store.PartInfo{Number: n, Size: size, CRC64: x.Header(crcHeader), ETag: x.ETag()}
	if err := matches(info.CRC64, store.FormatCRC64(crc.Sum64())); err != nil {
		return store.PartInfo{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.crc[n] = sum{info.ETag, store.FormatCRC64(crc.Sum64())}
	return info, nil
}

func (u *upload) Parts(ctx context.Context) ([]store.PartInfo, error) {
	parts, err := u.parts(ctx)
	return parts, u.s.service.Fail(store.OpParts, u.key, err, false)
}

func (u *upload) parts(ctx context.Context) ([]store.PartInfo, error) {
	var parts []store.PartInfo
	for last := 0; ; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c, x := u.s.call(ctx)
		page, _, err := c.Object.ListParts(ctx, u.name(), u.query(), &cos.ObjectListPartsOptions{
			MaxParts: strconv.Itoa(batch), PartNumberMarker: strconv.Itoa(last),
		})
		if err := x.Document("ListPartsResult", err); err != nil {
			return nil, err
		}
		for _, p := range page.Parts {
			if p.PartNumber <= last {
				return nil, x.Unclear()
			}
			last = p.PartNumber
			parts = append(parts, u.known(store.PartInfo{Number: last, Size: p.Size, ETag: strings.Trim(p.ETag, `"`)}))
		}
		switch {
		case !page.IsTruncated:
			return parts, nil
		case len(page.Parts) == 0:
			return nil, x.Unclear()
		}
	}
}

// known adds the checksum of a part that was sent here and not replaced since.
func (u *upload) known(p store.PartInfo) store.PartInfo {
	u.mu.Lock()
	defer u.mu.Unlock()
	if s := u.crc[p.Number]; s.etag == p.ETag {
		p.CRC64 = s.crc64
	}
	return p
}

func (u *upload) Commit(ctx context.Context) (store.Info, error) {
	info, err := u.commit(ctx)
	return info, u.s.service.Fail(store.OpCommit, u.key, err, u.o.IfAbsent)
}

func (u *upload) commit(ctx context.Context) (store.Info, error) {
	parts, err := u.parts(ctx)
	if err != nil {
		return store.Info{}, err
	}
	if len(parts) == 0 {
		return store.Info{}, msg.Errorf("%w: no part was sent", "%w：未发送任何分块", store.ErrIntegrity)
	}
	if u.o.IfAbsent {
		if err := u.s.mustBeAbsent(ctx, u.key); err != nil {
			return store.Info{}, err
		}
	}
	o := &cos.CompleteMultipartUploadOptions{}
	if u.o.IfAbsent {
		o.XOptionHeader = forbid()
	}
	var size int64
	for _, p := range parts {
		size += p.Size
		o.Parts = append(o.Parts, cos.Object{PartNumber: p.Number, ETag: `"` + p.ETag + `"`})
	}
	c, x := u.s.call(ctx)
	result, _, err := c.Object.CompleteMultipartUpload(ctx, u.name(), u.query(), o)
	if err := x.Document("CompleteMultipartUploadResult", err); err != nil {
		return store.Info{}, err
	}
	info := store.Info{Key: u.key, Size: size, ETag: strings.Trim(result.ETag, `"`), CRC64: x.Header(crcHeader)}
	info.Modified, _ = http.ParseTime(x.Header("Date"))
	u.s.heed(x)
	if info.CRC64 == "" { // the service answers 200 before it has put the parts together
		if info, err = u.s.head(ctx, u.key); err != nil {
			return store.Info{}, err
		}
		if info.ETag != strings.Trim(result.ETag, `"`) && u.o.IfAbsent {
			return store.Info{}, store.ErrExists
		}
	}
	if err := matches(info.CRC64, whole(parts)); err != nil {
		return store.Info{}, err
	}
	return info, u.s.stillOurs(ctx, u.key, info.ETag, u.o)
}

// whole is the CRC-64 of the object, "" when that of a part is not known.
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

func (u *upload) Abort(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return u.s.service.Fail(store.OpAbort, u.key, err, false)
	}
	c, x := u.s.call(ctx)
	_, err := c.Object.AbortMultipartUpload(ctx, u.name(), u.query())
	if err = u.s.done(store.OpAbort, u.key, x, err); errors.Is(err, store.ErrExpired) {
		return nil
	}
	return err
}
