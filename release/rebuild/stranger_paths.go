package rebuild

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/linuxpkg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

var commitID = lazyre.New(`^([0-9a-f]{40}|[0-9a-f]{64})?$`)

// named refuses a plan whose own names would lead out of the work folder, or be taken
// for options by the programs that get them. No caller can allow that.
func named(p *release.Plan) error {
	if !commitID.Re().MatchString(p.Commit) {
		return strays("commit", "提交", p.Commit)
	}
	for _, j := range p.Jobs {
		switch {
		case !local(j.Build):
			return strays("build", "构建", j.Build)
		case !local(j.Binary):
			return strays("binary", "二进制", j.Binary)
		case strings.HasPrefix(j.Main, "-"):
			return strays("package", "包", j.Main)
		}
	}
	for _, u := range p.Universal {
		if !local(u.ID) || !local(u.Name) {
			return strays("universal binary", "通用二进制", u.ID+"/"+u.Name)
		}
	}
	for _, name := range namesOf(p) {
		if manifest.CheckName("artifact", name) != nil {
			return strays("artifact", "制品", name)
		}
	}
	return nil
}

// namesOf are the names of all files that a plan makes.
func namesOf(p *release.Plan) (out []string) {
	for _, a := range p.Archives {
		out = append(out, a.Name)
	}
	for _, k := range p.Packages {
		out = append(out, k.Name)
	}
	for _, s := range p.SBOMs {
		out = append(out, s.Name)
	}
	if p.Source != nil {
		out = append(out, p.Source.Name)
	}
	if p.Checksums != nil {
		out = append(out, p.Checksums.Name)
	}
	return out
}

// confined is named, and refuses a plan that reads files outside of the sources,
// which lie below root, the module's in dir. A link that leads out is refused too.
func confined(p *release.Plan, root, dir string) error {
	if err := named(p); err != nil {
		return err
	}
	r, err := os.OpenRoot(root)
	if err != nil {
		return msg.Errorf("rebuild: %w", "重建：%w", err)
	}
	defer r.Close()
	below, err := filepath.Rel(root, dir)
	if err != nil {
		return msg.Errorf("rebuild: %w", "重建：%w", err)
	}
	for _, from := range readBy(p) {
		at := filepath.Join(below, filepath.FromSlash(from))
		if path.IsAbs(from) || filepath.IsAbs(filepath.FromSlash(from)) || !filepath.IsLocal(at) {
			return strays("file", "文件", from)
		}
		if _, err := r.Stat(at); err != nil && !errors.Is(err, fs.ErrNotExist) { // a hook may make it yet
			return strays("file", "文件", from)
		}
	}
	return nil
}

// readBy are the paths that building and packing read by name, from the module's
// folder.
func readBy(p *release.Plan) (out []string) {
	members := func(all []release.Member) {
		for _, m := range all {
			if m.Build == "" {
				out = append(out, m.From)
			}
		}
	}
	for _, j := range p.Jobs {
		out = append(out, j.Dir, path.Join(j.Dir, j.Main))
		if path.IsAbs(j.Main) {
			out = append(out, j.Main)
		}
	}
	for _, a := range p.Archives {
		members(a.Members)
	}
	for _, k := range p.Packages {
		members(k.Inputs)
		for _, c := range k.Package.Contents {
			if c.Type != "symlink" {
				out = append(out, c.Src)
			}
		}
		out = append(out, scripts(k.Package)...)
	}
	if p.Source != nil {
		members(p.Source.Members)
	}
	if p.Checksums != nil {
		members(p.Checksums.Extra)
	}
	return out
}

func scripts(p linuxpkg.Package) []string {
	s, r, d := p.Scripts, p.RPM, p.Deb
	return []string{s.PreInstall, s.PostInstall, s.PreRemove, s.PostRemove, r.PreTrans, r.PostTrans, d.Rules, d.Templates, d.Config}
}

// local tells whether a path of a plan stays below the folder it is joined to.
func local(p string) bool {
	return p != "" && !strings.Contains(p, `\`) && filepath.IsLocal(filepath.FromSlash(p)) && !strings.HasPrefix(p, "-")
}

func strays(en, zh, name string) error {
	return msg.Errorf("rebuild: the plan names the %s %q, which does not stay in its folder", "重建：计划中的%s %q 超出其目录", msg.Text{EN: en, ZH: zh}, name).WithKind(msg.Findings).
		WithHint("yingzao makes no such plan: do not trust this release", "yingzao 不会生成这样的计划：请勿信任该发布")
}
