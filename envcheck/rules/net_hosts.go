package rules

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// need is an address that the go command or git asks in this project.
type need struct {
	URL *url.URL
	For string // "mirror", "sumdb", "module", "origin"
}

// neededURLs lists the addresses, each host once for each purpose.
func neededURLs(v *envcheck.View) []need {
	var out []need
	add := func(u *url.URL, why string) {
		if u == nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
			return
		}
		if !slices.ContainsFunc(out, func(n need) bool { return n.URL.Host == u.Host && n.For == why }) {
			out = append(out, need{URL: u, For: why})
		}
	}
	for _, p := range v.Proxies.Mirrors() {
		add(p.URL, "mirror")
	}
	add(v.SumDB.URL, "sumdb")
	for _, e := range v.Exposures {
		if fetchedDirectly(v, e) {
			add(&url.URL{Scheme: "https", Host: moduleHost(e.Path)}, "module")
		}
	}
	if u, err := url.Parse(v.Git.Origin); err == nil {
		add(u, "origin")
	}
	return out
}

// moduleHost is the host in a module path; "" where its first element cannot be
// one.
func moduleHost(path string) string {
	host, _, _ := strings.Cut(path, "/")
	if !strings.Contains(host, ".") {
		return ""
	}
	return host
}

// fetchedDirectly reports whether the go command goes to the module's own host
// first, past every mirror.
func fetchedDirectly(v *envcheck.View, e leak.Exposure) bool {
	if e.Local || vendored(v) {
		return false
	}
	live := v.Proxies.Live()
	return goenv.MatchPatterns(v.Env.Get("GONOPROXY"), e.Path) || len(live) > 0 && live[0].Word == "direct"
}

// internalHost reports whether a host belongs to the house: by its address, by
// its bare name, or by what the user and the policy say.
func internalHost(v *envcheck.View, host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsPrivate() || ip.IsLinkLocalUnicast()
	}
	if host == "localhost" || host == "" {
		return false
	}
	if !strings.Contains(host, ".") {
		return true
	}
	class, _ := leak.Classify(host, v.Knowledge())
	return class == leak.Private
}

// throughProxy lists the hosts of the needs that are chosen and would be asked
// through the HTTP proxy, with the variable that says so.
func throughProxy(v *envcheck.View, choose func(need) bool) (hosts []string, variable string) {
	vars := v.Env.HTTPProxies()
	for _, n := range neededURLs(v) {
		if !choose(n) {
			continue
		}
		if u, err := vars.For(n.URL); err != nil || u == nil {
			continue
		}
		if n.URL.Scheme == "https" {
			variable = vars.HTTPSName
		} else {
			variable = vars.HTTPName
		}
		if !slices.Contains(hosts, n.URL.Hostname()) {
			hosts = append(hosts, n.URL.Hostname())
		}
	}
	return hosts, variable
}

// exceptFix is the remedy that adds hosts to NO_PROXY.
func exceptFix(v *envcheck.View, hosts []string) *envcheck.Fix {
	key := v.Env.HTTPProxies().NoName
	if key == "" {
		key = "NO_PROXY"
	}
	s := settingOrProcess(v, key)
	list := strings.Join(hosts, ",")
	if s.Value != "" {
		list = strings.TrimRight(s.Value, ", ") + "," + list
	}
	return v.FixSet(s, list, false)
}
