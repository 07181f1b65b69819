package vcs

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/semver"
)

// info is the body of .info, in the go command's form and order.
type info struct {
	Version string
	Time    time.Time
	Origin  *origin `json:",omitempty"`
}

// origin is where a version came from: what has to stay the same in the repository
// for the answer to stay the same.
type origin struct {
	VCS       string `json:",omitempty"`
	URL       string `json:",omitempty"`
	Subdir    string `json:",omitempty"`
	Hash      string `json:",omitempty"`
	TagPrefix string `json:",omitempty"`
	TagSum    string `json:",omitempty"`
	Ref       string `json:",omitempty"`
}

func (i *info) json() ([]byte, error) { return json.Marshal(i) }

// info answers a version or a query.
func (m *source) info(ctx context.Context, query string) (*info, error) {
	rev := ""
	switch {
	case query == "latest":
		list, err := m.versions(ctx)
		if err != nil {
			return nil, err
		}
		query = highest(list)
		if rev = m.toRev(query); query == "" {
			rev = "HEAD"
			refs, err := m.refs(ctx)
			if err != nil {
				return nil, err
			}
			if refs.commit(rev).IsZero() {
				return nil, absent("the repository has no commits", "仓库中还没有提交")
			}
		}
	case badQuery(query):
		return nil, unknown(query)
	default:
		rev = m.toRev(query)
	}
	r, err := m.stat(ctx, rev)
	if err != nil {
		return nil, err
	}
	version, err := m.resolve(ctx, r, query)
	if err != nil {
		return nil, err
	}
	o := &origin{VCS: "git", URL: m.repo.url, Subdir: m.dir, Hash: r.hash.String(), Ref: r.ref}
	if rev == "HEAD" && query == "" {
		o.Ref = "HEAD"
	}
	switch {
	case !isPseudo(version):
	case version == query:
		o.Ref = "" // which reference led there does not matter to a version that names the commit
	default:
		// The tags decided the base of the pseudo-version.
		refs, err := m.refs(ctx)
		if err != nil {
			return nil, err
		}
		o.TagPrefix = m.tagPrefix()
		if m.pathMajor != "" {
			o.TagPrefix += m.pathMajor[1:] + "."
		}
		o.TagSum = tagSum(refs, o.TagPrefix)
	}
	return &info{Version: version, Time: r.time, Origin: o}, nil
}

// badQuery reports whether a query cannot name anything in a git repository. No
// query reaches a command line here; one that looks like an option is refused all
// the same.
func badQuery(q string) bool {
	return q == "" || len(q) > 250 || q[0] == '-' || strings.Contains(q, "..") || strings.HasPrefix(q, "/") || strings.Contains(q, "@{") ||
		strings.ContainsFunc(q, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune("~^:?*[\\", r) })
}

// tagSum is the go command's checksum of the version tags with a prefix.
func tagSum(refs *refs, prefix string) string {
	dir := tagsDir + prefix[:strings.LastIndex(prefix, "/")+1]
	var names []string
	for name := range refs.raw {
		if strings.HasPrefix(name, tagsDir+prefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	h := sha256.New()
	for _, name := range names {
		tag := strings.TrimPrefix(name, dir)
		if c := semver.Canonical(tag); c != "" && strings.HasPrefix(tag, c) && !isPseudo(tag) {
			fmt.Fprintf(h, "%q %s\n", strings.TrimPrefix(name, tagsDir), refs.commit(name))
		}
	}
	return "t1:" + base64.StdEncoding.EncodeToString(h.Sum(nil))
}
