package gather

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/gather/sources"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// git asks git for its configuration in the project folder.
func (l *look) git(ctx context.Context) envcheck.Git {
	g := envcheck.Git{Path: l.which("git")}
	if g.Path == "" || !enterable(l.Dir) {
		return g
	}
	env := make([]string, 0, len(l.Environ)+2)
	for _, kv := range l.Environ {
		if !strings.HasPrefix(kv, "GIT_TRACE") { // may name a file to write
			env = append(env, kv)
		}
	}
	env = append(env, "PWD="+l.Dir, "LC_ALL=C")
	out, err := l.exec(ctx, l.Dir, env, g.Path, "config", "--list", "-z", "--show-origin")
	if err != nil {
		g.Error = err.Error()
		if errors.Is(err, errSilent) {
			l.missing("git config", g.Error)
		}
		return g
	}
	g.Config, g.Origin = gitConfig(string(out))
	return g
}

// gitKey are the keys that matter to Go.
var gitKey = lazyre.New(`(?is)^(url\..*\.(push)?insteadof|credential\..*|http\..*|safe\..*|core\..*)$`)

// gitConfig reads the answer of git config --list -z --show-origin: origin NUL
// key LF value NUL.
func gitConfig(out string) (config []envcheck.GitEntry, origin string) {
	parts := strings.Split(out, "\x00")
	for i := 0; i+1 < len(parts); i += 2 {
		key, value, _ := strings.Cut(parts[i+1], "\n")
		if key == "remote.origin.url" {
			origin = withoutUser(value)
		}
		if !gitKey.Re().MatchString(key) {
			continue
		}
		config = append(config, envcheck.GitEntry{Key: sources.ScrubURLs(key), Value: gitValue(key, value), From: sources.ScrubURLs(parts[i])})
	}
	return config, origin
}

// gitValue masks what may hold a secret: headers, and credential helpers that
// are shell text.
func gitValue(key, value string) string {
	lower := strings.ToLower(key)
	switch {
	case strings.HasSuffix(lower, ".extraheader") && value != "":
		return "***"
	case strings.HasPrefix(lower, "credential.") && strings.HasSuffix(lower, ".helper") && strings.HasPrefix(value, "!"):
		return "!***"
	case strings.HasPrefix(lower, "credential.") && !strings.HasSuffix(lower, ".helper") && strings.ContainsAny(value, " ="):
		return "***"
	}
	return sources.Scrub(value)
}

// withoutUser takes the user and password out of a git remote; user@host:path
// too.
func withoutUser(remote string) string {
	if strings.Contains(remote, "://") {
		if u, err := url.Parse(remote); err == nil {
			u.User, u.RawQuery, u.Fragment = nil, "", ""
			return u.String()
		}
		return strings.ReplaceAll(sources.ScrubURLs(remote), "***@", "")
	}
	if before, _, ok := strings.Cut(remote, ":"); ok && !strings.ContainsAny(before, `/\`) {
		return remote[strings.LastIndex(before, "@")+1:]
	}
	return remote
}
