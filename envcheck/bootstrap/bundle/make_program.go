package bundle

import (
	"bytes"
	"context"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// programs copies the yingzao of each platform, and writes the scripts that know them.
func (m *maker) programs(ctx context.Context) error {
	for _, word := range slices.Sorted(maps.Keys(m.Programs)) {
		t, err := target.Parse(word)
		if err != nil {
			return err
		}
		if err := builtFor(m.Programs[word], t); err != nil {
			return err
		}
		name := binDir + "/yingzao_" + t.OS + "_" + t.ArchName()
		if t.OS == "windows" {
			name += ".exe"
		}
		if err := m.copy(ctx, m.Programs[word], name, 0o755); err != nil {
			return err
		}
		m.m.Programs = append(m.m.Programs, Program{t.String(), name})
	}
	if len(m.m.Programs) == 0 {
		return nil
	}
	return m.scripts(ctx)
}

// builtFor refuses a program of another system: it would be found out at the desk
// that has no network to get the right one.
func builtFor(name string, t target.Target) error {
	f, err := os.Open(name)
	if err != nil {
		return msg.Errorf("take program for %v: %w", "取用 %v 的程序：%w", t, err).WithKind(msg.Usage)
	}
	defer f.Close()
	if goos, goarch := header(f); goos != t.OS || goarch != t.Arch {
		if goos == "" {
			goos, goarch = "?", "?"
		}
		return msg.Errorf("take program for %v: %s is built for %s/%s", "取用 %v 的程序：%s 是为 %s/%s 构建的", t, name, goos, goarch).WithKind(msg.Usage)
	}
	return nil
}

// header is what the header of a program says, "" for what it does not. An ELF file
// is taken for Linux's.
func header(r io.ReaderAt) (goos, goarch string) {
	if f, err := elf.NewFile(r); err == nil {
		return "linux", map[elf.Machine]string{
			elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64", elf.EM_LOONGARCH: "loong64",
			elf.EM_RISCV: "riscv64", elf.EM_PPC64: "ppc64le", elf.EM_S390: "s390x",
		}[f.Machine]
	}
	if f, err := pe.NewFile(r); err == nil {
		return "windows", map[uint16]string{pe.IMAGE_FILE_MACHINE_AMD64: "amd64", pe.IMAGE_FILE_MACHINE_ARM64: "arm64"}[f.Machine]
	}
	if f, err := macho.NewFile(r); err == nil {
		return "darwin", map[macho.Cpu]string{macho.CpuAmd64: "amd64", macho.CpuArm64: "arm64"}[f.Cpu]
	}
	return "", ""
}

// copy copies a file into the bundle, to the disk.
func (m *maker) copy(ctx context.Context, from, name string, mode os.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return msg.Errorf("make bundle: %w", "制作离线包：%w", err)
	}
	defer in.Close()
	return m.fill(ctx, name, mode, in)
}

func (m *maker) write(ctx context.Context, name string, mode os.FileMode, data []byte) error {
	return m.fill(ctx, name, mode, bytes.NewReader(data))
}

func (m *maker) fill(ctx context.Context, name string, mode os.FileMode, r io.Reader) error {
	p := m.path(name)
	err := os.MkdirAll(filepath.Dir(p), 0o755)
	if err == nil {
		_, err = archive.WriteFile(ctx, p, mode, func(w io.Writer) error {
			_, err := io.Copy(w, r)
			return err
		})
	}
	if err != nil {
		return msg.Errorf("make bundle: %w", "制作离线包：%w", err)
	}
	return nil
}
