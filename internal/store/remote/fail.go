package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Service knows one service: what it allows, what its answers name, and how it
// fails.
type Service struct {
	Name    string // for people
	MaxKey  int    // bytes
	MinPart int64  // least size of a part but the last, in bytes
	// CRC64 is the header with the CRC-64 of content. "" = ETags are MD5, as S3 has
	// it.
	CRC64 string
	// Version is the header that names an object's version, in buckets where
	// versions make the condition for IfAbsent void. "" = they never do.
	Version string
	// Certain says that the condition needs no look before it, where it holds.
	Certain bool
	// SHA256 of what is sent must be known beforehand.
	SHA256 bool

	// Codes are those of the service that mean more, or something else, than
	// with the others.
	Codes map[string]Rule
	// Denied is the remedy for a refusal that the code does not explain.
	Denied msg.Text
	// Host is where requests go, for messages.
	Host string
	// Internal says that Host can be reached from inside the cloud only.
	Internal bool
	// RegionOf reads the endpoint that a refusal names; "" = it tells no region.
	// nil = refusals name none.
	RegionOf func(endpoint string) string
}

// Fail puts what [Exchange.Failure] found, or an error of one's own, into the
// words and classes of package store; nil stays nil. ifAbsent says that the
// request was conditional, so that a conflict means ErrExists. With temporary
// keys that the service calls expired the provider is told.
func (s *Service) Fail(op store.Op, key string, err error, ifAbsent bool) error {
	if err == nil {
		return nil
	}
	var (
		answer *Answer
		ours   *msg.Error
		proxy  *httpx.ConnectError
	)
	switch {
	case fromContext(err):
		return store.Fail(op, key, nil, err)
	case errors.As(err, &answer):
		return s.answered(op, key, answer, ifAbsent)
	case errors.As(err, &proxy):
		class := store.ErrEndpoint
		if proxy.Status >= 500 {
			class = store.ErrTransient
		}
		return store.Fail(op, key, class, err).
			WithHint("the HTTP proxy refuses the way to %s; allow the host there, or name it in NO_PROXY", "HTTP 代理拒绝连接 %s；请在代理上放行该主机，或将其写入 NO_PROXY", s.Host)
	case errors.As(err, &ours), isBroken(err):
		return store.Fail(op, key, nil, err)
	}
	return s.network(op, key, httpx.Error(err))
}

// fromContext reports whether a context ended, the caller's own. Timeouts of net
// and net/http claim to be context.DeadlineExceeded too, by their Is methods, and
// are worth another try.
func fromContext(err error) bool {
	for err != nil {
		if err == context.Canceled || err == context.DeadlineExceeded { //nolint:errorlint // see above
			return true
		}
		switch u := err.(type) { //nolint:errorlint // this walks the chain itself
		case interface{ Unwrap() error }:
			err = u.Unwrap()
		case interface{ Unwrap() []error }:
			return slices.ContainsFunc(u.Unwrap(), fromContext)
		default:
			return false
		}
	}
	return false
}

// timedOut is a timeout that does not claim to be the caller's.
type timedOut struct{ err error }

func (t *timedOut) Error() string { return t.err.Error() }

func (s *Service) answered(op store.Op, key string, a *Answer, ifAbsent bool) error {
	upload := false
	switch op {
	case store.OpPart, store.OpParts, store.OpCommit, store.OpAbort:
		upload = true
	}
	rule := s.meaning(a, ifAbsent, upload)
	if rule.Class == store.ErrStale && a.provider != nil {
		a.provider.Refused(*a.keys)
	}
	e := store.Fail(op, key, rule.Class, a)
	switch {
	case !rule.Hint.IsZero():
		e = e.WithHint("%s", "%s", rule.Hint)
	case rule.Class == store.ErrDenied && !s.Denied.IsZero():
		e = e.WithHint("%s", "%s", s.Denied)
	case rule.Class == store.ErrEndpoint && a.Region != "":
		e = e.WithHint("the bucket is in the region %s; set region= in the store's URL", "该桶位于地域 %s；请在存储 URL 中设置 region=", a.Region)
	}
	if (rule.Keys || rule.Class == store.ErrStale) && a.provider != nil && a.keys.ID != "" {
		e = e.WithHint("%s (keys: %s)", "%s（密钥来源：%s）", msg.Hint(e), a.provider.Source())
	}
	return store.WithLater(e, a.After)
}

