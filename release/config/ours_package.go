package config

import (
	"cmp"
	"io/fs"
)

// ourOverridable are the fields of a package that can differ by format.
type ourOverridable struct {
	PackageName      string               `yaml:"package_name,omitempty" jsonschema_description:"Template of the package's name. Default: the project's."`
	FileNameTemplate string               `yaml:"file_name_template,omitempty" jsonschema_description:"Template of the file's name without extension. Default: the convention of each format."`
	Bindir           string               `yaml:"bindir,omitempty" jsonschema_description:"Template of the folder for binaries. Default: /usr/bin."`
	Epoch            string               `yaml:"epoch,omitempty" jsonschema_description:"Epoch of the version."`
	Release          string               `yaml:"release,omitempty" jsonschema_description:"Release number of the package."`
	Prerelease       string               `yaml:"prerelease,omitempty" jsonschema_description:"Prerelease part of the version. Default: the version's own."`
	VersionMetadata  string               `yaml:"version_metadata,omitempty" jsonschema_description:"Metadata part of the version."`
	Dependencies     texts                `yaml:"dependencies,omitempty" jsonschema_description:"Packages that must be installed."`
	Recommends       texts                `yaml:"recommends,omitempty" jsonschema_description:"Packages that should be installed."`
	Suggests         texts                `yaml:"suggests,omitempty" jsonschema_description:"Packages that go well with this one."`
	Conflicts        texts                `yaml:"conflicts,omitempty" jsonschema_description:"Packages that must not be installed."`
	Replaces         texts                `yaml:"replaces,omitempty" jsonschema_description:"Packages that this one replaces."`
	Provides         texts                `yaml:"provides,omitempty" jsonschema_description:"Names that this package stands for."`
	Umask            fs.FileMode          `yaml:"umask,omitempty" jsonschema_description:"Permissions taken away from files. Default: 022."`
	Contents         []ourPackageContent  `yaml:"contents,omitempty" jsonschema_description:"Files, folders and links beside the binaries."`
	Scripts          *ourPackageScripts   `yaml:"scripts,omitempty" jsonschema_description:"Scripts to run around installation and removal."`
	RPM              *ourPackageRPM       `yaml:"rpm,omitempty" jsonschema_description:"What only rpm has."`
	Deb              *ourPackageDeb       `yaml:"deb,omitempty" jsonschema_description:"What only deb has."`
	APK              *ourPackageUpgrade   `yaml:"apk,omitempty" jsonschema_description:"What only apk has."`
	Archlinux        *ourPackageArchlinux `yaml:"archlinux,omitempty" jsonschema_description:"What only archlinux has."`
}

type ourPackage struct {
	ourOverridable `yaml:",inline"`
	ID             string                    `yaml:"id,omitempty" jsonschema_description:"Name of this entry. Default: default."`
	IDs            texts                     `yaml:"ids,omitempty" jsonschema_description:"Builds to pack. Default: all."`
	Goamd64        texts                     `yaml:"goamd64,omitempty" jsonschema_description:"Levels of amd64 to pack. Default: all."`
	Formats        texts                     `yaml:"formats,omitempty" jsonschema_description:"deb, rpm, apk or archlinux. Default: deb and rpm."`
	Maintainer     string                    `yaml:"maintainer,omitempty" jsonschema_description:"Template of name and address. deb needs one."`
	Vendor         string                    `yaml:"vendor,omitempty" jsonschema_description:"Template of the vendor."`
	Homepage       string                    `yaml:"homepage,omitempty" jsonschema_description:"Template of the homepage."`
	Description    string                    `yaml:"description,omitempty" jsonschema_description:"Template of the description; its first line is the summary."`
	License        string                    `yaml:"license,omitempty" jsonschema_description:"Template of the licence."`
	Section        string                    `yaml:"section,omitempty" jsonschema_description:"Template of the section."`
	Priority       string                    `yaml:"priority,omitempty" jsonschema_description:"Template of the priority."`
	Changelog      string                    `yaml:"changelog,omitempty" jsonschema_description:"A changelog file in chglog's form."`
	MTime          string                    `yaml:"mtime,omitempty" jsonschema_description:"Template of an RFC 3339 time. Default: the release's."`
	Meta           bool                      `yaml:"meta,omitempty" jsonschema_description:"No binaries inside."`
	Overrides      map[string]ourOverridable `yaml:"overrides,omitempty" jsonschema_description:"Other values for a format: deb, rpm, apk or archlinux."`
}

