package preflight

import (
	"bytes"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	gitconfig "github.com/go-git/go-git/v5/plumbing/format/config"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// settings is git's effective configuration: "section.key" or
// "section.subsection.key", section and key in lower case, to all values in
// order of rising precedence.
type settings map[string][]string

// readSettings merges the system's, the user's and the repository's files.
func readSettings(r *repo, getenv func(string) string) (settings, error) {
	home := getenv("HOME")
	if home == "" {
		home = getenv("USERPROFILE")
	}
	var files []string
	if s := getenv("GIT_CONFIG_NOSYSTEM"); s == "" || s == "0" || strings.EqualFold(s, "false") {
		files = append(files, firstOf(getenv("GIT_CONFIG_SYSTEM"), "/etc/gitconfig"))
	}
	if g := getenv("GIT_CONFIG_GLOBAL"); g != "" {
		files = append(files, g)
	} else if home != "" {
		files = append(files, filepath.Join(userConfigDir(getenv), "config"), filepath.Join(home, ".gitconfig"))
	}
	files = append(files, filepath.Join(r.commonDir, "config"))
	s := settings{}
	for _, f := range files {
		if err := s.add(f, home, 0); err != nil {
			return nil, err
		}
	}
	if s.isTrue("extensions.worktreeconfig", false) {
		if err := s.add(filepath.Join(r.gitDir, "config.worktree"), home, 0); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// userConfigDir is where the user's ignore, attributes and config files are
// when nothing else is configured.
func userConfigDir(getenv func(string) string) string {
	if x := getenv("XDG_CONFIG_HOME"); x != "" {
		return filepath.Join(x, "git")
	}
	return filepath.Join(firstOf(getenv("HOME"), getenv("USERPROFILE")), ".config", "git")
}

func (s settings) add(file, home string, depth int) error {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || depth > 10 {
		return nil
	}
	raw := gitconfig.New()
	if err == nil {
		err = gitconfig.NewDecoder(bytes.NewReader(b)).Decode(raw)
	}
	if err != nil {
		return msg.Errorf("read git configuration %s: %w", "读取 git 配置 %s：%w", file, err)
	}
	put := func(prefix string, options gitconfig.Options) {
		for _, o := range options {
			key := prefix + "." + strings.ToLower(o.Key)
			s[key] = append(s[key], o.Value)
		}
	}
	for _, sec := range raw.Sections {
		name := strings.ToLower(sec.Name)
		put(name, sec.Options)
		for _, sub := range sec.Subsections {
			put(name+"."+sub.Name, sub.Options)
		}
	}
	includes := s["include.path"]
	delete(s, "include.path")
	for _, inc := range includes {
		if err := s.add(absFrom(filepath.Dir(file), expandHome(inc, home)), home, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// get returns the value that counts; "" when there is none.
func (s settings) get(key string) string {
	if v := s[key]; len(v) > 0 {
		return v[len(v)-1]
	}
	return ""
}

func (s settings) isTrue(key string, otherwise bool) bool {
	switch strings.ToLower(s.get(key)) {
	case "true", "yes", "on", "1":
		return true
	case "false", "no", "off", "0":
		return false
	}
	return otherwise
}

// path returns a configured file name, made absolute; otherwise the given one.
func (r *repo) path(key, otherwise string) string {
	v := r.config.get(key)
	if v == "" {
		return otherwise
	}
	return absFrom(r.root, expandHome(v, firstOf(r.getenv("HOME"), r.getenv("USERPROFILE"))))
}

func expandHome(p, home string) string {
	if rest, ok := strings.CutPrefix(p, "~/"); ok {
		return filepath.Join(home, rest)
	}
	return p
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// remoteURL is the URL of the branch's remote, or of origin, or of the only
// one, as git ls-remote --get-url chooses, with url.<base>.insteadOf applied.
func (r *repo) remoteURL() string {
	name := "origin"
	if head, err := r.store.Reference(plumbing.HEAD); err == nil && head.Type() == plumbing.SymbolicReference {
		if n := r.config.get("branch." + head.Target().Short() + ".remote"); n != "" {
			name = n
		}
	}
	urls := r.config["remote."+name+".url"]
	if len(urls) == 0 {
		for key, u := range r.config {
			if strings.HasPrefix(key, "remote.") && strings.HasSuffix(key, ".url") {
				if urls != nil {
					return "" // several, none chosen
				}
				urls = u
			}
		}
	}
	if len(urls) == 0 {
		return ""
	}
	u, longest := urls[0], 0
	for key, prefixes := range r.config {
		base, ok := strings.CutSuffix(strings.TrimPrefix(key, "url."), ".insteadof")
		if !ok || !strings.HasPrefix(key, "url.") {
			continue
		}
		for _, p := range prefixes {
			if len(p) > longest && strings.HasPrefix(urls[0], p) {
				u, longest = base+urls[0][len(p):], len(p)
			}
		}
	}
	return withoutCredentials(u)
}

// withoutCredentials removes user, password, query and fragment of a URL. The
// user of an ssh address (git@host:path) is part of the address and stays.
func withoutCredentials(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	u, err := url.Parse(s)
	if err != nil { // cannot be taken apart: drop all that may be secret
		if i := strings.LastIndex(rest, "@"); i >= 0 {
			rest = rest[i+1:]
		}
		rest, _, _ = strings.Cut(rest, "?")
		return scheme + "://" + rest
	}
	switch {
	case u.Scheme == "ssh" || strings.HasPrefix(u.Scheme, "git+"):
		if u.User != nil {
			u.User = url.User(u.User.Username())
		}
	default:
		u.User = nil
	}
	u.RawQuery, u.Fragment = "", ""
	return u.String()
}
