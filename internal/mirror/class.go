package mirror

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"syscall"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Class is the kind of a failure: a stable word for JSON and for decisions.
type Class string

// The classes.
const (
	NotFound     Class = "not-found"     // 404 or 410: certainly not there
	Denied       Class = "denied"        // 401, 403 or 407
	Server       Class = "server"        // 5xx and other statuses
	HTML         Class = "html"          // a page where data was due: a captive portal, a wrong URL
	Login        Class = "login"         // a page on another host that the mirror's answer led to
	WrongContent Class = "wrong-content" // data that is not what was asked for, or not what is pinned
	Timeout      Class = "timeout"       // no answer in time
	Slow         Class = "slow"          // an answer, but not all of it in time
	Truncated    Class = "truncated"     // the body ended early
	Reset        Class = "reset"         // the connection was closed before an answer
	DNS          Class = "dns"           // the name does not resolve
	Refused      Class = "refused"       // nobody listens
	Unreachable  Class = "unreachable"   // no route to the host or network
	Proxy        Class = "proxy"         // the HTTP proxy cannot be reached
	ProxyDenied  Class = "proxy-denied"  // the HTTP proxy refused the tunnel
	Redirect     Class = "redirect"      // a redirect that is not followed
	Guarded      Class = "guarded"       // an address that may not be dialled
	TLSAuthority Class = "tls-authority" // signed by an authority that is not trusted
	TLSExpired   Class = "tls-expired"   // the certificate has ended, or the clock is ahead
	TLSNotYet    Class = "tls-not-yet"   // the certificate has not begun, or the clock is behind
	TLSName      Class = "tls-name"      // the certificate is for other names
	TLSVersion   Class = "tls-version"   // no common version of TLS
	TLSPlain     Class = "tls-plain"     // the port speaks something else than TLS
	TLS          Class = "tls"           // another failure of the handshake
	Clock        Class = "clock"         // the local clock is wrong
	IPv6         Class = "ipv6"          // IPv6 fails where IPv4 works
	NoRange      Class = "no-range"      // the whole file instead of the part
	Canceled     Class = "canceled"      // the caller gave up
	Other        Class = "other"         // none of these
)

// protocolVersion is the TLS alert of a peer without a common version.
const protocolVersion = 70

// ClassOf is the class of an error: that of the [*Error] in it, or else what
// the types in its chain say. nil is "".
func ClassOf(err error) Class {
	var (
		known     *Error
		refused   *httpx.ConnectError
		redirect  *httpx.RedirectError
		guarded   *httpx.GuardError
		dns       *net.DNSError
		op        *net.OpError
		authority x509.UnknownAuthorityError
		noRoots   x509.SystemRootsError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
		record    tls.RecordHeaderError
		timeout   interface{ Timeout() bool }
		large     *httpx.TooLargeError
	)
	switch {
	case err == nil:
		return ""
	case errors.As(err, &known):
		return known.Class
	case errors.As(err, &refused):
		return ProxyDenied
	case errors.As(err, &redirect):
		return Redirect
	case errors.As(err, &guarded):
		return Guarded
	case errors.As(err, &large):
		return WrongContent
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return Proxy
	case errors.As(err, &dns):
		return DNS
	case errors.As(err, &authority), errors.As(err, &noRoots):
		return TLSAuthority
	case errors.As(err, &name):
		return TLSName
	case errors.As(err, &invalid):
		return invalidClass(invalid)
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &record):
		return TLSPlain
	case errors.As(err, &verify):
		return TLS
	case errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	case op != nil && (op.Op == "remote error" || op.Op == "local error"):
		// The alert's type is not exported, its number is that of RFC 8446.
		if v := reflect.ValueOf(op.Err); v.Kind() == reflect.Uint8 && v.Uint() == protocolVersion {
			return TLSVersion
		}
		return TLS
	case errors.Is(err, io.ErrUnexpectedEOF):
		return Truncated
	case errors.Is(err, io.EOF):
		return Reset
	}
	return errnoClass(err)
}

func invalidClass(e x509.CertificateInvalidError) Class {
	switch {
	case e.Reason != x509.Expired:
		return TLS
	case e.Cert != nil && time.Now().Before(e.Cert.NotBefore):
		return TLSNotYet
	}
	return TLSExpired
}

func errnoClass(err error) Class {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return Other
	}
	const wsaReset, wsaNetUnreach, wsaHostUnreach, wsaRefused = 10054, 10051, 10065, 10061 // Windows
	switch no {
	case syscall.ECONNREFUSED, wsaRefused:
		return Refused
	case syscall.ENETUNREACH, syscall.EHOSTUNREACH, wsaNetUnreach, wsaHostUnreach:
		return Unreachable
	case syscall.ECONNRESET, syscall.EPIPE, wsaReset:
		return Reset
	}
	return Other
}

func statusClass(status int) Class {
	switch status {
	case http.StatusNotFound, http.StatusGone:
		return NotFound
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return Denied
	}
	return Server
}

