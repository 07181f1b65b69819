package cos

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/tencentyun/cos-go-sdk-v5"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// Options say how to reach COS and who asks.
type Options = remote.Options

// Store is what [Opener] opens.
type Store = remote.Store

// Opener returns the [store.Opener] of the scheme cos.
func Opener(o Options) store.Opener { return remote.Opener(o, cred.Tencent, parse) }

// dialect makes the requests of COS.
type dialect struct{ server *url.URL } // of the bucket

var _ remote.Versioning = (*dialect)(nil)

// call prepares one call of the SDK.
func (d *dialect) call(x *remote.Exchange) *cos.Client {
	x.Sign = sign
	c := cos.NewClient(&cos.BaseURL{BucketURL: d.server}, &http.Client{Transport: x})
	c.Conf.EnableCRC = false // a missing header would be a failure; we check ourselves
	c.Conf.RetryOpt.Count = 1
	c.Conf.ObjectKeySimplifyCheck = false // keys are checked, and by other rules than file names
	return c
}

// lifetime of a signature.
const lifetime = 15 * time.Minute

func sign(r *http.Request, k cred.Keys) *http.Request {
	cos.AddAuthorizationHeader(k.ID, k.Secret, k.Token, r, cos.NewAuthTime(lifetime))
	return r
}

func (d *dialect) Head(x *remote.Exchange, object string) error {
	_, err := d.call(x).Object.Head(x.Context, object, nil)
	return err
}

func (d *dialect) Get(x *remote.Exchange, object, span string) (io.ReadCloser, error) {
	resp, err := d.call(x).Object.Get(x.Context, object, &cos.ObjectGetOptions{Range: span})
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

func (d *dialect) Put(x *remote.Exchange, object string, b *remote.Body, o store.PutOptions) error {
	h := headers(o)
	h.ContentMD5, h.ContentLength = b.MD5, b.Size()
	_, err := d.call(x).Object.Put(x.Context, object, reader(b, bytes.NewReader(nil)), &cos.ObjectPutOptions{ObjectPutHeaderOptions: h})
	return err
}

// reader is the body, or for no bytes what the SDK knows as nothing: else it
// would send them in chunks.
func reader(b *remote.Body, nothing io.Reader) io.Reader {
	if b.Size() == 0 {
		return nothing
	}
	return b
}

func (d *dialect) Delete(x *remote.Exchange, object string) error {
	_, err := d.call(x).Object.Delete(x.Context, object)
	return err
}

func (d *dialect) DeleteMany(x *remote.Exchange, objects []string) error {
	o := &cos.ObjectDeleteMultiOptions{}
	for _, name := range objects {
		o.Objects = append(o.Objects, cos.Object{Key: name})
	}
	_, _, err := d.call(x).Object.DeleteMulti(x.Context, o)
	return err
}

func (d *dialect) List(x *remote.Exchange, prefix, marker string) error {
	_, _, err := d.call(x).Bucket.Get(x.Context, &cos.BucketGetOptions{Prefix: prefix, Marker: marker, MaxKeys: remote.Batch, EncodingType: "url"})
	return err
}

func (d *dialect) Initiate(x *remote.Exchange, object string, o store.PutOptions) error {
	_, _, err := d.call(x).Object.InitiateMultipartUpload(x.Context, object, &cos.InitiateMultipartUploadOptions{ObjectPutHeaderOptions: headers(o)})
	return err
}

// The SDK puts the id into the URL as it is.

func (d *dialect) Part(x *remote.Exchange, object, id string, n int, b *remote.Body) error {
	_, err := d.call(x).Object.UploadPart(x.Context, object, url.QueryEscape(id), n, reader(b, http.NoBody), &cos.ObjectUploadPartOptions{ContentLength: b.Size()})
	return err
}

func (d *dialect) ListParts(x *remote.Exchange, object, id string, after int) error {
	_, _, err := d.call(x).Object.ListParts(x.Context, object, url.QueryEscape(id), &cos.ObjectListPartsOptions{
		MaxParts: strconv.Itoa(remote.Batch), PartNumberMarker: strconv.Itoa(after),
	})
	return err
}

func (d *dialect) Complete(x *remote.Exchange, object, id string, parts []store.PartInfo, ifAbsent bool) error {
	o := &cos.CompleteMultipartUploadOptions{XOptionHeader: forbid(ifAbsent)}
	for _, p := range parts {
		o.Parts = append(o.Parts, cos.Object{PartNumber: p.Number, ETag: `"` + p.ETag + `"`})
	}
	_, _, err := d.call(x).Object.CompleteMultipartUpload(x.Context, object, url.QueryEscape(id), o)
	return err
}

func (d *dialect) Abort(x *remote.Exchange, object, id string) error {
	_, err := d.call(x).Object.AbortMultipartUpload(x.Context, object, url.QueryEscape(id))
	return err
}

func (d *dialect) ListUploads(x *remote.Exchange, prefix, key, id string) error {
	_, _, err := d.call(x).Bucket.ListMultipartUploads(x.Context, &cos.ListMultipartUploadsOptions{
		Prefix: prefix, KeyMarker: key, UploadIDMarker: id, MaxUploads: remote.Batch, EncodingType: "url",
	})
	return err
}

// Versioning asks for the bucket's setting.
func (d *dialect) Versioning(x *remote.Exchange) error {
	_, _, err := d.call(x).Bucket.GetVersioning(x.Context)
	return err
}

// Presign signs the host, and the token with the rest of the query.
func (d *dialect) Presign(ctx context.Context, k cred.Keys, object string, ttl time.Duration) (string, error) {
	o := &cos.PresignedURLOptions{Query: &url.Values{}}
	if k.Token != "" {
		o.Query.Set("x-cos-security-token", k.Token)
	}
	u, err := cos.NewClient(&cos.BaseURL{BucketURL: d.server}, nil).Object.GetPresignedURL(ctx, http.MethodGet, object, k.ID, k.Secret, ttl, o)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

func headers(o store.PutOptions) *cos.ObjectPutHeaderOptions {
	return &cos.ObjectPutHeaderOptions{
		ContentType: o.ContentType, CacheControl: o.CacheControl, ContentDisposition: o.ContentDisposition, XOptionHeader: forbid(o.IfAbsent),
	}
}

func forbid(ifAbsent bool) *http.Header {
	if !ifAbsent {
		return nil
	}
	return &http.Header{"X-Cos-Forbid-Overwrite": {"true"}}
}
