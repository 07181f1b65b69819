package publish

import (
	"cmp"
	"time"

	"github.com/Masterminds/semver/v3"

	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Latest is latest.json: the version to take.
type Latest struct {
	Schema    int       `json:"schema"`
	Project   string    `json:"project"`
	Version   string    `json:"version"`
	Tag       string    `json:"tag,omitempty"`
	Published time.Time `json:"published"`
	Sequence  int       `json:"sequence"` // of the entry in the index
	Path      string    `json:"manifest"` // of manifest.json, seen from this object
	Manifest  string    `json:"manifest_sha256"`
	Page      string    `json:"page_sha256"`    // of index.html
	Install   string    `json:"install_sha256"` // of install.sh
	Over      string    `json:"over,omitempty"` // the highest version that was passed over on purpose
}

func latestOf(ix *Index, e *Entry, over string) *Latest {
	return &Latest{
		Schema: 1, Project: ix.Project, Version: e.Version, Tag: e.Tag, Published: e.Published, Sequence: e.Sequence,
		Path: e.Version + "/" + manifest.FileName, Manifest: e.Manifest, Over: over,
	}
}

// choose says what latest.json must name, nil when nothing can be: the version
// that is forced; what was forced earlier, until something ranks above what it
// passed over; else the highest that is not yanked.
func choose(ix *Index, old *Latest, force string) *Latest {
	var best *Entry
	for i := range ix.Versions {
		e := &ix.Versions[i]
		if !e.Yanked && (best == nil || compareVersions(*e, *best) > 0) {
			best = e
		}
	}
	if e := ix.find(force); e != nil && !e.Yanked {
		if e.Version == best.Version {
			return latestOf(ix, e, "")
		}
		return latestOf(ix, e, best.Version)
	}
	if best == nil {
		return nil
	}
	if old != nil && old.Over != "" {
		held, over := ix.find(old.Version), ix.find(old.Over)
		if held != nil && !held.Yanked && over != nil && compareVersions(*best, *over) <= 0 {
			return latestOf(ix, held, old.Over)
		}
	}
	return latestOf(ix, best, "")
}

// compareVersions ranks versions as the package comment says.
func compareVersions(a, b Entry) int {
	return cmp.Or(rank(a, b), a.Published.Compare(b.Published), cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.Version, b.Version))
}

// rank is 0 where only the time of publication can tell.
func rank(a, b Entry) int {
	va, ca := class(a)
	vb, cb := class(b)
	if ca == cb && ca >= prerelease {
		return va.Compare(vb)
	}
	return cmp.Compare(ca, cb)
}

// The classes of versions, lowest first.
const (
	snapshot = iota
	irregular
	prerelease
	stable
)

func class(e Entry) (*semver.Version, int) {
	if e.Snapshot {
		return nil, snapshot
	}
	v, err := semver.NewVersion(e.Version)
	switch {
	case err != nil:
		return nil, irregular
	case v.Prerelease() != "":
		return v, prerelease
	}
	return v, stable
}
