package inspect

import (
	"slices"
	"strconv"
	"strings"
)

// levelOrder lists levels from the least to the most demanding, per
// architecture family. arm64 is not a list: see arm64Level.
var levelOrder = map[string][]string{
	"386":     {"softfloat", "sse2"},
	"amd64":   {"v1", "v2", "v3", "v4"},
	"arm":     {"5", "6", "7"},
	"mips":    {"softfloat", "hardfloat"},
	"mips64":  {"softfloat", "hardfloat"},
	"ppc64":   {"power8", "power9", "power10"},
	"riscv64": {"rva20u64", "rva22u64", "rva23u64"},
}

// runsOn reports whether code of the level wanted runs on a machine of the
// level had. An empty level demands nothing; one that is not known runs only
// on its equal.
func runsOn(arch, wanted, had string) bool {
	if wanted == "" || wanted == had {
		return true
	}
	if arch == "arm64" {
		w, okW := arm64Level(wanted)
		h, okH := arm64Level(had)
		return okW && okH && w.version <= h.version && (!w.lse || h.lse) && (!w.crypto || h.crypto)
	}
	order := levelOrder[strings.TrimSuffix(arch, "le")]
	wanted, wantedHard := floatUnit(arch, wanted)
	had, hadHard := floatUnit(arch, had)
	w, h := slices.Index(order, wanted), slices.Index(order, had)
	return w >= 0 && h >= 0 && w <= h && (!wantedHard || hadHard)
}

// floatUnit splits GOARM's option off: 7,softfloat. Without one, 5 means
// softfloat and 6 and 7 hardfloat.
func floatUnit(arch, level string) (version string, hard bool) {
	if arch != "arm" {
		return level, false
	}
	version, option, has := strings.Cut(level, ",")
	if !has {
		return version, version != "5"
	}
	return version, option == "hardfloat"
}

type arm64Features struct {
	version     int // v8.0 is 0, v9.0 is v8.5
	lse, crypto bool
}

func arm64Level(s string) (f arm64Features, ok bool) {
	version, options, _ := strings.Cut(s, ",")
	major, minor, _ := strings.Cut(version, ".")
	n, err := strconv.ParseUint(minor, 10, 8)
	if err != nil {
		return f, false
	}
	f.version = int(n)
	switch major {
	case "v8":
	case "v9":
		f.version += 5
	default:
		return f, false
	}
	f.lse = f.version >= 1 || hasOption(options, "lse") // part of v8.1
	f.crypto = hasOption(options, "crypto")
	return f, true
}

func hasOption(options, want string) bool {
	return slices.Contains(strings.Split(options, ","), want)
}
