package linuxpkg

import (
	"github.com/goreleaser/nfpm/v2"
	"github.com/goreleaser/nfpm/v2/apk"
	"github.com/goreleaser/nfpm/v2/arch"
	"github.com/goreleaser/nfpm/v2/deb"
	"github.com/goreleaser/nfpm/v2/rpm"
)

// packagers are used directly; nfpm's registry of formats is not.
var packagers = map[string]nfpm.Packager{
	Deb: deb.Default, RPM: rpm.DefaultRPM, APK: apk.Default, ArchLinux: arch.Default,
}

// FileName is the file's name by the format's convention:
// name_version-release_arch.deb and .apk, name-version-release.arch.rpm,
// name-version-release-arch.pkg.tar.zst. A level that the architecture's name
// does not tell follows it (amd64v2, x86_64_v2), and so does abi1.0 outside
// deb, so that all targets of a project have distinct names. It is "" for a
// package that has no architecture name, see [Arch].
func FileName(p Package) string {
	name, err := Arch(p.Format, p.Target)
	if err != nil {
		return ""
	}
	if d := distinction(p.Format, name, p.Target); d != "" {
		if p.Format != Deb { // in a deb's name _ separates the fields
			name += "_"
		}
		name += d
	}
	return packagers[p.Format].ConventionalFileName(p.header(name))
}
