package release

import (
	"path"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/sbom"
)

// sboms plans the bills of materials.
func (pl *planner) sboms() error {
	for _, c := range pl.cfg.SBOMs {
		off, err := pl.truth("sboms.disable", c.Disable, pl.fields)
		if err != nil {
			return err
		}
		if off {
			continue
		}
		if err := pl.sbomsOf(c); err != nil {
			return err
		}
	}
	slices.SortFunc(pl.plan.SBOMs, func(a, b PlannedSBOM) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// sbomsOf plans one document for each thing that an entry is about.
func (pl *planner) sbomsOf(c config.SBOM) error {
	add := func(b PlannedSBOM, f config.Fields) error {
		name, err := config.Expand(c.Name, f)
		if err != nil {
			return config.In("sboms.documents", err)
		}
		b.Name, b.Format = name, c.Format
		pl.plan.SBOMs = append(pl.plan.SBOMs, b)
		return nil
	}
	wanted := func(id string) bool { return len(c.IDs) == 0 || slices.Contains(c.IDs, id) }
	if c.About == config.AboutArchive || c.About == config.AboutArtifact {
		for _, a := range pl.plan.Archives {
			holds := slices.ContainsFunc(a.Members, func(m Member) bool { return m.Build != "" })
			if !holds || !wanted(a.ID) || c.About == config.AboutArchive && a.Format == archive.Binary {
				continue
			}
			if err := add(PlannedSBOM{Artifact: a.Name}, pl.about(a.Name, a.Target, a.Universal != "", binaryName(a.Members))); err != nil {
				return err
			}
		}
	}
	if c.About == config.AboutPackage || c.About == config.AboutArtifact {
		for _, k := range pl.plan.Packages {
			if len(k.Binaries) == 0 || !wanted(k.ID) {
				continue
			}
			if err := add(PlannedSBOM{Artifact: k.Name}, pl.about(k.Name, k.Package.Target, false, binaryName(k.Binaries))); err != nil {
				return err
			}
		}
	}
	switch c.About {
	case config.AboutSource:
		if s := pl.plan.Source; s != nil {
			f := pl.fields
			f.Artifact = &config.ArtifactFields{ArtifactName: s.Name}
			return add(PlannedSBOM{Artifact: s.Name}, f)
		}
	case config.AboutRelease:
		return add(PlannedSBOM{}, pl.fields)
	case config.AboutBinary:
		return pl.sbomsOfBinaries(wanted, add)
	}
	return nil
}

// sbomsOfBinaries plans a document for each program, universal ones in the place of
// those that they replace.
func (pl *planner) sbomsOfBinaries(wanted func(string) bool, add func(PlannedSBOM, config.Fields) error) error {
	for _, j := range pl.plan.Jobs {
		replaced := slices.ContainsFunc(pl.plan.Universal, func(u PlannedFat) bool {
			return u.Replace && j.Target.OS == "darwin" && slices.Contains(u.Builds, j.Build)
		})
		if replaced || !wanted(j.Build) {
			continue
		}
		t := j.Target
		if err := add(PlannedSBOM{Build: j.Build, Target: &t}, pl.about(path.Base(j.Binary), t, false, path.Base(j.Binary))); err != nil {
			return err
		}
	}
	for _, u := range pl.plan.Universal {
		if wanted(u.ID) {
			if err := add(PlannedSBOM{Build: u.ID}, pl.about(path.Base(u.Name), target.Target{OS: "darwin", Arch: "arm64"}, true, path.Base(u.Name))); err != nil {
				return err
			}
		}
	}
	return nil
}

// about are the names that a document's name may use.
func (pl *planner) about(artifact string, t target.Target, universal bool, binary string) config.Fields {
	f, b := pl.fields, config.TargetFields(t)
	if universal {
		b = config.BuildFields{Os: "darwin", Arch: "all", Target: "darwin_all"}
	}
	b.Name, b.Ext = binary, exe(t)
	f.Build = &b
	f.Artifact = &config.ArtifactFields{ArtifactName: artifact, Binary: strings.TrimSuffix(binary, ".exe")}
	return f
}

// binaryName is the base name of the first program among members.
func binaryName(ms []Member) string {
	for _, m := range ms {
		if m.Build != "" {
			return path.Base(m.Name)
		}
	}
	return ""
}

// licenses plans what linked modules may be under; a name that can never match is
// refused, for nobody would be protected by it.
func (pl *planner) licenses() error {
	c := pl.cfg.Licenses
	p := sbom.Policy{Allow: c.Allow, Deny: c.Deny, Except: c.Except}
	for module, reason := range p.Except {
		if strings.TrimSpace(reason) == "" {
			return msg.Errorf("licenses.except: %s has no reason", "licenses.except：%s 没有写明理由", module).WithKind(msg.Usage).
				WithHint("write why it may be linked all the same", "请写明为何仍可链接该模块")
		}
	}
	if p.IsZero() {
		return nil
	}
	pl.plan.Licenses = &p
	return p.Check()
}

// readsLicenses tells whether the plan needs to know the licences of what is linked.
func (p *Plan) readsLicenses() bool { return len(p.SBOMs) > 0 || p.Licenses != nil }
