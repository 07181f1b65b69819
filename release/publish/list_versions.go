package publish

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Listing is what a store holds. Its JSON is a contract.
type Listing struct {
	Schema   int              `json:"schema"`
	Store    string           `json:"store"`
	Projects []ProjectListing `json:"projects"` // by name; never null
}

// ProjectListing is one project.
type ProjectListing struct {
	Project    string              `json:"project"`
	Latest     string              `json:"latest"`     // what latest.json names; "" when there is none
	Over       string              `json:"over"`       // the highest version that a promotion passes over; "" for none
	Fresh      bool                `json:"fresh"`      // index.json and latest.json are what they must be
	Versions   []VersionListing    `json:"versions"`   // as in the index, the most recent first; never null
	Unfinished []UnfinishedListing `json:"unfinished"` // folders and claims without a version; never null
	Warnings   []msg.Text          `json:"warnings"`   // never null
}

// VersionListing is one published version.
type VersionListing struct {
	Version    string    `json:"version"`
	Published  time.Time `json:"published"`
	Files      int       `json:"files"`
	Size       int64     `json:"size"`    // bytes of its files
	Missing    int       `json:"missing"` // files that are not in the store
	Latest     bool      `json:"latest"`
	Promoted   bool      `json:"promoted"` // chosen by hand, and in force
	Yanked     bool      `json:"yanked"`
	YankReason string    `json:"yank_reason"`
	Snapshot   bool      `json:"snapshot"`
	Prerelease bool      `json:"prerelease"`
}

// UnfinishedListing is what lies where a version would be.
type UnfinishedListing struct {
	Version  string    `json:"version"`
	Files    int       `json:"files"`
	Size     int64     `json:"size"`
	Newest   time.Time `json:"newest"`         // when the last of its objects came
	Claimed  bool      `json:"claimed"`        // somebody publishes it, or was interrupted
	By       string    `json:"by"`             // who claimed it
	Since    time.Time `json:"since,omitzero"` // when
	Removing bool      `json:"removing"`       // gc is removing it, or was interrupted
}

// List tells which versions a store holds, and what lies there that is none. It
// lists the store, reads index.json and latest.json, and a manifest only where
// the index lacks it. project "" means all; a project that is not there is an
// error, a store without any is not.
func List(ctx context.Context, st store.Store, project string, o ManageOptions) (*Listing, error) {
	r := &Listing{Schema: 1, Store: st.URL(), Projects: []ProjectListing{}}
	found, err := named(ctx, patient{Store: st, pause: o.Pause}, project)
	for _, p := range found {
		if err != nil {
			break
		}
		var l *ProjectListing
		if l, err = listProject(ctx, patient{Store: st, pause: o.Pause}, p); err == nil {
			r.Projects = append(r.Projects, *l)
		}
	}
	if err != nil {
		return nil, msg.Errorf("list %s: %w", "列出 %s：%w", st.URL(), err)
	}
	return r, nil
}

// projects lists the store, or one project of it, and keeps what has the shape
// of a project.
func projects(ctx context.Context, st patient, only string) (found []project, err error) {
	prefix := ""
	if only != "" {
		prefix = only + "/"
	}
	var by map[string]*inventory
	err = st.retry(ctx, func() error {
		by = map[string]*inventory{}
		return st.List(ctx, prefix, func(i store.Info) error {
			name, rest, ok := strings.Cut(i.Key, "/")
			if !ok {
				return nil
			}
			if by[name] == nil {
				by[name] = &inventory{objects: map[string]store.Info{}}
			}
			by[name].objects[rest] = i
			return nil
		})
	})
	for name, objects := range by {
		if objects.project() {
			found = append(found, project{name, objects})
		}
	}
	slices.SortFunc(found, func(a, b project) int { return cmp.Compare(a.name, b.name) })
	return found, err
}

// named is projects, where a project that is named and not there is an error.
func named(ctx context.Context, st patient, only string) ([]project, error) {
	if only != "" {
		if err := manifest.CheckName("project", only); err != nil {
			return nil, err
		}
	}
	found, err := projects(ctx, st, only)
	if err == nil && only != "" && len(found) == 0 {
		err = msg.Errorf("there is no project %s", "没有项目 %s", only).
			WithHint("give the folder that holds the projects, not a project's own; without a name `yingzao release list` shows all", "请给出包含各项目的目录，而不是某个项目自己的目录；`yingzao release list` 不带名称会列出全部")
	}
	return found, err
}

