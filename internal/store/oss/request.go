package oss

import (
	"context"
	"io"
	"net/http"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// request is one request to the service.
type request struct {
	method  string
	object  string            // full name in the bucket; "" asks the bucket itself
	params  map[string]string // "" stands for a parameter without value
	headers map[string]string // those with "" are left out
	body    io.Reader         // nil for none
	size    int64             // of body
}

// isoDate is the form of x-oss-date.
const isoDate = "20060102T150405Z"

// send makes one request. The body of a success is the caller's to close when it
// is an object; otherwise it has been read already.
func (d *dialect) send(x *remote.Exchange, r request) (io.ReadCloser, error) {
	keys, err := x.Keys.Get(x.Context)
	if err != nil {
		return nil, x.Refuse(err)
	}
	x.Keys, x.Sign = signed{x.Keys, &keys}, func(r *http.Request, _ cred.Keys) *http.Request { return r } // the SDK has signed it
	if keys.ID == "" {
		x.Via = unsigned{x.Via}
	}
	bucket, err := d.handle(x, &keys)
	if err != nil {
		return nil, err
	}
	options := []sdk.Option{sdk.WithContext(x.Context)}
	if !d.v1 {
		// Without it the SDK would sign the text of the Date header.
		options = append(options, sdk.SetHeader("X-Oss-Date", time.Now().UTC().Format(isoDate)))
	}
	for name, value := range r.headers {
		if value != "" {
			options = append(options, sdk.SetHeader(name, value))
		}
	}
	params := map[string]any{}
	for name, value := range r.params {
		params[name] = value
		if value == "" {
			params[name] = nil
		}
	}
	var data io.Reader
	if r.body != nil {
		data = &io.LimitedReader{R: r.body, N: r.size} // from which the SDK learns the length
	}
	resp, err := bucket.Do(r.method, r.object, params, options, data, nil)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// handle makes the SDK's handle for one request: it has no way to give keys or a
// transport to a single request, and making one costs nothing.
func (d *dialect) handle(via http.RoundTripper, keys *cred.Keys) (*sdk.Bucket, error) {
	version := sdk.AuthV4
	if d.v1 {
		version = sdk.AuthV1
	}
	client, err := sdk.New(d.server.String(), "", "",
		sdk.HTTPClient(&http.Client{Transport: via}), sdk.AuthVersion(version), sdk.Region(d.region), sdk.UseCname(d.custom),
		sdk.EnableCRC(false), // checked by us, for puts, parts and whole objects alike
		sdk.SetCredentialsProvider(&signer{keys}))
	if err != nil {
		return nil, err
	}
	return client.Bucket(d.bucket)
}

// signer is the SDK's view of the keys of one request.
type signer struct{ keys *cred.Keys }

func (s *signer) GetCredentials() sdk.Credentials { return s }
func (s *signer) GetAccessKeyID() string          { return s.keys.ID }
func (s *signer) GetAccessKeySecret() string      { return s.keys.Secret }
func (s *signer) GetSecurityToken() string        { return s.keys.Token }

// signed gives the exchange the keys that the request was signed with.
type signed struct {
	cred.Provider
	keys *cred.Keys
}

func (s signed) Get(context.Context) (cred.Keys, error) { return *s.keys, nil }

// unsigned takes the signature of nobody off.
type unsigned struct{ via http.RoundTripper }

func (u unsigned) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, name := range []string{"Authorization", "X-Oss-Date", "X-Oss-Content-Sha256"} {
		r.Header.Del(name)
	}
	return u.via.RoundTrip(r)
}
