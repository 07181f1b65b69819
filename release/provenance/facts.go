package provenance

import (
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Facts are what a statement is made of, beside the manifest.
type Facts struct {
	Module     string
	SourceURI  string   // as [SourceURI] has it; "" = none that others can reach
	GoMod      string   // sha256 over go.mod and go.sum, "sha256:…"
	Sources    string   // sha256 over the files, where no clean commit names them; "" otherwise
	Config     string   // the configuration file's name; "" = none
	ConfigSum  string   // its digest, "sha256:…"
	Targets    []string // in the plan's order
	Builds     []Build
	Toolchains []Toolchain // each once
	Modules    []Module    // of all binaries, each once
	Parts      []Part
	BuilderID  string
	Tool       string // version of yingzao
	JobURL     string // as [JobURL] has it
	Started    time.Time
	Finished   time.Time
}

// Toolchain is a Go that built a part of the release.
type Toolchain struct {
	Module string `json:"module"`           // golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64, or the version alone of one that is no release
	H1     string `json:"h1,omitempty"`     // "h1:…" as the proof has it; "" = not known
	Proof  string `json:"proof"`            // gosdk's verdict, or [Unverified]
	Detail string `json:"detail,omitempty"` // what differs, or why it is not verified
}

// Unverified is the proof of a toolchain that nobody vouches for.
const Unverified = "unverified"

// Module is one dependency, as the binaries name it.
type Module struct {
	Path, Version, Sum string // Sum is "" when it was vendored
}

// Part is who built one target.
type Part struct {
	Target  string
	Builder string
	Go      string
	SHA256  string   // of part.json; "" when it is not at hand
	Again   []string // builders that made the same bytes independently
	Module  string   // of the toolchain; "" = not recorded
	Proof   string   // the toolchain's proof
}

// New makes the statement of a release. sum is the SHA-256 of manifest.json in hex.
func New(m *manifest.Manifest, sum string, f Facts) (*Statement, error) {
	source := Resource{URI: f.SourceURI, Digest: map[string]string{}}
	if m.Commit != "" {
		source.Digest["gitCommit"] = m.Commit
	}
	if f.Sources != "" {
		source.Digest["sha256"] = bare(f.Sources)
		source.Annotations = map[string]string{"digest": "sha256 over names, executable bits and contents of the project's files"}
	}
	p := Predicate{
		BuildDefinition: BuildDefinition{
			BuildType: BuildType,
			ExternalParameters: External{Project: m.Project, Version: m.Version, Tag: m.Tag, Module: f.Module, Source: source,
				Targets: f.Targets, Snapshot: m.Snapshot},
			InternalParameters:   Internal{Plan: m.Plan, Compressor: m.Compressor, WallClock: m.WallClock, Builds: f.Builds},
			ResolvedDependencies: []Resource{source},
		},
		RunDetails: RunDetails{Builder: Builder{ID: f.BuilderID}, Metadata: Metadata{InvocationID: f.JobURL, StartedOn: second(f.Started), FinishedOn: second(f.Finished)}},
	}
	if f.Tool != "" {
		p.RunDetails.Builder.Version = map[string]string{"yingzao": f.Tool}
	}
	d := &p.BuildDefinition
	if f.Config != "" {
		d.ExternalParameters.Config = &Resource{Name: f.Config, Digest: map[string]string{"sha256": bare(f.ConfigSum)}}
	}
	if f.GoMod != "" {
		d.ResolvedDependencies = append(d.ResolvedDependencies, Resource{Name: "go.mod, go.sum", Digest: map[string]string{"sha256": bare(f.GoMod)},
			Annotations: map[string]string{"digest": `sha256 over "NAME SIZE\n" and content of both`}})
	}
	for _, t := range f.Toolchains {
		d.ResolvedDependencies = append(d.ResolvedDependencies, t.resource())
	}
	for _, mod := range f.Modules {
		d.ResolvedDependencies = append(d.ResolvedDependencies, mod.resource())
	}
	for _, part := range f.Parts {
		p.RunDetails.Byproducts = append(p.RunDetails.Byproducts, part.resource())
	}
	return statement(m, sum, PredicateType, p)
}

// statement is about the manifest and all of its artifacts.
func statement(m *manifest.Manifest, sum, kind string, predicate any) (*Statement, error) {
	s := &Statement{Type: StatementType, PredicateType: kind}
	if sum != "" {
		s.Subject = append(s.Subject, Resource{Name: manifest.FileName, Digest: map[string]string{"sha256": sum}})
	}
	for _, a := range m.Artifacts {
		s.Subject = append(s.Subject, Resource{Name: a.Name, Digest: map[string]string{"sha256": a.SHA256}})
	}
	raw, err := marshal(predicate)
	s.Predicate = json.RawMessage(raw)
	return s, err
}

func (t Toolchain) resource() Resource {
	r := Resource{URI: purl(t.Module), Annotations: map[string]string{"proof": t.Proof}}
	if h := hexOf(t.H1); h != "" {
		r.Digest = map[string]string{"dirHash1": h}
		r.Annotations["h1"] = t.H1
	}
	if t.Detail != "" {
		r.Annotations["detail"] = t.Detail
	}
	return r
}

func (m Module) resource() Resource {
	r := Resource{URI: purl(m.Path + "@" + m.Version)}
	if h := hexOf(m.Sum); h != "" {
		r.Digest = map[string]string{"dirHash1": h}
		r.Annotations = map[string]string{"h1": m.Sum}
	} else {
		r.Annotations = map[string]string{"h1": "not in the binary: vendored or replaced"}
	}
	return r
}

func (p Part) resource() Resource {
	r := Resource{Name: "part " + p.Target, Annotations: map[string]string{"target": p.Target, "builder": p.Builder, "go": p.Go}}
	if p.SHA256 != "" {
		r.Digest = map[string]string{"sha256": p.SHA256}
	}
	if p.Module != "" {
		r.Annotations["toolchain"], r.Annotations["toolchain_proof"] = p.Module, p.Proof
	}
	if len(p.Again) > 0 {
		r.Annotations["reproduced_by"] = strings.Join(p.Again, "; ")
	}
	return r
}

// ReadModules lists the modules of a built file, the replaced ones as what replaces
// them; none for a file that Go did not build.
func ReadModules(path string) []Module {
	bi, err := buildinfo.ReadFile(path)
	if err != nil {
		return nil
	}
	var out []Module
	for _, d := range bi.Deps {
		if d.Replace != nil {
			d = d.Replace
			if d.Version == "" { // a folder, whose path belongs to one machine
				continue
			}
		}
		out = append(out, Module{d.Path, d.Version, d.Sum})
	}
	return out
}

// Merged sorts modules and drops those that are there twice.
func Merged(all []Module) []Module {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Module) int {
		return strings.Compare(a.Path+"@"+a.Version+" "+a.Sum, b.Path+"@"+b.Version+" "+b.Sum)
	})
	return slices.Compact(all)
}

// FlagValue is what the last of some flags of go build says; "" when it is not there.
func FlagValue(flags []string, name string) string {
	value := ""
	for i, f := range flags {
		f = "-" + strings.TrimLeft(f, "-")
		if v, ok := strings.CutPrefix(f, "-"+name+"="); ok {
			value = v
		} else if f == "-"+name && i+1 < len(flags) {
			value = flags[i+1]
		}
	}
	return value
}

// purl is a Go module's package URL.
func purl(module string) string { return "pkg:golang/" + module }

func bare(digest string) string { return strings.TrimPrefix(digest, "sha256:") }

func second(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Second)
}

func hexString(b []byte) string { return hex.EncodeToString(b) }
