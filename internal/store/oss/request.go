package oss

import (
	"context"
	"encoding/xml"
	"io"
	"net/http"

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
	body    *remote.Body      // nil for none
	size    int64             // of body
	stream  bool              // a success is an object
}

// isoDate is the form of x-oss-date.
const isoDate = "20060102T150405Z"

// send makes one request. The body of a success is for the caller to close when
// it is a stream; otherwise it has been read already.
func (s *Store) send(ctx context.Context, r request) (*remote.Exchange, io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	keys, err := s.keys.Get(ctx)
	if err != nil {
		return nil, nil, err
	}
	x := &remote.Exchange{
		Context: ctx, Via: s.client.Transport, Object: r.stream,
		Keys: given{s.keys, &keys}, Sign: func(r *http.Request, _ cred.Keys) *http.Request { return r }, // the SDK has signed it
	}
	if keys.ID == "" {
		x.Via = unsigned{x.Via}
	}
	bucket, err := s.handle(x, &keys)
	if err != nil {
		return nil, nil, err
	}
	options := []sdk.Option{sdk.WithContext(ctx)}
	if !s.v1 {
		// Without it the SDK would sign the text of the Date header.
		options = append(options, sdk.SetHeader("X-Oss-Date", s.now().UTC().Format(isoDate)))
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
	if r.body != nil {
		if broken := r.body.Detach(); broken != nil {
			return x, nil, broken
		}
	}
	s.heed(x)
	if err := x.Failure(err); err != nil {
		return x, nil, err
	}
	return x, resp.Body, nil
}

// document sends a request whose answer must be a document of that root, and
// decodes it.
func (s *Store) document(ctx context.Context, r request, root string, v any) (*remote.Exchange, error) {
	x, body, err := s.send(ctx, r)
	if err == nil {
		err = x.Document(root, nil)
	}
	if err != nil {
		return x, err
	}
	if err := xml.NewDecoder(body).Decode(v); err != nil {
		return x, x.Unclear()
	}
	return x, nil
}

// tagged sends a request whose success must bring an ETag.
func (s *Store) tagged(ctx context.Context, r request) (*remote.Exchange, io.ReadCloser, error) {
	x, body, err := s.send(ctx, r)
	if err == nil && x.ETag() == "" {
		err = x.Unclear()
	}
	return x, body, err
}

// handle makes the SDK's handle for one request: it has no way to give keys or a
// transport to a single request, and making one costs nothing.
func (s *Store) handle(via http.RoundTripper, keys *cred.Keys) (*sdk.Bucket, error) {
	version := sdk.AuthV4
	if s.v1 {
		version = sdk.AuthV1
	}
	client, err := sdk.New(s.server.String(), "", "",
		sdk.HTTPClient(&http.Client{Transport: via}), sdk.AuthVersion(version), sdk.Region(s.region), sdk.UseCname(s.custom),
		sdk.EnableCRC(false), // checked by us, for puts, parts and whole objects alike
		sdk.UserAgent(s.agent), sdk.SetCredentialsProvider(&signer{keys}))
	if err != nil {
		return nil, err
	}
	return client.Bucket(s.bucket)
}

// signer is the SDK's view of the keys of one request.
type signer struct{ keys *cred.Keys }

func (s *signer) GetCredentials() sdk.Credentials { return s }
func (s *signer) GetAccessKeyID() string          { return s.keys.ID }
func (s *signer) GetAccessKeySecret() string      { return s.keys.Secret }
func (s *signer) GetSecurityToken() string        { return s.keys.Token }

// given gives the exchange the keys that the request was signed with.
type given struct {
	cred.Provider
	keys *cred.Keys
}

func (g given) Get(context.Context) (cred.Keys, error) { return *g.keys, nil }

// unsigned takes the signature of nobody off.
type unsigned struct{ via http.RoundTripper }

func (u unsigned) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, name := range []string{"Authorization", "X-Oss-Date", "X-Oss-Content-Sha256"} {
		r.Header.Del(name)
	}
	return u.via.RoundTrip(r)
}
