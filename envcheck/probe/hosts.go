package probe

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func systemLookup(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// planHosts lists the names that the go command would dial: of mirrors in use, of
// the database, of private modules that are fetched directly and nowhere else.
func (p *prober) planHosts() {
	add := func(scheme, host string) {
		if host == "" {
			return
		}
		if !slices.ContainsFunc(p.n.Hosts, func(h envcheck.HostProbe) bool { return h.Host == host }) {
			p.n.Hosts = append(p.n.Hosts, envcheck.HostProbe{Host: host})
		}
		// Behind an HTTP proxy the name server here often knows nothing of the
		// outside, and need not.
		via, err := p.HTTP.Proxy(&url.URL{Scheme: scheme, Host: host})
		p.dialled[host] = p.dialled[host] || err != nil || via == nil
	}
	for _, t := range p.targets {
		if t.inUse {
			add(t.url.Scheme, t.url.Hostname())
		}
	}
	if len(p.direct) > 0 {
		add("https", hostOf(p.direct[0]))
	}
	for _, e := range p.v.Exposures {
		for _, a := range e.Asks {
			if e.Class == "private" && a.Kind == "direct" && a.When == "always" {
				add("https", hostname(a.Host))
			}
		}
	}
}

func (p *prober) hostJobs() []func(context.Context) {
	var jobs []func(context.Context)
	for i := range p.n.Hosts {
		h := &p.n.Hosts[i]
		if !p.dialled[h.Host] {
			continue
		}
		if _, err := netip.ParseAddr(h.Host); err == nil || h.Host == "localhost" {
			h.Class = "ok" // there is nothing to resolve
			continue
		}
		jobs = append(jobs, func(ctx context.Context) { p.resolve(ctx, h) })
	}
	return jobs
}

func (p *prober) resolve(ctx context.Context, h *envcheck.HostProbe) {
	limited, cancel := context.WithTimeout(ctx, p.StepTimeout)
	defer cancel()
	addrs, err := p.LookupIP(limited, h.Host)
	switch {
	case err != nil && ctx.Err() != nil:
		p.miss(ctx, "resolve "+h.Host)
		return
	case err != nil || len(addrs) == 0:
		h.Class = "dns"
		return
	}
	for _, a := range addrs {
		h.Addresses = append(h.Addresses, a.Unmap().String())
	}
	slices.Sort(h.Addresses)
	h.Class = addressClass(addrs)
}

// shared is the carriers' own range (RFC 6598), which Tailscale and company
// networks use as well.
var shared = netip.MustParsePrefix("100.64.0.0/10")

// addressClass judges what a name resolved to. One public address makes it a
// public name. 198.18.0.0/15 counts as public: local "fake IP" proxies answer
// every name with an address from there, and it works.
func addressClass(addrs []netip.Addr) string {
	class := "blocked"
	for _, a := range addrs {
		switch a = a.Unmap(); {
		case a.IsLoopback(), a.IsUnspecified():
		case a.IsPrivate(), a.IsLinkLocalUnicast(), shared.Contains(a):
			class = "private"
		default:
			return "ok"
		}
	}
	return class
}

// finishHosts adds what the mirrors' answers told about hosts, and leaves out the
// database's when nobody dials it: what is blocked there is nobody's trouble.
func (p *prober) finishHosts() {
	needed := map[string]bool{}
	for _, t := range p.targets {
		needed[t.url.Hostname()] = t.inUse || needed[t.url.Hostname()]
	}
	for i, base := range p.direct {
		if host := hostOf(base); (i > 0 || p.carried()) && !needed[host] {
			delete(p.tls, host)
			p.n.Hosts = slices.DeleteFunc(p.n.Hosts, func(h envcheck.HostProbe) bool { return h.Host == host })
			p.missing = slices.DeleteFunc(p.missing, func(m envcheck.Missing) bool { return m.What == "resolve "+host })
		}
	}
	for i, t := range p.targets {
		for j := range p.n.Hosts {
			// The mirror's report has our clock less theirs.
			if h := &p.n.Hosts[j]; h.Host == t.url.Hostname() && h.SkewSeconds == 0 {
				h.SkewSeconds = -p.reports[i].Skew.Seconds()
			}
		}
	}
	for host, word := range p.tls {
		at := slices.IndexFunc(p.n.Hosts, func(h envcheck.HostProbe) bool { return h.Host == host })
		if at < 0 { // a redirect led there, or it is an HTTP proxy
			at = len(p.n.Hosts)
			p.n.Hosts = append(p.n.Hosts, envcheck.HostProbe{Host: host})
		}
		p.n.Hosts[at].TLS = word
	}
	slices.SortFunc(p.n.Hosts, func(a, b envcheck.HostProbe) int { return strings.Compare(a.Host, b.Host) })
}

// hostname is a host without its port.
func hostname(hostport string) string { return (&url.URL{Host: hostport}).Hostname() }

// hostOf is the host of a URL, without its port.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
