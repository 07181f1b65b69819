package linuxpkg

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

func tgt(t testing.TB, s string) target.Target {
	t.Helper()
	v, err := target.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestArchAndFileNameGolden(t *testing.T) {
	for _, row := range []struct{ target, deb, rpm, apk, archlinux string }{
		{"linux/amd64", "amd64", "x86_64", "x86_64", "x86_64"},
		{"linux/amd64/v2", "amd64 amd64v2", "x86_64 x86_64_v2", "x86_64 x86_64_v2", "x86_64 x86_64_v2"},
		{"linux/arm64", "arm64", "aarch64", "aarch64", "aarch64"},
		{"linux/arm64/v8.2,lse", "arm64 arm64v8.2-lse", "aarch64 aarch64_v8.2-lse", "aarch64 aarch64_v8.2-lse", "aarch64 aarch64_v8.2-lse"},
		{"linux/loong64", "loong64", "loongarch64", "loongarch64", "loong64"},
		{"linux/loong64-abi1.0", "loongarch64", "loongarch64 loongarch64_abi1.0", "loongarch64 loongarch64_abi1.0", "loong64 loong64_abi1.0"},
		{"linux/386", "i386", "i386", "x86", "i686"},
		{"linux/386/softfloat", "i386 i386softfloat", "i386 i386_softfloat", "x86 x86_softfloat", "i686 i686_softfloat"},
		{"linux/arm/5", "armel", "armv5tel", "", "arm"},
		{"linux/arm/6", "armhf armhfv6", "armv6hl", "armhf", "armv6h"},
		{"linux/arm/7", "armhf", "armv7hl", "armv7", "armv7h"},
		{"linux/arm/7,hardfloat", "armhf armhfv7-hardfloat", "armv7hl armv7hl_v7-hardfloat", "armv7 armv7_v7-hardfloat", "armv7h armv7h_v7-hardfloat"},
		{"linux/arm/6,softfloat", "armel armelv6-softfloat", "armv6l", "", ""},
		{"linux/mips64le", "mips64el", "mips64el", "mips64el", "mips64le"},
		{"linux/ppc64le", "ppc64el", "ppc64le", "ppc64le", "ppc64le"},
		{"linux/riscv64", "riscv64", "riscv64", "riscv64", "riscv64"},
		{"linux/s390x", "s390x", "s390x", "s390x", "s390x"},
	} {
		for format, want := range map[string]string{Deb: row.deb, RPM: row.rpm, APK: row.apk, ArchLinux: row.archlinux} {
			arch, inName, differs := strings.Cut(want, " ")
			if !differs {
				inName = arch
			}
			p := Package{Format: format, Name: "demo", Version: "v1.2.3-rc.1", Release: "2", Target: tgt(t, row.target)}
			got, err := Arch(format, p.Target)
			if got != arch || (err != nil) != (want == "") {
				t.Errorf("Arch(%s, %s) = %q, %v; want %q", format, row.target, got, err, arch)
			}
			name := map[string]string{
				Deb: "demo_1.2.3~rc.1-2_%.deb", RPM: "demo-1.2.3~rc.1-2.%.rpm",
				APK: "demo_1.2.3_rc1-r2_%.apk", ArchLinux: "demo-1.2.3rc.1-2-%.pkg.tar.zst",
			}[format]
			name = strings.Replace(name, "%", inName, 1)
			if want == "" {
				name = ""
			}
			if got := FileName(p); got != name {
				t.Errorf("FileName(%s, %s) = %q, want %q", format, row.target, got, name)
			}
			if name != "" && !strings.HasSuffix(name, Extension(format)) {
				t.Errorf("%s does not end in %q", name, Extension(format))
			}
		}
	}
}

// Every Linux target that Go has, at every level: no two file names are equal.
func TestFileNamesAreDistinct(t *testing.T) {
	out, err := exec.Command("go", "tool", "dist", "list").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := []string{"linux/loong64-abi1.0"}
	for line := range strings.FieldsSeq(string(out)) {
		if !strings.HasPrefix(line, "linux/") {
			continue
		}
		all = append(all, line)
		for _, level := range []string{"v1", "v2", "v3", "v4", "5", "6", "5,hardfloat", "6,hardfloat", "7,hardfloat", "5,softfloat", "6,softfloat", "7,softfloat",
			"v8.1", "v8.2,lse", "v9.0,crypto", "softfloat", "power9", "rva22u64"} {
			if _, err := target.Parse(line + "/" + level); err == nil {
				all = append(all, line+"/"+level)
			}
		}
	}
	for _, format := range Formats() {
		seen := map[string]target.Target{}
		for _, s := range all {
			p := Package{Format: format, Name: "demo", Version: "1.0.0", Target: tgt(t, s)}
			name := FileName(p)
			if other, dup := seen[name]; dup && name != "" && other != p.Target {
				t.Errorf("%s: %s and %s are both %s", format, other, s, name)
			}
			seen[name] = p.Target
		}
		if len(seen) < 20 {
			t.Errorf("%s: only %d names", format, len(seen))
		}
	}
}

func TestArchRefuses(t *testing.T) {
	for _, tc := range []struct{ format, target, en, zh string }{
		{"rpmm", "linux/amd64", `package format "rpmm": unknown`, `软件包格式 "rpmm"：未知`},
		{"", "linux/amd64", `package format "": unknown`, `软件包格式 ""：未知`},
		{Deb, "windows/amd64", "deb package for windows/amd64: only linux targets can be packaged", "为 windows/amd64 制作 deb 包：只有 linux 目标可以打包"},
		{APK, "linux/arm/5", "apk package for linux/arm/5: the format has no name for this ARM level", "为 linux/arm/5 制作 apk 包：该格式没有这个 ARM 级别的架构名"},
	} {
		_, err := Arch(tc.format, tgt(t, tc.target))
		if err == nil || err.Error() != tc.en || msg.In(err, msg.Chinese) != tc.zh || msg.KindOf(err) != msg.Usage {
			t.Errorf("Arch(%q, %s): %v / %s", tc.format, tc.target, err, msg.In(err, msg.Chinese))
		}
	}
}
