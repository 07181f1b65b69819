package publish

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// grace is how long what a publisher may still need is left alone.
const grace = 24 * time.Hour

// The defaults of GCOptions.
const (
	DefaultKeepSnapshots = 10
	DefaultOlderThan     = 30 * 24 * time.Hour
)

// GCOptions say what GC removes. The zero value removes the snapshots that are
// older than 30 days and not among the 10 newest of their project, and what
// uploads that died more than a day ago left.
type GCOptions struct {
	ManageOptions
	Project       string        // "" = every project, and the stale uploads of the whole store
	DryRun        bool          // only tell
	KeepSnapshots int           // so many of the newest stay, of each project; 0 = 10, negative = none
	OlderThan     time.Duration // younger ones stay; 0 = 30 days, negative = none is too young
	Prereleases   bool          // prereleases too, by the same rule and counted apart; releases never
	Strays        bool          // folders without manifest and claim too, untouched for a day: what Put left
}

// GCReport tells what GC removed, or would. Its JSON is a contract.
type GCReport struct {
	Schema   int         `json:"schema"`
	Store    string      `json:"store"`
	DryRun   bool        `json:"dry_run"`
	Projects []GCProject `json:"projects"` // never null
	Uploads  []Upload    `json:"uploads"`  // unfinished uploads, begun more than a day ago, of a store that can tell; never null
	Aborted  int         `json:"aborted"`  // how many of them, and of those that it cannot tell, were thrown away
	Size     int64       `json:"size"`     // bytes of all removals
	Warnings []msg.Text  `json:"warnings"` // never null
}

// Upload is an unfinished upload. How much of it there is, no store tells.
type Upload struct {
	Key   string    `json:"key"`
	Begun time.Time `json:"begun"`
}

// GCProject is one project.
type GCProject struct {
	Project  string    `json:"project"`
	Removals []Removal `json:"removals"` // never null
	Kept     []Kept    `json:"kept"`     // what was looked at and stays; never null
}

// Removal is one version, or what lies where one would be.
type Removal struct {
	Version string   `json:"version"`
	Kind    string   `json:"kind"` // "snapshot", "prerelease", "unfinished", "stray", "claim" (a void one), "interrupted" (by an earlier gc)
	Objects []Object `json:"objects"`
	Size    int64    `json:"size"`
	Removed bool     `json:"removed"` // false in a dry run, and when gc was interrupted
}

// Object is one object that goes.
type Object struct {
	Key  string `json:"key"`
	Size int64  `json:"size"`
}

// Kept is one version that stays.
type Kept struct {
	Version string `json:"version"`
	Why     string `json:"why"` // "latest", "promoted", "newest", "young", "busy" (an upload may need it), "stray"
}

// GC removes old snapshots and what dead uploads left. It never removes a
// release, the latest version, a promoted one and the one it passes over,
// nor what an upload younger than a day may need.
//
// A version is first marked, so that nobody lists it any more; then the index is
// settled without it; then its manifest goes, then its files, then the mark.
// Whatever fails, readers see the version whole or not at all, and the next GC
// finishes the work. The report is complete as far as it got even with an error.
func GC(ctx context.Context, st store.Store, o GCOptions) (*GCReport, error) {
	r := &GCReport{Schema: 1, Store: st.URL(), DryRun: o.DryRun, Projects: []GCProject{}, Uploads: []Upload{}, Warnings: []msg.Text{}}
	p := patient{Store: st, pause: o.Pause}
	found, err := named(ctx, p, o.Project)
	for _, project := range found {
		if err != nil {
			break
		}
		c := &collector{leader: leader{st: p, project: project.name}, o: o, res: GCProject{Project: project.name, Removals: []Removal{}, Kept: []Kept{}}}
		err = c.run(ctx, project.objects)
		r.Projects = append(r.Projects, c.res)
		r.Warnings = append(r.Warnings, c.warnings...)
	}
	for _, project := range r.Projects {
		for _, removal := range project.Removals {
			r.Size += removal.Size
		}
	}
	if err == nil && o.Project == "" {
		err = r.sweep(ctx, p)
	}
	if err != nil {
		return r, msg.Errorf("gc of %s: %w", "清理 %s：%w", st.URL(), err)
	}
	return r, nil
}

// lister and sweeper are what a store may offer beyond its interface; see
// [store.Unfinished].
type (
	lister interface {
		Unfinished(ctx context.Context, olderThan time.Duration, fn func(store.Unfinished) error) error
	}
	sweeper interface {
		Sweep(ctx context.Context, olderThan time.Duration) (int, error)
	}
)

