package rules

import (
	"net/url"
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// answered looks at what the mirrors in force said when they were asked, in
// their order. A mirror that was asked but does not stand in GOPROXY is nobody's
// trouble.
func answered(v *envcheck.View, look func(l proxyList, i int, m envcheck.MirrorProbe) *envcheck.Finding) []envcheck.Finding {
	var out []envcheck.Finding
	l := proxyInForce(v)
	for i := range l.entries {
		if m, ok := probeOf(v, l, i); ok {
			if f := look(l, i, m); f != nil {
				out = append(out, *f)
			}
		}
	}
	return out
}

// probeOf finds what a live mirror of the list answered.
func probeOf(v *envcheck.View, l proxyList, i int) (envcheck.MirrorProbe, bool) {
	p := l.entries[i]
	if p.Dead || p.URL == nil {
		return envcheck.MirrorProbe{}, false
	}
	n := slices.IndexFunc(v.Network.Mirrors, func(m envcheck.MirrorProbe) bool {
		u, err := url.Parse(m.URL)
		return err == nil && sameMirror(u, p.URL)
	})
	if n < 0 {
		return envcheck.MirrorProbe{}, false
	}
	return v.Network.Mirrors[n], true
}

// probeFinding is a finding about a mirror, with the steps that failed.
func (l proxyList) probeFinding(m envcheck.MirrorProbe, text msg.Text, fix *envcheck.Fix) *envcheck.Finding {
	f := l.finding(text, fix)
	f.Subject = mask(m.URL)
	f.Evidence = append(f.Evidence, envcheck.Evidence{Name: mask(m.URL), Value: m.Class})
	for _, s := range m.Steps {
		if s.Status == "failed" {
			f.Evidence = append(f.Evidence, envcheck.Evidence{Name: s.Code, Value: s.Detail})
		}
	}
	return f
}