// project is a folder of a store and what lies in it.
type project struct {
	name    string
	objects *inventory
}

// project reports whether a folder is one of ours, rather than somebody's files
// in the same bucket.
func (i *inventory) project() bool {
	if i.has(LatestName) || i.has(IndexName) {
		return true
	}
	for key := range i.objects {
		v, rest, inside := strings.Cut(key, "/")
		if inside && (rest == manifest.FileName || rest == removingName) || !inside && strings.HasPrefix(v, claimPrefix) {
			return true
		}
	}
	return false
}

func listProject(ctx context.Context, st patient, p project) (*ProjectListing, error) {
	l := &leader{st: st, project: p.name}
	out, err := l.derive(ctx, p.objects)
	if err != nil {
		return nil, err
	}
	r := &ProjectListing{Project: p.name, Versions: []VersionListing{}, Unfinished: []UnfinishedListing{}}
	latest, _, _, err := readJSON[Latest](ctx, st, l.key(LatestName))
	if err != nil {
		return nil, err
	}
	if latest != nil {
		r.Latest, r.Over = latest.Version, latest.Over
	}
	want := Latest{}
	if out.latest != nil {
		want = *out.latest
	}
	r.Fresh = out.fresh && r.Latest == want.Version && r.Over == want.Over
	for _, e := range out.index.Versions {
		_, rank := class(e)
		v := VersionListing{
			Version: e.Version, Published: e.Published, Files: len(e.Files), Snapshot: e.Snapshot, Prerelease: rank == prerelease,
			Latest: e.Version == r.Latest, Promoted: e.Version == r.Latest && r.Over != "", Yanked: e.Yanked, YankReason: e.YankReason,
		}
		for _, f := range e.Files {
			v.Size += f.Size
			if !p.objects.has(e.Version, f.Name) {
				v.Missing++
			}
		}
		r.Versions = append(r.Versions, v)
	}
	for _, name := range p.objects.unfinished() {
		u, err := listUnfinished(ctx, st, p, name)
		if err != nil {
			return nil, err
		}
		r.Unfinished = append(r.Unfinished, u)
	}
	r.Warnings = append([]msg.Text{}, l.warnings...)
	return r, nil
}

func listUnfinished(ctx context.Context, st patient, p project, version string) (UnfinishedListing, error) {
	u := UnfinishedListing{Version: version, Claimed: p.objects.claimed(version), Removing: p.objects.has(version, removingName)}
	for _, i := range p.objects.folder(version) {
		u.Newest = later(u.Newest, i.Modified)
		if i.Key == ClaimKey(p.name, version) || i.Key == p.name+"/"+version+"/"+removingName {
			continue
		}
		u.Files++
		u.Size += i.Size
	}
	u.Newest = u.Newest.UTC().Truncate(time.Second)
	if !u.Claimed {
		return u, nil
	}
	b, _, err := st.read(ctx, ClaimKey(p.name, version))
	if errors.Is(err, store.ErrNotFound) {
		return u, nil // finished meanwhile
	}
	var c Claim
	if err == nil && json.Unmarshal(b, &c) == nil {
		u.By, u.Since = oneLine(c.By), c.Since
	}
	return u, err
}

// unfinished names the folders and claims that no version belongs to, and the
// versions that gc is removing.
func (i *inventory) unfinished() []string {
	seen := map[string]bool{}
	for key := range i.objects {
		version, _, inside := strings.Cut(key, "/")
		if !inside {
			var claim bool
			if version, claim = claimed(key); !claim {
				continue
			}
		}
		if checkVersion("project", version) == nil && (!i.has(version, manifest.FileName) || i.has(version, removingName)) {
			seen[version] = true
		}
	}
	out := make([]string, 0, len(seen))
	for v := range seen {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

// claimed tells which version a claim is on, by its key within the project.
func claimed(key string) (version string, ok bool) {
	rest, ok := strings.CutPrefix(key, claimPrefix)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, ".json")
}

// folder is under, and the claim.
func (i *inventory) folder(version string) []store.Info {
	out := i.under(version)
	if info, ok := i.objects[claimPrefix+version+".json"]; ok {
		out = append(out, info)
	}
	return out
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
