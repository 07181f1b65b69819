package loongarch

import (
	"slices"
	"strings"
)

// levelFeatures are, per level, the features in addition to the level before,
// as the kernel names them. A feature that the kernel does not show, or that the
// architecture leaves open, is not in it.
type levelFeatures struct {
	level    string
	features string
}

// The psABI's x86-64 levels, by which Go goes. pni is SSE3, abm has LZCNT; the
// kernel lists xsave only when it has switched it on.
var amd64Levels = []levelFeatures{
	{"v1", "cmov cx8 fpu fxsr mmx sse sse2"},
	{"v2", "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3"},
	{"v3", "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave"},
	{"v4", "avx512f avx512bw avx512cd avx512dq avx512vl"},
}

// Arm's architecture versions, by what is mandatory in each and visible to
// programs (Arm ARM, chapter A2; Linux, arm64/elf_hwcaps).
var arm64Levels = []levelFeatures{
	{"v8.0", "fp asimd"},
	{"v8.1", "atomics asimdrdm crc32"},
	{"v8.2", "dcpop"},
	{"v8.3", "fcma jscvt lrcpc"},
	{"v8.4", "dit flagm ilrcpc uscat"},
	{"v8.5", "flagm2 frint sb"},
}

func levelAMD64(have []string) string { return highest(amd64Levels, have) }

// levelARM64 adds what Go knows as options: atomics below v8.1, and crypto.
func levelARM64(have []string) string {
	level := highest(arm64Levels, have)
	if level == "v8.0" && hasAll(have, "atomics") {
		level += ",lse"
	}
	if level != "" && hasAll(have, "aes pmull sha1 sha2") {
		level += ",crypto"
	}
	return level
}

func highest(levels []levelFeatures, have []string) (level string) {
	for _, l := range levels {
		if !hasAll(have, l.features) {
			break
		}
		level = l.level
	}
	return level
}

func hasAll(have []string, wanted string) bool {
	for f := range strings.FieldsSeq(wanted) {
		if !slices.Contains(have, f) {
			return false
		}
	}
	return true
}
