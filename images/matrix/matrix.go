package matrix

import "github.com/yingzao-dev/yingzao/internal/msg"

// Matrix is the whole table.
type Matrix struct {
	Go       string // the release that is built when nobody names another: 1.26.8
	Default  string // the base that is built when nobody names another
	SDKs     []SDK
	Bases    []Base
	Variants []Variant
}

// SDK is one Go release for one platform, as far as its sums are known.
type SDK struct {
	Go     string // 1.26.8
	Arch   string // GOARCH
	ABI    string // "" upstream, "abi1.0" Loongson's for the old world
	SHA256 string // of the tar.gz; "" = not known
	H1     string // of the toolchain module; "" = ask the checksum database
	URL    string // of the tar.gz, only where it is not the usual name on an archive mirror
	Size   int64  // of the tar.gz in bytes; 0 = not known
	Source string // where the sums are from, in English
}

// Family is how a base's packages are made.
type Family string

// The families.
const (
	RPM Family = "rpm"
	Deb Family = "deb"
	APK Family = "apk"
	// None has no packages: scratch, busybox.
	None Family = "none"
)

// Base is an operating system's image to build on.
type Base struct {
	Name      string // kylin-v10sp3
	Title     msg.Text
	Ref       string   // registry/repository:tag without a digest; "" for scratch
	Family    Family   // decides the template
	Managers  []string // package managers in the order tried; none = nothing can be installed
	Libc      string   // "glibc 2.28", "glibc" where the version is not known, "musl", "" for scratch
	Tier      string   // micro, minimal, standard, init
	Platforms []Platform
	Evidence  string // who has seen the reference, in English
	Verified  string // 2026-11-21, or "never": when somebody of ours pulled it
	Note      msg.Text
}

// Platform is one architecture of a base, or the reason why there is none.
type Platform struct {
	Arch   string   // GOARCH
	World  string   // loong64 only: new or old
	Ref    string   // where it has a reference of its own; "" = the base's
	Digest string   `yaml:"-"` // from the lock; "" = unpinned
	Hole   msg.Text // why nothing is built for it; zero = it is built
}

// Variant is what is put on top of a base.
type Variant struct {
	Name     string // go, builder
	Title    msg.Text
	Packages map[Family][]string // nil = none, and no package manager is run
}
