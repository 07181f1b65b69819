package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// targets are what "go tool dist list -broken" of Go 1.26 prints, by system, and
// windows/arm, which Go 1.25 still had.
var targets = map[string][]string{
	"aix": {"ppc64"}, "android": {"386", "amd64", "arm", "arm64"}, "darwin": {"amd64", "arm64"}, "dragonfly": {"amd64"},
	"freebsd": {"386", "amd64", "arm", "arm64", "riscv64"}, "illumos": {"amd64"}, "ios": {"amd64", "arm64"}, "js": {"wasm"},
	"linux":  {"386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x", "sparc64"},
	"netbsd": {"386", "amd64", "arm", "arm64"}, "openbsd": {"386", "amd64", "arm", "arm64", "mips64", "ppc64", "riscv64"},
	"plan9": {"386", "amd64", "arm"}, "solaris": {"amd64"}, "wasip1": {"wasm"}, "windows": {"386", "amd64", "arm", "arm64"},
}

// otherNames are what uname, compilers, container registries and vendors call
// things that Go calls otherwise.
var otherNames = map[string]map[string]string{
	"GOARCH": {
		"loongarch64": "loong64", "loongarch": "loong64", "loong": "loong64", "la64": "loong64", "loongson": "loong64",
		"x86_64": "amd64", "x86-64": "amd64", "x64": "amd64", "x86_64-v2": "amd64", "x86_64-v3": "amd64", "amd": "amd64", "hygon": "amd64",
		"aarch64": "arm64", "armv8": "arm64", "arm64v8": "arm64", "arm64/v8": "arm64", "kunpeng": "arm64", "phytium": "arm64", "ft2000": "arm64",
		"i386": "386", "i486": "386", "i586": "386", "i686": "386", "x86": "386", "32": "386", "64": "amd64",
		"armv7": "arm", "armv7l": "arm", "armv6": "arm", "armv6l": "arm", "armhf": "arm", "armel": "arm", "arm32": "arm",
		"mips64el": "mips64le", "mipsel": "mipsle", "ppc64el": "ppc64le", "powerpc64le": "ppc64le", "riscv": "riscv64", "systemz": "s390x",
	},
	"GOOS": {
		"macos": "darwin", "osx": "darwin", "mac": "darwin", "apple": "darwin", "win": "windows", "win32": "windows", "win64": "windows",
		"mingw": "windows", "gnu/linux": "linux", "ubuntu": "linux", "centos": "linux", "kylin": "linux", "uos": "linux", "openeuler": "linux",
		"sunos": "solaris", "wasm": "js", "wasi": "wasip1",
	},
}

func knownTarget(key, value string) bool {
	if key == "GOOS" {
		return targets[value] != nil
	}
	for _, archs := range targets {
		if slices.Contains(archs, value) {
			return true
		}
	}
	return false
}

// goName returns what Go calls a system or an architecture; "" = nobody knows.
func goName(key, value string) string {
	lower := strings.ToLower(strings.TrimSpace(value))
	if knownTarget(key, lower) {
		return lower
	}
	return otherNames[key][lower]
}

// hostTarget is what the go command takes for its own system: that of the program
// itself, which on a translated or 32-bit system is not the machine's.
func hostTarget(v *envcheck.View) (os, arch string) {
	if len(v.Gos) > 0 && v.Gos[0].OS != "" && v.Gos[0].Arch != "" {
		return v.Gos[0].OS, v.Gos[0].Arch
	}
	return v.Machine.OS, v.Machine.Arch
}

// buildTarget is what the go command builds for; "" = the host is not known.
func buildTarget(v *envcheck.View) (os, arch string) {
	os, arch = hostTarget(v)
	if s := v.Env.Lookup("GOOS").Value; s != "" {
		os = s
	}
	if s := v.Env.Lookup("GOARCH").Value; s != "" {
		arch = s
	}
	return os, arch
}

// crossBuild reports whether the target is not the host. While the host is not known
// it is not.
func crossBuild(v *envcheck.View) bool {
	hostOS, hostArch := hostTarget(v)
	os, arch := buildTarget(v)
	return hostOS != "" && hostArch != "" && (os != hostOS || arch != hostArch)
}

// lasting reports whether a setting applies to whatever is built on this
// machine: the env file, a shell start file, the registry. A variable of the
// process may have been set for one command, one in a CI file is set on purpose.
func lasting(s envcheck.Setting) bool {
	switch s.Place.Origin {
	case string(goenv.FromFile), envcheck.FromShell, envcheck.FromUserReg, envcheck.FromSysReg:
		return true
	}
	return false
}

// templated reports whether a value is put together when it is used ($ARCH,
// %ARCH%, {{.Arch}}), so that nothing can be said about it.
func templated(value string) bool { return strings.ContainsAny(value, "$%`{[") }
