package vcs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/url"
	"time"

	"github.com/go-git/go-git/v5/plumbing/format/pktline"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// remote is a server's side of a repository: git-upload-pack, reached one way or
// the other.
type remote interface {
	// refs are its references; none for an empty repository.
	refs(ctx context.Context) (*refs, error)
	// shown is its address without who we are there.
	shown() string
	// fetch asks for a pack and gives it to save.
	fetch(ctx context.Context, req *packp.UploadPackRequest, save func(io.Reader) error) error
}

func newRemote(g *Git, r *route, raw string) remote {
	u, _ := url.Parse(raw) // checked by newRoute
	if u.Scheme == "ssh" {
		return &sshRemote{git: g, route: r, url: u}
	}
	return &httpRemote{git: g, route: r, url: u}
}

// remoteKind is what a failure means for the question whether a repository is there.
type remoteKind int

const (
	trouble remoteKind = iota // who knows
	missing                   // not there, or hidden from us
	denied                    // our credentials are not good for it
	refused                   // it is there, and does not want to do this
)

// remoteError is a server's failure.
type remoteError struct {
	kind remoteKind
	err  *msg.Error
}

func (e *remoteError) Error() string { return e.err.Error() }
func (e *remoteError) Unwrap() error { return e.err }

func troubleWith(shown string, err error) error {
	return &remoteError{trouble, msg.Errorf("talk to %s: %w", "与 %s 通信：%w", shown, err)}
}

func missingAt(shown string) error {
	return &remoteError{missing, msg.Errorf("%s: no such repository, or not for these credentials", "%s：仓库不存在，或当前凭据无权访问", shown).WithHint(
		"check url, depth and max_depth of this prefix, and whether the token or key may read the repository", "请检查该前缀的 url、depth、max_depth，以及令牌或密钥是否有权读取该仓库")}
}

func deniedAt(shown string, status string) error {
	return &remoteError{denied, msg.Errorf("%s: the server refuses our credentials (%s)", "%s：服务器拒绝了我们的凭据（%s）", shown, status).WithHint(
		"check auth.user and auth.token_file (or token_env, key_file) of this prefix: the token may have expired or may not read repositories",
		"请检查该前缀的 auth.user 与 auth.token_file（或 token_env、key_file）：令牌可能已过期，或没有读取仓库的权限")}
}

func refusedBy(shown string) error {
	return &remoteError{refused, msg.Errorf("%s: the server does not give out what was asked for", "%s：服务器不提供所请求的对象", shown)}
}

// maxRefs limits an advertisement: 64 MiB are some 700,000 references.
const maxRefs = 64 << 20

// readRefs reads an advertisement. A repository without commits has none.
func readRefs(r io.Reader, shown string) (*refs, error) {
	adv := packp.NewAdvRefs()
	err := adv.Decode(io.LimitReader(r, maxRefs))
	if err != nil && !errors.Is(err, packp.ErrEmptyAdvRefs) {
		return nil, &remoteError{trouble, msg.Errorf("%s: the answer is not git's", "%s：返回的内容不符合 git 协议", shown).WithHint(
			"open the address in a browser: a login page or a proxy may answer in its place", "请用浏览器打开该地址：可能是登录页或中间代理在应答")}
	}
	if format := adv.Capabilities.Get("object-format"); len(format) == 1 && format[0] != "sha1" {
		return nil, &remoteError{trouble, msg.Errorf("%s: repositories with %s objects are not supported", "%s：不支持使用 %s 对象格式的仓库", shown, format[0])}
	}
	return newRefs(adv), nil
}

// writeRequest writes everything that a client says after the advertisement.
func writeRequest(req *packp.UploadPackRequest) ([]byte, error) {
	var b bytes.Buffer
	if err := req.UploadRequest.Encode(&b); err != nil {
		return nil, err
	}
	if err := req.UploadHaves.Encode(&b, false); err != nil {
		return nil, err
	}
	err := pktline.NewEncoder(&b).EncodeString("done\n")
	return b.Bytes(), err
}

// readPack finds the pack in an answer and gives it to save.
func readPack(body io.ReadCloser, req *packp.UploadPackRequest, shown string, save func(io.Reader) error) error {
	resp := packp.NewUploadPackResponse(req)
	if err := resp.Decode(body); err != nil {
		if netErr := (interface{ Timeout() bool })(nil); errors.As(err, &netErr) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.Canceled) || errors.Is(err, errStalled) {
			return troubleWith(shown, err)
		}
		return refusedBy(shown)
	}
	defer resp.Close()
	var r io.Reader = resp
	if req.Capabilities.Supports(capability.Sideband64k) {
		r = sideband.NewDemuxer(sideband.Sideband64k, resp)
	}
	if err := save(r); err != nil {
		if c := (*classed)(nil); errors.Is(err, errFull) || errors.As(err, &c) {
			return err
		}
		return troubleWith(shown, err)
	}
	return nil
}

var errStalled = msg.Errorf("the server stopped sending", "服务器停止发送数据")

// watched is a reader that gives up when nothing comes for a while.
type watched struct {
	io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
	limit  time.Duration
}

// Read cancels the context, which has to end what it reads from.
func (w *watched) Read(p []byte) (int, error) {
	t := time.AfterFunc(w.limit, func() { w.cancel(errStalled) })
	defer t.Stop()
	n, err := w.ReadCloser.Read(p)
	if err != nil && err != io.EOF && w.ctx.Err() != nil {
		err = context.Cause(w.ctx)
	}
	return n, err
}
