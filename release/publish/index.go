package publish

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Index is index.json: every version of a project, the most recently published
// first. It is enough for a program that updates itself.
type Index struct {
	Schema   int      `json:"schema"`
	Project  string   `json:"project"`
	Base     string   `json:"base_url,omitempty"` // where readers find the store, as the last publisher who knew said; "" = unknown
	Mirrors  []string `json:"mirrors,omitempty"`  // other such addresses with the same files, in the order in which they are tried
	Versions []Entry  `json:"versions"`
}

// Entry is one version in the index.
type Entry struct {
	Version    string    `json:"version"`
	Tag        string    `json:"tag,omitempty"`
	Commit     string    `json:"commit,omitempty"`
	Published  time.Time `json:"published"`          // when the manifest came into the store
	Sequence   int       `json:"sequence"`           // 1 for the project's first publication, then one more each
	Previous   string    `json:"previous,omitempty"` // the version published before; "" for the first
	Snapshot   bool      `json:"snapshot,omitempty"`
	Yanked     bool      `json:"yanked,omitempty"` // must not be latest nor newly installed
	YankReason string    `json:"yank_reason,omitempty"`
	Manifest   string    `json:"manifest_sha256"`
	Files      []File    `json:"files"`
	Sidecars   []string  `json:"sidecars,omitempty"` // names of signatures and attestations beside the manifest
	Signers    []string  `json:"signers,omitempty"`  // ids of the minisign keys that signed the manifest, as they say
}

// File is what an index says of one artifact.
type File struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Target   string   `json:"target,omitempty"` // "" for files of no target
	Format   string   `json:"format,omitempty"`
	Size     int64    `json:"size"`
	SHA256   string   `json:"sha256"`
	Binaries []string `json:"binaries,omitempty"` // paths inside
}

func entryOf(m *manifest.Manifest, digest string, published time.Time) Entry {
	e := Entry{
		Version: m.Version, Tag: m.Tag, Commit: m.Commit, Snapshot: m.Snapshot, Manifest: digest,
		Published: published.UTC().Truncate(time.Second), Files: []File{},
	}
	for _, a := range sorted(m.Artifacts) {
		f := File{Name: a.Name, Kind: string(a.Kind), Format: a.Format, Size: a.Size, SHA256: a.SHA256}
		if a.Target != nil {
			f.Target = a.Target.String()
		}
		for _, b := range a.Binaries {
			f.Binaries = append(f.Binaries, b.Path)
		}
		e.Files = append(e.Files, f)
	}
	return e
}

// index derives index.json from the manifests and tombstones that were listed.
// What the old index knows of a manifest stays: a manifest never changes, and if
// it did, the old digest is what proves it.
func (l *leader) index(ctx context.Context, there *inventory, old *Index) (*Index, error) {
	known := map[string]Entry{}
	for _, e := range old.Versions {
		if e.sound() {
			known[e.Version] = e
		}
	}
	ix := &Index{Schema: 1, Project: l.project, Base: old.Base, Mirrors: old.Mirrors, Versions: []Entry{}}
	if l.base != "" {
		ix.Base = l.base
	}
	if l.mirrors != nil {
		ix.Mirrors = l.mirrors
	}
	for _, v := range there.versions() {
		e, ok := known[v]
		if !ok {
			var err error
			if e, ok, err = l.entry(ctx, v); err != nil {
				return nil, err
			}
		}
		if !ok {
			continue
		}
		e.Yanked, e.YankReason = false, ""
		if names := there.sidecars(v); !slices.Equal(names, e.Sidecars) {
			signers, err := l.signers(ctx, v, names)
			if err != nil {
				return nil, err
			}
			e.Sidecars, e.Signers = names, signers
		}
		if there.has(v, yankedName) {
			stone, err := readTombstone(ctx, l.st, l.project, v)
			if err != nil {
				return nil, err
			}
			if stone != nil {
				e.Yanked, e.YankReason = true, stone.Reason
			}
		}
		ix.Versions = append(ix.Versions, e)
	}
	ix.number()
	return ix, nil
}

// entry makes an entry from the manifest of a version; ok is false when there is
// none that can be used.
func (l *leader) entry(ctx context.Context, version string) (e Entry, ok bool, err error) {
	b, info, err := l.st.read(ctx, l.key(version, manifest.FileName))
	if errors.Is(err, store.ErrNotFound) {
		return e, false, nil // removed since the listing
	}
	if err != nil {
		return e, false, err
	}
	m, err := decodeManifest(b)
	if err == nil && (m.Project != l.project || m.Version != version) {
		err = msg.Errorf("it is about %s %s", "它描述的是 %s %s", m.Project, m.Version)
	}
	if err != nil {
		l.warn("version %s is left out of the index: %v", "版本 %s 未列入索引：%v", version, err)
		return e, false, nil
	}
	return entryOf(m, sha256Of(b), info.Modified), true, nil
}

// number puts the versions in order and gives each its sequence and previous.
// Numbers that were given stay, with gaps where versions were removed; only
// where publishers at the same time gave them twice, all come to the same new ones.
func (ix *Index) number() {
	slices.SortFunc(ix.Versions, func(a, b Entry) int {
		return cmp.Or(a.Published.Compare(b.Published), rank(a, b), cmp.Compare(a.Version, b.Version))
	})
	sequence, previous := 0, ""
	for i := range ix.Versions {
		e := &ix.Versions[i]
		e.Sequence, e.Previous = max(e.Sequence, sequence+1), previous
		sequence, previous = e.Sequence, e.Version
	}
	slices.Reverse(ix.Versions)
}

// sound reports whether an entry that was read can be used at all; one that
// cannot is made anew from its manifest.
func (e Entry) sound() bool {
	return e.Sequence > 0 && len(e.Files) > 0 && isHex(e.Manifest, 64) && !slices.ContainsFunc(e.Files, func(f File) bool {
		return manifest.CheckName("artifact", f.Name) != nil || !isHex(f.SHA256, 64)
	})
}

func (ix *Index) find(version string) *Entry {
	for i := range ix.Versions {
		if ix.Versions[i].Version == version {
			return &ix.Versions[i]
		}
	}
	return nil
}

// readJSON reads a small JSON object; found is false when there is none or it
// cannot be understood, and problem then says why.
func readJSON[T any](ctx context.Context, st patient, key string) (v *T, raw []byte, problem, err error) {
	raw, _, err = st.read(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, store.ErrNotFound, nil
	}
	if err != nil {
		return nil, nil, nil, err
	}
	v = new(T)
	if err := json.Unmarshal(raw, v); err != nil {
		return nil, raw, err, nil
	}
	return v, raw, nil, nil
}