type ourPackageContent struct {
	Src      string   `yaml:"src,omitempty" jsonschema_description:"Template of a path or glob; the target of a link."`
	Dst      string   `yaml:"dst" jsonschema:"required" jsonschema_description:"Template of the path on the machine."`
	Type     string   `yaml:"type,omitempty" jsonschema_description:"config, config|noreplace, dir, tree, symlink, ghost, doc, license … Default: a file."`
	Packager string   `yaml:"packager,omitempty" jsonschema_description:"Only for this format. Default: all."`
	FileInfo *ourInfo `yaml:"file_info,omitempty" jsonschema_description:"What the package says of the file."`
	Expand   bool     `yaml:"expand,omitempty" jsonschema_description:"Expand environment variables in the paths."`
}

type ourPackageScripts struct {
	PreInstall  string `yaml:"preinstall,omitempty" jsonschema_description:"Script to run before installation."`
	PostInstall string `yaml:"postinstall,omitempty" jsonschema_description:"Script to run after installation."`
	PreRemove   string `yaml:"preremove,omitempty" jsonschema_description:"Script to run before removal."`
	PostRemove  string `yaml:"postremove,omitempty" jsonschema_description:"Script to run after removal."`
}

type ourPackageUpgrade struct {
	PreUpgrade  string `yaml:"preupgrade,omitempty" jsonschema_description:"Script to run before an upgrade."`
	PostUpgrade string `yaml:"postupgrade,omitempty" jsonschema_description:"Script to run after an upgrade."`
}

type ourPackageArchlinux struct {
	Pkgbase           string `yaml:"pkgbase,omitempty" jsonschema_description:"Base package."`
	Packager          string `yaml:"packager,omitempty" jsonschema_description:"Who packs."`
	ourPackageUpgrade `yaml:",inline"`
}

type ourPackageRPM struct {
	Summary     string `yaml:"summary,omitempty" jsonschema_description:"One line. Default: the first of the description."`
	Group       string `yaml:"group,omitempty" jsonschema_description:"Group of the package."`
	Packager    string `yaml:"packager,omitempty" jsonschema_description:"Who packs."`
	Compression string `yaml:"compression,omitempty" jsonschema_description:"gzip, xz, zstd … Default: the library's."`
	PreTrans    string `yaml:"pretrans,omitempty" jsonschema_description:"Script to run before the transaction."`
	PostTrans   string `yaml:"posttrans,omitempty" jsonschema_description:"Script to run after the transaction."`
	BuildHost   string `yaml:"buildhost,omitempty" jsonschema_description:"Host name to write down. Default: none, packages are reproducible."`
	Prefixes    texts  `yaml:"prefixes,omitempty" jsonschema_description:"Prefixes that can be relocated."`
}

type ourPackageDeb struct {
	Compression string            `yaml:"compression,omitempty" jsonschema_description:"gzip, xz, zstd or none. Default: gzip."`
	Rules       string            `yaml:"rules,omitempty" jsonschema_description:"A rules script."`
	Templates   string            `yaml:"templates,omitempty" jsonschema_description:"A debconf templates file."`
	Config      string            `yaml:"config,omitempty" jsonschema_description:"A debconf config script."`
	Predepends  texts             `yaml:"predepends,omitempty" jsonschema_description:"Packages that must be configured first."`
	Breaks      texts             `yaml:"breaks,omitempty" jsonschema_description:"Packages that this one breaks."`
	Lintian     texts             `yaml:"lintian_overrides,omitempty" jsonschema_description:"Lintian tags to override."`
	Fields      map[string]string `yaml:"fields,omitempty" jsonschema_description:"More control fields."`
	Triggers    *ourTriggers      `yaml:"triggers,omitempty" jsonschema_description:"dpkg triggers."`
}

