package linuxpkg

import (
	"cmp"
	"io/fs"
	"maps"
	"strings"
	"time"

	"github.com/goreleaser/nfpm/v2"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// buildHost stands where rpm wants to know who built it.
const buildHost = "reproducible"

// defaultGzip is the level whose output is 0.2 % larger than level 9's for a
// sixth of the time.
const defaultGzip = "gzip:8"

// header is the package for nfpm, without contents and scripts.
func (p Package) header(arch string) *nfpm.Info {
	info := &nfpm.Info{
		Name: p.Name, Arch: arch, Platform: "linux",
		Version: p.Version, Release: p.Release, Epoch: p.Epoch, Prerelease: p.Prerelease, VersionMetadata: p.VersionMetadata,
		Section: p.Section, Priority: p.Priority, Maintainer: p.Maintainer, Description: p.Description,
		Vendor: p.Vendor, Homepage: p.Homepage, License: p.License,
		DisableGlobbing: true, // by the time nfpm looks, patterns have been replaced
		MTime:           p.mtime(time.Time{}),
	}
	info.Depends, info.Recommends, info.Suggests = words(p.Depends), words(p.Recommends), words(p.Suggests)
	info.Conflicts, info.Replaces, info.Provides = words(p.Conflicts), words(p.Replaces), words(p.Provides)
	info.RPM = nfpm.RPM{
		Arch: arch, BuildHost: buildHost, Group: p.RPM.Group, Summary: p.RPM.Summary, Packager: p.RPM.Packager,
		Compression: cmp.Or(p.RPM.Compression, defaultGzip), Prefixes: p.RPM.Prefixes,
	}
	info.Deb = nfpm.Deb{
		Arch: arch, Compression: "none", // see compressDeb
		Breaks: words(p.Deb.Breaks), Predepends: words(p.Deb.Predepends), Fields: maps.Clone(p.Deb.Fields),
	}
	info.APK.Arch, info.ArchLinux.Arch, info.ArchLinux.Packager = arch, arch, p.Maintainer
	if p.Format == Deb && info.Maintainer == "" {
		info.Maintainer = "Unset Maintainer <unset@localhost>" // nfpm's own, without its notice on stderr
	}
	nfpm.WithDefaults(info) // splits the version; MTime is set, so it looks at nothing of the host
	switch p.Format {
	case APK:
		info.Prerelease = apkSuffix.Re().ReplaceAllString(info.Prerelease, "$1$2")
	case ArchLinux: // nfpm has the prerelease in the file's name but not in the package
		info.Version, info.Prerelease = info.Version+strings.ReplaceAll(info.Prerelease, "-", "_"), ""
	}
	return info
}

// apkSuffix are the prereleases that apk knows; it writes rc1, not rc.1.
var apkSuffix = lazyre.New(`^(alpha|beta|pre|rc)[.-]?(\d*)$`)

func (p Package) umask() fs.FileMode { return cmp.Or(p.Umask.Perm(), 0o022) }

// mtime is t, or the package's time, in whole seconds.
func (p Package) mtime(t time.Time) time.Time {
	if t.IsZero() {
		t = p.MTime
	}
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Truncate(time.Second)
}

func words(in []string) []string {
	var out []string
	for _, s := range in {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