// meaning is what an answer means here. A refusal that tells where the bucket is
// was no question of rights.
func (s *Service) meaning(a *Answer, ifAbsent, upload bool) Rule {
	if a.Code != "AccessDenied" || a.Endpoint == "" || s.RegionOf == nil {
		return a.rule(s.Codes, ifAbsent, upload)
	}
	if region := s.RegionOf(a.Endpoint); region != "" {
		return Say(store.ErrEndpoint, "the bucket is elsewhere: write region=%s", "该桶位于其他地域：请写 region=%s", region)
	}
	return Say(store.ErrEndpoint, "the bucket is elsewhere: write endpoint=%s", "该桶位于别处：请写 endpoint=%s", a.Endpoint)
}

// unexplained is a refusal without a code that time and keys do not explain.
func (s *Service) unexplained(a *Answer) bool {
	class := s.meaning(a, false, false).Class
	return a.Code == "" && (class == store.ErrDenied || class == nil && a.Status == http.StatusBadRequest)
}

// network classifies what net/http says. Only what a second try cannot mend is
// not temporary.
func (s *Service) network(op store.Op, key string, err error) error {
	var (
		name    *net.DNSError
		unknown x509.UnknownAuthorityError
		other   x509.HostnameError
		invalid x509.CertificateInvalidError
		plain   tls.RecordHeaderError
		timeout net.Error
	)
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return store.Fail(op, key, store.ErrEndpoint, err).
			WithHint("there is no host %s: check bucket, region and endpoint in the store's URL", "主机 %s 不存在：请检查存储 URL 中的桶名、地域与 endpoint", s.Host)
	case errors.As(err, &unknown):
		return store.Fail(op, key, store.ErrEndpoint, err).
			WithHint("nobody trusted here vouches for %s: for a private cloud, or behind a proxy that opens TLS, add its authority", "没有受信任的机构为 %s 担保：若是私有云，或途经会解开 TLS 的代理，请添加其根证书", s.Host)
	case errors.As(err, &other):
		return store.Fail(op, key, store.ErrEndpoint, err).
			WithHint("the certificate is for another name than %s: a bucket name with dots needs path=1, a custom domain its own certificate", "证书与 %s 不符：桶名含点时需要 path=1，自定义域名需要自己的证书", s.Host)
	case errors.As(err, &invalid):
		return store.Fail(op, key, store.ErrEndpoint, err).
			WithHint("the certificate of %s is not valid now; check its dates and this machine's clock", "%s 的证书当前无效；请检查其有效期与本机时钟", s.Host)
	case errors.As(err, &plain):
		return store.Fail(op, key, store.ErrEndpoint, err).
			WithHint("%s does not speak TLS on this port; if that is meant, set scheme=http", "%s 在该端口上不提供 TLS；若确实如此，请设置 scheme=http", s.Host)
	case errors.As(err, &timeout) && timeout.Timeout() && !s.Internal:
		return store.Fail(op, key, store.ErrTransient, &timedOut{err})
	case errors.As(err, &timeout) && timeout.Timeout():
		return store.Fail(op, key, store.ErrTransient, &timedOut{err}).
			WithHint("%s is an internal address that only machines of the same cloud and region reach; elsewhere remove internal=1", "%s 是内网地址，只有同一云厂商同一地域的机器可以访问；在其他地方请去掉 internal=1", s.Host)
	}
	return store.Fail(op, key, store.ErrTransient, err)
}
