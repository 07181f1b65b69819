package config

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func (m *mapper) packages() {
	for i, c := range m.from.NFPMs {
		at := strconv.Itoa(i)
		if len(c.Builds) > 0 {
			m.deprecated("nfpms.builds", "nfpms.ids", "nfpms", at, "builds")
		}
		base := overridable(c.NFPMOverridables)
		p := Package{
			ID: cmp.Or(c.ID, "default"), Builds: append(c.IDs, c.Builds...), Levels: c.GoAmd64, Formats: m.packageFormats(c, at),
			Name:     cmp.Or(c.PackageName, "{{ .ProjectName }}"),
			FileName: cmp.Or(c.FileNameTemplate, goreleaserPackageName),
			Bindir:   cmp.Or(c.Bindir, "/usr/bin"),
			Section:  c.Section, Priority: c.Priority, Vendor: c.Vendor, Homepage: c.Homepage, Maintainer: c.Maintainer,
			Description: c.Description, License: c.License, Changelog: c.Changelog, ModTime: c.MTime, Meta: c.Meta,
			Epoch: base.Epoch, Release: base.Release, Prerelease: base.Prerelease, VersionMetadata: base.VersionMetadata,
			Umask: base.Umask, PackageRelations: base.PackageRelations, Contents: base.Contents, Scripts: base.Scripts,
			RPM: base.RPM, Deb: base.Deb, APK: base.APK, Archlinux: base.Archlinux,
		}
		for format, o := range c.Overrides {
			if !slices.Contains(PackageFormats(), format) {
				m.notice("ignored", "nfpms.overrides", m.file.Line("nfpms", at, "overrides", format), "nfpms.overrides.%[1]s: %[1]s packages are not made",
					"nfpms.overrides.%[1]s：不制作 %[1]s 包", format)
				continue
			}
			if p.Overrides == nil {
				p.Overrides = map[string]PackageOverride{}
			}
			p.Overrides[format] = overridable(o)
		}
		if len(p.Formats) > 0 {
			m.to.Packages = append(m.to.Packages, p)
			continue
		}
		m.notice("skipped", "nfpms", m.file.Line("nfpms", at), "this entry of nfpms names no format that can be made", "nfpms 的这一项没有可制作的格式")
	}
}

// packageFormats refuses the kinds of packages that GoReleaser could make and
// we cannot.
func (m *mapper) packageFormats(c config.NFPM, at string) []string {
	var all []string
	for _, f := range c.Formats {
		switch f {
		case "ipk", "termux.deb":
			m.refuse("nfpms.formats", m.node("nfpms", at, "formats"), msg.Textf("%s packages are not made here", "不制作 %s 包", f))
		default:
			all = append(all, f)
		}
	}
	return all
}

// overridable maps what a package and its overrides for a format share.
func overridable(c config.NFPMOverridables) PackageOverride {
	o := PackageOverride{
		Name: c.PackageName, FileName: c.FileNameTemplate,
		Epoch: c.Epoch, Release: c.Release, Prerelease: c.Prerelease, VersionMetadata: c.VersionMetadata, Umask: c.Umask,
		PackageRelations: PackageRelations{
			Dependencies: c.Dependencies, Recommends: c.Recommends, Suggests: c.Suggests,
			Conflicts: c.Conflicts, Replaces: c.Replaces, Provides: c.Provides,
		},
		Scripts: PackageScripts(c.Scripts),
		RPM: PackageRPM{
			Summary: c.RPM.Summary, Group: c.RPM.Group, Packager: c.RPM.Packager, Compression: c.RPM.Compression, BuildHost: c.RPM.BuildHost,
			PreTrans: c.RPM.Scripts.PreTrans, PostTrans: c.RPM.Scripts.PostTrans, Prefixes: c.RPM.Prefixes,
		},
		Deb: PackageDeb{
			Compression: c.Deb.Compression, Rules: c.Deb.Scripts.Rules, Templates: c.Deb.Scripts.Templates, Config: c.Deb.Scripts.Config,
			Predepends: c.Deb.Predepends, Breaks: c.Deb.Breaks, LintianOverrides: c.Deb.Lintian, Fields: c.Deb.Fields,
			Triggers: PackageTriggers(c.Deb.Triggers),
		},
		APK:       PackageUpgrade(c.APK.Scripts),
		Archlinux: PackageArchlinux{Pkgbase: c.ArchLinux.Pkgbase, Packager: c.ArchLinux.Packager, PackageUpgrade: PackageUpgrade(c.ArchLinux.Scripts)},
	}
	for _, f := range c.Contents {
		o.Contents = append(o.Contents, PackageContent{
			Src: f.Source, Dst: f.Destination, Type: f.Type, Packager: f.Packager, FileInfo: fileInfo(f.FileInfo), Expand: f.Expand,
		})
	}
	return o
}
