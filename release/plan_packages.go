package release

import (
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/linuxpkg"
)

// packages plans a package for each entry, linux target and format.
func (pl *planner) packages() error {
	for _, k := range pl.cfg.Packages {
		for _, t := range pl.plan.Targets() {
			jobs := pl.jobsOf(t, k.Builds)
			if t.OS != "linux" || len(jobs) == 0 || len(k.Levels) > 0 && t.Arch == "amd64" && !slices.Contains(k.Levels, t.FullLevel()) {
				continue
			}
			for _, format := range k.Formats {
				if err := pl.packageOf(merged(k, format), format, t, jobs); err != nil {
					return err
				}
			}
		}
	}
	slices.SortFunc(pl.plan.Packages, func(a, b PlannedPackage) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// merged lays a format's override over a package entry.
func merged(k config.Package, format string) config.Package {
	o, ok := k.Overrides[format]
	if !ok {
		return k
	}
	over(reflect.ValueOf(&k).Elem(), reflect.ValueOf(o))
	return k
}

// over copies the non-zero fields of o to the fields of the same name in v;
// structs are merged field by field.
func over(v, o reflect.Value) {
	for i := range o.NumField() {
		name, field := o.Type().Field(i).Name, o.Field(i)
		to := v.FieldByName(name)
		switch {
		case !to.IsValid() || field.IsZero():
		case field.Kind() == reflect.Struct:
			over(to, field)
		default:
			to.Set(field)
		}
	}
}

func (pl *planner) packageOf(k config.Package, format string, t target.Target, jobs []Job) error {
	f := pl.fields
	bf := config.TargetFields(t)
	bf.Name = jobs[0].Binary
	f.Build, f.Artifact = &bf, &config.ArtifactFields{Binary: path.Base(jobs[0].Binary)}
	e := &expander{f: f}
	one := func(field, text string) string { return e.one("nfpms."+field, text) }
	all := func(field string, texts []string) []string { return e.all("nfpms."+field, texts) }
	name := one("package_name", k.Name)
	e.f.Package = &config.PackageFields{PackageName: name, Format: format, Release: k.Release, Epoch: k.Epoch}
	modTime := e.date("nfpms.mtime", k.ModTime, e.timestamp("metadata.mod_timestamp", pl.cfg.ModTime, f.CommitTime))
	p := linuxpkg.Package{
		Format: format, Name: name, Target: t, Version: f.Version,
		Release: one("release", k.Release), Epoch: one("epoch", k.Epoch), Prerelease: one("prerelease", k.Prerelease), VersionMetadata: one("version_metadata", k.VersionMetadata),
		Section: one("section", k.Section), Priority: one("priority", k.Priority), Maintainer: one("maintainer", k.Maintainer),
		Description: one("description", k.Description), Vendor: one("vendor", k.Vendor), Homepage: one("homepage", k.Homepage), License: one("license", k.License),
		Depends: all("dependencies", k.Dependencies), Recommends: all("recommends", k.Recommends), Suggests: all("suggests", k.Suggests),
		Conflicts: all("conflicts", k.Conflicts), Replaces: all("replaces", k.Replaces), Provides: all("provides", k.Provides),
		Scripts: linuxpkg.Scripts{
			PreInstall: one("scripts.preinstall", k.Scripts.PreInstall), PostInstall: one("scripts.postinstall", k.Scripts.PostInstall),
			PreRemove: one("scripts.preremove", k.Scripts.PreRemove), PostRemove: one("scripts.postremove", k.Scripts.PostRemove),
		},
		RPM: linuxpkg.RPMFields{
			Summary: one("rpm.summary", k.RPM.Summary), Group: one("rpm.group", k.RPM.Group), Packager: one("rpm.packager", k.RPM.Packager), Compression: k.RPM.Compression,
			PreTrans: one("rpm.scripts.pretrans", k.RPM.PreTrans), PostTrans: one("rpm.scripts.posttrans", k.RPM.PostTrans), Prefixes: all("rpm.prefixes", k.RPM.Prefixes),
		},
		Deb: linuxpkg.DebFields{
			Compression: k.Deb.Compression, Rules: one("deb.scripts.rules", k.Deb.Rules), Templates: one("deb.scripts.templates", k.Deb.Templates), Config: one("deb.scripts.config", k.Deb.Config),
			Predepends: all("deb.predepends", k.Deb.Predepends), Breaks: all("deb.breaks", k.Deb.Breaks), LintianOverrides: k.Deb.LintianOverrides, Fields: k.Deb.Fields,
		},
		MTime: modTime, Umask: k.Umask,
	}
	for _, c := range k.Contents {
		p.Contents = append(p.Contents, linuxpkg.Content{
			Src: one("contents.src", c.Src), Glob: strings.ContainsAny(c.Src, "*?[{"), Dst: one("contents.dst", c.Dst), Type: c.Type, Packager: c.Packager,
			Mode: c.FileInfo.Mode, Owner: one("contents.file_info", c.FileInfo.Owner), Group: one("contents.file_info", c.FileInfo.Group),
			MTime: e.date("nfpms.contents.file_info", c.FileInfo.ModTime, modTime),
		})
	}
	out := PlannedPackage{ID: k.ID, Package: p}
	if !k.Meta {
		bindir := one("bindir", k.Bindir)
		for _, j := range jobs {
			out.Binaries = append(out.Binaries, Member{Name: path.Join(bindir, path.Base(j.Binary)), Build: j.Build, Mode: 0o755, ModTime: j.ModTime})
		}
	}
	conventional := linuxpkg.FileName(p)
	out.Name = conventional
	if k.FileName != "" {
		e.f.Package.ConventionalFileName, e.f.Package.ConventionalExtension = conventional, linuxpkg.Extension(format)
		out.Name = one("file_name_template", k.FileName)
		if !strings.HasSuffix(out.Name, linuxpkg.Extension(format)) {
			out.Name += linuxpkg.Extension(format)
		}
	}
	if e.err != nil {
		return e.err
	}
	var err error
	if out.Inputs, err = pl.packageInputs(&p, e); err != nil {
		return err
	}
	if left := unsupported(k); left != "" {
		return msg.Errorf("nfpms %s: %s cannot be made here", "nfpms %s：无法生成 %s", k.ID, left).
			WithHint("remove the field; the packages are written without it", "请删除该字段；软件包不支持它").WithKind(msg.Usage)
	}
	pl.plan.Packages = append(pl.plan.Packages, out)
	return nil
}

// packageInputs sums every file of the project that a package reads, so that the
// plan's digest covers them.
func (pl *planner) packageInputs(p *linuxpkg.Package, e *expander) ([]Member, error) {
	var list []config.ExtraFile
	for _, c := range p.Contents {
		if c.Src != "" && c.Type != "symlink" && c.Type != "dir" && c.Type != "ghost" && (c.Packager == "" || c.Packager == p.Format) {
			list = append(list, config.ExtraFile{Src: c.Src})
		}
	}
	for _, s := range scriptPaths(p) {
		if *s != "" {
			list = append(list, config.ExtraFile{Src: *s})
		}
	}
	return pl.extraFiles("nfpms.contents", list, e, p.MTime)
}

// unsupported names a field of the configuration that linuxpkg has no
// counterpart for.
func unsupported(k config.Package) string {
	for name, v := range map[string]any{
		"changelog": k.Changelog, "apk.scripts": k.APK, "archlinux": k.Archlinux, "rpm.buildhost": k.RPM.BuildHost,
	} {
		if !reflect.ValueOf(v).IsZero() {
			return name
		}
	}
	if !reflect.ValueOf(k.Deb.Triggers).IsZero() {
		return "deb.triggers"
	}
	return ""
}

// scriptPaths are all fields of a package that name a script on this host.
func scriptPaths(p *linuxpkg.Package) []*string {
	s, r, d := &p.Scripts, &p.RPM, &p.Deb
	return []*string{&s.PreInstall, &s.PostInstall, &s.PreRemove, &s.PostRemove, &r.PreTrans, &r.PostTrans, &d.Rules, &d.Templates, &d.Config}
}

// texts collects every string of a configuration, so that the names its
// templates use can be found.
func texts(cfg *config.Project) (out []string) {
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			out = append(out, v.String())
		case reflect.Pointer, reflect.Interface:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Slice, reflect.Array:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Map:
			for _, k := range v.MapKeys() {
				walk(v.MapIndex(k))
			}
		}
	}
	walk(reflect.ValueOf(cfg))
	return out
}
