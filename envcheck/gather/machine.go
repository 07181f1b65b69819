package gather

import (
	"debug/elf"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// machine looks at the computer. What a system does not tell stays empty.
func (l *look) machine() envcheck.Machine {
	m := envcheck.Machine{OS: runtime.GOOS, Arch: hardware(), Kernel: kernel(), UID: os.Getuid(), Umask: -1}
	m.Shell = path.Base(filepath.ToSlash(l.get("SHELL")))
	if l.get("SHELL") == "" {
		m.Shell = ""
	}
	if runtime.GOOS != "linux" {
		return m
	}
	interp := interpreter("/bin/sh")
	m.Libc = libc(interp)
	m.LoongWorld = loongWorld(m.Arch, interp, m.Kernel)
	m.WSL = strings.Contains(strings.ToLower(m.Kernel), "microsoft") || l.get("WSL_DISTRO_NAME") != ""
	for _, name := range []string{"/etc/os-release", "/usr/lib/os-release"} {
		if f := read(name); f.Exists && f.Error == "" {
			m.Distro = distro(string(f.Data))
			break
		}
	}
	m.CPU, m.CPUFlags = cpu(string(head("/proc/cpuinfo", 16<<10)))
	m.Umask = umask(string(head("/proc/self/status", 4<<10)))
	return m
}

// head reads the beginning of a file of /proc: these have no size, and a whole
// cpuinfo of a server with 128 cores is expensive.
func head(name string, n int) []byte {
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	b := make([]byte, n)
	n, _ = f.Read(b)
	return b[:n]
}

// distro reads ID and VERSION_ID of os-release.
func distro(text string) string {
	var id, version string
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		value = strings.Trim(value, `"'`)
		switch key {
		case "ID":
			id = value
		case "VERSION_ID":
			version = value
		}
	}
	return strings.TrimSpace(id + " " + version)
}

// cpu reads the model and the flags of the first processor of cpuinfo.
func cpu(text string) (model string, flags []string) {
	first, _, _ := strings.Cut(text, "\n\n")
	vendor := ""
	for line := range strings.Lines(text[:max(len(first), min(len(text), 2048))]) {
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "model name", "hardware", "cpu model", "uarch":
			if model == "" {
				model = value
			}
		case "vendor_id", "cpu family", "cpu implementer":
			if vendor == "" {
				vendor = value
			}
		case "flags", "features", "isa":
			if flags == nil {
				flags = strings.Fields(value)
			}
		}
	}
	slices.Sort(flags)
	if model == "" {
		model = vendor
	}
	return model, slices.Compact(flags)
}

// umask reads it where the kernel tells it: asking by the system call would set
// it.
func umask(status string) int {
	for line := range strings.Lines(status) {
		if value, ok := strings.CutPrefix(line, "Umask:"); ok {
			if n, err := strconv.ParseInt(strings.TrimSpace(value), 8, 32); err == nil {
				return int(n)
			}
		}
	}
	return -1
}

// interpreter is the dynamic loader that a program of the system names; "" for a
// static one.
func interpreter(program string) string {
	f, err := elf.Open(program)
	if err != nil {
		return ""
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP && p.Filesz < 4096 {
			b := make([]byte, p.Filesz)
			if _, err := p.ReadAt(b, 0); err == nil {
				return strings.TrimRight(string(b), "\x00")
			}
		}
	}
	return ""
}

// libc goes by the loader of /bin/sh, and where that is static by the loaders
// that are there.
func libc(interp string) string {
	switch {
	case strings.Contains(interp, "ld-musl"):
		return "musl"
	case interp != "":
		return "glibc"
	}
	if found, _ := filepath.Glob("/lib/ld-musl-*.so.1"); len(found) > 0 {
		return "musl"
	}
	if found, _ := filepath.Glob("/lib*/ld-linux*.so.*"); len(found) > 0 {
		return "glibc"
	}
	return ""
}

// loongWorld tells LoongArch's old ABI from the new one: by the loader's name,
// which differs, then by the kernel: 4.19 is the vendors' old one, and the new
// ABI begins with 5.19.
func loongWorld(arch, interp, kernel string) string {
	if arch != "loong64" {
		return ""
	}
	switch {
	case strings.HasSuffix(interp, "/ld.so.1"):
		return "old"
	case strings.Contains(interp, "loongarch"):
		return "new"
	}
	major, rest, _ := strings.Cut(kernel, ".")
	minor, _, _ := strings.Cut(rest, ".")
	x, errX := strconv.Atoi(major)
	y, errY := strconv.Atoi(minor)
	switch {
	case errX != nil || errY != nil:
		return ""
	case x < 5:
		return "old"
	case x > 5 || y >= 19:
		return "new"
	}
	return ""
}

// goarch translates uname's word for a machine.
func goarch(machine string) string {
	switch machine {
	case "x86_64", "amd64":
		return "amd64"
	case "aarch64", "arm64":
		return "arm64"
	case "i386", "i486", "i586", "i686":
		return "386"
	case "loongarch64":
		return "loong64"
	case "riscv64", "s390x", "ppc64", "ppc64le", "mips", "mips64":
		return machine
	}
	if strings.HasPrefix(machine, "arm") {
		return "arm"
	}
	return ""
}
