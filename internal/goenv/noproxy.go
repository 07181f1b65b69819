package goenv

import (
	"net"
	"strings"
)

// NoProxyKind says what an entry of NO_PROXY matches in Go.
type NoProxyKind string

// The kinds. Host names are compared without regard to case.
const (
	NoProxyAll     NoProxyKind = "all"        // "*": every host, whatever else the list holds
	NoProxyDomain  NoProxyKind = "domain"     // foo.com and everything below it
	NoProxySub     NoProxyKind = "subdomains" // .foo.com and *.foo.com: below it only
	NoProxyAddress NoProxyKind = "address"    // one IP address
	NoProxyNetwork NoProxyKind = "network"    // 10.0.0.0/8
	NoProxyNothing NoProxyKind = "nothing"    // see NoProxyEntry.Why
)

// NoProxyWhy says why an entry matches nothing that was meant.
type NoProxyWhy string

// The reasons.
const (
	NoProxyScheme      NoProxyWhy = "scheme"       // https://foo.com
	NoProxySemicolon   NoProxyWhy = "semicolon"    // a;b: only a comma separates
	NoProxySpace       NoProxyWhy = "space"        // a b
	NoProxyRegexp      NoProxyWhy = "regexp"       // ^foo\.com$
	NoProxySlash       NoProxyWhy = "slash"        // *.foo.com/*, foo.com/x, 10.0.0.0/33
	NoProxyGlob        NoProxyWhy = "glob"         // 192.168.*, *foo.com, foo.*: a star stands alone or as "*."
	NoProxyTrailingDot NoProxyWhy = "trailing-dot" // foo.com.
	NoProxyPort        NoProxyWhy = "port"         // foo.com:https, :8080
	NoProxyPartial     NoProxyWhy = "partial"      // 192.168, 10.0.0.1-10.0.0.9: no address, no network
	NoProxyBrackets    NoProxyWhy = "brackets"     // [::1] without a port
)

// NoProxyEntry is one entry of NO_PROXY.
type NoProxyEntry struct {
	Raw  string // trimmed, as Go does
	Kind NoProxyKind
	Host string // the domain without its dot, the address or the network; "" for "*"
	Port string // "" = every port
	Why  NoProxyWhy
}

// ParseNoProxy reads NO_PROXY by the rules of x/net/http/httpproxy, which
// complains about nothing. Empty entries are left out. Besides the list,
// localhost, 127.0.0.0/8 and ::1 never go through a proxy.
func ParseNoProxy(value string) []NoProxyEntry {
	var out []NoProxyEntry
	for raw := range strings.SplitSeq(value, ",") {
		if raw = strings.TrimSpace(raw); raw != "" {
			e := parseNoProxy(strings.ToLower(raw))
			e.Raw = raw
			out = append(out, e)
		}
	}
	return out
}

func parseNoProxy(s string) NoProxyEntry {
	if s == "*" {
		return NoProxyEntry{Kind: NoProxyAll}
	}
	if _, network, err := net.ParseCIDR(s); err == nil {
		return NoProxyEntry{Kind: NoProxyNetwork, Host: network.String()}
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		host, port = s, ""
	}
	e := NoProxyEntry{Host: host, Port: port}
	if ip := net.ParseIP(host); ip != nil {
		e.Kind, e.Host = NoProxyAddress, ip.String()
	} else if e.Host = strings.TrimPrefix(host, "*"); strings.HasPrefix(e.Host, ".") {
		e.Kind, e.Host = NoProxySub, e.Host[1:]
	} else {
		e.Kind, e.Host = NoProxyDomain, host
	}
	if e.Why = e.why(s); e.Why != "" {
		e.Kind = NoProxyNothing
	}
	return e
}

func (e NoProxyEntry) why(s string) NoProxyWhy {
	has := func(chars string) bool { return strings.ContainsAny(s, chars) }
	switch {
	case strings.Contains(s, "://"):
		return NoProxyScheme
	case has(";"):
		return NoProxySemicolon
	case has(" \t\r\n"):
		return NoProxySpace
	case has(`^$\(){}+?|`):
		return NoProxyRegexp
	case has("/"):
		return NoProxySlash
	case strings.Contains(e.Host, "*"):
		return NoProxyGlob
	case e.Kind == NoProxyAddress && digits(e.Port), e.Kind == NoProxyAddress && e.Port == "":
		return ""
	case e.Host == "" && e.Port == "": // "." and "*."
		return NoProxyTrailingDot
	case e.Port != "" && !digits(e.Port), e.Host == "":
		return NoProxyPort
	case has("[]"):
		return NoProxyBrackets
	case strings.HasSuffix(e.Host, ".") && !digitsAnd(e.Host, ".-"):
		return NoProxyTrailingDot
	case digitsAnd(e.Host, ".-"):
		return NoProxyPartial
	}
	return ""
}

func digits(s string) bool { return s != "" && digitsAnd(s, "") }

func digitsAnd(s, others string) bool { return strings.Trim(s, "0123456789"+others) == "" }
