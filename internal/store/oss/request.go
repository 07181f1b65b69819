package oss

import (
	"context"
	"encoding/xml"
	"io"
	"net/http"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// request is one request to the service.
type request struct {
	op      store.Op
	key     string // as the caller knows it, for errors
	method  string
	object  string            // full name in the bucket; "" asks the bucket itself
	params  map[string]string // "" stands for a parameter without value
	headers map[string]string // those with "" are left out
	body    *body             // nil for none
}

// isoDate is the form of x-oss-date.
const isoDate = "20060102T150405Z"

// send makes one request. The errors are those of package store; the caller
// closes the body of the answer.
func (s *Store) send(ctx context.Context, r request) (*sdk.Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, store.Fail(r.op, r.key, nil, err)
	}
	keys, err := s.o.Keys.Get(ctx)
	if err != nil {
		return nil, store.Fail(r.op, r.key, nil, err)
	}
	bucket, err := s.bucketFor(keys)
	if err != nil {
		return nil, store.Fail(r.op, r.key, nil, err)
	}
	options := []sdk.Option{sdk.WithContext(ctx)}
	if !s.v1 {
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
		data = &io.LimitedReader{R: r.body, N: r.body.size}
		defer r.body.stop()
	}
	resp, err := bucket.Do(r.method, r.object, params, options, data, nil)
	if err == nil {
		return resp, nil
	}
	if resp == nil {
		resp = &sdk.Response{}
	} else {
		_ = resp.Body.Close() // the SDK leaves that of a redirect open
	}
	return nil, s.fail(ctx, r, keys, resp, err)
}

// call sends a request and decodes the XML of the answer into v; nil reads an
// answer without content. The header of the answer is returned.
func (s *Store) call(ctx context.Context, r request, v any) (http.Header, error) {
	resp, err := s.send(ctx, r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err == nil && v != nil {
		err = xml.Unmarshal(content, v)
	}
	var said serviceError
	switch {
	case ctx.Err() != nil && err != nil:
		return nil, store.Fail(r.op, r.key, nil, ctx.Err())
	case len(content) > 0 && (err != nil || v == nil) && xml.Unmarshal(content, &said) == nil: // 200, but an error
		said.Status = resp.StatusCode
		return nil, store.Fail(r.op, r.key, store.ErrTransient, &said)
	case err != nil:
		return nil, store.Fail(r.op, r.key, store.ErrTransient,
			msg.Errorf("the answer is incomplete or not OSS's (request %s)", "返回内容不完整或不是 OSS 的格式（请求 ID %s）", resp.Headers.Get("X-Oss-Request-Id")))
	}
	return resp.Headers, nil
}

// maxAnswer is beyond any page of a listing.
const maxAnswer = 32 << 20
