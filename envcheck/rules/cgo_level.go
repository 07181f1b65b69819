package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// levelOf is the setting that chooses the level of an architecture.
var levelOf = map[string]string{"amd64": "GOAMD64", "arm64": "GOARM64", "arm": "GOARM", "386": "GO386", "mips": "GOMIPS", "mipsle": "GOMIPS",
	"mips64": "GOMIPS64", "mips64le": "GOMIPS64", "ppc64": "GOPPC64", "ppc64le": "GOPPC64", "riscv64": "GORISCV64"}

// amd64Flags are the words of /proc/cpuinfo for the instructions that each
// GOAMD64 level adds (the x86-64 psABI's table; bit names as Linux has them).
var amd64Flags = []struct {
	level string
	flags []string
}{
	{"v2", []string{"cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"}},
	{"v3", []string{"abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"}},
	{"v4", []string{"avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"}},
}

// missingFlags are the instructions that a level needs and the processor does
// not have. An unknown level needs nothing.
func missingFlags(key, level string, has []string) []string {
	var need []string
	switch key {
	case "GOAMD64":
		for _, l := range amd64Flags {
			if level >= l.level && validLevel(key, level) {
				need = append(need, l.flags...)
			}
		}
	case "GOARM64":
		base, options, _ := strings.Cut(level, ",")
		if base > "v8.0" || slices.Contains(strings.Split(options, ","), "lse") {
			need = append(need, "atomics")
		}
		if slices.Contains(strings.Split(options, ","), "crypto") {
			need = append(need, "aes", "pmull", "sha1", "sha2")
		}
	}
	return slices.DeleteFunc(need, func(f string) bool { return slices.Contains(has, f) })
}

// validLevel replicates internal/buildcfg of Go 1.26 for the two settings whose
// mistakes it does not notice, and for GOARM64.
func validLevel(key, level string) bool {
	switch key {
	case "GOAMD64":
		return slices.Contains([]string{"v1", "v2", "v3", "v4"}, level)
	case "GOARM":
		for _, option := range []string{",softfloat", ",hardfloat"} {
			level = strings.TrimSuffix(level, option)
		}
		return slices.Contains([]string{"5", "6", "7"}, level)
	case "GOARM64":
		base, options, more := strings.Cut(level, ",")
		for _, o := range strings.Split(options, ",") {
			if more && o != "lse" && o != "crypto" {
				return false
			}
		}
		return len(base) == len("v8.0") && base >= "v8.0" && base <= "v9.5" && base[2] == '.' && base[3] >= '0' && base[3] <= '9'
	}
	return true
}

// defaultLevels run on every processor of the architecture.
var defaultLevels = map[string]string{"GOAMD64": "v1", "GOARM64": "v8.0"}

// processor names the CPU for a message.
func processor(v *envcheck.View) string {
	if v.Machine.CPU != "" {
		return v.Machine.CPU
	}
	return v.Machine.Arch
}
