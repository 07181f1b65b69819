package loongarch

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// HostOptions say which file tree is meant. The zero value means this machine.
type HostOptions struct {
	// Root is a folder instead of /: a chroot or an unpacked image that is to run
	// on this machine's kernel. os-release, the loaders, the C library and, where
	// it is there, proc/cpuinfo are read from it; links that leave it, which
	// all absolute ones do, are not followed. "" is /.
	Root string
}

// HostReport is what a machine is. The JSON names are a contract.
type HostReport struct {
	OS       string `json:"os"`               // GOOS
	Arch     string `json:"arch"`             // GOARCH; the machine's own name where Go has none
	Machine  string `json:"machine"`          // as uname -m says
	Kernel   string `json:"kernel,omitempty"` // release
	PageSize int    `json:"page_size"`        // bytes

	System System `json:"system"`          // of the tree
	Glibc  string `json:"glibc,omitempty"` // the tree's C library, as x.y; "" when there is none or it is another
	CPU    CPU    `json:"cpu"`

	// Emulated is "yes" under qemu-user or its like, "no", or "unknown" where
	// /proc does not tell. A virtual machine is not emulated in this sense: it has
	// a kernel of its own.
	Emulated string `json:"emulated"`
	Emulator string `json:"emulator,omitempty"` // its path; "" unless Emulated is "yes"

	KernelWorld *Answer `json:"kernel_world,omitempty"` // nil unless LoongArch
	TreeWorld   *Answer `json:"tree_world,omitempty"`   // nil unless LoongArch

	files fs.FS
}

// Answer is a world and what it was told from. By is data, the same in every
// language.
type Answer struct {
	World World  `json:"world"`
	By    string `json:"by"`
}

// System is what os-release says; "" for what it does not.
type System struct {
	ID      string `json:"id,omitempty"`      // kylin, uos, openEuler, debian
	Version string `json:"version,omitempty"` // VERSION_ID
	Name    string `json:"name,omitempty"`    // PRETTY_NAME, for people
}

// Has reports whether a path, absolute as programs name their loaders, is in the
// tree.
func (r *HostReport) Has(name string) bool {
	_, err := fs.Lstat(r.files, strings.TrimPrefix(path.Clean("/"+name), "/"))
	return err == nil
}

// Host looks at this machine. What cannot be known is left empty or said to be
// unknown; the only errors are a Root that is no folder and a context that is
// done. It takes a few milliseconds and starts at most one process, the [Probe],
// on LoongArch alone and never under an emulator.
func Host(ctx context.Context, o HostOptions) (HostReport, error) {
	return thisMachine().host(ctx, o)
}

// machine is what the kernel tells, apart from any file tree.
type machine struct {
	os, name, release string // GOOS; uname -m and -r
	pageSize          int
	exe, realExe      string // our program as /proc/self and as /proc/thread-self name it; "" where neither is there
	proc              fs.FS  // to read proc/cpuinfo from; nil: nowhere
	run               func(ctx context.Context, program []byte) (code int, err error)
}

func (m machine) host(ctx context.Context, o HostOptions) (HostReport, error) {
	r := HostReport{OS: m.os, Arch: goarch(m.name), Machine: m.name, Kernel: m.release, PageSize: m.pageSize, Emulated: "unknown"}
	r.files = os.DirFS("/")
	if o.Root != "" {
		root, err := os.OpenRoot(o.Root)
		if err != nil {
			return r, msg.Errorf("open root: %w", "打开根目录：%w", err).WithKind(msg.Usage).WithHint("name the folder of a file tree", "请指定文件树所在的目录")
		}
		r.files = root.FS() // keeps the folder open as long as the report lives
	}
	switch {
	case m.exe == "" || m.realExe == "":
	case m.exe == m.realExe:
		r.Emulated = "no"
	default:
		r.Emulated, r.Emulator = "yes", m.realExe
	}
	r.System = system(r.files)
	r.Glibc = glibc(r.files, r.Machine)
	r.CPU = m.cpu(&r)
	if r.Arch == "loong64" && r.OS == "linux" {
		tree := treeAnswer(&r)
		kernel := m.kernelAnswer(ctx, &r)
		r.TreeWorld, r.KernelWorld = &tree, &kernel
	}
	return r, context.Cause(ctx)
}

// goarch translates what uname -m says.
func goarch(machine string) string {
	switch machine {
	case "x86_64":
		return "amd64"
	case "aarch64":
		return "arm64"
	case "loongarch64":
		return "loong64"
	case "i386", "i486", "i586", "i686":
		return "386"
	}
	if strings.HasPrefix(machine, "armv") {
		return "arm"
	}
	return machine
}

// cpu reads /proc/cpuinfo, the tree's own where it has one. An emulator passes the
// file of the machine below through, which says nothing about what it emulates.
func (m machine) cpu(r *HostReport) CPU {
	if r.Emulated == "yes" {
		return CPU{}
	}
	for _, files := range []fs.FS{r.files, m.proc} {
		if files == nil {
			continue
		}
		if b := readFile(files, "proc/cpuinfo", 16<<20); len(b) > 0 {
			return ParseCPU(r.Arch, b)
		}
	}
	return CPU{}
}

func system(files fs.FS) (s System) {
	b := readFile(files, "etc/os-release", 64<<10)
	if b == nil {
		b = readFile(files, "usr/lib/os-release", 64<<10)
	}
	for line := range strings.Lines(string(b)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		value = strings.Trim(value, `"'`)
		switch key {
		case "ID":
			s.ID = value
		case "VERSION_ID":
			s.Version = value
		case "PRETTY_NAME":
			s.Name = value
		}
	}
	return s
}

// glibc reads the version out of the text that every libc.so.6 carries, which
// needs no parser and not the program's own loader.
func glibc(files fs.FS, machine string) string {
	for _, dir := range []string{"lib64", "usr/lib64", "lib/" + machine + "-linux-gnu", "usr/lib/" + machine + "-linux-gnu", "lib", "usr/lib"} {
		b := readFile(files, dir+"/libc.so.6", 64<<20)
		if _, after, found := bytes.Cut(b, []byte(" release version ")); found {
			end := bytes.IndexFunc(after, func(c rune) bool { return (c < '0' || c > '9') && c != '.' })
			return strings.TrimSuffix(string(after[:max(end, 0)]), ".")
		}
	}
	return ""
}

// readFile returns what can be read of a file within the limit, nil if nothing.
func readFile(files fs.FS, name string, limit int64) []byte {
	f, err := files.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil // a pipe would keep us waiting
	}
	b, _ := io.ReadAll(io.LimitReader(f, limit))
	return b
}
