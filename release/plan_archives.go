package release

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/preflight"
)

// archives plans one archive for each entry, target and format.
func (pl *planner) archives() error {
	for _, a := range pl.cfg.Archives {
		counts := map[int]string{}
		for _, t := range pl.plan.Targets() {
			jobs := pl.jobsOf(t, a.Builds)
			if len(jobs) == 0 {
				continue
			}
			if t.OS == "darwin" { // a universal binary may stand for the thin ones
				jobs = slices.DeleteFunc(jobs, func(j Job) bool {
					return slices.ContainsFunc(pl.plan.Universal, func(u PlannedFat) bool { return u.Replace && slices.Contains(u.Builds, j.Build) })
				})
				if len(jobs) == 0 {
					continue
				}
			}
			counts[len(jobs)] = t.String()
			f := config.TargetFields(t)
			if err := pl.archive(a, t, f, jobs, ""); err != nil {
				return err
			}
		}
		if len(counts) > 1 && !a.AllowDifferentBinaryCount && !a.Meta {
			return msg.Errorf("archives %s: targets have different numbers of binaries", "archives %s：各目标的二进制数量不同", a.ID).
				WithHint("name the builds that belong together (ids), or set allow_different_binary_count: true", "请用 ids 指定同组的构建，或设置 allow_different_binary_count: true").WithKind(msg.Usage)
		}
		for _, u := range pl.plan.Universal {
			if len(a.Builds) > 0 && !slices.Contains(a.Builds, u.ID) && !slices.ContainsFunc(u.Builds, func(id string) bool { return slices.Contains(a.Builds, id) }) {
				continue
			}
			t := target.Target{OS: "darwin", Arch: "arm64"}
			f := config.BuildFields{Os: "darwin", Arch: "all", Target: "darwin_all", Name: u.Name}
			if err := pl.archive(a, t, f, []Job{{Build: u.ID, Target: t, Binary: u.Name, ModTime: u.ModTime}}, u.ID); err != nil {
				return err
			}
		}
	}
	slices.SortFunc(pl.plan.Archives, func(a, b PlannedArchive) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// jobsOf lists a target's jobs among the builds; no builds means all.
func (pl *planner) jobsOf(t target.Target, builds []string) (jobs []Job) {
	for _, j := range pl.plan.Jobs {
		if j.Target == t && (len(builds) == 0 || slices.Contains(builds, j.Build)) {
			jobs = append(jobs, j)
		}
	}
	return jobs
}

// archive plans one target's archives of an entry.
func (pl *planner) archive(a config.Archive, t target.Target, bf config.BuildFields, jobs []Job, universal string) error {
	formats := a.Formats
	if o, ok := a.Overrides[t.OS]; ok {
		formats = o
	}
	for _, format := range formats {
		if format == archive.Binary || format == archive.Gz { // one file a binary
			for _, j := range jobs {
				if err := pl.archiveOf(a, format, t, bf, []Job{j}, universal); err != nil {
					return err
				}
			}
			continue
		}
		if err := pl.archiveOf(a, format, t, bf, jobs, universal); err != nil {
			return err
		}
	}
	return nil
}

func (pl *planner) archiveOf(a config.Archive, format archive.Format, t target.Target, bf config.BuildFields, jobs []Job, universal string) error {
	f := pl.fields
	binary := strings.TrimSuffix(path.Base(jobs[0].Binary), ".exe")
	bf.Name = jobs[0].Binary
	f.Build, f.Artifact = &bf, &config.ArtifactFields{Binary: binary}
	e := &expander{f: f}
	bare := format == archive.Binary || format == archive.Gz
	name := e.one("archives.name_template", a.Name)
	f.Artifact.ArtifactName = name
	wrap := e.one("archives.wrap_in_directory", a.Wrap)
	switch wrap {
	case "true":
		wrap = name
	case "false":
		wrap = ""
	}
	modTime := e.timestamp("metadata.mod_timestamp", pl.cfg.ModTime, f.CommitTime)
	out := PlannedArchive{ID: a.ID, Target: t, Format: format, Wrap: wrap, ModTime: modTime, Universal: universal, Name: name + format.Ext()}
	if format == archive.Binary {
		out.Name += exe(t)
	}
	if !a.Meta || bare {
		for _, j := range jobs {
			m := Member{
				Name: path.Join(wrap, j.Binary), Build: j.Build, Mode: a.BinaryInfo.Mode,
				Owner: e.one("archives.builds_info", a.BinaryInfo.Owner), Group: e.one("archives.builds_info", a.BinaryInfo.Group),
				ModTime: e.date("archives.builds_info", a.BinaryInfo.ModTime, j.ModTime),
			}
			if a.StripBinaryDir {
				m.Name = path.Join(wrap, path.Base(j.Binary))
			}
			if m.Mode == 0 {
				m.Mode = 0o755
			}
			out.Members = append(out.Members, m)
		}
	}
	if !bare {
		extra, err := pl.extraFiles("archives.files", a.Files, e, modTime)
		if err != nil {
			return err
		}
		for _, m := range extra {
			m.Name = path.Join(wrap, m.Name)
			out.Members = append(out.Members, m)
		}
	}
	if e.err != nil {
		return e.err
	}
	slices.SortStableFunc(out.Members, func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
	for i := 1; i < len(out.Members); i++ {
		if m, n := out.Members[i-1], out.Members[i]; m.Name == n.Name {
			return msg.Errorf("archive %s: %s is in it twice (from %s and %s)", "归档 %s：%s 出现两次（来自 %s 和 %s）", out.Name, m.Name, cmp.Or(m.Build, m.From), cmp.Or(n.Build, n.From)).
				WithHint("give the binaries different names (builds: binary), or pack them apart (archives: ids)", "请为二进制设置不同的名称（builds: binary），或分开打包（archives: ids）").WithKind(msg.Usage)
		}
	}
	pl.plan.Archives = append(pl.plan.Archives, out)
	return nil
}

// source plans the archive of the files that git tracks.
func (pl *planner) source(ctx context.Context) error {
	s := pl.cfg.Source
	if !s.Enabled {
		return nil
	}
	if !pl.git.Found || pl.git.Commit == "" {
		return msg.Errorf("source: the project is not in a git repository, so there is no list of its files", "source：项目不在 git 仓库中，无法确定文件列表").
			WithHint("release from a git checkout, or leave source out", "请在 git 检出目录中发布，或去掉 source").WithKind(msg.Usage)
	}
	e := &expander{f: pl.fields}
	name, prefix := e.one("source.name_template", s.Name), e.one("source.prefix_template", s.Prefix)
	if e.err != nil {
		return e.err
	}
	tracked, err := preflight.Tracked(ctx, pl.dir)
	if err != nil {
		return err
	}
	out := &PlannedSource{Name: name + s.Format.Ext(), Format: s.Format}
	for _, rel := range tracked {
		m, err := pl.member("source", rel, config.ExtraFile{}, e, pl.fields.CommitTime)
		if err != nil {
			return err
		}
		m.Name = path.Join(prefix, rel)
		out.Members = append(out.Members, *m)
	}
	extra, err := pl.extraFiles("source.files", s.Files, e, pl.fields.CommitTime)
	if err != nil {
		return err
	}
	for _, m := range extra {
		m.Name = path.Join(prefix, m.Name)
		if !slices.ContainsFunc(out.Members, func(o Member) bool { return o.Name == m.Name }) {
			out.Members = append(out.Members, m)
		}
	}
	pl.plan.Source = out
	return nil
}
