package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// sumRoute is how the go command would reach the checksum database, by what the
// mirrors answered (cmd/go/internal/modfetch: initBase and TryProxies). Entries
// are named by their place in the list, -1 = none.
type sumRoute struct {
	carrier int  // the mirror that carries the database: only this way is taken
	failing int  // the mirror whose answer stops everything
	direct  bool // the database's own host is asked
}

// routeSum walks the list as the go command does: 200 takes the mirror, 404 and
// 410 move on, any other answer is fatal unless a pipe follows, and even then
// unless a later mirror carries the database or the list reaches direct.
func routeSum(v *envcheck.View, l proxyList) (sumRoute, bool) {
	r := sumRoute{carrier: -1, failing: -1}
	for i, p := range l.entries {
		switch {
		case p.Dead || p.Word == "off":
			r.direct = r.failing < 0
			return r, true
		case p.Word == "direct":
			return sumRoute{carrier: -1, failing: -1, direct: true}, true
		}
		m, ok := probeOf(v, l, i)
		switch {
		case !ok || m.SumDB == "":
			return r, false // nobody knows
		case m.SumDB == "yes":
			return sumRoute{carrier: i, failing: -1}, true
		case m.SumDB == "no":
			continue
		}
		if r.failing < 0 {
			r.failing = i
		}
		if !p.Fallback() {
			return r, true
		}
	}
	r.direct = r.failing < 0
	return r, true
}

// directSum is what the database's own host said; false = it was not asked.
func directSum(v *envcheck.View) (envcheck.SumDBProbe, bool) {
	i := slices.IndexFunc(v.Network.SumDBs, func(p envcheck.SumDBProbe) bool {
		return p.Through == "" && hostOfURL(p.URL) == v.SumDB.Name
	})
	if i < 0 {
		return envcheck.SumDBProbe{}, false
	}
	return v.Network.SumDBs[i], true
}

// throughMirrors reports whether the database in force is asked by way of the
// mirrors at all.
func throughMirrors(v *envcheck.View) bool {
	return v.SumDBErr == nil && !v.SumDB.Off && v.SumDB.URL == nil && len(v.Proxies.Mirrors()) > 0
}
