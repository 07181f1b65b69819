package rules

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// hostsAsOf is when the tables below were last looked through.
const hostsAsOf = "2026-11"

// publicMirror is a module mirror that anybody may use. The default one is not
// among them: it is learnt from GOROOT/go.env.
type publicMirror struct {
	host string
	path string // where the mirror begins; "" = at the root
}

// publicMirrors are those in common use in mainland China, from their own
// documentation.
var publicMirrors = []publicMirror{
	{"goproxy.cn", ""},
	{"goproxy.io", ""},
	{"mirrors.aliyun.com", "/goproxy"},
	{"mirrors.cloud.tencent.com", "/go"},
	{"mirrors.tencent.com", "/go"},
	{"repo.huaweicloud.com", "/repository/goproxy"},
}

// deadHost is a host that guides still name and that serves nothing any more.
type deadHost struct {
	host string
	why  msg.Text
}

var deadHosts = []deadHost{
	// JFrog announced the end in February 2021.
	{"gocenter.io", msg.Text{EN: "GoCenter was shut down on 2021-05-01", ZH: "GoCenter 已于 2021-05-01 停止服务"}},
}

// rewritingHost is a mirror that serves other content than the authors
// published, under the same versions.
type rewritingHost struct {
	host    string
	purpose msg.Text
}

var rewritingHosts = []rewritingHost{
	// Its users are told to delete go.sum and to turn verification off.
	{"goproxy.loongnix.cn", msg.Text{EN: "it patches modules for the old-world LoongArch", ZH: "它为旧世界 LoongArch 改写了模块内容"}},
}

// publicMirrorOf finds the table's row for a mirror.
func publicMirrorOf(u *url.URL) (publicMirror, bool) {
	i := slices.IndexFunc(publicMirrors, func(m publicMirror) bool { return u != nil && strings.EqualFold(m.host, u.Hostname()) })
	if i < 0 {
		return publicMirror{}, false
	}
	return publicMirrors[i], true
}

func deadHostOf(u *url.URL) (deadHost, bool) {
	i := slices.IndexFunc(deadHosts, func(d deadHost) bool { return u != nil && below(d.host, u.Hostname()) })
	if i < 0 {
		return deadHost{}, false
	}
	return deadHosts[i], true
}

// below reports whether host is the domain or inside it.
func below(domain, host string) bool {
	host = strings.ToLower(host)
	return host == domain || strings.HasSuffix(host, "."+domain)
}

// isDefaultMirror reports whether an entry is the mirror that Go comes with, as
// far as this GOROOT tells: where a distribution put one of the public mirrors
// there, that is not it.
func isDefaultMirror(v *envcheck.View, p goenv.Proxy) bool {
	a, _ := goenv.ParseFile(v.Goroot.GoEnv.Data).Get("GOPROXY")
	defaults, _ := goenv.ParseProxies(a.Value)
	return slices.ContainsFunc(defaults.Mirrors(), func(d goenv.Proxy) bool {
		_, known := publicMirrorOf(d.URL)
		return !known && !isOurs(v, d.URL) && sameMirror(d.URL, p.URL)
	})
}

// sameMirror compares two mirrors by what is asked, not by how they are written.
func sameMirror(a, b *url.URL) bool {
	return a != nil && b != nil && a.Scheme == b.Scheme && strings.EqualFold(a.Host, b.Host) && strings.TrimRight(a.Path, "/") == strings.TrimRight(b.Path, "/")
}

// isOurs reports whether a mirror is one of the house: on this machine or in a
// private network, named private, or on the organisation's list.
func isOurs(v *envcheck.View, u *url.URL) bool {
	if u.Scheme == "file" || isLoopback(u.Hostname()) || isInside(v, u.Hostname()) {
		return true
	}
	return slices.ContainsFunc(v.Policy.Mirrors, func(m string) bool { return onList(m, u) })
}

// onList reports whether a mirror is the one that a policy names, or below it.
func onList(allowed string, u *url.URL) bool {
	ps, _ := goenv.ParseProxies(allowed)
	if len(ps) != 1 || ps[0].URL == nil {
		return false
	}
	a := ps[0].URL
	path := strings.TrimRight(a.Path, "/")
	return a.Scheme == u.Scheme && strings.EqualFold(a.Host, u.Host) && (u.Path == path || strings.HasPrefix(u.Path, path+"/"))
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// isInside reports whether a host can only be one of the house.
func isInside(v *envcheck.View, host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsPrivate() || addr.IsLinkLocalUnicast()
	}
	class, _ := leak.Classify(host, v.Knowledge())
	return !strings.Contains(host, ".") || class == leak.Private
}

// hostOfModule is the first element of a module path.
func hostOfModule(path string) string {
	host, _, _ := strings.Cut(path, "/")
	return host
}

// hostOfURL is the host of a URL, "" where it does not parse.
func hostOfURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
