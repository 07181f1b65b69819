package s3

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/signer"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// Options say how to reach the server and who asks.
type Options = remote.Options

// Store is what [Opener] opens.
type Store = remote.Store

// Opener returns the [store.Opener] of the scheme s3.
func Opener(o Options) store.Opener { return remote.Opener(o, cred.S3, parse) }

// dialect makes the requests of S3.
type dialect struct {
	bucket, region string
	server         *url.URL // without the bucket
	lookup         minio.BucketLookupType
}

// call prepares one call of the SDK.
func (d *dialect) call(x *remote.Exchange) (*minio.Core, error) {
	x.Sign = d.sign
	core, err := minio.NewCore(d.server.Host, &minio.Options{
		Secure: d.secure(), Transport: x, Region: d.region, BucketLookup: d.lookup, MaxRetries: 1,
	})
	return core, err
}

func (d *dialect) secure() bool { return d.server.Scheme == "https" }

// sign signs what the SDK, which has no keys, has made: it has set the digest of
// the payload, or UNSIGNED-PAYLOAD.
func (d *dialect) sign(r *http.Request, k cred.Keys) *http.Request {
	return signer.SignV4(*r, k.ID, k.Secret, k.Token, d.region)
}

func (d *dialect) Head(x *remote.Exchange, object string) error {
	core, err := d.call(x)
	if err == nil {
		_, err = core.StatObject(x.Context, d.bucket, object, minio.StatObjectOptions{})
	}
	return err
}

func (d *dialect) Get(x *remote.Exchange, object, span string) (body io.ReadCloser, err error) {
	core, err := d.call(x)
	if err != nil {
		return nil, err
	}
	o := minio.GetObjectOptions{}
	if span != "" {
		o.Set("Range", span)
	}
	body, _, _, err = core.GetObject(x.Context, d.bucket, object, o)
	return body, err
}

func (d *dialect) Put(x *remote.Exchange, object string, b *remote.Body, o store.PutOptions) error {
	core, err := d.call(x)
	if err != nil {
		return err
	}
	h := headers(o)
	if o.IfAbsent {
		h.SetMatchETagExcept("*")
	}
	_, err = core.PutObject(x.Context, d.bucket, object, b, b.Size(), b.MD5, b.SHA256, h)
	return err
}

func headers(o store.PutOptions) minio.PutObjectOptions {
	return minio.PutObjectOptions{
		ContentType: o.ContentType, CacheControl: o.CacheControl, ContentDisposition: o.ContentDisposition,
		DisableContentSha256: true, // else it is sent in chunks over plain HTTP
	}
}

func (d *dialect) Delete(x *remote.Exchange, object string) error {
	core, err := d.call(x)
	if err == nil {
		err = core.RemoveObject(x.Context, d.bucket, object, minio.RemoveObjectOptions{})
	}
	return err
}

// DeleteMany makes one request: the SDK's iterator sends what it was given when
// there is no more.
func (d *dialect) DeleteMany(x *remote.Exchange, objects []string) error {
	core, err := d.call(x)
	if err != nil {
		return err
	}
	results, err := core.RemoveObjectsWithIter(x.Context, d.bucket, func(yield func(minio.ObjectInfo) bool) {
		for _, name := range objects {
			if !yield(minio.ObjectInfo{Key: name}) {
				return
			}
		}
	}, minio.RemoveObjectsOptions{})
	if err != nil {
		return err
	}
	for r := range results {
		// Those of one object have no status, and stand in the answer.
		if a := minio.ToErrorResponse(r.Err); r.Err != nil && (a.StatusCode != 0 || a.Code == "") {
			err = r.Err
		}
	}
	return err
}

func (d *dialect) List(x *remote.Exchange, prefix, marker string) error {
	core, err := d.call(x)
	if err == nil {
		_, err = core.ListObjects(d.bucket, prefix, marker, "", remote.Batch) // the context is the exchange's
	}
	return err
}

// Initiate sends no condition: S3 knows those of Put and Complete only.
func (d *dialect) Initiate(x *remote.Exchange, object string, o store.PutOptions) error {
	core, err := d.call(x)
	if err == nil {
		_, err = core.NewMultipartUpload(x.Context, d.bucket, object, headers(o))
	}
	return err
}

func (d *dialect) Part(x *remote.Exchange, object, id string, n int, b *remote.Body) error {
	core, err := d.call(x)
	if err == nil {
		_, err = core.PutObjectPart(x.Context, d.bucket, object, id, n, b, b.Size(), minio.PutObjectPartOptions{DisableContentSha256: true, Sha256Hex: b.SHA256})
	}
	return err
}

func (d *dialect) ListParts(x *remote.Exchange, object, id string, after int) error {
	core, err := d.call(x)
	if err == nil {
		_, err = core.ListObjectParts(x.Context, d.bucket, object, id, after, remote.Batch)
	}
	return err
}

func (d *dialect) Complete(x *remote.Exchange, object, id string, parts []store.PartInfo, ifAbsent bool) error {
	core, err := d.call(x)
	if err != nil {
		return err
	}
	o := minio.PutObjectOptions{}
	if ifAbsent {
		o.SetMatchETagExcept("*")
	}
	var list []minio.CompletePart
	for _, p := range parts {
		list = append(list, minio.CompletePart{PartNumber: p.Number, ETag: p.ETag})
	}
	_, err = core.CompleteMultipartUpload(x.Context, d.bucket, object, id, list, o)
	return err
}

func (d *dialect) Abort(x *remote.Exchange, object, id string) error {
	core, err := d.call(x)
	if err == nil {
		err = core.AbortMultipartUpload(x.Context, d.bucket, object, id)
	}
	return err
}

func (d *dialect) ListUploads(x *remote.Exchange, prefix, key, id string) error {
	core, err := d.call(x)
	if err == nil {
		_, err = core.ListMultipartUploads(x.Context, d.bucket, prefix, key, id, "", remote.Batch)
	}
	return err
}

// Presign signs the host alone.
func (d *dialect) Presign(ctx context.Context, k cred.Keys, object string, ttl time.Duration) (string, error) {
	client, err := minio.New(d.server.Host, &minio.Options{
		Secure: d.secure(), Region: d.region, BucketLookup: d.lookup, Creds: credentials.NewStaticV4(k.ID, k.Secret, k.Token),
		Transport: &remote.Exchange{Context: ctx}, // nothing is sent
	})
	if err != nil {
		return "", err
	}
	u, err := client.PresignedGetObject(ctx, d.bucket, object, ttl, nil)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}
