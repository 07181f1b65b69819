package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// houseMirrors reports whether all mirrors belong to the house, so that they may
// be told the names of private modules.
func houseMirrors(v *envcheck.View) bool {
	mirrors := v.Proxies.Mirrors()
	return len(mirrors) > 0 && !slices.ContainsFunc(mirrors, func(p goenv.Proxy) bool { return !insideHost(v, p.URL.Host) })
}

// outsideMirrors are the hosts of mirrors that belong to others.
func outsideMirrors(v *envcheck.View) []string {
	var out []string
	for _, p := range v.Proxies.Mirrors() {
		if v.ProxiesErr == nil && !insideHost(v, p.URL.Host) {
			out = appendNew(out, p.URL.Host)
		}
	}
	return out
}

// insideHost reports whether a mirror keeps names in the house; one that is a
// folder has no host.
func insideHost(v *envcheck.View, host string) bool {
	return host == "" || leak.Ours(host, v.Knowledge())
}

// outsideSumDB is the host of the checksum database where it belongs to others,
// "" where there is none or it is ours.
func outsideSumDB(v *envcheck.View) string {
	db := v.SumDB
	host := db.Name
	if db.URL != nil {
		host = db.URL.Host
	}
	if v.SumDBErr != nil || db.Off || host == "" || len(v.LeakConfig().Proxies.Live()) == 0 || leak.Ours(host, v.Knowledge()) {
		return ""
	}
	return host
}

// scope is the narrowest sensible pattern for a module: its host, or its owner's
// corner of a public one.
func scope(path string) string {
	parts := strings.SplitN(path, "/", 3)
	if leak.PublicHost(parts[0]) && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// privateAsked are the modules that are private and that the go command may ask for.
func privateAsked(v *envcheck.View) []leak.Exposure {
	var out []leak.Exposure
	for _, e := range v.Exposures {
		if e.Class == leak.Private && !e.Local && strings.Contains(scope(e.Path), ".") {
			out = append(out, e)
		}
	}
	return out
}

// covering adds to a list of patterns what it misses: the private modules that
// are known, and what the organisation says is private.
func covering(v *envcheck.View, list []string) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(p string) bool { return p == "none" })
	byDomain := map[string][]string{}
	var order []string
	for _, e := range v.Exposures {
		s := scope(e.Path)
		if e.Class != leak.Private || e.Local && e.Why != "main" || !strings.Contains(s, ".") || leak.PublicHost(s) || goenv.MatchPatterns(strings.Join(list, ","), e.Path) {
			continue
		}
		d := leak.Registrable(s)
		if d == "" || strings.Contains(s, "/") {
			d = s
		}
		order, byDomain[d] = appendNew(order, d), appendNew(byDomain[d], s)
	}
	for _, d := range order {
		hosts := byDomain[d]
		if len(hosts) == 1 {
			list = appendNew(list, hosts[0])
			continue
		}
		if slices.Contains(hosts, d) {
			list = appendNew(list, d)
		}
		list = appendNew(list, "*."+d)
	}
	for _, p := range uncovered(v.Policy.Private, strings.Join(list, ",")) {
		list = appendNew(list, p)
	}
	return list
}

// uncovered are the patterns of which some path is not matched by the list.
func uncovered(patterns []string, list string) []string {
	var out []string
	for _, p := range patterns {
		if !strings.Contains(p, "[") && !goenv.MatchPatterns(list, sample(p)) {
			out = append(out, p)
		}
	}
	return out
}

// sample is a path that a pattern matches, unlike what others would match by
// chance.
func sample(pattern string) string {
	return strings.NewReplacer("*", "any", "?", "x").Replace(strings.TrimSuffix(pattern, "/"))
}

// coverFix makes GONOPROXY or GONOSUMDB, whichever is asked for, match all
// private modules: by GOPRIVATE where that is what decides.
func coverFix(v *envcheck.View, key string, safe bool) *envcheck.Fix {
	own := v.InForce(key)
	switch {
	case own.Value != "" && len(narrower(v, own)) == 0:
		return v.FixSet(own, strings.Join(covering(v, repaired(v, own.Value)), ","), safe)
	case own.Value == "" && key == "GONOSUMDB" && houseMirrors(v):
		// The house's mirrors shall still be asked.
		return v.FixSet(envcheck.Setting{Key: key}, strings.Join(covering(v, repaired(v, v.Env.Get("GOPRIVATE"))), ","), safe)
	}
	private := v.InForce("GOPRIVATE")
	private.Key = "GOPRIVATE"
	fix := v.FixSet(private, strings.Join(covering(v, repaired(v, private.Value)), ","), safe)
	if own.Value == "" {
		return fix
	}
	drop := v.FixUnset(own, false)
	fix.Changes = append(drop.Changes, fix.Changes...)
	fix.Command = strings.Trim(drop.Command+" && "+fix.Command, "& ")
	fix.Safe = false
	return fix
}

// narrower are the patterns of GOPRIVATE that another setting, GONOPROXY or
// GONOSUMDB, takes out of force.
func narrower(v *envcheck.View, s envcheck.Setting) []string {
	var out []string
	for _, p := range repaired(v, v.Env.Get("GOPRIVATE")) {
		if strings.Contains(p, "[") {
			continue
		}
		if !goenv.MatchPatterns(s.Value, sample(p)) {
			out = append(out, p)
		}
	}
	return out
}

// byScope makes one finding for each host, or owner on a public host.
func byScope(v *envcheck.View, list []leak.Exposure, say func(scope string, why msg.Text, n int) msg.Text, fix func() *envcheck.Fix) []envcheck.Finding {
	var order []string
	groups := map[string][]leak.Exposure{}
	for _, e := range list {
		s := scope(e.Path)
		order, groups[s] = appendNew(order, s), append(groups[s], e)
	}
	var out []envcheck.Finding
	for _, s := range order {
		g := groups[s]
		f := envcheck.Finding{Subject: s, Where: envcheck.Place{File: g[0].File, Line: g[0].Line}, Message: say(s, g[0].Reason, len(g)), Fix: fix()}
		for i, e := range g {
			if i == shownAtMost {
				f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "more", Value: fmt.Sprintf("+%d", len(g)-i)})
				break
			}
			f.Evidence = append(f.Evidence, envcheck.Evidence{Name: e.Why, Value: strings.TrimSuffix(e.Path+"@"+e.Version, "@"), Place: envcheck.Place{File: e.File, Line: e.Line}})
		}
		out = append(out, f)
	}
	return out
}
