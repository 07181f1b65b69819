package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// gate decides who may have what.
type gate struct {
	keys   atomic.Pointer[keys]
	fronts []netip.Prefix
	open   bool // nobody needs a token and no route is private: nothing to decide
	closed bool // nobody gets anything without a token
}

// keys are the tokens' holders.
type keys struct {
	all    []holder // who may use the proxy, where it is closed
	routes map[*proxy.Route][]holder
}

// holder is somebody with a token.
type holder struct {
	name string
	hash proxy.TokenHash
}

func holders(tokens map[string]proxy.TokenHash) []holder {
	var out []holder
	for name, hash := range tokens {
		out = append(out, holder{name, hash})
	}
	slices.SortFunc(out, func(a, b holder) int { return strings.Compare(a.name, b.name) })
	return out
}

func newGate(tokens map[string]proxy.TokenHash, routes proxy.Routes, fronts []netip.Prefix) *gate {
	g := &gate{fronts: fronts, open: len(tokens) == 0, closed: len(tokens) > 0}
	k := &keys{routes: map[*proxy.Route][]holder{}}
	for i := range routes {
		r := &routes[i]
		if len(r.Tokens) > 0 {
			k.routes[r] = holders(r.Tokens)
		}
		g.open = g.open && !r.Private && len(r.Tokens) == 0
	}
	g.hang(k, tokens)
	return g
}

// hang makes keys those that count; tokens are those of the proxy as a whole.
func (g *gate) hang(k *keys, tokens map[string]proxy.TokenHash) {
	if g.closed {
		k.all = holders(tokens)
		for _, own := range k.routes {
			k.all = append(k.all, own...)
		}
	}
	g.keys.Store(k)
}

// replace takes other tokens for the same names. Whoever a route names and has none any
// more is told, and gets nothing of it: that is how a token is revoked.
func (g *gate) replace(tokens map[string]proxy.TokenHash) (gone []string) {
	k := &keys{routes: map[*proxy.Route][]holder{}}
	for r := range g.keys.Load().routes {
		own := map[string]proxy.TokenHash{}
		for name := range r.Tokens {
			if hash, ok := tokens[name]; ok {
				own[name] = hash
			} else if !slices.Contains(gone, name) {
				gone = append(gone, name)
			}
		}
		k.routes[r] = holders(own)
	}
	g.hang(k, tokens)
	slices.Sort(gone)
	return gone
}

// asker is who sent a request.
type asker struct {
	addr   netip.Addr
	secure bool // the way here cannot be listened to
	token  string
	sent   bool
}

// who reads a request's origin and token.
func (g *gate) who(r *http.Request) asker {
	var a asker
	a.addr = remote(r)
	a.secure = r.TLS != nil
	through := len(r.Header["X-Forwarded-For"]) > 0 || len(r.Header["X-Forwarded-Proto"]) > 0 || len(r.Header["Forwarded"]) > 0
	switch {
	case g.front(a.addr) && through:
		a.secure = strings.EqualFold(strings.Join(r.Header["X-Forwarded-Proto"], ","), "https")
		a.addr = g.origin(r, a.addr)
	case a.addr.IsLoopback() && !through:
		a.secure = local(r.Host)
	}
	a.token, a.sent = token(r.Header)
	return a
}

// local reports whether a name of this server is one that nobody elsewhere can make:
// a web page may have a name of its own lead to 127.0.0.1, and a browser there would
// then read private modules to it.
func local(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return host != "" && !strings.Contains(host, ".") || strings.HasSuffix(strings.ToLower(host), ".localhost")
}

func remote(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr, _ := netip.ParseAddr(host)
	return addr.Unmap()
}

func (g *gate) front(addr netip.Addr) bool { return within(g.fronts, addr) }

func within(nets []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(nets, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// origin is the last address of X-Forwarded-For that is not a front's: what
// stands before it the client may have made up.
func (g *gate) origin(r *http.Request, front netip.Addr) netip.Addr {
	list := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for _, word := range slices.Backward(list) {
		addr, err := netip.ParseAddr(strings.TrimSpace(word))
		if err != nil {
			return front
		}
		if addr = addr.Unmap(); !g.front(addr) {
			return addr
		}
	}
	return front
}

// token is what came in the Authorization header: Bearer, or the password of
// Basic.
func token(h http.Header) (string, bool) {
	v := h["Authorization"]
	if len(v) != 1 {
		return "", len(v) > 0
	}
	scheme, rest, _ := strings.Cut(v[0], " ")
	switch {
	case strings.EqualFold(scheme, "Bearer"):
		return strings.TrimSpace(rest), true
	case strings.EqualFold(scheme, "Basic"):
		if b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest)); err == nil {
			_, password, _ := strings.Cut(string(b), ":")
			return password, true
		}
	}
	return "", true
}

// known is the name of whoever holds the token. All are compared, so that the
// time tells nothing.
func known(all []holder, token string) (name string, ok bool) {
	if token == "" {
		return "", false
	}
	sum := sha256.Sum256([]byte(token))
	for _, h := range all {
		if subtle.ConstantTimeCompare(sum[:], h.hash[:]) == 1 {
			name, ok = h.name, true
		}
	}
	return name, ok
}

// refusal is why somebody does not get what a route has.
type refusal struct {
	status int
	why    msg.Text
}

// admit decides about a route; nil is what no route is about. name is the
// holder's, "" when no token was needed.
func (g *gate) admit(a asker, route *proxy.Route) (name string, no *refusal) {
	keys := g.keys.Load()
	all, needed := keys.all, g.closed
	if route != nil {
		if route.Private && !a.secure {
			return "", &refusal{http.StatusForbidden, msg.Text{
				EN: "private modules are served over TLS only: use the https:// address of this proxy",
				ZH: "私有模块仅通过 TLS 提供：请使用本代理的 https:// 地址",
			}}
		}
		if own, only := keys.routes[route]; only {
			all, needed = own, true // nobody, where no holder is left
		}
	}
	if !needed {
		return "", nil
	}
	if name, ok := known(all, a.token); ok {
		return name, nil
	}
	why := msg.Text{
		EN: "this needs a token: put it into .netrc as the password for this host; machine is host:port as in GOPROXY, unless the port is 443; the go command sends it over https only",
		ZH: "需要令牌：请将其作为本主机的密码写入 .netrc；端口不是 443 时，machine 须与 GOPROXY 中一致，写成“主机:端口”；go 命令只在 https 下发送",
	}
	if a.sent {
		why = msg.Text{EN: "the token that was sent is not one that may have this", ZH: "所发送的令牌无权获取该内容"}
	}
	return "", &refusal{http.StatusUnauthorized, why}
}

// scope says which caches on the way may keep what a route has.
func (g *gate) scope(route *proxy.Route) string {
	if g.closed || route != nil && (route.Private || len(route.Tokens) > 0) {
		return "private"
	}
	return "public"
}
