package vcs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/protocol/packp"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// httpRemote speaks git's smart protocol over HTTP.
type httpRemote struct {
	git   *Git
	route *route
	url   *url.URL
	// base is where the server sent us for the references; nil = url. Who has the
	// repository's turn may touch it.
	base *url.URL
}

const (
	service    = "git-upload-pack"
	refsSuffix = "/info/refs"
)

func (h *httpRemote) shown() string { return h.url.String() }

func (h *httpRemote) refs(ctx context.Context) (*refs, error) {
	u := h.url.JoinPath(refsSuffix)
	u.RawQuery = "service=" + service
	resp, done, err := h.do(ctx, http.MethodGet, u, nil, "")
	if err != nil {
		return nil, err
	}
	defer done()
	if got := resp.Header.Get("Content-Type"); got != "application/x-"+service+"-advertisement" {
		return nil, &remoteError{trouble, msg.Errorf("%s: the answer is not git's", "%s：返回的内容不符合 git 协议", h.shown()).WithHint(
			"open the address in a browser: a login page or a proxy may answer in its place", "请用浏览器打开该地址：可能是登录页或中间代理在应答")}
	}
	h.base = nil
	if at := resp.Request.URL; at.String() != u.String() && strings.HasSuffix(at.Path, refsSuffix) {
		h.base = &url.URL{Scheme: at.Scheme, Host: at.Host, Path: strings.TrimSuffix(at.Path, refsSuffix)}
	}
	return readRefs(resp.Body, h.shown())
}

func (h *httpRemote) fetch(ctx context.Context, req *packp.UploadPackRequest, save func(io.Reader) error) error {
	body, err := writeRequest(req)
	if err != nil {
		return err
	}
	base := h.url
	if h.base != nil {
		base = h.base
	}
	resp, done, err := h.do(ctx, http.MethodPost, base.JoinPath(service), body, "application/x-"+service+"-request")
	if err != nil {
		return err
	}
	defer done()
	return readPack(resp.Body, req, h.shown(), save)
}

var errOutOfOrder = msg.Errorf("the server is out of order", "服务器故障")

// do sends one request, with our credentials to our server and to nobody else.
func (h *httpRemote) do(ctx context.Context, method string, u *url.URL, body []byte, contentType string) (*http.Response, func(), error) {
	shown := h.shown()
	ctx, cancel := context.WithCancelCause(ctx)
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		cancel(nil)
		return nil, nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	if u.Scheme == h.url.Scheme && u.Host == h.url.Host {
		user, token, err := h.git.token(h.route.Auth)
		if err != nil {
			cancel(nil)
			return nil, nil, err
		}
		if token != "" {
			req.SetBasicAuth(user, token)
		}
	}
	resp, err := httpx.Do(h.route.client, req)
	if err != nil {
		cancel(nil)
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err // the address is said already
		}
		return nil, nil, troubleWith(shown, err)
	}
	resp.Body = &watched{resp.Body, ctx, cancel, h.git.o.Limits.Stall}
	done := func() {
		resp.Body.Close()
		cancel(nil)
	}
	switch code := resp.StatusCode; {
	case code == http.StatusOK:
		return resp, done, nil
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		err = deniedAt(shown, resp.Status)
	case code == http.StatusNotFound, code == http.StatusGone:
		err = missingAt(shown)
	case code >= 500 || code == http.StatusTooManyRequests:
		err = troubleWith(shown, msg.Errorf("%w: %s", "%w：%s", errOutOfOrder, resp.Status))
	default:
		err = troubleWith(shown, msg.Errorf("the server answered %s", "服务器返回 %s", resp.Status))
	}
	done()
	return nil, nil, err
}
