package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/images/assemble"
	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// baseFlags say what is built on.
type baseFlags struct {
	base, variant    string
	platforms, froms []string
	lock             *string
}

func (a *app) baseFlags(c *cobra.Command) *baseFlags {
	f := &baseFlags{lock: a.lockFlag(c)}
	s := c.Flags()
	s.StringVar(&f.base, "base", "", a.say("a base of the matrix (image list), or any other (default: the matrix's)", "矩阵中的基础镜像（见 image list），或任意其他基础镜像（默认：矩阵的默认基础镜像）"))
	s.StringSliceVar(&f.froms, "base-from", nil, a.say("PLATFORM=SOURCE: where the base of one platform comes from", "平台=来源：某个平台的基础镜像来源"))
	s.StringSliceVar(&f.platforms, "platform", nil, a.say("platforms, e.g. linux/amd64,linux/loong64-abi1.0 (default: all of the base)", "平台，如 linux/amd64,linux/loong64-abi1.0（默认：基础镜像的全部平台）"))
	s.StringVar(&f.variant, "variant", "go", a.say("variant; others than go need a package manager, so Dockerfiles (image render)", "变体；go 以外的变体需要包管理器，请用 Dockerfile（image render）"))
	return f
}

// platformBase is what one platform is built on.
type platformBase struct {
	target target.Target
	source assemble.Source
	digest string        // of the lock
	family matrix.Family // "" = not known
}

func targetsOf(bases []platformBase) (all []target.Target) {
	for _, b := range bases {
		all = append(all, b.target)
	}
	return all
}

// resolve finds the base of each platform.
func (f *baseFlags) resolve(m *matrix.Matrix) ([]platformBase, error) {
	if _, err := m.Variant(f.variant); err != nil {
		return nil, err
	}
	if f.variant != "go" {
		return nil, msg.Errorf("--variant: %s needs the base's package manager, which is not run here", "--variant：%s 需要运行基础镜像的包管理器，此处不会运行", f.variant).WithKind(msg.Usage).
			WithHint("build its Dockerfile (yingzao image render), or give a base that has the packages", "请构建其 Dockerfile（yingzao image render），或提供已包含所需软件包的基础镜像")
	}
	if f.base == "" {
		f.base = m.Default
	}
	row, err := m.Find(f.base)
	known := err == nil
	if !known && !strings.ContainsAny(f.base, ":/") && f.base != "scratch" {
		return nil, err // a name that is none of ours, not a reference
	}
	words := f.platforms
	for _, p := range row.Platforms {
		if len(f.platforms) == 0 && p.Hole.IsZero() {
			words = append(words, "linux/"+archOf(p))
		}
	}
	if len(words) == 0 {
		return nil, msg.Errorf("image build: --platform is needed for a base that is not of the matrix", "image build：对于矩阵之外的基础镜像需要 --platform").WithKind(msg.Usage).
			WithHint("for example --platform linux/amd64,linux/arm64", "例如 --platform linux/amd64,linux/arm64")
	}
	targets, err := platforms("platform", words)
	if err != nil {
		return nil, err
	}
	froms, err := perPlatform("base-from", f.froms)
	if err != nil {
		return nil, err
	}
	var all []platformBase
	for _, t := range targets {
		b := platformBase{target: t}
		where := forPlatform(froms, t)
		delete(froms, t.String())
		switch {
		case known:
			if err := b.ofMatrix(row, &where); err != nil {
				return nil, err
			}
		case where == "":
			where = f.base
		}
		if b.source, err = assemble.ParseSource(where); err != nil {
			return nil, err
		}
		if b.source.Kind != assemble.Registry && b.source.Kind != assemble.Layout {
			b.digest = "" // the lock's is that of an image in a registry
		}
		all = append(all, b)
	}
	for name := range froms {
		if name != "" {
			return nil, msg.Errorf("--base-from: %s is not among the platforms", "--base-from：%s 不在所选平台之中", name).WithKind(msg.Usage).
				WithHint("add it to --platform", "请将其加入 --platform")
		}
	}
	return all, nil
}

// ofMatrix takes family, digest and, where none is given, the reference from the
// matrix. A hole is refused unless the user brings the base.
func (b *platformBase) ofMatrix(row matrix.Base, where *string) error {
	word := strings.TrimPrefix(b.target.String(), "linux/")
	p, ok := platformOf(row, word)
	switch {
	case !ok:
		var there []string
		for _, p := range row.Platforms {
			there = append(there, "linux/"+archOf(p))
		}
		return msg.Errorf("build on %s: it is not for %s", "以 %s 为基础镜像构建：它不支持 %s", row.Name, b.target).WithKind(msg.Usage).
			WithHint("it is for %s", "它支持 %s", strings.Join(there, ", "))
	case *where == "" && !p.Hole.IsZero():
		return msg.Errorf("build on %s for %s: %v", "以 %s 为基础镜像构建 %s：%v", row.Name, b.target, p.Hole).WithKind(msg.Usage).
			WithHint("bring the base yourself: --base-from %s=docker-archive:FILE", "请自行提供基础镜像：--base-from %s=docker-archive:文件", b.target)
	case *where == "" && row.Family == matrix.None:
		*where = "scratch"
	case *where == "":
		*where = row.RefFor(p.Arch)
	}
	b.family, b.digest = row.Family, p.Digest
	return nil
}

// imageName is the name in the bill of materials.
func (f *baseFlags) imageName() string {
	if strings.ContainsAny(f.base, ":/") {
		return "go-builder"
	}
	return "go-builder-" + f.base
}
