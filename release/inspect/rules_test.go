package inspect

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestRulesAreDocumented(t *testing.T) {
	form := regexp.MustCompile(`^INS0\d\d$`)
	names := map[string]bool{}
	var seen []string
	for _, r := range Rules() {
		if !form.MatchString(r.Code) || names[r.Name] || r.Name == "" {
			t.Errorf("rule %q %q", r.Code, r.Name)
		}
		names[r.Name] = true
		seen = append(seen, r.Code)
		if (r.RelaxedTo == "") != (r.relaxed == nil) {
			t.Errorf("%s: relaxed to %q without a case, or the other way round", r.Code, r.RelaxedTo)
		}
		for _, text := range []msg.Text{r.Title, r.Why, r.Fix} {
			han := strings.ContainsFunc(text.ZH, func(c rune) bool { return unicode.Is(unicode.Han, c) })
			latin := !strings.ContainsFunc(text.EN, func(c rune) bool { return unicode.Is(unicode.Han, c) })
			if text.EN == "" || !han || !latin {
				t.Errorf("%s: %+v is not in both languages", r.Code, text)
			}
		}
		if !strings.HasSuffix(r.Why.EN, ".") || !strings.HasSuffix(r.Why.ZH, "。") || strings.HasSuffix(r.Title.EN, ".") {
			t.Errorf("%s: punctuation", r.Code)
		}
	}
	if !slices.IsSorted(seen) || len(slices.Compact(seen)) != len(rules) {
		t.Errorf("codes are not in order, each once: %v", seen)
	}
	if _, ok := FindRule("INS999"); ok {
		t.Error("a rule that does not exist")
	}
}

func TestRunsOn(t *testing.T) {
	for _, tc := range []struct {
		arch, wanted, had string
		want              bool
	}{
		{"amd64", "v1", "v3", true}, {"amd64", "v3", "v2", false}, {"amd64", "", "v1", true}, {"amd64", "v9", "v4", false},
		{"arm64", "v8.0", "v8.2,lse", true}, {"arm64", "v8.0,lse", "v8.0", false}, {"arm64", "v8.0,lse", "v8.1", true},
		{"arm64", "v8.2", "v8.0", false}, {"arm64", "v8.5", "v9.0", true}, {"arm64", "v9.0", "v8.4", false},
		{"arm64", "v8.0,crypto", "v8.2", false}, {"arm64", "v8.0,crypto", "v8.2,crypto", true}, {"arm64", "v10.0", "v9.5", false},
		{"arm", "6", "7", true}, {"arm", "7", "6", false}, {"arm", "5", "6", true}, {"arm", "6", "7,softfloat", false}, {"arm", "6,softfloat", "7", true},
		{"386", "softfloat", "sse2", true}, {"386", "sse2", "softfloat", false},
		{"mipsle", "hardfloat", "softfloat", false}, {"mips64le", "softfloat", "hardfloat", true},
		{"ppc64le", "power10", "power9", false}, {"riscv64", "rva20u64", "rva22u64", true},
		{"loong64", "", "", true}, {"loong64", "x", "", false},
	} {
		if got := runsOn(tc.arch, tc.wanted, tc.had); got != tc.want {
			t.Errorf("%+v: %t", tc, got)
		}
	}
}

func TestCPUs(t *testing.T) {
	for _, tc := range []struct {
		name, arch, level string
		want              bool
	}{
		{"ft2000plus", "arm64", "v8.0", true}, {"ft2000plus", "arm64", "v8.0,lse", false}, {"ft2000plus", "arm64", "v8.2", false},
		{"kunpeng916", "arm64", "v8.1", false}, {"kunpeng920", "arm64", "v8.2,lse", true}, {"kunpeng920", "arm64", "v8.2", true}, {"kunpeng920", "arm64", "v8.3", false},
		{"hygon-c86", "amd64", "v3", true}, {"hygon-c86", "amd64", "v4", false}, {"hygon-c86", "arm64", "v8.0", false},
		{"zhaoxin-lujiazui", "amd64", "v2", true}, {"zhaoxin-lujiazui", "amd64", "v3", false}, {"zhaoxin-yongfeng", "amd64", "v3", true},
		{"loongson", "loong64", "", true}, {"loongson", "amd64", "v1", false},
	} {
		c, ok := FindCPU(tc.name)
		if !ok || c.Runs(tc.arch, tc.level) != tc.want {
			t.Errorf("%+v: found %t", tc, ok)
		}
	}
	if _, ok := FindCPU("6502"); ok {
		t.Error("a processor that is not in the table")
	}
	if v := Judge(&Facts{Type: Exec}, Policy{CPU: "6502"}); v.OK || !strings.Contains(v.Findings[0].Evidence, "kunpeng920") {
		t.Errorf("an unknown processor passes: %+v", v)
	}
	for _, c := range CPUs() {
		if c.Title.EN == "" || c.Title.ZH == "" || !runsOn(c.Arch, c.Level, c.Level) {
			t.Errorf("%+v", c)
		}
	}
}

func TestCompareDotted(t *testing.T) {
	order := []string{"PRIVATE", "2.2.5", "2.9", "2.17", "2.28", "2.34", "10.1"}
	for i, a := range order {
		for j, b := range order {
			if got := compareDotted(a, b); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("%s against %s: %d", a, b, got)
			}
		}
	}
}

func TestSystemLibraries(t *testing.T) {
	for lib, want := range map[string]bool{
		"KERNEL32.dll": true, "api-ms-win-crt-runtime-l1-1-0.dll": true, "libgcc_s_seh-1.dll": false, "kernel32.dll.evil": false,
	} {
		if got := ofSystem(PE, lib); got != want {
			t.Errorf("%s: %t", lib, got)
		}
	}
	for lib, want := range map[string]bool{
		"/usr/lib/libSystem.B.dylib": true, "/usr/lib/libresolv.9.dylib": true, "/usr/local/lib/libfoo.dylib": false, "@rpath/libSystem.B.dylib": false,
		"/System/Library/Frameworks/Security.framework/Versions/A/Security": true, "/usr/lib/libSystem./../../../tmp/x": false, "/usr/lib/libsqlite3.dylib": false,
	} {
		if got := ofSystem(MachO, lib); got != want {
			t.Errorf("%s: %t", lib, got)
		}
	}
}