// sweep throws stale uploads away, or only tells them, where the store can.
func (r *GCReport) sweep(ctx context.Context, st patient) error {
	if lister, can := st.Store.(lister); can {
		err := st.retry(ctx, func() error {
			r.Uploads = []Upload{}
			return lister.Unfinished(ctx, grace, func(u store.Unfinished) error {
				r.Uploads = append(r.Uploads, Upload{u.Key, u.Begun})
				return nil
			})
		})
		if err != nil || len(r.Uploads) == 0 {
			return err
		}
	}
	sweeper, can := st.Store.(sweeper)
	if !can || r.DryRun {
		return nil
	}
	return st.retry(ctx, func() error {
		n, err := sweeper.Sweep(ctx, grace)
		r.Aborted += n
		return err
	})
}

// collector cleans one project.
type collector struct {
	leader
	o   GCOptions
	res GCProject
}

// protected says why a version must stay whatever the rule says; "" when it need not.
func (o *lead) protected(named *Latest, version string) string {
	switch {
	case o.latest != nil && o.latest.Version == version, named != nil && named.Version == version:
		return "latest"
	case o.pin != nil && (o.pin.Version == version || o.pin.Over == version):
		return "promoted"
	}
	return ""
}

// plan says what goes and what stays, at the given time.
func (c *collector) plan(there *inventory, out *lead, named *Latest, at time.Time) {
	counts := map[int]int{}
	for _, e := range out.index.Versions { // the newest first
		_, rank := class(e)
		kind := map[int]string{snapshot: "snapshot", prerelease: "prerelease"}[rank]
		if kind == "" || rank == prerelease && !c.o.Prereleases {
			continue
		}
		counts[rank]++
		why := out.protected(named, e.Version)
		switch {
		case why != "":
		case counts[rank] <= c.keep():
			why = "newest"
		case at.Sub(e.Published) < c.age():
			why = "young"
		case there.busy(e.Version, at):
			why = "busy"
		}
		c.decide(there, e.Version, kind, why)
	}
	for _, v := range there.unfinished() {
		kind, why := "unfinished", ""
		switch {
		case there.has(v, removingName):
			kind, why = "interrupted", out.protected(named, v)
			if why == "" && there.busy(v, at) {
				why = "busy"
			}
		case !there.claimed(v) && !c.o.Strays:
			why = "stray"
		case there.touched(v, at):
			why = "busy"
		case !there.claimed(v):
			kind = "stray"
		}
		c.decide(there, v, kind, why)
	}
	for key, info := range there.objects {
		if v, claim := claimed(key); claim && there.has(v, manifest.FileName) && at.Sub(info.Modified) >= grace && !c.goes(v) {
			c.res.Removals = append(c.res.Removals, Removal{Version: v, Kind: "claim", Objects: []Object{{info.Key, info.Size}}, Size: info.Size})
		}
	}
}

func (c *collector) decide(there *inventory, version, kind, why string) {
	if why != "" {
		c.res.Kept = append(c.res.Kept, Kept{version, why})
		return
	}
	c.res.Removals = append(c.res.Removals, Removal{Version: version, Kind: kind})
	c.res.Removals[len(c.res.Removals)-1].list(there.folder(version))
}

// list says what goes; the mark of a removal is not worth telling.
func (r *Removal) list(objects []store.Info) {
	r.Objects, r.Size = []Object{}, 0
	for _, i := range objects {
		r.Objects = append(r.Objects, Object{i.Key, i.Size})
		r.Size += i.Size
	}
}

func (c *collector) goes(version string) bool {
	for _, r := range c.res.Removals {
		if r.Version == version {
			return true
		}
	}
	return false
}

func (c *collector) keep() int {
	if c.o.KeepSnapshots == 0 {
		return DefaultKeepSnapshots
	}
	return c.o.KeepSnapshots
}

func (c *collector) age() time.Duration {
	if c.o.OlderThan == 0 {
		return DefaultOlderThan
	}
	return c.o.OlderThan
}

// busy reports whether a publisher that may be alive holds a claim on the version.
func (i *inventory) busy(version string, at time.Time) bool {
	info, ok := i.objects[claimPrefix+version+".json"]
	return ok && at.Sub(info.Modified) < grace
}

// touched reports whether anything of the version is too young to be given up.
func (i *inventory) touched(version string, at time.Time) bool {
	for _, info := range i.folder(version) {
		if at.Sub(info.Modified) < grace && !strings.HasSuffix(info.Key, "/"+removingName) {
			return true
		}
	}
	return false
}

// named reads what latest.json says, whatever it should say.
func (c *collector) named(ctx context.Context) (*Latest, error) {
	latest, _, problem, err := readJSON[Latest](ctx, c.st, c.key(LatestName))
	if problem != nil && !errors.Is(problem, store.ErrNotFound) {
		c.warn("latest.json is damaged: %v", "latest.json 已损坏：%v", problem)
	}
	return latest, err
}
