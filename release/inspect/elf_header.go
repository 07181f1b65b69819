package inspect

import (
	"debug/elf"
	"encoding/binary"
	"strings"
)

// header is what has to be known of an ELF header before debug/elf may see the
// file.
type header struct {
	class                 elf.Class
	order                 binary.ByteOrder
	osabi                 elf.OSABI
	typ                   elf.Type
	machine               elf.Machine
	flags                 uint32
	phoff, shoff          uint64
	phentsize, phnum      uint16
	shentsize, shnum, str uint16
}

func elfHeader(r *budget) (h header, err error) {
	ident, err := r.bytesAt(0, 52)
	if err != nil {
		return h, err
	}
	h.class, h.osabi = elf.Class(ident[elf.EI_CLASS]), elf.OSABI(ident[elf.EI_OSABI])
	switch elf.Data(ident[elf.EI_DATA]) {
	case elf.ELFDATA2LSB:
		h.order = binary.LittleEndian
	case elf.ELFDATA2MSB:
		h.order = binary.BigEndian
	default:
		return h, malformed("unknown byte order %d", "未知的字节序 %d", ident[elf.EI_DATA])
	}
	b, o := ident, h.order
	h.typ, h.machine = elf.Type(o.Uint16(b[16:])), elf.Machine(o.Uint16(b[18:]))
	tail := 0
	switch h.class {
	case elf.ELFCLASS32:
		h.phoff, h.shoff = uint64(o.Uint32(b[28:])), uint64(o.Uint32(b[32:]))
		tail = 36
	case elf.ELFCLASS64:
		if b, err = r.bytesAt(0, 64); err != nil {
			return h, err
		}
		h.phoff, h.shoff = o.Uint64(b[32:]), o.Uint64(b[40:])
		tail = 48
	default:
		return h, malformed("unknown class %d", "未知的位数 %d", ident[elf.EI_CLASS])
	}
	h.flags = o.Uint32(b[tail:])
	h.phentsize, h.phnum = o.Uint16(b[tail+6:]), o.Uint16(b[tail+8:])
	h.shentsize, h.shnum, h.str = o.Uint16(b[tail+10:]), o.Uint16(b[tail+12:]), o.Uint16(b[tail+14:])
	return h, nil
}

// checkTables refuses tables that debug/elf would expand: it copies the name
// of every section, and names may share one long string.
func (h header) checkTables(r *budget) error {
	if h.phnum > maxSegments || h.shnum > maxSections || h.shnum == 0 && h.shoff != 0 {
		return malformed("%d segments and %d sections", "有 %d 个段和 %d 个节", h.phnum, h.shnum)
	}
	if h.shnum == 0 {
		return nil
	}
	at, names := uint64(20), uint64(0)
	if h.class == elf.ELFCLASS64 {
		at = 32
	}
	b, err := r.bytesAt(h.shoff+uint64(h.str)*uint64(h.shentsize)+at, 8)
	if err != nil {
		return err
	}
	if names = uint64(h.order.Uint32(b)); h.class == elf.ELFCLASS64 {
		names = h.order.Uint64(b)
	}
	if names > maxSectionNames {
		return malformed("section names of %d bytes", "节名表长达 %d 字节", names)
	}
	return nil
}

// os is the system that the header names. Linux has no mark of its own;
// goFacts refines it.
func (h header) os() string {
	switch h.osabi {
	case elf.ELFOSABI_FREEBSD:
		return "freebsd"
	case elf.ELFOSABI_NETBSD:
		return "netbsd"
	case elf.ELFOSABI_OPENBSD:
		return "openbsd"
	case elf.ELFOSABI_SOLARIS:
		return "solaris"
	}
	return "linux"
}

// arch is GOARCH for the machine, else the machine's own name.
func (h header) arch() string {
	le := h.order == binary.LittleEndian
	type key struct {
		m  elf.Machine
		c  elf.Class
		le bool
	}
	names := map[key]string{
		{elf.EM_386, elf.ELFCLASS32, true}:       "386",
		{elf.EM_X86_64, elf.ELFCLASS64, true}:    "amd64",
		{elf.EM_ARM, elf.ELFCLASS32, true}:       "arm",
		{elf.EM_AARCH64, elf.ELFCLASS64, true}:   "arm64",
		{elf.EM_LOONGARCH, elf.ELFCLASS64, true}: "loong64",
		{elf.EM_MIPS, elf.ELFCLASS32, false}:     "mips",
		{elf.EM_MIPS, elf.ELFCLASS32, true}:      "mipsle",
		{elf.EM_MIPS, elf.ELFCLASS64, false}:     "mips64",
		{elf.EM_MIPS, elf.ELFCLASS64, true}:      "mips64le",
		{elf.EM_PPC64, elf.ELFCLASS64, false}:    "ppc64",
		{elf.EM_PPC64, elf.ELFCLASS64, true}:     "ppc64le",
		{elf.EM_RISCV, elf.ELFCLASS64, true}:     "riscv64",
		{elf.EM_S390, elf.ELFCLASS64, false}:     "s390x",
	}
	if a, ok := names[key{h.machine, h.class, le}]; ok {
		return a
	}
	return strings.ToLower(strings.TrimPrefix(h.machine.String(), "EM_"))
}
