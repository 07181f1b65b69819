package oss

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/xml"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
)

// serviceError is what the service said. The SDK's own type is not passed on:
// it holds the raw answer, with the string that was signed in it.
type serviceError struct {
	XMLName   xml.Name `xml:"Error"`
	Status    int      `xml:"-"`
	Code      string   // "" when the answer had no body
	Message   string
	RequestID string `xml:"RequestId"` // Aliyun's support asks for it
	EC        string // the finer code
	Endpoint  string // where the bucket is, when the request went elsewhere
}

func (e *serviceError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "OSS answered %d", e.Status)
	for _, part := range []struct{ before, text string }{{" ", e.Code}, {": ", strings.TrimSpace(e.Message)}} {
		if part.text != "" {
			b.WriteString(part.before + part.text)
		}
	}
	var ids []string
	for _, id := range []struct{ name, value string }{{"request ", e.RequestID}, {"EC ", e.EC}} {
		if id.value != "" {
			ids = append(ids, id.name+id.value)
		}
	}
	if len(ids) > 0 {
		b.WriteString(" (" + strings.Join(ids, ", ") + ")")
	}
	return b.String()
}

// statusOf is the service's status behind an error; 0 when there is none.
func statusOf(err error) int {
	var said *serviceError
	if errors.As(err, &said) {
		return said.Status
	}
	return 0
}

// fail puts what went wrong with a request into the words and classes of
// package store.
func (s *Store) fail(ctx context.Context, r request, keys cred.Keys, resp *sdk.Response, err error) error {
	if ctx.Err() != nil {
		return store.Fail(r.op, r.key, nil, ctx.Err())
	}
	if r.body != nil {
		if broken := r.body.failure(); broken != nil {
			return store.Fail(r.op, r.key, nil, broken)
		}
	}
	said, h := heard(resp, err), resp.Headers
	if said == nil {
		class, hint := s.unreached(err)
		return withHint(store.Fail(r.op, r.key, class, httpx.Error(err)), hint)
	}
	said.scrub(keys)
	class, hint := s.classify(r, keys, said)
	var cause error = said
	if class == store.ErrClock {
		if skew, ok := s.skew(h); ok {
			cause = msg.Errorf("this machine's clock is %s: %w", "本机时钟%s：%w", skew, said)
		}
	}
	if class == store.ErrStale {
		s.o.Keys.Refused(keys)
	}
	return store.WithLater(withHint(store.Fail(r.op, r.key, class, cause), hint), s.later(h))
}

func withHint(e *msg.Error, hint msg.Text) *msg.Error {
	if hint.IsZero() {
		return e
	}
	return e.WithHint("%s", "%s", hint)
}

// heard is the service's answer, or nil when there was none. For a redirect, and
// for an answer that is not OSS's, there is nothing but the status.
func heard(resp *sdk.Response, err error) *serviceError {
	if resp.StatusCode == 0 {
		return nil
	}
	e := &serviceError{Status: resp.StatusCode, RequestID: resp.Headers.Get("X-Oss-Request-Id"), EC: resp.Headers.Get("X-Oss-Ec")}
	var said sdk.ServiceError
	if errors.As(err, &said) {
		e.Code, e.Message, e.Endpoint, e.EC = said.Code, said.Message, said.Endpoint, cmp.Or(said.Ec, e.EC)
	}
	return e
}

// scrub takes out what the service may repeat of the request.
func (e *serviceError) scrub(k cred.Keys) {
	for _, secret := range []string{k.Secret, k.Token, k.ID} {
		if secret != "" {
			e.Message = strings.ReplaceAll(e.Message, secret, "***")
		}
	}
	e.Message = httpx.Redact(e.Message)
}

// skew tells how far our clock is off, by the Date of the answer.
func (s *Store) skew(h http.Header) (msg.Text, bool) {
	theirs, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return msg.Text{}, false
	}
	switch off := s.now().Sub(theirs).Round(time.Second); {
	case off >= 0:
		return msg.Textf("%s ahead", "快 %s", off), true
	default:
		return msg.Textf("%s behind", "慢 %s", -off), true
	}
}

// later reads Retry-After: seconds or a date.
func (s *Store) later(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if n, err := strconv.Atoi(v); err == nil {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil {
		return at.Sub(s.now())
	}
	return 0
}

// unreached judges a request that got no answer.
func (s *Store) unreached(err error) (class error, hint msg.Text) {
	var (
		name   *net.DNSError
		dial   *net.OpError
		cert   *tls.CertificateVerificationError
		tunnel *httpx.ConnectError
	)
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return store.ErrEndpoint, msg.Textf("there is no host %s; check bucket, region and endpoint", "主机 %s 不存在；请检查桶名、地域与访问域名", s.hostname())
	case errors.As(err, &cert):
		return store.ErrEndpoint, msg.Textf(
			"the certificate of %s is not trusted here; a custom domain needs a certificate of its own in the OSS console, a private cloud's authority must be known to this machine",
			"%s 的证书不受信任；自定义域名需在 OSS 控制台上传证书，专有云的根证书需加入本机信任列表", s.hostname())
	case errors.As(err, &tunnel):
		return store.ErrDenied, msg.Textf("the proxy does not let %s through; allow it there, or put it into NO_PROXY", "代理不允许访问 %s；请在代理上放行，或将其加入 NO_PROXY", s.hostname())
	case s.internal && errors.As(err, &dial) && dial.Op == "dial":
		return store.ErrEndpoint, msg.Textf(
			"%s answers only inside Aliyun's network of that region; elsewhere leave out internal=1",
			"%s 仅能在同地域的阿里云内网访问；在其他网络请去掉 internal=1", s.hostname())
	}
	return store.ErrTransient, msg.Text{}
}

func (s *Store) hostname() string {
	if s.cname {
		return s.host
	}
	return s.bucket + "." + s.host
}
