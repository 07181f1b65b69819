package rebuild

import (
	"context"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/release/provenance"
)

// Options say how to build again. The zero value builds every target from the
// repository that the plan names, by a fresh cache, and believes the manifest.
type Options struct {
	Source  string            // a folder, a git URL, or "goproxy"; "" = as the package says
	Targets []target.Target   // nil = all
	Goroots map[string]string // GOROOT of the toolchain by target; "" = of all other targets
	Shared  bool              // use the user's GOCACHE: quicker, and proves less
	Hooks   bool              // run the plan's commands, and what else in it runs programs
	Ignore  []string          // with Hooks, sections of a GoReleaser file that may be left out
	Offline bool              // nothing may be fetched
	Jobs    int               // simultaneous go builds; 0 = by cores and memory
	Environ []string          // the user's environment; nil = this process's
	Work    string            // base of the work directory; "" = as workdir.New
	Keep    string            // folder that gets what was built; "" = it is thrown away

	// Signed checks the signatures of a release and returns the keys that count; an
	// error ends the work before anything of the release is used. nil = nobody's
	// signature is asked for, and the report says so.
	Signed func(ctx context.Context, r *Release) ([]string, error)

	Lang     msg.Lang
	Progress term.Progress // nil = silent
}

// Status is what became of an artifact. The words are stable.
type Status string

// The statuses.
const (
	Identical Status = "identical"
	Different Status = "different"
	Missing   Status = "missing" // it could not be made again, or is not in the store
	Skipped   Status = "skipped" // of a target that nobody asked for
)

// Report is the outcome.
type Report struct {
	Schema     int                    `json:"schema"`
	Project    string                 `json:"project"`
	Version    string                 `json:"version"`
	Manifest   string                 `json:"manifest"` // sha256 of manifest.json, hex
	Plan       string                 `json:"plan"`
	Signed     []string               `json:"signed"`     // keys whose signatures were checked; none = nobody asked
	Source     Source                 `json:"source"`     // where the source came from
	Toolchains []provenance.Toolchain `json:"toolchains"` // what was built with
	Cache      string                 `json:"cache"`      // "fresh" or "shared"
	Targets    []target.Target        `json:"targets"`    // that were built
	Artifacts  []Artifact             `json:"artifacts"`
	Seconds    float64                `json:"seconds"`
}

// Artifact is one file of the release.
type Artifact struct {
	Name        string       `json:"name"`
	Status      Status       `json:"status"`
	Manifest    string       `json:"manifest"`            // sha256 that the manifest says
	Published   string       `json:"published,omitempty"` // sha256 of what lies in the store
	Rebuilt     string       `json:"rebuilt,omitempty"`
	Damaged     bool         `json:"damaged,omitempty"` // what lies in the store is not what the manifest says
	Note        *msg.Text    `json:"note,omitempty"`
	Differences []Difference `json:"differences,omitempty"`
}

// Difference is one place in which two artifacts differ.
type Difference struct {
	File     string    `json:"file,omitempty"` // inside the archive or package; "" = the artifact itself
	Kind     Kind      `json:"kind"`
	Text     msg.Text  `json:"text"`
	Sections []Section `json:"sections,omitempty"` // of an executable
	Causes   []Cause   `json:"causes,omitempty"`   // likeliest first

	follows bool // from another difference
}

// Kind says what differs. The words are stable.
type Kind string

// The kinds of difference.
const (
	Content   Kind = "content"   // the bytes of a file
	Header    Kind = "header"    // what an archive says about a file, or a package about itself: mode, time, order, field
	Gone      Kind = "gone"      // published, but not built again
	Added     Kind = "added"     // built again, but not published
	Container Kind = "container" // the archive around equal files
)

// Same are the names of the artifacts that came out identical.
func (r *Report) Same() []string { return r.with(Identical) }

func (r *Report) with(s Status) []string {
	var out []string
	for _, a := range r.Artifacts {
		if a.Status == s {
			out = append(out, a.Name)
		}
	}
	return out
}

// Count is how many artifacts have a status.
func (r *Report) Count(s Status) int { return len(r.with(s)) }

// Err is nil when everything that was asked for is identical. Its kind is
// msg.Findings when something differs, else msg.Incomplete.
func (r *Report) Err() error {
	if d := r.with(Different); len(d) > 0 {
		return msg.Errorf("rebuild %s %s: %d of %d artifacts differ, the first is %s", "重建 %s %s：%[4]d 个制品中有 %[3]d 个不同，第一个是 %[5]s", r.Project, r.Version, len(d), len(r.Artifacts), d[0]).WithKind(msg.Findings)
	}
	if d := r.with(Missing); len(d) > 0 {
		return msg.Errorf("rebuild %s %s: %d of %d artifacts could not be compared, the first is %s", "重建 %s %s：%[4]d 个制品中有 %[3]d 个无法比对，第一个是 %[5]s", r.Project, r.Version, len(d), len(r.Artifacts), d[0]).WithKind(msg.Incomplete)
	}
	if len(r.Same()) == 0 {
		return msg.Errorf("rebuild %s %s: nothing was compared", "重建 %s %s：没有比对任何制品", r.Project, r.Version).WithKind(msg.Incomplete)
	}
	return nil
}
