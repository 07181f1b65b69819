package provenance

import (
	"net/url"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// jobVariables are the only variables of the environment that go into a statement,
// each the address of a CI job, by the system that sets them all.
var jobVariables = []struct {
	system string
	names  []string // the address is what they hold, joined
	join   func(v []string) string
}{
	{"gitlab", []string{"CI_JOB_URL"}, first},
	{"github", []string{"GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"}, func(v []string) string {
		return v[0] + "/" + v[1] + "/actions/runs/" + v[2]
	}},
	{"bkci", []string{"BK_CI_BUILD_URL"}, first},
	{"jenkins", []string{"BUILD_URL"}, first},
}

func first(v []string) string { return v[0] }

// JobURL names the CI system that this runs in and the address of the job, without
// user name, password, query and fragment; both "" outside CI. lookup reads one
// variable of the environment, and only those of this list are read: CI_JOB_URL of
// GitLab, GITHUB_SERVER_URL, GITHUB_REPOSITORY and GITHUB_RUN_ID, BK_CI_BUILD_URL of
// BlueKing, BUILD_URL of Jenkins.
func JobURL(lookup func(string) (string, bool)) (system, address string) {
	for _, j := range jobVariables {
		var values []string
		for _, n := range j.names {
			if v, ok := lookup(n); ok && v != "" {
				values = append(values, v)
			}
		}
		if len(values) != len(j.names) {
			continue
		}
		u, err := url.Parse(j.join(values))
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			continue
		}
		return j.system, (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	}
	return "", ""
}

// BuilderID names the kind of place that a release was made in, and no machine:
// "…/builder/gitlab" or "…/builder/local", with system and architecture.
func BuilderID(system, goos, goarch string) string {
	if system == "" {
		system = "local"
	}
	return "https://github.com/yingzao-dev/yingzao/release/builder/" + system + "/" + goos + "-" + goarch
}

// SourceURI turns the address of a git remote into SLSA's form, "git+https://…":
// no user name but "git", no password, no query. An address that means something on
// one machine only, a path, gives "".
func SourceURI(remote string) string {
	remote = strings.TrimSpace(remote)
	if !strings.Contains(remote, "://") {
		// git@host:group/project.git
		host, path, ok := strings.Cut(remote, ":")
		if !ok || len(host) < 2 || path == "" || strings.ContainsAny(path[:1], `\:`) {
			return ""
		}
		remote = "ssh://" + host + "/" + strings.TrimPrefix(path, "/")
	}
	u, err := url.Parse(remote)
	if err != nil || !hostName.Re().MatchString(u.Host) {
		return ""
	}
	switch u.Scheme {
	case "https", "http", "ssh", "git":
	default:
		return ""
	}
	clean := url.URL{Scheme: "git+" + u.Scheme, Host: u.Host, Path: u.Path}
	if u.User.Username() == "git" {
		clean.User = url.User("git")
	}
	return clean.String()
}

// hostName has no leading dash, which a program could take for an option.
var hostName = lazyre.New(`^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?$`)

// GitURL is the address to clone from that a source URI stands for; "" for one that
// is of another kind.
func GitURL(uri string) string {
	address, ok := strings.CutPrefix(uri, "git+")
	if !ok || SourceURI(address) != uri {
		return ""
	}
	return address
}
