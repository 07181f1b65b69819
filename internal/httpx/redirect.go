package httpx

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// RedirectError is a redirect that was not followed.
type RedirectError struct {
	From, To string // scheme://host:port
	Why      msg.Text
}

func (e *RedirectError) Error() string { return e.text().Error() }

// Unwrap returns the same statement in both languages.
func (e *RedirectError) Unwrap() error { return e.text() }

func (e *RedirectError) text() *msg.Error {
	return msg.Errorf("follow redirect from %s to %s: %v", "跟随从 %s 到 %s 的重定向：%v", e.From, e.To, e.Why)
}

// harmless are the headers that go along to another host: none of them can
// hold a credential. The names of credential headers have no end, so what is
// not here stays behind.
var harmless = map[string]bool{
	"Accept": true, "Accept-Encoding": true, "Accept-Language": true, "Cache-Control": true, "Content-Type": true,
	"If-Modified-Since": true, "If-None-Match": true, "If-Range": true, "Range": true, "User-Agent": true,
}

func (o Options) checkRedirect(req *http.Request, via []*http.Request) error {
	limit := MaxRedirects
	switch {
	case o.MaxRedirects < 0:
		return http.ErrUseLastResponse
	case o.MaxRedirects > 0:
		limit = min(limit, o.MaxRedirects)
	}
	last := via[len(via)-1].URL
	refuse := func(why msg.Text) error {
		return &RedirectError{From: last.Scheme + "://" + last.Host, To: req.URL.Scheme + "://" + req.URL.Host, Why: why}
	}
	switch {
	case len(via) > limit:
		return refuse(msg.Textf("more than %d redirects", "重定向超过 %d 次", limit))
	case req.URL.Scheme != "https" && req.URL.Scheme != "http":
		return refuse(msg.Textf("only http and https are followed", "只跟随 http 和 https"))
	case last.Scheme == "https" && req.URL.Scheme == "http":
		return refuse(msg.Textf("from https to http", "从 https 降级为 http"))
	case req.URL.User != nil:
		return refuse(msg.Textf("the target holds credentials", "目标地址中带有凭据"))
	}
	if req.URL.Host == last.Host && !strayed(via) {
		return nil
	}
	// A name is judged when it is dialled; an address is judged here as well,
	// because a proxy may do the dialling.
	host := req.URL.Hostname()
	if ip, err := netip.ParseAddr(host); err == nil {
		if metadata(ip) {
			return refuse(msg.Textf("a link-local or metadata address", "目标是链路本地地址或云主机元数据地址"))
		}
	} else if numeric(host) {
		return refuse(msg.Textf("not a proper address", "不是规范的地址"))
	}
	for name := range req.Header {
		if !harmless[name] {
			delete(req.Header, name)
		}
	}
	return nil
}

// strayed reports whether the chain has already left its first host: what
// comes back from elsewhere is not trusted with credentials again.
func strayed(via []*http.Request) bool {
	for _, r := range via {
		if r.URL.Host != via[0].URL.Host {
			return true
		}
	}
	return false
}

// numeric reports whether a host is one that some resolvers read as a number,
// like 2852039166 or 0xa9.254.43518: browsers' rule, the last label decides.
func numeric(host string) bool {
	label := strings.TrimSuffix(host, ".")
	label = label[strings.LastIndex(label, ".")+1:]
	if hex, ok := strings.CutPrefix(strings.ToLower(label), "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return label != "" && strings.Trim(label, "0123456789") == ""
}
