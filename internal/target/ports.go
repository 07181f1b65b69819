package target

import (
	"maps"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// ports is what `go tool dist list` prints for Go 1.26; a test compares them.
var ports = map[string][]string{
	"aix":       {"ppc64"},
	"android":   {"386", "amd64", "arm", "arm64"},
	"darwin":    {"amd64", "arm64"},
	"dragonfly": {"amd64"},
	"freebsd":   {"386", "amd64", "arm", "arm64"},
	"illumos":   {"amd64"},
	"ios":       {"amd64", "arm64"},
	"js":        {"wasm"},
	"linux":     {"386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x"},
	"netbsd":    {"386", "amd64", "arm", "arm64"},
	"openbsd":   {"386", "amd64", "arm", "arm64", "ppc64", "riscv64"},
	"plan9":     {"386", "amd64", "arm"},
	"solaris":   {"amd64"},
	"wasip1":    {"wasm"},
	"windows":   {"386", "amd64", "arm64"},
}

// levels are the micro-architecture variables (internal/buildcfg of Go 1.26);
// the first value is the default of a cross build.
var levels = map[string]struct {
	env    string
	values []string
}{
	"386":      {"GO386", []string{"sse2", "softfloat"}},
	"amd64":    {"GOAMD64", []string{"v1", "v2", "v3", "v4"}},
	"arm":      {"GOARM", []string{"7", "5", "6", "5,softfloat", "6,softfloat", "7,softfloat", "5,hardfloat", "6,hardfloat", "7,hardfloat"}},
	"arm64":    {"GOARM64", []string{"v8.0", "v8.1", "v8.2", "v8.3", "v8.4", "v8.5", "v8.6", "v8.7", "v8.8", "v8.9", "v9.0", "v9.1", "v9.2", "v9.3", "v9.4", "v9.5"}},
	"mips":     {"GOMIPS", []string{"hardfloat", "softfloat"}},
	"mipsle":   {"GOMIPS", []string{"hardfloat", "softfloat"}},
	"mips64":   {"GOMIPS64", []string{"hardfloat", "softfloat"}},
	"mips64le": {"GOMIPS64", []string{"hardfloat", "softfloat"}},
	"ppc64":    {"GOPPC64", []string{"power8", "power9", "power10"}},
	"ppc64le":  {"GOPPC64", []string{"power8", "power9", "power10"}},
	"riscv64":  {"GORISCV64", []string{"rva20u64", "rva22u64", "rva23u64"}},
}

// archAliases are the names other worlds use (uname, rpm, Debian, marketing).
var archAliases = map[string]string{
	"x86_64": "amd64", "x64": "amd64", "x86-64": "amd64", "hygon": "amd64", "zhaoxin": "amd64",
	"i386": "386", "i686": "386", "x86": "386",
	"aarch64": "arm64", "armv8": "arm64", "kunpeng": "arm64", "feiteng": "arm64", "phytium": "arm64",
	"armv7": "arm", "armhf": "arm",
	"loongarch64": "loong64", "loongarch": "loong64", "la64": "loong64", "loongson": "loong64",
	"loong64-abi1": "loong64-abi1.0", "loongarch64-abi1.0": "loong64-abi1.0",
}

var osAliases = map[string]string{
	"macos": "darwin", "osx": "darwin", "win": "windows", "win32": "windows", "win64": "windows",
	"kylin": "linux", "uos": "linux", "openeuler": "linux", "debian": "linux",
}

func defaultLevel(arch string) string {
	if l, ok := levels[arch]; ok {
		return l.values[0]
	}
	return ""
}

func validLevel(arch, level string) bool {
	l, ok := levels[arch]
	if !ok {
		return level == ""
	}
	if arch == "arm64" { // GOARM64 is a version with the options ,lse and ,crypto
		base, options, _ := strings.Cut(level, ",")
		for o := range strings.SplitSeq(options, ",") {
			if o != "" && o != "lse" && o != "crypto" {
				return false
			}
		}
		level = base
	}
	return slices.Contains(l.values, level)
}

func archNames(archs []string) []string {
	if slices.Contains(archs, "loong64") {
		return append(slices.Clone(archs), "loong64"+oldWorld)
	}
	return archs
}

func sortedKeys(m map[string][]string) []string { return slices.Sorted(maps.Keys(m)) }

// nearest proposes the known word for a wrong one: an alias, else the closest
// spelling, else "".
func nearest(word string, known []string, aliases map[string]string) string {
	if a, ok := aliases[strings.ToLower(word)]; ok && slices.Contains(known, a) {
		return a
	}
	return msg.Nearest(word, known)
}
