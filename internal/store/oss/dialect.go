package oss

import (
	"bytes"
	"cmp"
	"context"
	"crypto/md5" //nolint:gosec // what Content-MD5 is made of
	"encoding/base64"
	"encoding/xml"
	"io"
	"net/http"
	"strconv"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// Options say how to reach OSS and who asks.
type Options = remote.Options

// Store is what [Opener] opens.
type Store = remote.Store

// Opener returns the [store.Opener] of the scheme oss.
func Opener(o Options) store.Opener { return remote.Opener(o, cred.Aliyun, parse) }

// dialect makes the requests of OSS.
type dialect struct{ place }

var _ remote.Versioning = (*dialect)(nil)

func (d *dialect) Head(x *remote.Exchange, object string) error {
	return d.do(x, request{method: http.MethodHead, object: object})
}

func (d *dialect) Get(x *remote.Exchange, object, span string) (io.ReadCloser, error) {
	r := request{method: http.MethodGet, object: object, headers: map[string]string{"Accept-Encoding": "identity", "Range": span}} // OSS compresses pages for clients that take it
	if span != "" {
		r.headers["X-Oss-Range-Behavior"] = "standard" // else a range past the end is the whole object
	}
	return d.send(x, r)
}

func (d *dialect) Put(x *remote.Exchange, object string, b *remote.Body, o store.PutOptions) error {
	r := request{method: http.MethodPut, object: object, headers: headers(object, o), body: b, size: b.Size()}
	r.headers["Content-Md5"] = b.MD5
	return d.do(x, r)
}

func (d *dialect) Delete(x *remote.Exchange, object string) error {
	return d.do(x, request{method: http.MethodDelete, object: object})
}

func (d *dialect) DeleteMany(x *remote.Exchange, objects []string) error {
	type object struct{ Key string }
	var in struct {
		XMLName xml.Name `xml:"Delete"`
		Object  []object
	}
	for _, name := range objects {
		in.Object = append(in.Object, object{name})
	}
	return d.post(x, request{params: map[string]string{"delete": "", "encoding-type": "url"}}, in)
}

func (d *dialect) List(x *remote.Exchange, prefix, marker string) error {
	return d.do(x, request{method: http.MethodGet, params: given(map[string]string{
		"prefix": prefix, "marker": marker, "max-keys": strconv.Itoa(remote.Batch), "encoding-type": "url",
	})})
}

func (d *dialect) Initiate(x *remote.Exchange, object string, o store.PutOptions) error {
	return d.do(x, request{method: http.MethodPost, object: object, params: map[string]string{"uploads": ""}, headers: headers(object, o)})
}

func (d *dialect) Part(x *remote.Exchange, object, id string, n int, b *remote.Body) error {
	return d.do(x, request{
		method: http.MethodPut, object: object, params: map[string]string{"uploadId": id, "partNumber": strconv.Itoa(n)}, body: b, size: b.Size(),
	})
}

func (d *dialect) ListParts(x *remote.Exchange, object, id string, after int) error {
	return d.do(x, request{method: http.MethodGet, object: object, params: map[string]string{
		"uploadId": id, "max-parts": strconv.Itoa(remote.Batch), "part-number-marker": strconv.Itoa(after),
	}})
}

func (d *dialect) Complete(x *remote.Exchange, object, id string, parts []store.PartInfo, ifAbsent bool) error {
	type part struct {
		PartNumber int
		ETag       string
	}
	var in struct {
		XMLName xml.Name `xml:"CompleteMultipartUpload"`
		Part    []part
	}
	for _, p := range parts {
		in.Part = append(in.Part, part{p.Number, `"` + p.ETag + `"`})
	}
	return d.post(x, request{object: object, params: map[string]string{"uploadId": id}, headers: map[string]string{forbidHeader: forbid(ifAbsent)}}, in)
}

func (d *dialect) Abort(x *remote.Exchange, object, id string) error {
	return d.do(x, request{method: http.MethodDelete, object: object, params: map[string]string{"uploadId": id}})
}

func (d *dialect) ListUploads(x *remote.Exchange, prefix, key, id string) error {
	params := given(map[string]string{
		"prefix": prefix, "key-marker": key, "upload-id-marker": id, "max-uploads": strconv.Itoa(remote.Batch), "encoding-type": "url",
	})
	params["uploads"] = ""
	return d.do(x, request{method: http.MethodGet, params: params})
}

// Versioning asks for the bucket's setting.
func (d *dialect) Versioning(x *remote.Exchange) error {
	return d.do(x, request{method: http.MethodGet, params: map[string]string{"versioning": ""}})
}

// Presign signs in the way of all requests. The SDK's way to sign a URL sends
// nothing, and signs no header of ours.
func (d *dialect) Presign(_ context.Context, k cred.Keys, object string, ttl time.Duration) (string, error) {
	bucket, err := d.handle(nil, &k)
	if err != nil {
		return "", err
	}
	return bucket.SignURL(object, sdk.HTTPGet, int64(ttl/time.Second))
}

// do is send without an object in the answer.
func (d *dialect) do(x *remote.Exchange, r request) error {
	_, err := d.send(x, r)
	return err
}

// post sends a document.
func (d *dialect) post(x *remote.Exchange, r request, document any) error {
	content, err := xml.Marshal(document)
	if err != nil {
		return err
	}
	sum := md5.Sum(content) //nolint:gosec // see above
	r.method, r.body, r.size = http.MethodPost, bytes.NewReader(content), int64(len(content))
	if r.headers == nil {
		r.headers = map[string]string{}
	}
	r.headers["Content-Md5"], r.headers["Content-Type"] = base64.StdEncoding.EncodeToString(sum[:]), "application/xml"
	return d.do(x, r)
}

const forbidHeader = "X-Oss-Forbid-Overwrite"

func forbid(ifAbsent bool) string {
	if ifAbsent {
		return "true"
	}
	return ""
}

// headers are those that go with a new object.
func headers(object string, o store.PutOptions) map[string]string {
	return map[string]string{
		"Content-Type":        cmp.Or(o.ContentType, sdk.TypeByExtension(object), "application/octet-stream"),
		"Cache-Control":       o.CacheControl,
		"Content-Disposition": o.ContentDisposition,
		forbidHeader:          forbid(o.IfAbsent),
	}
}

// given leaves out parameters without a value.
func given(params map[string]string) map[string]string {
	for name, value := range params {
		if value == "" {
			delete(params, name)
		}
	}
	return params
}
