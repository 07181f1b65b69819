package matrix

import (
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Build is one image for one platform, or the reason why there is none.
type Build struct {
	Base     Base
	Variant  Variant
	Platform Platform
	SDK      SDK      // zero where Hole is not
	Hole     msg.Text // zero = it can be built
}

// RefFor is the reference of the base for an architecture, without a digest: the
// platform's own, else the base's.
func (b Base) RefFor(arch string) string {
	for _, p := range b.Platforms {
		if p.Arch == arch && p.Ref != "" {
			return p.Ref
		}
	}
	return b.Ref
}

// Builds are all bases × variants × platforms in the order of the table, with the
// SDK of the matrix's Go. To see another release's, set m.Go.
func (m *Matrix) Builds() []Build {
	var all []Build
	for _, b := range m.Bases {
		for _, v := range m.Variants {
			for _, p := range b.Platforms {
				all = append(all, m.build(b, v, p))
			}
		}
	}
	return all
}

func (m *Matrix) build(b Base, v Variant, p Platform) Build {
	out := Build{Base: b, Variant: v, Platform: p, Hole: p.Hole}
	if out.Hole.IsZero() {
		out.Hole = v.Hole(b)
	}
	if !out.Hole.IsZero() {
		return out
	}
	sdk, err := m.SDKFor("", p.Arch, p.World)
	if err != nil {
		out.Hole = msg.Textf("%v", "%v", err)
		return out
	}
	out.SDK = sdk
	return out
}

// Hole is why the variant cannot be put on the base; zero if it can.
func (v Variant) Hole(b Base) msg.Text {
	switch {
	case v.Packages == nil:
		return msg.Text{}
	case len(b.Managers) == 0:
		return msg.Text{EN: "it has no package manager", ZH: "没有包管理器"}
	case len(v.Packages[b.Family]) == 0:
		return msg.Textf("no packages are named for %s", "没有为 %s 列出软件包", b.Family)
	}
	return msg.Text{}
}
