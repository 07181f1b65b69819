package config

import "io/fs"

// Package is one deb, rpm, apk … of the linux builds.
type Package struct {
	ID                                                                    string
	Builds                                                                []string // build ids; empty = all
	Levels                                                                []string // amd64 levels that are packed; empty = all
	Name                                                                  string   // template of the package's name
	FileName                                                              string   // template of the file's name, the extension is added unless it is there; "" = each format's convention
	Formats                                                               []string // of PackageFormats
	Maintainer, Vendor, Homepage, Description, License, Section, Priority string   // templates
	Epoch, Release, Prerelease, VersionMetadata                           string
	Bindir                                                                string      // template
	Changelog                                                             string      // path of a chglog file; "" = none
	ModTime                                                               string      // template, RFC 3339; "" = Project.ModTime
	Umask                                                                 fs.FileMode // 0 = 022
	Meta                                                                  bool        // no binaries
	PackageRelations
	Contents  []PackageContent
	Scripts   PackageScripts
	Overrides map[string]PackageOverride // by format
	RPM       PackageRPM
	Deb       PackageDeb
	APK       PackageUpgrade
	Archlinux PackageArchlinux
}

// PackageFormats are the kinds of packages that can be made.
func PackageFormats() []string { return []string{"deb", "rpm", "apk", "archlinux"} }

// PackageRelations are names of other packages.
type PackageRelations struct {
	Dependencies, Recommends, Suggests, Conflicts, Replaces, Provides []string // templates
}

// PackageContent is one entry of a package beside the binaries.
type PackageContent struct {
	Src, Dst string // templates; Src a glob
	Type     string // "", config, config|noreplace, dir, symlink, ghost, doc, license …
	Packager string // "" = all formats
	FileInfo FileInfo
	Expand   bool
}

// PackageScripts are paths of maintainer scripts; templates.
type PackageScripts struct{ PreInstall, PostInstall, PreRemove, PostRemove string }

// PackageUpgrade are paths of scripts that apk and archlinux run on upgrades.
type PackageUpgrade struct{ PreUpgrade, PostUpgrade string }

// PackageOverride replaces non-empty fields of a Package for one format.
type PackageOverride struct {
	Name, FileName, Bindir                      string
	Epoch, Release, Prerelease, VersionMetadata string
	Umask                                       fs.FileMode
	PackageRelations
	Contents  []PackageContent
	Scripts   PackageScripts
	RPM       PackageRPM
	Deb       PackageDeb
	APK       PackageUpgrade
	Archlinux PackageArchlinux
}

// PackageRPM are fields that only rpm has.
type PackageRPM struct {
	Summary, Group, Packager, Compression, PreTrans, PostTrans, BuildHost string
	Prefixes                                                              []string
}

// PackageDeb are fields that only deb has.
type PackageDeb struct {
	Compression, Rules, Templates, Config string
	Predepends, Breaks, LintianOverrides  []string
	Fields                                map[string]string
	Triggers                              PackageTriggers
}

// PackageTriggers are dpkg's trigger directives.
type PackageTriggers struct {
	Interest, InterestAwait, InterestNoAwait, Activate, ActivateAwait, ActivateNoAwait []string
}

// PackageArchlinux are fields that only archlinux has.
type PackageArchlinux struct {
	Pkgbase, Packager string
	PackageUpgrade
}
