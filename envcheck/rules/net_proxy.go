package rules

import (
	"net"
	"net/url"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// proxyKeys are the variables that hold the address of an HTTP proxy.
var proxyKeys = []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"}

// noProxyKeys hold the exceptions.
var noProxyKeys = []string{"NO_PROXY", "no_proxy"}

// proxyURL reads the address of an HTTP proxy as Go does: what is not a URL with
// a host gets http:// in front (x/net/http/httpproxy).
func proxyURL(value string) (*url.URL, error) {
	u, err := url.Parse(value)
	if err != nil || u.Scheme == "" || u.Host == "" {
		if again, err := url.Parse("http://" + value); err == nil {
			return again, nil
		}
	}
	return u, err
}

// userinfoBroken reports whether the name and password in a proxy address hold a
// character that ends them early or cannot stand there. The address may be any
// text.
func userinfoBroken(value string) bool {
	_, rest, ok := strings.Cut(value, "://")
	if !ok {
		rest = value
	}
	at := strings.LastIndex(rest, "@")
	if at < 0 {
		return false
	}
	_, err := url.Parse("http://" + rest[:at] + "@host")
	return err != nil || strings.ContainsAny(rest[:at], "/?#")
}

// bareProxy is a proxy address without its name and password.
func bareProxy(value string) string {
	at := strings.LastIndex(value, "@")
	if at < 0 {
		return value
	}
	if scheme, _, ok := strings.Cut(value, "://"); ok {
		return scheme + "://" + value[at+1:]
	}
	return value[at+1:]
}

// proxyEvidence shows a proxy setting.
func proxyEvidence(s envcheck.Setting) []envcheck.Evidence {
	return []envcheck.Evidence{{Name: s.Key, Value: bareProxy(s.Value), Place: s.Place}}
}

// withScheme is the proxy address with another scheme, the rest untouched.
func withScheme(scheme, value string) string {
	if _, rest, ok := strings.Cut(value, "://"); ok {
		return scheme + "://" + rest
	}
	return scheme + "://" + value
}

// hopOf returns what the probe learnt about the proxy of a variable; nil = it
// was not asked.
func hopOf(v *envcheck.View, variable string) *envcheck.HopProbe {
	if v.Network == nil {
		return nil
	}
	for i, h := range v.Network.Proxies {
		if strings.EqualFold(h.Variable, variable) {
			return &v.Network.Proxies[i]
		}
	}
	return nil
}

// settingOrProcess is the setting in force, or, where nobody made it, the place
// where it would be made: the proxy variables are read from the process alone.
func settingOrProcess(v *envcheck.View, key string) envcheck.Setting {
	s := v.InForce(key)
	if s.Key == "" {
		return envcheck.Setting{Key: key, Place: envcheck.Place{Origin: "process"}}
	}
	return s
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// hopFindings makes a finding of every proxy whose probe ended in one of the
// classes.
func hopFindings(v *envcheck.View, finding func(envcheck.HopProbe, envcheck.Setting) envcheck.Finding, classes ...string) []envcheck.Finding {
	var out []envcheck.Finding
	for _, h := range v.Network.Proxies {
		for _, c := range classes {
			if h.Class != c {
				continue
			}
			s := settingOrProcess(v, h.Variable)
			f := finding(h, s)
			f.Subject, f.Where = h.Variable, s.Place
			f.Evidence = []envcheck.Evidence{{Name: h.Variable, Value: bareProxy(s.Value), Place: s.Place}, {Name: h.Host, Value: h.Class}}
			if h.Detail != "" {
				f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "detail", Value: h.Detail})
			}
			out = append(out, f)
		}
	}
	return out
}
