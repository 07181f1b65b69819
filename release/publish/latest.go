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

// Promotion is the object that keeps latest.json on a version that was chosen by
// hand. It is an input: latest.json is derived from it, never the other way
// round, so a publication at the same time cannot undo it.
type Promotion struct {
	Schema  int       `json:"schema"`
	Version string    `json:"version"`
	Over    string    `json:"over"` // the highest version at the time; what ranks above it takes over
	By      string    `json:"by"`
	Since   time.Time `json:"since"`
}

// choose says what latest.json must name, nil when nothing can be: what was
// promoted, until something ranks above what it passed over; else the highest
// that is not yanked.
func choose(ix *Index, pin *Promotion) *Latest {
	best := ix.best()
	if best == nil {
		return nil
	}
	if pin != nil {
		held, over := ix.find(pin.Version), ix.find(pin.Over)
		if held != nil && !held.Yanked && over != nil && compareVersions(*best, *over) <= 0 {
			return latestOf(ix, held, pin.Over)
		}
	}
	return latestOf(ix, best, "")
}

// best is the highest version that is not yanked; nil when there is none.
func (ix *Index) best() *Entry {
	var best *Entry
	for i := range ix.Versions {
		e := &ix.Versions[i]
		if !e.Yanked && (best == nil || compareVersions(*e, *best) > 0) {
			best = e
		}
	}
	return best
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
