package release

import (
	"bytes"
	"context"
	"io"
	"path"
	"path/filepath"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/sbom"
)

// addSBOMs writes the bills of materials of what was made so far.
func addSBOMs(ctx context.Context, plan *Plan, _ string, parts []*Part, dist string, m *manifest.Manifest) error {
	if len(plan.SBOMs) == 0 {
		return nil
	}
	bills, err := newBills(ctx, plan, parts, dist)
	if err != nil {
		return err
	}
	for _, planned := range plan.SBOMs {
		s, err := bills.subject(planned, m)
		if err != nil {
			return msg.Errorf("write %s: %w", "写入 %s：%w", planned.Name, err)
		}
		doc, err := sbom.Write(planned.Format, *s)
		if err != nil {
			return msg.Errorf("write %s: %w", "写入 %s：%w", planned.Name, err)
		}
		sums, err := archive.WriteFile(ctx, filepath.Join(dist, planned.Name), 0o644, func(w io.Writer) error {
			_, err := io.Copy(w, bytes.NewReader(doc))
			return err
		})
		if err != nil {
			return err
		}
		m.Artifacts = append(m.Artifacts, manifest.Artifact{
			Name: planned.Name, Kind: manifest.KindSBOM, Format: planned.Format, About: planned.Artifact,
			Size: sums.Size, SHA256: sums.SHA256, CRC64: sums.CRC64,
		})
	}
	return nil
}

// bills knows all programs of a release.
type bills struct {
	plan     *Plan
	files    []builtFile
	licenses map[string]sbom.License
	read     map[string][]*sbom.Program // by file
}

// builtFile is one program that was built, or joined of several.
type builtFile struct {
	target *target.Target // nil for a universal binary
	path   string
	bin    manifest.Binary
}

func newBills(ctx context.Context, plan *Plan, parts []*Part, dist string) (*bills, error) {
	b := &bills{plan: plan, licenses: map[string]sbom.License{}, read: map[string][]*sbom.Program{}}
	for _, p := range parts {
		for key, l := range p.Licenses {
			b.licenses[key] = b.licenses[key].With(l)
		}
		for _, bin := range p.Binaries {
			t := p.Target
			b.files = append(b.files, builtFile{&t, p.path(bin.Path), bin})
		}
	}
	for _, u := range plan.Universal {
		file := filepath.Join(dist, partsFolder, universalFolder, "bin", u.ID, filepath.FromSlash(u.Name))
		if !exists(file) {
			continue // none of its builds is among the targets
		}
		sums, err := archive.SumFile(ctx, file)
		if err != nil {
			return nil, err
		}
		b.files = append(b.files, builtFile{nil, file, manifest.Binary{Path: u.Name, Build: u.ID, SHA256: sums.SHA256}})
	}
	return b, nil
}

// subject is what a planned document says.
func (b *bills) subject(planned PlannedSBOM, m *manifest.Manifest) (*sbom.Subject, error) {
	s := &sbom.Subject{Project: b.plan.Project, Version: b.plan.Version, Created: b.plan.CommitTime, Licenses: b.licenses}
	switch {
	case planned.Artifact != "":
		i := slices.IndexFunc(m.Artifacts, func(a manifest.Artifact) bool { return a.Name == planned.Artifact })
		if i < 0 {
			return nil, msg.Errorf("the artifact %s was not made", "没有产出制品 %s", planned.Artifact)
		}
		a := m.Artifacts[i]
		s.Artifact, s.SHA256 = a.Name, a.SHA256
		if a.Kind == manifest.KindSource {
			return s, b.all(s)
		}
		for _, bin := range a.Binaries {
			at := slices.IndexFunc(b.files, func(f builtFile) bool { return f.bin.SHA256 == bin.SHA256 })
			if at < 0 {
				return nil, msg.Errorf("the program %s is in no part", "没有部件包含程序 %s", bin.Path)
			}
			if err := b.add(s, bin, b.files[at]); err != nil {
				return nil, err
			}
		}
		return s, nil
	case planned.Build == "":
		return s, b.all(s)
	}
	for _, f := range b.files {
		same := f.target == nil && planned.Target == nil || f.target != nil && planned.Target != nil && *f.target == *planned.Target
		if f.bin.Build != planned.Build || !same {
			continue
		}
		bin := f.bin
		bin.Path = path.Base(bin.Path)
		s.Artifact, s.SHA256 = bin.Path, bin.SHA256
		return s, b.add(s, bin, f)
	}
	return nil, msg.Errorf("the program of build %s was not made", "没有产出构建 %s 的程序", planned.Build)
}

// all adds every program by its own name, thin ones also where a universal one
// holds them.
func (b *bills) all(s *sbom.Subject) error {
	for _, f := range b.files {
		bin := f.bin
		bin.Path = path.Base(bin.Path)
		if err := b.add(s, bin, f); err != nil {
			return err
		}
	}
	return nil
}

func (b *bills) add(s *sbom.Subject, bin manifest.Binary, f builtFile) (err error) {
	have := b.read[f.path]
	if have == nil {
		if have, err = sbom.ReadFile(f.path); err != nil {
			return err
		}
		b.read[f.path] = have
	}
	on := "darwin/all"
	if f.target != nil {
		on = f.target.String()
	}
	s.Binaries = append(s.Binaries, sbom.Binary{Name: bin.Path, Target: on, SHA256: bin.SHA256, Flags: bin.Flags, Programs: have})
	return nil
}
