package inspect

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/target"
)

func targetOf(t *testing.T, s string) target.Target {
	t.Helper()
	v, err := target.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func codes(v Verdict) string {
	var s []string
	for _, f := range v.Findings {
		s = append(s, f.Code+":"+string(f.Severity))
	}
	return strings.Join(s, " ")
}

// What the release gate says of the real programs.
func TestGate(t *testing.T) {
	old := func(b []byte) []byte { return patched(b, eFlagsAt, 0x3) }
	for _, tc := range []struct {
		fixture, target string
		change          func([]byte) []byte
		static          bool
		want            string
	}{
		{"linux-amd64", "linux/amd64", nil, true, ""},
		{"linux-amd64-v3", "linux/amd64/v3", nil, true, ""},
		{"linux-arm64", "linux/arm64", nil, true, ""},
		{"linux-loong64", "linux/loong64", nil, true, ""},
		{"windows-amd64", "windows/amd64", nil, true, ""},
		{"darwin-arm64", "darwin/arm64", nil, true, ""},
		{"darwin-amd64", "darwin/amd64", nil, true, ""},
		{"sigset16", "linux/loong64-abi1.0", old, true, ""},
		{"clean", "linux/amd64", nil, true, ""},

		{"linux-amd64-v3", "linux/amd64", nil, true, "INS003:error"},
		{"linux-amd64", "linux/amd64/v2", nil, true, "INS003:warning"},
		{"linux-arm64", "linux/amd64", nil, true, "INS002:error"},
		{"windows-amd64", "linux/amd64", nil, true, "INS002:error"},
		{"pie-amd64", "linux/amd64", nil, false, "INS010:error"},
		{"pie-loong64", "linux/loong64", nil, false, "INS010:error"},
		{"purego", "linux/amd64", nil, false, "INS010:error"},
		{"unstripped-amd64", "linux/amd64", nil, true, "INS015:note INS045:warning"},
		{"unstripped-windows", "windows/amd64", nil, true, "INS015:note"},
		{"sigset16", "linux/loong64", nil, true, "INS020:error"},
		{"sigset16", "linux/loong64-abi1.0", nil, true, "INS020:error"},
		{"sigset16", "linux/loong64", old, true, "INS021:error INS023:note"},
		{"linux-loong64", "linux/loong64", old, true, "INS020:error"},
		{"linux-loong64", "linux/loong64-abi1.0", nil, true, "INS021:error"},
		{"dirty", "linux/amd64", nil, true, "INS043:error"},
		{"replaced", "linux/amd64", nil, true, "INS044:error"},
		{"workspace", "linux/amd64", nil, true, "INS044:error"},
		{"vendored", "linux/amd64", nil, true, "INS047:note"},
	} {
		t.Run(tc.fixture+" as "+tc.target, func(t *testing.T) {
			b := program(t, tc.fixture)
			if tc.change != nil {
				b = tc.change(b)
			}
			v := Judge(factsOf(t, b), Policy{Target: targetOf(t, tc.target)})
			if got := codes(v); got != tc.want || v.Static != tc.static || v.OK != !strings.Contains(tc.want, "error") {
				t.Errorf("%s, static %t, ok %t; want %s, static %t\n%+v", got, v.Static, v.OK, tc.want, tc.static, v.Findings)
			}
		})
	}
}

func TestGateCgo(t *testing.T) {
	for _, tc := range []struct {
		fixture string
		static  bool
		want    []string
	}{
		{"cgo", false, []string{"INS010:error", "INS012:error"}},
		{"cgo-static", true, []string{"INS012:error"}},
	} {
		t.Run(tc.fixture, func(t *testing.T) {
			f := facts(t, tc.fixture)
			v := Judge(f, Policy{})
			for _, want := range tc.want {
				if !strings.Contains(codes(v), want) || v.OK || v.Static != tc.static {
					t.Errorf("%s, static %t, ok %t; want %s", codes(v), v.Static, v.OK, want)
				}
			}
			if v := Judge(f, Policy{AllowDynamic: true}); !v.OK {
				t.Errorf("allowed, and still %s", codes(v))
			}
		})
	}
}

// elfSegment finds the program header of a type in a 64-bit file.
func elfSegment(t *testing.T, b []byte, typ elf.ProgType) int {
	t.Helper()
	le := binary.LittleEndian
	for i := range int(le.Uint16(b[56:])) {
		if at := int(le.Uint64(b[32:])) + 56*i; elf.ProgType(le.Uint32(b[at:])) == typ {
			return at
		}
	}
	t.Fatalf("no segment %s", typ)
	return 0
}

// Each rule, broken on purpose. A rule that is missing here fails the test.
func TestEveryRuleFires(t *testing.T) {
	amd64, arm64, windows, darwin := program(t, "linux-amd64"), program(t, "linux-arm64"), program(t, "windows-amd64"), program(t, "darwin-arm64")
	pe := int(binary.LittleEndian.Uint32(windows[60:]))
	edited := func(edit func(*Facts)) *Facts {
		f := factsOf(t, amd64)
		edit(f)
		return f
	}
	yes := true
	withoutCommand := func(b []byte, cmd uint32) []byte {
		le := binary.LittleEndian
		for at := 32; at < 32+int(le.Uint32(b[20:])); at += int(le.Uint32(b[at+4:])) {
			if le.Uint32(b[at:]) == cmd {
				return patched(b, at, 0xf0, 0xff, 0xff, 0x7f)
			}
		}
		t.Fatalf("no command %#x", cmd)
		return nil
	}
	load, stack := elfSegment(t, amd64, elf.PT_LOAD), elfSegment(t, amd64, elf.PT_GNU_STACK)
	cases := map[string]struct {
		f        *Facts
		p        Policy
		severity Severity
		evidence string
	}{
		"INS001": {factsOf(t, patched(windows, pe+4+18+1, 0x20)), Policy{}, Error, "pe shared"},
		"INS002": {factsOf(t, arm64), Policy{Target: targetOf(t, "linux/loong64")}, Error, "linux/arm64, want linux/loong64"},
		"INS003": {edited(func(f *Facts) { f.Level = "v4" }), Policy{Target: targetOf(t, "linux/amd64/v2")}, Error, "v4, want v2"},
		"INS004": {edited(func(f *Facts) { f.Level = "v3" }), Policy{CPU: "zhaoxin-lujiazui"}, Error, "zhaoxin-lujiazui has amd64 v2, the file wants amd64 v3"},
		"INS010": {facts(t, "pie-amd64"), Policy{}, Error, "PT_INTERP /lib64/ld-linux-x86-64.so.2"},
		"INS011": {edited(func(f *Facts) { f.Glibc = "2.34" }), Policy{}, Warning, "GLIBC_2.34"},
		"INS012": {edited(func(f *Facts) { f.Go.CGO = &yes }), Policy{}, Error, "CGO_ENABLED=1"},
		"INS013": {edited(func(f *Facts) { f.Go.Settings["-race"] = "true" }), Policy{}, Error, "-race"},
		"INS014": {factsOf(t, patched(amd64, 64+56*int(amd64[56])+4, 'U', 'P', 'X', '!')), Policy{}, Warning, "UPX!"},
		"INS015": {facts(t, "unstripped-amd64"), Policy{}, Note, "symbol table or debug sections"},
		"INS020": {facts(t, "sigset16"), Policy{}, Error, "sigset 16, e_flags 0x43"},
		"INS021": {facts(t, "linux-loong64"), Policy{Target: targetOf(t, "linux/loong64-abi1.0")}, Error, "new, want old world: sigset 8, e_flags 0x43"},
		"INS022": {factsOf(t, tinyELF()), Policy{}, Warning, "sigset not decoded, e_flags 0x43"},
		"INS023": {factsOf(t, patched(program(t, "sigset16"), eFlagsAt, 3)), Policy{}, Note, "sigset 16, e_flags 0x3"},
		"INS030": {factsOf(t, put64(arm64, elfSegment(t, arm64, elf.PT_LOAD)+48, 0x1000)), Policy{}, Error, "PT_LOAD alignment 0x1000"},
		"INS031": {factsOf(t, patched(amd64, load+4, 7)), Policy{}, Error, "W+X"},
		"INS032": {factsOf(t, patched(amd64, stack+4, 7)), Policy{}, Error, "PT_GNU_STACK is executable"},
		"INS040": {factsOf(t, tinyELF()), Policy{}, Warning, "elf without build information"},
		"INS041": {edited(func(f *Facts) { f.Go.Version = "go1.26.0" }), Policy{GoVersion: "1.26.8"}, Error, "go1.26.0, want go1.26.8"},
		"INS042": {edited(func(f *Facts) { f.Go.Revision = "aa" }), Policy{Revision: "bb"}, Error, "aa, want bb"},
		"INS043": {facts(t, "dirty"), Policy{}, Error, "vcs.modified=true"},
		"INS044": {facts(t, "replaced"), Policy{}, Error, "example.com/lib => ./lib"},
		"INS045": {facts(t, "unstripped-amd64"), Policy{}, Warning, "-trimpath is not set"},
		"INS046": {edited(func(f *Facts) { f.Go.Experiment = "arenas" }), Policy{}, Warning, "arenas"},
		"INS047": {facts(t, "vendored"), Policy{}, Note, "among 1 dependencies"},
		"INS050": {factsOf(t, patched(windows, pe+8, 0, 0, 0, 0x66)), Policy{}, Warning, "TimeDateStamp 0x66000000"},
		"INS051": {factsOf(t, patched(windows, pe+24+70, 0, 0)), Policy{}, Warning, "ASLR false, NX false"},
		"INS052": {factsOf(t, withoutCommand(darwin, lcSignature)), Policy{}, Error, "no LC_CODE_SIGNATURE"},
		"INS053": {factsOf(t, withoutCommand(darwin, lcUUID)), Policy{}, Warning, "no LC_UUID"},
		"INS060": {facts(t, "linux-arm64"), Policy{Host: &Machine{OS: "linux", Arch: "loong64"}}, Error, "linux/arm64 on linux/loong64"},
		"INS061": {facts(t, "linux-amd64-v3"), Policy{Host: &Machine{OS: "linux", Arch: "amd64", Level: "v2"}}, Error, "v3, the processor has v2"},
		"INS062": {facts(t, "linux-loong64"), Policy{Host: &Machine{OS: "linux", Arch: "loong64", KernelWorld: OldWorld, TreeWorld: OldWorld}}, Error, "new-world program, old-world kernel"},
		"INS063": {facts(t, "linux-amd64"), Policy{Host: &Machine{OS: "linux", Arch: "amd64", PageSize: 64 << 10}}, Error, "PT_LOAD alignment 0x1000, pages of 0x10000"},
		"INS064": {facts(t, "pie-amd64"), Policy{Host: &Machine{OS: "linux", Arch: "amd64", Has: func(string) bool { return false }}}, Error, "/lib64/ld-linux-x86-64.so.2"},
		"INS065": {edited(func(f *Facts) { f.Glibc = "2.34" }), Policy{Host: &Machine{OS: "linux", Arch: "amd64", Glibc: "2.28"}}, Error, "GLIBC_2.34, here is 2.28"},
	}
	for _, r := range Rules() {
		tc, ok := cases[r.Code]
		if !ok {
			t.Errorf("%s (%s) has no case", r.Code, r.Name)
			continue
		}
		found := false
		for _, f := range Judge(tc.f, tc.p).Findings {
			if f.Code == r.Code {
				found = true
				if f.Severity != tc.severity || f.Evidence != tc.evidence || f.Rule().Name != r.Name {
					t.Errorf("%s: %s %q, want %s %q", r.Code, f.Severity, f.Evidence, tc.severity, tc.evidence)
				}
			}
		}
		if !found {
			t.Errorf("%s (%s) does not fire: %s", r.Code, r.Name, codes(Judge(tc.f, tc.p)))
		}
	}
}

func TestRelaxed(t *testing.T) {
	for _, tc := range []struct {
		fixture string
		p       Policy
		want    string
	}{
		{"pie-amd64", Policy{AllowDynamic: true}, "INS010:note"},
		{"dirty", Policy{AllowDirty: true}, "INS043:note"},
	} {
		if v := Judge(facts(t, tc.fixture), tc.p); codes(v) != tc.want || !v.OK {
			t.Errorf("%s: %s, ok %t", tc.fixture, codes(v), v.OK)
		}
	}
}

func TestOriginAsAsked(t *testing.T) {
	f := facts(t, "clean")
	ok := Policy{GoVersion: f.Go.Version, Revision: f.Go.Revision}
	if v := Judge(f, ok); !v.OK || len(v.Findings) != 0 {
		t.Errorf("%+v", v.Findings)
	}
	if v := Judge(f, Policy{Revision: strings.Repeat("0", 40)}); codes(v) != "INS042:error" {
		t.Errorf("another revision: %s", codes(v))
	}
	if v := Judge(facts(t, "linux-amd64"), ok); !v.OK {
		t.Errorf("a file without a stamp has to pass: %s", codes(v))
	}
	if v := Judge(factsOf(t, tinyELF()), Policy{GoVersion: "go1.26.8"}); !strings.Contains(codes(v), "INS041:error") {
		t.Errorf("no Go program passes for one: %s", codes(v))
	}
}

// What e_flags alone say is a warning when they fit and an error when not.
func TestUnknownWorldNeverPassesForNew(t *testing.T) {
	for _, tc := range []struct {
		flags  byte
		target string
		want   string
	}{
		{0x43, "linux/loong64", "INS022:warning INS040:warning"},
		{0x3, "linux/loong64", "INS021:error INS022:warning INS040:warning"},
		{0x43, "linux/loong64-abi1.0", "INS021:error INS022:warning INS040:warning"},
		{0x3, "linux/loong64-abi1.0", "INS022:warning INS040:warning"},
	} {
		v := Judge(factsOf(t, patched(tinyELF(), eFlagsAt, tc.flags)), Policy{Target: targetOf(t, tc.target)})
		if codes(v) != tc.want || v.Facts.World != UnknownWorld {
			t.Errorf("%+v: %s, world %s", tc, codes(v), v.Facts.World)
		}
	}
}

func TestJudgeUniversal(t *testing.T) {
	var u bytes.Buffer
	if err := WriteUniversal(&u, section(program(t, "darwin-amd64")), section(program(t, "darwin-arm64"))); err != nil {
		t.Fatal(err)
	}
	for tgt, want := range map[string]string{
		"":             "",
		"darwin/arm64": "",
		"darwin/amd64": "",
		"linux/amd64":  "INS002:error INS002:error",
		"ios/arm64":    "INS002:error INS002:error",
	} {
		p := Policy{}
		if tgt != "" {
			p.Target = targetOf(t, tgt)
		}
		if v := Judge(factsOf(t, u.Bytes()), p); codes(v) != want || !v.Static || strings.Join(v.Facts.Archs, " ") != "amd64 arm64" {
			t.Errorf("%s: %+v", tgt, v)
		}
	}
	u.Reset()
	if err := WriteUniversal(&u, section(program(t, "darwin-amd64"))); err != nil {
		t.Fatal(err)
	}
	if v := Judge(factsOf(t, u.Bytes()), Policy{Target: targetOf(t, "darwin/arm64")}); codes(v) != "INS002:error" {
		t.Errorf("the slice is missing: %s", codes(v))
	}
}

// The verdict goes into manifests: its names are a contract.
func TestVerdictJSON(t *testing.T) {
	v := Judge(factsOf(t, patched(program(t, "linux-loong64"), eFlagsAt, 3)), Policy{Target: targetOf(t, "linux/loong64"), GoVersion: "go1.0"})
	v.Facts.Go = "go1.26.8"
	v.Findings[1].Evidence = "…"
	got, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"static":true,"ok":false,"facts":{"format":"elf","os":"linux","arch":"loong64","type":"exec","world":"conflict","sigset":8,"stripped":true,` +
		`"go":"go1.26.8","module":"example.com/hello","module_version":"(devel)","cgo":false,"trimpath":true},` +
		`"findings":[{"code":"INS020","severity":"error","evidence":"sigset 8, e_flags 0x3"},{"code":"INS041","severity":"error","evidence":"…"}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
