package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
)

// rewrite is one insteadOf of git's configuration: addresses that begin with Old
// are asked at New instead.
type rewrite struct {
	Old, New string
	Entry    envcheck.GitEntry
}

// insteadOfs lists them.
func insteadOfs(v *envcheck.View) []rewrite {
	var out []rewrite
	for _, e := range v.Git.Config {
		if base, ok := subsection(e.Key, "url", "insteadof"); ok {
			out = append(out, rewrite{Old: e.Value, New: base, Entry: e})
		}
	}
	return out
}

// subsection returns what stands between section and name in a key of git's
// configuration; section and name are compared in lower case.
func subsection(key, section, name string) (string, bool) {
	if len(key) < len(section)+len(name)+2 || !strings.EqualFold(key[:len(section)+1], section+".") || !strings.EqualFold(key[len(key)-len(name)-1:], "."+name) {
		return "", false
	}
	return key[len(section)+1 : len(key)-len(name)-1], true
}

// gitPlace is where a line of git's configuration stands.
func gitPlace(e envcheck.GitEntry) envcheck.Place {
	return envcheck.Place{File: strings.TrimPrefix(e.From, "file:")}
}

// gitEvidence shows a line of git's configuration.
func gitEvidence(e envcheck.GitEntry) []envcheck.Evidence {
	return []envcheck.Evidence{{Name: e.Key, Value: e.Value, Place: gitPlace(e)}}
}

// unsetGit is the command that takes a line out of git's configuration.
func unsetGit(e envcheck.GitEntry) *envcheck.Fix {
	where := "--global "
	if file := strings.TrimPrefix(e.From, "file:"); strings.HasPrefix(e.From, "file:") && !strings.HasSuffix(file, "/.gitconfig") {
		where = "--file '" + file + "' "
	}
	return &envcheck.Fix{Command: "git config " + where + "--unset-all '" + e.Key + "'"}
}

// directHosts are the hosts that modules of the project are fetched from
// directly, those of private modules alone or all, without the module itself.
func directHosts(v *envcheck.View, private bool) []string {
	var out []string
	for _, e := range v.Exposures {
		host := moduleHost(e.Path)
		if host == "" || !fetchedDirectly(v, e) || private && e.Class != leak.Private || slices.Contains(out, host) {
			continue
		}
		out = append(out, host)
	}
	return out
}

// credentialFor reports whether anything here can tell who we are to a host:
// netrc, a helper of git, a header, a rewrite to ssh, or a command of GOAUTH.
func credentialFor(v *envcheck.View, host string) bool {
	for _, n := range v.Netrc {
		if n.Default || slices.Contains(n.Machines, host) {
			return true
		}
	}
	for _, e := range v.Git.Config {
		switch key := strings.ToLower(e.Key); {
		case strings.HasPrefix(key, "credential.") && strings.HasSuffix(key, ".helper") && e.Value != "":
			if e.Key == "credential.helper" || strings.Contains(key, host) {
				return true
			}
		case strings.HasPrefix(key, "http.") && (strings.HasSuffix(key, ".extraheader") || strings.HasSuffix(key, ".sslcert") || strings.HasSuffix(key, ".cookiefile")):
			if strings.Count(key, ".") == 1 || strings.Contains(key, host) {
				return true
			}
		}
	}
	for _, r := range insteadOfs(v) {
		if strings.HasPrefix("https://"+host+"/", r.Old) || strings.HasPrefix(r.Old, "https://"+host+"/") {
			return true
		}
	}
	for _, key := range []string{"GIT_ASKPASS", "SSH_ASKPASS", "GIT_TERMINAL_PROMPT"} {
		if value, _ := v.Env.Process(key); value != "" && value != "0" {
			return true
		}
	}
	for word := range strings.SplitSeq(v.Env.Get("GOAUTH"), ";") {
		if f := strings.Fields(word); len(f) > 0 && f[0] != "netrc" && f[0] != "off" {
			return true
		}
	}
	return false
}
