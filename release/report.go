package release

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/inspect"
)

// ReportFile is the name of the run's report in dist; beside it lies the same as
// a page.
const (
	ReportFile     = "report.json"
	reportPageFile = "report.html"
)

// Report tells how a run went: what each target cost, and what was proved.
type Report struct {
	Schema  int            `json:"schema"`
	Project string         `json:"project"`
	Version string         `json:"version"`
	Plan    string         `json:"plan"`
	Go      string         `json:"go"`
	Started time.Time      `json:"started"`
	Seconds float64        `json:"seconds"`
	Phases  []PhaseTime    `json:"phases"`
	Targets []TargetReport `json:"targets"`
	Spans   []Span         `json:"spans"`
	Stores  []string       `json:"stores,omitempty"`
	Notices []msg.Text     `json:"notices,omitempty"`
}

// PhaseTime is what one kind of work took, added up over all targets; parallel
// work counts once for each target.
type PhaseTime struct {
	Phase   Phase   `json:"phase"`
	Seconds float64 `json:"seconds"`
}

// TargetReport is the outcome of one target.
type TargetReport struct {
	Target    target.Target    `json:"target"`
	Reused    bool             `json:"reused"`
	Static    bool             `json:"static"`
	World     string           `json:"world,omitempty"`
	Binaries  int              `json:"binaries"`
	Artifacts []ReportArtifact `json:"artifacts"`
}

// ReportArtifact is one file of a target.
type ReportArtifact struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// report sums the run up.
func (t *trace) report(plan *Plan, r *Result) *Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	slices.SortFunc(t.spans, func(a, b Span) int {
		switch {
		case a.Start < b.Start:
			return -1
		case a.Start > b.Start:
			return 1
		}
		return 0
	})
	rep := &Report{
		Schema: Schema, Project: plan.Project, Version: plan.Version, Plan: plan.Digest, Go: plan.Go,
		Started: t.start.UTC().Truncate(time.Millisecond), Seconds: time.Since(t.start).Seconds(), Spans: t.spans,
	}
	total := map[Phase]float64{}
	for _, s := range t.spans {
		total[s.Phase] += s.End - s.Start
	}
	for _, p := range phases {
		if sec, ok := total[p.Phase]; ok {
			rep.Phases = append(rep.Phases, PhaseTime{p.Phase, sec})
		}
	}
	for _, tt := range plan.Targets() {
		tr := TargetReport{Target: tt, Reused: slices.Contains(r.Reused, tt), Static: true}
		for _, a := range r.Manifest.Artifacts {
			if a.Target == nil || *a.Target != tt {
				continue
			}
			tr.Artifacts = append(tr.Artifacts, ReportArtifact{a.Name, a.Size, a.SHA256})
			for _, b := range a.Binaries {
				tr.Static = tr.Static && b.Verdict.Static
				if w := b.Verdict.Facts.World; tr.World == "" || w == inspect.ConflictWorld || w == inspect.UnknownWorld {
					tr.World = w // the worst is what a reader has to see
				}
			}
			tr.Binaries = max(tr.Binaries, len(a.Binaries))
		}
		rep.Targets = append(rep.Targets, tr)
	}
	for _, p := range r.Published {
		rep.Stores = append(rep.Stores, p.URL)
	}
	for _, n := range r.Notices {
		rep.Notices = append(rep.Notices, n.Text)
	}
	return rep
}

// write leaves the report in dist, for machines and as a page.
func (r *Report) write(ctx context.Context, dist string) error {
	if err := writeJSON(ctx, filepath.Join(dist, ReportFile), r); err != nil {
		return err
	}
	return r.writePage(ctx, filepath.Join(dist, reportPageFile))
}
