package envcheck

import (
	"net/url"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck/leak"
)

// Knowledge is what this snapshot and the policy tell about whose a module is.
func (v *View) Knowledge() leak.Knowledge {
	k := leak.Knowledge{Public: v.Policy.Public, Private: v.Policy.Private}
	for _, key := range []string{"GOPRIVATE", "GONOPROXY", "GONOSUMDB"} {
		if value := v.Env.Get(key); value != "" {
			k.Private = append(k.Private, strings.Split(value, ",")...)
		}
	}
	if h := hostOf(v.Git.Origin); h != "" {
		k.Own = append(k.Own, h)
	}
	if h, _ := v.Env.Process("CI_SERVER_HOST"); h != "" {
		k.Own = append(k.Own, h)
	}
	return k
}

// hostOf returns the host of a git remote: a URL, or user@host:path.
func hostOf(remote string) string {
	if u, err := url.Parse(remote); err == nil && u.Host != "" {
		return u.Hostname()
	}
	before, _, ok := strings.Cut(remote, ":")
	if !ok || strings.ContainsAny(before, `/\`) {
		return ""
	}
	return before[strings.LastIndex(before, "@")+1:]
}

func (v *View) leakConfig() leak.Config {
	c := leak.Config{Proxies: v.Proxies, SumDB: v.SumDB, NoProxy: v.Env.Get("GONOPROXY"), NoSumDB: v.Env.Get("GONOSUMDB")}
	for _, f := range v.Flags {
		if f.Name == "mod" {
			c.Vendored = f.Value == "vendor"
		}
	}
	return c
}

// Modules returns every module path that the project names, each once, with
// where it stands.
func (v *View) Modules() []leak.Module {
	return modulesOf(v)
}
