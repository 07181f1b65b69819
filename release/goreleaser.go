package release

import (
	"cmp"
	"context"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/inspect"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// The names of GoReleaser's descriptions of a dist folder.
const (
	artifactsFile = "artifacts.json"
	metadataFile  = "metadata.json"
)

// grArtifact is one entry of GoReleaser's artifacts.json. Its internal_type is
// an unstable number and left out.
type grArtifact struct {
	Name      string         `json:"name"`
	Path      string         `json:"path"` // relative to the folder that contains dist
	Goos      string         `json:"goos,omitempty"`
	Goarch    string         `json:"goarch,omitempty"`
	Goamd64   string         `json:"goamd64,omitempty"`
	Go386     string         `json:"go386,omitempty"`
	Goarm     string         `json:"goarm,omitempty"`
	Goarm64   string         `json:"goarm64,omitempty"`
	Gomips    string         `json:"gomips,omitempty"`
	Goppc64   string         `json:"goppc64,omitempty"`
	Goriscv64 string         `json:"goriscv64,omitempty"`
	Target    string         `json:"target,omitempty"`
	Type      string         `json:"type"`
	Extra     map[string]any `json:"extra,omitempty"`
}

type grMetadata struct {
	ProjectName string            `json:"project_name"`
	Tag         string            `json:"tag"`
	PreviousTag string            `json:"previous_tag"`
	Version     string            `json:"version"`
	Commit      string            `json:"commit"`
	Date        time.Time         `json:"date"`
	Runtime     map[string]string `json:"runtime"`
}

// grTypes are GoReleaser's words for our kinds.
var grTypes = map[manifest.Kind]string{
	manifest.KindArchive: "Archive", manifest.KindBinary: "Binary", manifest.KindPackage: "Linux Package",
	manifest.KindSource: "Source", manifest.KindChecksum: "Checksum", manifest.KindSBOM: "SBOM", manifest.KindFile: "File",
}

// writeGoReleaser describes dist the way GoReleaser would, for the tools that
// read those files.
func writeGoReleaser(ctx context.Context, plan *Plan, parts []*Part, m *manifest.Manifest, dist string) error {
	base := filepath.Base(dist)
	var list []grArtifact
	for _, p := range parts {
		for _, b := range p.Binaries {
			a := grArtifact{
				Name: path.Base(b.Path), Path: path.Join(base, partsFolder, p.Target.Slug(), b.Path), Type: "Binary",
				Extra: map[string]any{"Binary": strings.TrimSuffix(path.Base(b.Path), ".exe"), "Builder": "go", "ID": b.Build, "Ext": exe(p.Target)},
			}
			a.setTarget(p.Target)
			list = append(list, a)
		}
	}
	for _, art := range m.Artifacts {
		a := grArtifact{Name: art.Name, Path: path.Join(base, art.Name), Type: grTypes[art.Kind], Extra: map[string]any{"Checksum": "sha256:" + art.SHA256}}
		if art.Target != nil {
			a.setTarget(*art.Target)
		}
		if art.Format != "" {
			a.Extra["Format"] = art.Format
		}
		if art.Kind == manifest.KindBinary {
			a.Extra["Format"] = "binary"
		}
		if len(art.Binaries) > 0 {
			var names []string
			for _, b := range art.Binaries {
				names = append(names, path.Base(b.Path))
			}
			a.Extra["Binaries"] = names
		}
		if id := plan.id(art.Name); id != "" {
			a.Extra["ID"] = id
		}
		list = append(list, a)
	}
	list = append(list, grArtifact{Name: metadataFile, Path: path.Join(base, metadataFile), Type: "Metadata"})
	if err := writeJSON(ctx, filepath.Join(dist, artifactsFile), list); err != nil {
		return err
	}
	return writeJSON(ctx, filepath.Join(dist, metadataFile), grMetadata{
		ProjectName: plan.Project, Tag: cmp.Or(plan.Tag, "v"+plan.Version), PreviousTag: plan.PreviousTag, Version: plan.Version,
		Commit: plan.Commit, Date: plan.CommitTime, Runtime: map[string]string{"goos": runtime.GOOS, "goarch": runtime.GOARCH},
	})
}

func exe(t target.Target) string {
	if t.OS == "windows" {
		return ".exe"
	}
	return ""
}

func (a *grArtifact) setTarget(t target.Target) {
	f := config.TargetFields(t)
	a.Goos, a.Goarch, a.Target = t.OS, t.Arch, f.Target
	a.Goamd64, a.Go386, a.Goarm, a.Goarm64 = f.Amd64, f.I386, f.Arm, f.Arm64
	a.Gomips, a.Goppc64, a.Goriscv64 = f.Mips, f.Ppc64, f.Riscv64
}

func (a *grArtifact) target() *target.Target {
	if a.Goos == "" || a.Goarch == "" || a.Goarch == "all" {
		return nil
	}
	level := cmp.Or(a.Goamd64, a.Go386, a.Goarm, a.Goarm64, a.Gomips, a.Goppc64, a.Goriscv64)
	t, err := target.New(a.Goos, a.Goarch, level)
	if err != nil {
		return nil
	}
	return &t
}

// ReadDist returns the manifest of a finished dist folder: ours, or one made up
// from the artifacts.json and metadata.json of a dist that GoReleaser made. In
// the latter case every file is read and summed, and every binary that lies
// loose is inspected; nothing is claimed about a plan.
func ReadDist(ctx context.Context, dist string) (*manifest.Manifest, error) {
	if exists(filepath.Join(dist, manifest.FileName)) {
		return manifest.Read(filepath.Join(dist, manifest.FileName))
	}
	if !exists(filepath.Join(dist, artifactsFile)) {
		return nil, msg.Errorf("read dist %s: neither %s nor %s is there", "读取 dist %s：既没有 %s 也没有 %s", dist, manifest.FileName, artifactsFile).
			WithHint("name a folder made by yingzao release, by its merge step, or by GoReleaser", "请指定由 yingzao release（或其 merge 步骤）或 GoReleaser 生成的目录")
	}
	var list []grArtifact
	if err := readJSON(filepath.Join(dist, artifactsFile), &list); err != nil {
		return nil, err
	}
	var meta grMetadata
	if err := readJSON(filepath.Join(dist, metadataFile), &meta); err != nil {
		return nil, msg.Errorf("%w", "%w", err).WithHint("copy the whole dist folder", "请完整复制 dist 目录")
	}
	m := &manifest.Manifest{
		Schema: manifest.Schema, Project: meta.ProjectName, Version: meta.Version, Tag: meta.Tag, Commit: meta.Commit,
		CommitTime: meta.Date.UTC().Truncate(time.Second), Snapshot: strings.Contains(meta.Version, "SNAPSHOT"),
	}
	raw := map[string]manifest.Binary{} // by target and name
	kinds := map[string]manifest.Kind{"Archive": manifest.KindArchive, "Linux Package": manifest.KindPackage, "Source": manifest.KindSource,
		"Checksum": manifest.KindChecksum, "File": manifest.KindFile, "SBOM": manifest.KindSBOM, "Signature": manifest.KindFile, "Certificate": manifest.KindFile}
	slices.SortStableFunc(list, func(a, b grArtifact) int { return cmp.Compare(b2i(a.Type != "Binary"), b2i(b.Type != "Binary")) })
	for _, a := range list {
		format, _ := a.Extra["Format"].(string)
		kind, upload := kinds[a.Type]
		if a.Type == "Binary" && format == "binary" {
			kind, upload = manifest.KindBinary, true
		}
		if !upload && a.Type != "Binary" || manifest.Sidecar(a.Name) {
			continue
		}
		file, err := distPath(dist, a.Path)
		if err != nil {
			return nil, err
		}
		sums, err := archive.SumFile(ctx, file)
		if err != nil {
			return nil, err
		}
		art := manifest.Artifact{Name: a.Name, Kind: kind, Target: a.target(), Format: format, Size: sums.Size, SHA256: sums.SHA256, CRC64: sums.CRC64}
		if a.Type == "Binary" {
			bin := manifest.Binary{Path: a.Name, Size: sums.Size, SHA256: sums.SHA256}
			bin.Build, _ = a.Extra["ID"].(string)
			policy := inspect.Policy{}
			if t := a.target(); t != nil {
				bin.Target, policy.Target = *t, *t
			}
			facts, err := inspect.File(file)
			if err != nil {
				return nil, msg.Errorf("inspect %s: %w", "检查 %s：%w", a.Path, err)
			}
			bin.Verdict = inspect.Judge(facts, policy)
			m.Go = cmp.Or(m.Go, bin.Verdict.Facts.Go)
			raw[a.Target+" "+a.Name] = bin
			art.Binaries, art.Format = []manifest.Binary{bin}, ""
			if !upload {
				continue
			}
		}
		if kind == manifest.KindArchive {
			for _, n := range stringsIn(a.Extra["Binaries"]) {
				if b, ok := raw[a.Target+" "+n]; ok {
					if wrap, _ := a.Extra["WrappedIn"].(string); wrap != "" {
						b.Path = path.Join(wrap, b.Path)
					}
					art.Binaries = append(art.Binaries, b)
				}
			}
		}
		m.Artifacts = append(m.Artifacts, art)
	}
	slices.SortFunc(m.Artifacts, func(a, b manifest.Artifact) int { return strings.Compare(a.Name, b.Name) })
	return m, nil
}

// distPath finds a file that artifacts.json names relative to dist's parent, or
// to dist under whatever name it was copied to.
func distPath(dist, p string) (string, error) {
	_, inner, _ := strings.Cut(filepath.ToSlash(p), "/")
	for _, c := range []string{inner, path.Base(p)} {
		if c != "" && filepath.IsLocal(filepath.FromSlash(c)) && exists(filepath.Join(dist, filepath.FromSlash(c))) {
			return filepath.Join(dist, filepath.FromSlash(c)), nil
		}
	}
	return "", msg.Errorf("read dist %s: %s names %q, which is not there", "读取 dist %s：%s 中列出的 %q 不存在", dist, artifactsFile, p).
		WithHint("copy the whole dist folder", "请完整复制 dist 目录")
}

func stringsIn(v any) (out []string) {
	list, _ := v.([]any)
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
