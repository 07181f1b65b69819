package linuxpkg

import (
	"io/fs"
	"time"

	"github.com/yingzao-dev/yingzao/internal/target"
)

// The formats.
const (
	Deb       = "deb"
	RPM       = "rpm"
	APK       = "apk"
	ArchLinux = "archlinux"
)

// Formats are all formats, in the order in which they are documented.
func Formats() []string { return []string{Deb, RPM, APK, ArchLinux} }

// Extension is what the file name of a format ends in; "" for an unknown one.
func Extension(format string) string {
	switch format {
	case Deb, RPM, APK:
		return "." + format
	case ArchLinux:
		return ".pkg.tar.zst"
	}
	return ""
}

// Package is one package of one format for one target. Format, Name, Target and
// Version are required.
type Package struct {
	Format string        // deb, rpm, apk or archlinux
	Name   string        // as the format allows; deb: lower case without underscore
	Target target.Target // linux only

	// Version is a semantic version, with or without v; its prerelease and
	// metadata are split off unless the fields of that name are set. Any other
	// version is taken as it is.
	Version         string
	Release         string // revision of the packaging; "" = 1 in rpm and archlinux, none elsewhere
	Epoch           string // a number; "" = none
	Prerelease      string // sorts before the version without it
	VersionMetadata string

	Section     string // deb
	Priority    string // deb; "" = optional
	Maintainer  string // "" = in deb a stand-in that says it is unset
	Description string // may have several lines; the first is the summary
	Vendor      string // rpm
	Homepage    string
	License     string

	// Relations are written as the format writes them: deb "libc6 (>= 2.28)",
	// rpm "glibc >= 2.28". Empty entries are dropped.
	Depends, Recommends, Suggests, Conflicts, Replaces, Provides []string

	Contents []Content
	Scripts  Scripts
	RPM      RPMFields
	Deb      DebFields

	MTime time.Time   // of everything in the package, in whole seconds; zero = 1970
	Umask fs.FileMode // taken from modes that are not set; 0 = 022
	Temp  string      // folder for small files while writing; "" = the system's
}

// Content is one entry, or with Glob or Type tree several.
type Content struct {
	// Src is a path on this host; of a symlink the text of the link; unused for
	// dir and ghost. A folder means the files below it.
	Src string
	// Glob makes Src a pattern (*, **, {a,b}, [c]): one match is Dst itself,
	// several are put below Dst by their paths below the common folder; a Dst
	// that ends in / collects them by base name.
	Glob bool
	Dst  string // path in the installed system
	// Type is "" or file, config, config|noreplace, config|missingok, dir,
	// tree, symlink, or in rpm ghost, doc, license, licence, readme.
	Type     string
	Packager string // the only format that gets this entry; "" = all
	// Mode is 0 for the default: 0755 or 0644 by the executable bit of Src (set
	// it for binaries when the host may be Windows), 0755 for a dir. Both 04755
	// and fs.ModeSetuid|0755 mean set-uid. In a tree it is the files' only.
	Mode         fs.FileMode
	Owner, Group string    // "" = root
	MTime        time.Time // zero = Package.MTime
}

// Scripts are paths, on this host, of maintainer scripts; "" = none. They are
// run by a shell in rpm; elsewhere by what their first line names, so a deb
// refuses one without #!.
type Scripts struct{ PreInstall, PostInstall, PreRemove, PostRemove string }

// RPMFields are what only rpm has. The zero value is fine.
type RPMFields struct {
	Summary     string // "" = first line of the description
	Group       string
	Packager    string // "" = Maintainer
	Compression string // gzip[:level], xz, lzma, zstd[:level]; "" = gzip:8
	PreTrans    string // path of a script
	PostTrans   string // path of a script
	Prefixes    []string
}

// DebFields are what only deb has. The zero value is fine.
type DebFields struct {
	Compression              string // gzip[:level], xz, zstd[:level], none; "" = gzip:8
	Rules, Templates, Config string // paths of files for the control archive
	Predepends, Breaks       []string
	LintianOverrides         []string          // tags, without the package's name
	Fields                   map[string]string // further fields of the control file; empty values are left out
}
