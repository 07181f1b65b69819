package inspect

import (
	"debug/elf"
	"io"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func readELF(r *budget, file *io.SectionReader, f *Facts) error {
	h, err := elfHeader(r)
	if err != nil {
		return err
	}
	f.Format, f.OS, f.Arch, f.EFlags = ELF, h.os(), h.arch(), h.flags
	switch h.typ {
	case elf.ET_EXEC, elf.ET_DYN:
	case elf.ET_REL:
		f.Type = Object
		return nil
	default:
		f.Type = Other
		return nil
	}
	if err := h.checkTables(r); err != nil {
		return err
	}
	e, err := elf.NewFile(r)
	if err != nil {
		return msg.Errorf("%w: %w", "%w：%w", ErrMalformed, err)
	}
	if err := segments(r, e, f); err != nil {
		return err
	}
	pie, err := dynamic(r, e, f)
	if err != nil {
		return err
	}
	f.Imports = imports(r, e)
	f.Stripped = stripped(e)
	f.Type = Exec
	if h.typ == elf.ET_DYN {
		f.Type = Shared
		if pie || f.Interp != "" {
			f.Type = PIE
		}
	}
	f.UPX = upxELF(r, h.phoff+uint64(h.phnum)*uint64(h.phentsize))
	goFacts(f, file)
	if f.Arch == "loong64" {
		f.Sigset = sigsetSize(r.r, e)
		f.World = world(f)
	}
	return nil
}

// segments reads the program headers.
func segments(r *budget, e *elf.File, f *Facts) error {
	for _, p := range e.Progs {
		if end := p.Off + p.Filesz; p.Filesz > 0 && (end < p.Off || end > uint64(f.Size)) {
			return malformed("a segment ends %d bytes into a file of %d", "有一段止于第 %d 字节，而文件只有 %d 字节", end, f.Size)
		}
		switch p.Type {
		case elf.PT_INTERP:
			f.Interp = r.stringAt(p.Off, min(p.Filesz, maxName))
			if f.Interp == "" {
				f.Interp = "?" // an empty interpreter is still one
			}
		case elf.PT_DYNAMIC:
			f.Dynamic = true
		case elf.PT_GNU_STACK:
			f.ExecStack = f.ExecStack || p.Flags&elf.PF_X != 0
		case elf.PT_LOAD:
			if f.Align == 0 || p.Align < f.Align {
				f.Align = max(p.Align, 1) // 0 and 1 both mean none
			}
			f.WX = f.WX || p.Flags&(elf.PF_W|elf.PF_X) == elf.PF_W|elf.PF_X
		}
	}
	return nil
}

// imports counts the undefined symbols of .dynsym; 0 when it is absent or
// unreadable.
func imports(r *budget, e *elf.File) (n int) {
	entry, shndx := uint64(24), 6
	if e.Class == elf.ELFCLASS32 {
		entry, shndx = 16, 14
	}
	for _, s := range e.Sections {
		if s.Type != elf.SHT_DYNSYM || s.FileSize > maxHeaderBytes/4 {
			continue
		}
		table, err := r.bytesAt(s.Offset, s.FileSize)
		if err != nil {
			return 0
		}
		for i := entry; i+entry <= uint64(len(table)); i += entry { // the first entry is null
			if e.ByteOrder.Uint16(table[i+uint64(shndx):]) == 0 {
				n++
			}
		}
		return n
	}
	return 0
}

func stripped(e *elf.File) bool {
	for _, s := range e.Sections {
		if s.Type == elf.SHT_SYMTAB || strings.HasPrefix(s.Name, ".debug_") || strings.HasPrefix(s.Name, ".zdebug_") {
			return false
		}
	}
	return true
}
