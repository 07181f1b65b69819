package s3

import (
	"cmp"
	"context"
	"crypto/md5" //nolint:gosec // what ETags are made of
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// upload is known to the server by its id; nothing else is kept here.
type upload struct {
	s       *Store
	key, id string
	o       store.PutOptions
}

// Begin asks the server for an upload.
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
	return s.initiate(ctx, key, o)
}

func (s *Store) initiate(ctx context.Context, key string, o store.PutOptions) (*upload, error) {
	core, x, err := s.call(ctx)
	if err != nil {
		return nil, err
	}
	unconditional := o
	unconditional.IfAbsent = false // S3 knows conditions of Put and Complete only
	id, err := core.NewMultipartUpload(ctx, s.bucket, s.prefix+key, options(unconditional))
	if err := x.Document("InitiateMultipartUploadResult", err); err != nil {
		return nil, err
	}
	if id == "" {
		return nil, x.Unclear()
	}
	return &upload{s, key, id, o}, nil
}

// Resume asks nobody: the next call finds out whether the upload still exists.
func (s *Store) Resume(ctx context.Context, key, id string, o store.PutOptions) (store.Upload, error) {
	err := s.check(ctx, key)
	if err == nil && (id == "" || len(id) > 2048) {
		err = store.ErrExpired
	}
	if err != nil {
		return nil, s.service.Fail(store.OpResume, key, err, false)
	}
	return &upload{s, key, id, o}, nil
}

func (u *upload) ID() string { return u.id }

func (u *upload) name() string { return u.s.prefix + u.key }

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
	o := minio.PutObjectPartOptions{DisableContentSha256: true}
	if !u.s.secure() {
		p, err := u.s.digest(ctx, body, size)
		if err != nil {
			return store.PartInfo{}, err
		}
		o.Sha256Hex = p.sha256
	}
	sum := md5.New() //nolint:gosec // see above
	out, err := remote.NewBody(ctx, body, size, sum)
	if err != nil {
		return store.PartInfo{}, err
	}
	core, x, err := u.s.call(ctx)
	if err != nil {
		return store.PartInfo{}, err
	}
	_, err = core.PutObjectPart(ctx, u.s.bucket, u.name(), u.id, n, plain{out}, size, o)
	if err := cmp.Or(out.Detach(), received(x, err)); err != nil {
		return store.PartInfo{}, err
	}
	return store.PartInfo{Number: n, Size: size, ETag: x.ETag()}, matches(x, sum)
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
		core, x, err := u.s.call(ctx)
		if err != nil {
			return nil, err
		}
		page, err := core.ListObjectParts(ctx, u.s.bucket, u.name(), u.id, last, batch)
		if err := x.Document("ListPartsResult", err); err != nil {
			return nil, err
		}
		for _, p := range page.ObjectParts {
			if p.PartNumber <= last {
				return nil, x.Unclear()
			}
			last = p.PartNumber
			parts = append(parts, store.PartInfo{Number: last, Size: p.Size, ETag: strings.Trim(p.ETag, `"`)})
		}
		switch {
		case !page.IsTruncated:
			return parts, nil
		case len(page.ObjectParts) == 0:
			return nil, x.Unclear()
		}
	}
}

func (u *upload) Commit(ctx context.Context) (store.Info, error) {
	info, err := u.commit(ctx)
	return info, u.s.service.Fail(store.OpCommit, u.key, err, u.o.IfAbsent)
}

func (u *upload) commit(ctx context.Context) (store.Info, error) {
	if u.o.IfAbsent {
		if err := u.s.mustBeAbsent(ctx, u.key); err != nil {
			return store.Info{}, err
		}
	}
	return u.complete(ctx)
}

func (u *upload) complete(ctx context.Context) (store.Info, error) {
	parts, err := u.parts(ctx)
	if err != nil {
		return store.Info{}, err
	}
	if len(parts) == 0 {
		return store.Info{}, msg.Errorf("%w: no part was sent", "%w：未发送任何分块", store.ErrIntegrity)
	}
	o := minio.PutObjectOptions{}
	if u.o.IfAbsent {
		o.SetMatchETagExcept("*")
	}
	var size int64
	var list []minio.CompletePart
	for _, p := range parts {
		size += p.Size
		list = append(list, minio.CompletePart{PartNumber: p.Number, ETag: p.ETag})
	}
	core, x, err := u.s.call(ctx)
	if err != nil {
		return store.Info{}, err
	}
	done, err := core.CompleteMultipartUpload(ctx, u.s.bucket, u.name(), u.id, list, o)
	if err := x.Document("CompleteMultipartUploadResult", err); err != nil {
		return store.Info{}, err
	}
	if done.ETag == "" {
		return store.Info{}, x.Unclear()
	}
	info := store.Info{Key: u.key, Size: size, ETag: strings.Trim(done.ETag, `"`)}
	info.Modified, _ = http.ParseTime(x.Header("Date"))
	return info, nil
}

func (u *upload) Abort(ctx context.Context) error {
	core, x, err := u.s.call(ctx)
	if err == nil {
		err = cmp.Or(ctx.Err(), x.Failure(core.AbortMultipartUpload(ctx, u.s.bucket, u.name(), u.id)))
	}
	if err = u.s.service.Fail(store.OpAbort, u.key, err, false); errors.Is(err, store.ErrExpired) {
		return nil
	}
	return err
}
