package release

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// universal plans the fat darwin binaries.
func (pl *planner) universal() error {
	for _, u := range pl.cfg.Universal {
		if len(u.Pre)+len(u.Post) > 0 {
			return msg.Errorf("universal_binaries %s: hooks are not run", "universal_binaries %s：不支持 hooks", u.ID).
				WithHint("move the command to builds: hooks", "请把命令移到 builds: hooks").WithKind(msg.Usage)
		}
		f := pl.fields
		e := expander{f: f}
		builds := u.Builds
		if len(builds) == 0 {
			builds = []string{u.ID}
		}
		fat := PlannedFat{
			ID: u.ID, Builds: builds, Name: e.one("universal_binaries.name_template", u.Name), Replace: u.Replace,
			ModTime: e.timestamp("universal_binaries.mod_timestamp", pl.modTime(u.ModTime), f.CommitTime),
		}
		if e.err != nil {
			return e.err
		}
		if !goodBinary(fat.Name) {
			return badBinary(u.ID, fat.Name)
		}
		thin := map[string]string{} // build by architecture
		for _, j := range pl.plan.Jobs {
			if j.Target.OS != "darwin" || !slices.Contains(builds, j.Build) {
				continue
			}
			if other, taken := thin[j.Target.Arch]; taken {
				return msg.Errorf("universal_binaries %s: builds %s and %s are both for %s", "universal_binaries %s：构建 %s 与 %s 都面向 %s", u.ID, other, j.Build, j.Target).
					WithHint("a universal binary holds one program; give each program an entry of its own", "一个通用二进制只包含一个程序；请为每个程序单独设置一项").WithKind(msg.Usage)
			}
			thin[j.Target.Arch] = j.Build
		}
		if len(thin) > 0 {
			pl.plan.Universal = append(pl.plan.Universal, fat)
		}
	}
	return nil
}

// checksums plans the lists of sums.
func (pl *planner) checksums() error {
	c := pl.cfg.Checksum
	if c.Disable {
		return nil
	}
	f := pl.fields
	f.Algorithm = c.Algorithm
	if c.Split {
		f.Artifact = &config.ArtifactFields{ArtifactName: artifactMark}
	}
	name, err := config.Expand(c.Name, f)
	if err != nil {
		return config.In("checksum.name_template", err)
	}
	if _, known := newHash[c.Algorithm]; !known && c.Algorithm != "sha256" {
		return msg.Errorf("checksum.algorithm: unknown algorithm %q", "checksum.algorithm：未知的算法 %q", c.Algorithm).WithKind(msg.Usage)
	}
	e := &expander{f: pl.fields}
	extra, err := pl.extraFiles("checksum.extra_files", c.ExtraFiles, e, f.CommitTime)
	if err != nil {
		return err
	}
	pl.plan.Checksums = &PlannedSums{Name: name, Algorithm: c.Algorithm, Split: c.Split, IDs: c.Builds, Extra: extra}
	return nil
}

// names refuses artifact names that collide or cannot be stored.
func (pl *planner) names() error {
	seen := map[string]msg.Text{}
	for _, own := range []string{partsFolder, PlanFile, manifest.FileName, artifactsFile, metadataFile, ReportFile, reportPageFile} {
		seen[own] = msg.Text{EN: "a file of yingzao itself", ZH: "yingzao 自身的文件"}
	}
	check := func(name string, from msg.Text) error {
		if err := manifest.CheckName("artifact", name); err != nil {
			return err
		}
		if other, taken := seen[strings.ToLower(name)]; taken {
			return msg.Errorf("plan: %s and %s are both called %s", "规划：%s 与 %s 的文件名都是 %s", other, from, name).
				WithHint("put what tells them apart into name_template, for example {{ .Os }}_{{ .Arch }} or {{ .Binary }}", "请在 name_template 中加入可区分的内容，例如 {{ .Os }}_{{ .Arch }} 或 {{ .Binary }}").WithKind(msg.Usage)
		}
		seen[strings.ToLower(name)] = from
		return nil
	}
	for _, a := range pl.plan.Archives {
		if err := check(a.Name, msg.Textf("archive %s for %s", "归档 %s（%s）", a.ID, a.Target)); err != nil {
			return err
		}
	}
	for _, k := range pl.plan.Packages {
		if err := check(k.Name, msg.Textf("package %s for %s", "软件包 %s（%s）", k.ID, k.Package.Target)); err != nil {
			return err
		}
	}
	if s := pl.plan.Source; s != nil {
		if err := check(s.Name, msg.Text{EN: "the source archive", ZH: "源码归档"}); err != nil {
			return err
		}
	}
	for _, b := range pl.plan.SBOMs {
		if err := check(b.Name, msg.Text{EN: "a bill of materials", ZH: "物料清单"}); err != nil {
			return err
		}
	}
	if c := pl.plan.Checksums; c != nil && !c.Split {
		return check(c.Name, msg.Text{EN: "the checksums", ZH: "校验和文件"})
	}
	return nil
}