// Error is a failed request to a mirror.
type Error struct {
	Class  Class
	Status int      // HTTP status; 0 when there was no answer
	URL    string   // without secrets
	Hosts  []string // who was asked, as far as it is known
	answer *Answer  // the answer's header; its body is closed. nil when there was none
	text   *msg.Error
}

func (e *Error) Error() string { return e.text.Error() }

// Unwrap returns the same statement in both languages, with the cause in it.
func (e *Error) Unwrap() error { return e.text }

// Is makes [NotFound] an fs.ErrNotExist: 404 and 410 are the protocol's certain
// "not there", and what reads a source of any kind asks for just that.
func (e *Error) Is(target error) bool { return target == fs.ErrNotExist && e.Class == NotFound }

// Header is that of the answer that was the failure; nil when there was none.
func (e *Error) Header() http.Header {
	if e.answer == nil {
		return nil
	}
	return e.answer.Header
}

// meanings say in words what the cause alone does not.
var meanings = map[Class]msg.Text{
	HTML:         msg.Textf("a web page came instead of data", "返回的是网页而不是数据"),
	Login:        msg.Textf("it led to a web page on another host", "被引到另一台主机上的网页"),
	Slow:         msg.Textf("the answer was not complete in time", "未能在时限内收完响应"),
	Timeout:      msg.Textf("no answer in time", "在时限内没有响应"),
	Truncated:    msg.Textf("the answer ended early", "响应提前中断"),
	Reset:        msg.Textf("the connection was closed", "连接被对方关闭"),
	DNS:          msg.Textf("the name does not resolve", "域名无法解析"),
	Refused:      msg.Textf("nobody listens there", "对方端口没有服务"),
	Unreachable:  msg.Textf("there is no route to it", "网络不可达"),
	Proxy:        msg.Textf("the HTTP proxy cannot be reached", "无法连接 HTTP 代理"),
	TLSAuthority: msg.Textf("the certificate is signed by an authority that is not trusted", "证书由不受信任的机构签发"),
	TLSExpired:   msg.Textf("the certificate has expired, or the clock is ahead", "证书已过期，或本机时钟偏快"),
	TLSNotYet:    msg.Textf("the certificate is not valid yet, or the clock is behind", "证书尚未生效，或本机时钟偏慢"),
	TLSName:      msg.Textf("the certificate is for another name", "证书与主机名不符"),
	TLSVersion:   msg.Textf("no common version of TLS", "双方没有共同的 TLS 版本"),
	TLSPlain:     msg.Textf("the port does not speak TLS", "该端口不支持 TLS"),
	TLS:          msg.Textf("the TLS handshake failed", "TLS 握手失败"),
}

func (m *Mirror) fail(rel string, a *Answer, err error) *Error {
	class := ClassOf(err)
	if err == nil {
		class = statusClass(a.StatusCode)
	}
	return m.failAs(class, rel, a, err)
}

func (m *Mirror) wrong(rel string, err error) *Error { return m.failAs(WrongContent, rel, nil, err) }

// Fail is the failure of a request for rel that the caller found out while it
// read the answer's body: a is that answer, nil when there was none. class "" is
// the class of err.
func (m *Mirror) Fail(class Class, rel string, a *Answer, err error) *Error {
	if class == "" {
		class = ClassOf(err)
	}
	return m.failAs(class, rel, a, err)
}

func (m *Mirror) failAs(class Class, rel string, a *Answer, err error) *Error {
	u := *m.base
	u.Path += rel
	e := &Error{Class: class, URL: httpx.RedactURL(&u), Hosts: []string{m.base.Host}}
	var at *url.Error
	switch {
	case a != nil:
		e.Status, e.Hosts, e.answer = a.StatusCode, a.Hosts, a
	case errors.As(err, &at):
		// After a redirect the URL that failed is another host's.
		if far, perr := url.Parse(at.URL); perr == nil && far.Host != "" && far.Host != m.base.Host && class != Redirect {
			e.URL, e.Hosts = at.URL, append(e.Hosts, far.Host)
		}
	}
	meaning, told := meanings[class]
	switch {
	case err == nil && !told:
		e.text = msg.Errorf("get %s: status %d %s", "读取 %s：状态码 %d %s", e.URL, e.Status, http.StatusText(e.Status))
	case err == nil:
		e.text = msg.Errorf("get %s: %v (%s)", "读取 %s：%v（%s）", e.URL, meaning, e.Hosts[len(e.Hosts)-1])
	case told:
		e.text = msg.Errorf("get %s: %v: %w", "读取 %s：%v：%w", e.URL, meaning, inner(err))
	default:
		e.text = msg.Errorf("get %s: %w", "读取 %s：%w", e.URL, inner(err))
	}
	if class != NotFound && class != WrongContent {
		e.text = e.text.WithKind(msg.Incomplete)
	}
	return e
}

// inner drops net/http's mention of the URL: it is already in the text.
func inner(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
