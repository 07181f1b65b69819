package release

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Merge makes one release of a plan and its parts: it checks that the parts
// belong to the plan, are all there and undamaged, puts their artifacts into
// dist, adds what needs several targets (universal binaries, the source archive,
// checksums) and writes manifest.json with GoReleaser's artifacts.json and
// metadata.json beside it. What will be its provenance, once signed, is written too.
//
// A target may come twice. Equal bytes are evidence, recorded as an independent
// reproduction; other bytes are refused, both builders named.
func Merge(ctx context.Context, plan *Plan, project string, partDirs []string, dist string) (*manifest.Manifest, error) {
	parts := make([]*Part, 0, len(partDirs))
	for _, d := range partDirs {
		p, err := ReadPart(ctx, d)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return merge(ctx, plan, project, parts, dist, origin{lookup: os.LookupEnv})
}

func merge(ctx context.Context, plan *Plan, project string, parts []*Part, dist string, by origin) (*manifest.Manifest, error) {
	chosen, again, err := choose(plan, parts)
	if err != nil {
		return nil, err
	}
	if err := makeDir(dist); err != nil {
		return nil, err
	}
	if err := msg.Join(sweep(dist), clean(plan, dist), forget(dist)); err != nil {
		return nil, err
	}
	m := plan.manifest()
	for _, p := range chosen {
		for _, a := range p.Artifacts {
			if others := again[p.Target]; len(others) > 0 {
				a.ReproducedBy = slices.Concat([]string{p.Builder}, others)
			}
			if err := link(ctx, p.path(a.Name), filepath.Join(dist, a.Name)); err != nil {
				return nil, err
			}
			m.Artifacts = append(m.Artifacts, a)
		}
	}
	for _, step := range []func(context.Context, *Plan, string, []*Part, string, *manifest.Manifest) error{addUniversal, addSource, addSBOMs, addChecksums} {
		if err := step(ctx, plan, project, chosen, dist, m); err != nil {
			return nil, err
		}
	}
	if len(m.Artifacts) == 0 {
		return nil, msg.Errorf("merge: the plan makes no artifact", "合并：该计划不产生任何制品").
			WithHint("every archive is switched off; keep at least one format", "所有归档都被关闭；请至少保留一种格式")
	}
	slices.SortFunc(m.Artifacts, func(a, b manifest.Artifact) int { return strings.Compare(a.Name, b.Name) })
	if err := writeJSON(ctx, filepath.Join(dist, PlanFile), plan); err != nil {
		return nil, err
	}
	if err := writeGoReleaser(ctx, plan, chosen, m, dist); err != nil {
		return nil, err
	}
	if err := writeStatement(ctx, plan, chosen, again, m, dist, by); err != nil {
		return nil, err
	}
	return m, writeJSON(ctx, filepath.Join(dist, manifest.FileName), m)
}

// choose takes one part for each target of the plan and says who made the same
// bytes again.
func choose(plan *Plan, parts []*Part) ([]*Part, map[target.Target][]string, error) {
	first := map[target.Target]*Part{}
	again := map[target.Target][]string{}
	for _, p := range parts {
		if p.Plan != plan.Digest {
			return nil, nil, msg.Errorf("merge %s: part %s belongs to another plan (%s, not %s)", "合并 %s：部件 %s 属于另一个计划（%s，而非 %s）", p.Target, p.dir, Short(p.Plan), Short(plan.Digest)).
				WithHint("build every part from the same plan.json", "所有部件必须由同一个 plan.json 构建")
		}
		have := first[p.Target]
		if have == nil {
			first[p.Target] = p
			continue
		}
		if name := differs(have, p); name != "" {
			return nil, nil, msg.Errorf("merge %s: two parts differ in %s: built by %s and by %s", "合并 %s：两个部件的 %s 不一致：分别由 %s 和 %s 构建", p.Target, name, have.Builder, p.Builder).
				WithHint("one of the machines has other sources or another toolchain; yingzao inspect shows the difference", "其中一台机器的源码或工具链不同；可用 yingzao inspect 查看差异").WithKind(msg.Findings)
		}
		again[p.Target] = append(again[p.Target], p.Builder)
	}
	var chosen []*Part
	var missing []string
	for _, t := range plan.Targets() {
		if p := first[t]; p != nil {
			chosen = append(chosen, p)
		} else {
			missing = append(missing, t.String())
		}
	}
	if missing != nil {
		return nil, nil, msg.Errorf("merge: no part for %s", "合并：缺少 %s 的部件", strings.Join(missing, ", ")).
			WithHint("build it with yingzao release build --target %s", "请用 yingzao release build --target %s 构建", missing[0])
	}
	return chosen, again, nil
}

// differs names the first file in which two parts of one target differ.
func differs(a, b *Part) string {
	fa, fb := a.files(), b.files()
	var names []string
	for n := range fa {
		names = append(names, n)
	}
	for n := range fb {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		if fa[n].SHA256 != fb[n].SHA256 {
			return n
		}
	}
	if !reflect.DeepEqual(a.Licenses, b.Licenses) {
		return PartFile + " (licenses)"
	}
	return ""
}

// Short is as much of a "sha256:…" digest as a person compares.
func Short(digest string) string {
	_, hex, _ := strings.Cut(digest, ":")
	return hex[:min(12, len(hex))]
}

// unfinished are the temporary names of archive.WriteFile.
var unfinished = lazyre.New(`^\..+\.part-[0-9]+$`)

// sweep removes from dist what a merge that was killed did not finish. There is
// one merge into a folder at a time.
func sweep(dist string) error {
	entries, err := os.ReadDir(dist)
	for _, e := range entries {
		if e.Type().IsRegular() && unfinished.Re().MatchString(e.Name()) {
			err = msg.Join(err, os.Remove(filepath.Join(dist, e.Name())))
		}
	}
	if err = msg.Join(err, os.RemoveAll(filepath.Join(dist, partsFolder, universalFolder))); err != nil {
		return msg.Errorf("clean %s: %w", "清理 %s：%w", dist, err)
	}
	return nil
}

// clean removes from dist what an earlier release put there and this one does
// not know; files that are not ours stay.
func clean(plan *Plan, dist string) error {
	var old manifest.Manifest
	if err := readJSON(filepath.Join(dist, manifest.FileName), &old); err != nil {
		return nil // no earlier release
	}
	for _, a := range old.Artifacts {
		if filepath.IsLocal(a.Name) && !strings.ContainsAny(a.Name, `/\`) {
			if err := os.Remove(filepath.Join(dist, a.Name)); err != nil && !os.IsNotExist(err) {
				return msg.Errorf("clean %s: %w", "清理 %s：%w", dist, err)
			}
		}
	}
	keep := map[string]bool{}
	for _, t := range plan.Targets() {
		keep[t.Slug()] = true
	}
	dirs, _ := os.ReadDir(filepath.Join(dist, partsFolder))
	for _, d := range dirs {
		if d.IsDir() && !keep[d.Name()] && d.Name() != workFolder && exists(filepath.Join(dist, partsFolder, d.Name(), PartFile)) {
			if err := os.RemoveAll(filepath.Join(dist, partsFolder, d.Name())); err != nil {
				return msg.Errorf("clean %s: %w", "清理 %s：%w", dist, err)
			}
		}
	}
	// Last: until everything is gone, the list says what is ours.
	if err := os.Remove(filepath.Join(dist, manifest.FileName)); err != nil {
		return msg.Errorf("clean %s: %w", "清理 %s：%w", dist, err)
	}
	return nil
}

// partsFolder holds the parts within dist, one folder a target, and the
// universal binaries that merge makes of them.
const (
	partsFolder     = "parts"
	universalFolder = "darwin_all"
)
