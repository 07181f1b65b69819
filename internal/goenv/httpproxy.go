package goenv

import (
	"net/url"

	"golang.org/x/net/http/httpproxy"
)

// ProxyVars are the HTTP proxy settings that Go programs read, from the process
// alone: the upper-case name first (net/http of Go 1.26; x/net/http/httpproxy
// turned that round in 2026, so its FromEnvironment is not what the go command
// does). ALL_PROXY means nothing to Go.
type ProxyVars struct {
	HTTP, HTTPS, No             Value
	HTTPName, HTTPSName, NoName string // the variables they came from; "" = not set
	CGI                         bool   // REQUEST_METHOD is set: HTTP_PROXY is refused
}

// HTTPProxies reads them.
func (e *Env) HTTPProxies() ProxyVars {
	var v ProxyVars
	v.HTTP, v.HTTPName = e.firstProcess("HTTP_PROXY", "http_proxy")
	v.HTTPS, v.HTTPSName = e.firstProcess("HTTPS_PROXY", "https_proxy")
	v.No, v.NoName = e.firstProcess("NO_PROXY", "no_proxy")
	method, _ := e.Process("REQUEST_METHOD")
	v.CGI = method != ""
	return v
}

func (e *Env) firstProcess(names ...string) (Value, string) {
	for _, n := range names {
		if v, _ := e.Process(n); v != "" {
			return Value{Key: n, Value: v, Origin: FromProcess}, n
		}
	}
	return Value{Key: names[0], Origin: BuiltIn}, ""
}

// For returns the proxy that a request to u goes through; nil = none. Go ignores
// a proxy address that cannot be read, without a word, and connects directly:
// that is nil too; see [ProxyAddress]. The error is that of HTTP_PROXY in a CGI
// program.
func (v ProxyVars) For(u *url.URL) (*url.URL, error) {
	c := httpproxy.Config{HTTPProxy: v.HTTP.Value, HTTPSProxy: v.HTTPS.Value, NoProxy: v.No.Value, CGI: v.CGI}
	return c.ProxyFunc()(u)
}

// ProxyAddress returns what Go makes of the value of HTTP_PROXY or HTTPS_PROXY:
// "host:port" is an http proxy; what it cannot make sense of may come back without
// a host, and requests then fail. nil = it cannot be read, or is empty, and Go
// connects directly. Whether the scheme is one that Go speaks (http, https,
// socks5, socks5h; any other is taken for http) is for the caller.
func ProxyAddress(value string) *url.URL {
	c := httpproxy.Config{HTTPProxy: value}
	u, _ := c.ProxyFunc()(&url.URL{Scheme: "http", Host: "host.example"})
	return u
}
