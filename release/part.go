package release

import (
	"context"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/provenance"
	"github.com/yingzao-dev/yingzao/release/sbom"
)

// PartFile is the name of a part's description within its folder.
const PartFile = "part.json"

// Part is one target's output: part.json. Everything but Builder, Seconds and
// Toolchain is a function of the plan.
type Part struct {
	Schema  int           `json:"schema"`
	Plan    string        `json:"plan"` // digest
	Target  target.Target `json:"target"`
	Go      string        `json:"go"`
	Builder string        `json:"builder"` // who made it, for people: host and architecture
	Seconds float64       `json:"seconds"`
	// Toolchain is what built it and who vouches for that; nil when nobody asked.
	Toolchain *provenance.Toolchain `json:"toolchain,omitempty"`
	Binaries  []manifest.Binary     `json:"binaries"`  // raw files, Path below the part's folder
	Artifacts []manifest.Artifact   `json:"artifacts"` // files in the part's folder

	// Licenses are those of all linked modules by path@version, where the plan asks
	// for them: the merge has no module cache.
	Licenses map[string]sbom.License `json:"licenses,omitempty"`

	dir string
}

// ReadPart reads a part's folder and checks every file in it against part.json.
func ReadPart(ctx context.Context, dir string) (*Part, error) {
	p := &Part{dir: dir}
	if err := readJSON(filepath.Join(dir, PartFile), p); err != nil {
		return nil, msg.Errorf("%w", "%w", err).WithHint("name the folder of a part, the one with part.json", "请指定部件目录，即包含 part.json 的目录")
	}
	if p.Schema != Schema {
		return nil, msg.Errorf("read part %s: schema %d, this yingzao reads %d", "读取部件 %s：schema 为 %d，当前 yingzao 只支持 %d", dir, p.Schema, Schema).
			WithHint("use the same yingzao for every step of one release", "同一次发布的各步骤请使用同一版本的 yingzao")
	}
	for name, want := range p.files() {
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return nil, msg.Errorf("read part %s: file name %q leaves the folder", "读取部件 %s：文件名 %q 越出目录", dir, name)
		}
		got, err := archive.SumFile(ctx, filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return nil, msg.Errorf("read part %s: %w", "读取部件 %s：%w", dir, err).
				WithHint("fetch the part again, or build it again", "请重新获取或重新构建该部件")
		}
		if got.SHA256 != want.SHA256 || got.Size != want.Size {
			return nil, msg.Errorf("read part %s: %s is damaged: sha256 %s, part.json says %s", "读取部件 %s：%s 已损坏：sha256 为 %s，part.json 记录为 %s", dir, name, got.SHA256, want.SHA256).
				WithHint("fetch the part again, or build it again", "请重新获取或重新构建该部件")
		}
	}
	return p, nil
}

// files are all files of the part by slash-separated name.
func (p *Part) files() map[string]archive.Sums {
	m := map[string]archive.Sums{}
	for _, b := range p.Binaries {
		m[b.Path] = archive.Sums{Size: b.Size, SHA256: b.SHA256}
	}
	for _, a := range p.Artifacts {
		m[a.Name] = archive.Sums{Size: a.Size, SHA256: a.SHA256, CRC64: a.CRC64}
	}
	return m
}

// path is where one of the part's files lies.
func (p *Part) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

// binary finds the raw file of a build; nil when the part has none.
func (p *Part) binary(build string) *manifest.Binary {
	for i := range p.Binaries {
		if p.Binaries[i].Build == build {
			return &p.Binaries[i]
		}
	}
	return nil
}

func builderName(goos, goarch string) string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return host + " (" + goos + "/" + goarch + ")"
}
