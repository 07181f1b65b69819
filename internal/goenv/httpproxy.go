package goenv

import (
	"net/url"

	"golang.org/x/net/http/httpproxy"
)

// ProxyVars are the HTTP proxy settings that Go programs read, from the process
// alone: the upper-case name first. ALL_PROXY means nothing to Go.
type ProxyVars struct {
	HTTP, HTTPS, No             Value
	HTTPName, HTTPSName, NoName string // the variables they came from; "" = not set
}

// HTTPProxies reads them.
func (e *Env) HTTPProxies() ProxyVars {
	var v ProxyVars
	v.HTTP, v.HTTPName = e.firstProcess("HTTP_PROXY", "http_proxy")
	v.HTTPS, v.HTTPSName = e.firstProcess("HTTPS_PROXY", "https_proxy")
	v.No, v.NoName = e.firstProcess("NO_PROXY", "no_proxy")
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

// For returns the proxy that a request to u goes through; nil = none. The error
// is that of a proxy address that cannot be read.
func (v ProxyVars) For(u *url.URL) (*url.URL, error) {
	c := httpproxy.Config{HTTPProxy: v.HTTP.Value, HTTPSProxy: v.HTTPS.Value, NoProxy: v.No.Value}
	return c.ProxyFunc()(u)
}