type ourTriggers struct {
	Interest        texts `yaml:"interest,omitempty" jsonschema_description:"Triggers of interest."`
	InterestAwait   texts `yaml:"interest_await,omitempty" jsonschema_description:"Triggers of interest, awaited."`
	InterestNoAwait texts `yaml:"interest_noawait,omitempty" jsonschema_description:"Triggers of interest, not awaited."`
	Activate        texts `yaml:"activate,omitempty" jsonschema_description:"Triggers to activate."`
	ActivateAwait   texts `yaml:"activate_await,omitempty" jsonschema_description:"Triggers to activate, awaited."`
	ActivateNoAwait texts `yaml:"activate_noawait,omitempty" jsonschema_description:"Triggers to activate, not awaited."`
}

func (o ourPackage) project() Package {
	b := o.ourOverridable.project()
	formats := o.Formats
	if len(formats) == 0 {
		formats = texts{"deb", "rpm"}
	}
	p := Package{
		ID: cmp.Or(o.ID, "default"), Builds: o.IDs, Levels: o.Goamd64, Name: cmp.Or(b.Name, "{{ .ProjectName }}"), FileName: b.FileName, Formats: formats,
		Maintainer: o.Maintainer, Vendor: o.Vendor, Homepage: o.Homepage, Description: o.Description, License: o.License,
		Section: o.Section, Priority: o.Priority, Epoch: b.Epoch, Release: b.Release, Prerelease: b.Prerelease, VersionMetadata: b.VersionMetadata,
		Bindir: cmp.Or(b.Bindir, "/usr/bin"), Changelog: o.Changelog, ModTime: o.MTime, Umask: b.Umask, Meta: o.Meta,
		PackageRelations: b.PackageRelations, Contents: b.Contents, Scripts: b.Scripts, RPM: b.RPM, Deb: b.Deb, APK: b.APK, Archlinux: b.Archlinux,
	}
	for format, override := range o.Overrides {
		if p.Overrides == nil {
			p.Overrides = map[string]PackageOverride{}
		}
		p.Overrides[format] = override.project()
	}
	return p
}

func (o ourOverridable) project() PackageOverride {
	p := PackageOverride{
		Name: o.PackageName, FileName: o.FileNameTemplate, Bindir: o.Bindir,
		Epoch: o.Epoch, Release: o.Release, Prerelease: o.Prerelease, VersionMetadata: o.VersionMetadata, Umask: o.Umask,
		PackageRelations: PackageRelations{
			Dependencies: o.Dependencies, Recommends: o.Recommends, Suggests: o.Suggests,
			Conflicts: o.Conflicts, Replaces: o.Replaces, Provides: o.Provides,
		},
		Scripts: PackageScripts(value(o.Scripts)),
		APK:     PackageUpgrade(value(o.APK)),
	}
	for _, c := range o.Contents {
		p.Contents = append(p.Contents, PackageContent{
			Src: c.Src, Dst: c.Dst, Type: c.Type, Packager: c.Packager, FileInfo: value(c.FileInfo).project(), Expand: c.Expand,
		})
	}
	r, d, a := value(o.RPM), value(o.Deb), value(o.Archlinux)
	t := value(d.Triggers)
	p.RPM = PackageRPM{
		Summary: r.Summary, Group: r.Group, Packager: r.Packager, Compression: r.Compression,
		PreTrans: r.PreTrans, PostTrans: r.PostTrans, BuildHost: r.BuildHost, Prefixes: r.Prefixes,
	}
	p.Deb = PackageDeb{
		Compression: d.Compression, Rules: d.Rules, Templates: d.Templates, Config: d.Config,
		Predepends: d.Predepends, Breaks: d.Breaks, LintianOverrides: d.Lintian, Fields: d.Fields,
		Triggers: PackageTriggers{
			Interest: t.Interest, InterestAwait: t.InterestAwait, InterestNoAwait: t.InterestNoAwait,
			Activate: t.Activate, ActivateAwait: t.ActivateAwait, ActivateNoAwait: t.ActivateNoAwait,
		},
	}
	p.Archlinux = PackageArchlinux{Pkgbase: a.Pkgbase, Packager: a.Packager, PackageUpgrade: PackageUpgrade(a.ourPackageUpgrade)}
	return p
}

// value is what p points to, or the zero value.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
