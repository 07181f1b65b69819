package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// proxyList is one value of GOPROXY, taken apart.
type proxyList struct {
	envcheck.Setting
	entries goenv.Proxies
}

// proxyLists are the values of GOPROXY that can be judged where they stand, in
// force or not.
func proxyLists(v *envcheck.View) []proxyList {
	var out []proxyList
	for _, s := range v.SettingsOf("GOPROXY") {
		if literal(s) {
			entries, _ := goenv.ParseProxies(s.Value)
			out = append(out, proxyList{s, entries})
		}
	}
	return out
}

// proxyInForce is the list that the go command uses. Its Setting is zero where
// nobody set one.
func proxyInForce(v *envcheck.View) proxyList { return proxyList{v.InForce("GOPROXY"), v.Proxies} }

// eachEntry looks at every entry that the go command would read, in every list;
// a nil answer means that nothing is wrong with it.
func eachEntry(v *envcheck.View, look func(l proxyList, i int, p goenv.Proxy) *envcheck.Finding) []envcheck.Finding {
	var out []envcheck.Finding
	for _, l := range proxyLists(v) {
		for i, p := range l.entries {
			if p.Dead {
				break
			}
			if f := look(l, i, p); f != nil {
				out = append(out, *f)
			}
		}
	}
	return out
}

// literal reports whether a value means what it says. In a shell file, a
// Dockerfile or a CI file somebody else may still have to expand it.
func literal(s envcheck.Setting) bool {
	switch s.Place.Origin {
	case "", string(goenv.FromProcess), string(goenv.FromFile), string(goenv.FromGoroot), string(goenv.BuiltIn):
		return true
	}
	return s.Value != "" && !strings.ContainsAny(s.Value, "$`%") && !strings.Contains(s.Value, "{{")
}

// finding is one about this list.
func (l proxyList) finding(m msg.Text, fix *envcheck.Fix) *envcheck.Finding {
	return &envcheck.Finding{Subject: "GOPROXY", Where: l.Place, Message: m, Fix: fix,
		Evidence: []envcheck.Evidence{{Name: "GOPROXY", Value: mask(l.Value), Place: l.Place}}}
}

// fix gives the list another value. One with credentials in it is left to a
// person: what we were given may no longer hold them.
func (l proxyList) fix(v *envcheck.View, value string, safe bool) *envcheck.Fix {
	if mask(value) != value {
		return &envcheck.Fix{Note: msg.Text{EN: "the value holds credentials, so it has to be changed by hand", ZH: "该值中含有凭据，需要手工修改"}}
	}
	return v.FixSet(l.Setting, value, safe)
}

// mended is the value with every entry that is read put right: better returns
// what is to stand there, "" leaves an entry as it is. A list often has the same
// mistake twice, and half a remedy would only be found again.
func (l proxyList) mended(better func(goenv.Proxy) string) string {
	ps := slices.Clone(l.entries)
	for i, p := range ps {
		if w := better(p); w != "" && !p.Dead {
			ps[i].Raw = w
		}
	}
	return joinProxies(ps)
}

// without is the value without entry i. What went before it is followed by what
// followed it, so that a comma before direct stays one.
func (l proxyList) without(i int) goenv.Proxies {
	ps := slices.Clone(l.entries)
	if i > 0 {
		ps[i-1].Sep = ps[i].Sep
	}
	return slices.Delete(ps, i, i+1)
}

// instead keeps the mirror at i out: the list without it or, where no other
// mirror is in it, what is recommended. nil = nothing better is known.
func (l proxyList) instead(v *envcheck.View, i int, safe bool) *envcheck.Fix {
	if rest := l.without(i); len(rest.Mirrors()) > 0 {
		return l.fix(v, joinProxies(rest), safe)
	}
	if isDefaultMirror(v, l.entries[i]) {
		return nil
	}
	if v.Recommended() == "" {
		return v.FixUnset(l.Setting, safe)
	}
	better, _ := goenv.ParseProxies(v.Recommended())
	r := proxyList{entries: better}
	for j := len(better) - 1; j >= 0; j-- {
		if u := better[j].URL; u != nil && u.Host == l.entries[i].URL.Host {
			r.entries = r.without(j)
		}
	}
	if len(r.entries.Mirrors()) == 0 {
		return nil
	}
	return l.fix(v, joinProxies(r.entries), safe)
}

// joinProxies writes entries as a value again.
func joinProxies(ps goenv.Proxies) string {
	var b strings.Builder
	for i, p := range ps {
		b.WriteString(strings.TrimSpace(p.Raw))
		if i < len(ps)-1 {
			b.WriteByte(p.Sep)
		}
	}
	return b.String()
}

var userinfo = lazyre.New(`://[^/@\s,|]*@`)

// mask takes credentials out of the URLs in a value, even where they do not
// parse.
func mask(value string) string { return userinfo.Re().ReplaceAllString(value, "://***@") }

// word is an entry as it may be shown.
func word(p goenv.Proxy) string { return mask(strings.TrimSpace(p.Raw)) }
