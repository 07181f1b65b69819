package probe

import (
	"cmp"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// choice is a mirror that could be recommended.
type choice struct {
	target
	ms float64
}

// recommend makes a GOPROXY of the mirrors that answered well, at most two, the
// fastest first. "" = keep what is there: it is as good, or nothing answered
// better, or it holds what only its author can judge (a mirror with credentials,
// in a folder, or of modules of its own).
func (p *prober) recommend() string {
	if own := p.v.Policy.GOPROXY; own != "" {
		if own == p.v.Env.Get("GOPROXY") {
			return ""
		}
		return own
	}
	live := p.v.Proxies.Live()
	mirrors := live.Mirrors()
	if len(live) > 0 && len(mirrors) == 0 && live.Last() == "off" {
		return ""
	}
	for _, m := range mirrors {
		if m.URL.Scheme == "file" || m.URL.User != nil || m.URL.RawQuery != "" {
			return ""
		}
	}
	var good []choice
	fine := p.v.ProxiesErr == nil // everything in use answers well
	for i, t := range p.targets {
		m := p.n.Mirrors[i]
		switch {
		case answersWell(t.url, m):
			good = append(good, choice{t, m.LatencyMS})
		case t.inUse && (m.Class == "absent" || m.Class == ""):
			return ""
		case t.inUse:
			fine = false
		}
	}
	slices.SortStableFunc(good, func(a, b choice) int { return cmp.Compare(a.ms, b.ms) })
	if len(good) == 0 || len(mirrors) > 0 && fine && (len(mirrors) > 1 || len(good) == 1) && !muchFaster(good) {
		return ""
	}
	var urls []string
	for _, c := range good[:min(len(good), 2)] {
		urls = append(urls, c.url.String())
	}
	value := strings.Join(urls, "|") + p.tail()
	if value == strings.TrimSpace(p.v.Env.Get("GOPROXY")) {
		return ""
	}
	return value
}

// tail is what follows the mirrors: never more open than what is there now.
func (p *prober) tail() string {
	last := p.v.Proxies.Last()
	switch {
	case p.v.Profile.AirGap:
		return ""
	case p.v.ProxiesErr == nil && len(p.v.Proxies.Mirrors()) > 0 && last != "direct":
		return strings.TrimSuffix(","+last, ",")
	}
	return ",direct"
}

// answersWell: it has the modules and the database, and nobody reads along.
func answersWell(u *url.URL, m envcheck.MirrorProbe) bool {
	ip, err := netip.ParseAddr(u.Hostname())
	safe := u.Scheme == "https" || err == nil && ip.IsLoopback()
	return safe && m.Class == "ok" && m.SumDB == "yes" && m.LatencyMS > 0
}

// muchFaster reports whether the first choice is worth a change: not in use, and
// the best in use takes twice as long and is 50 ms behind.
func muchFaster(good []choice) bool {
	i := slices.IndexFunc(good, func(c choice) bool { return c.inUse })
	return i > 0 && good[i].ms > 2*good[0].ms && good[i].ms-good[0].ms > 50
}
