package inspect

import (
	"debug/pe"
	"encoding/binary"
	"io"
	"slices"
	"strings"
)

const maxPESections = 96 // what the Windows loader accepts

// peFile is as much of a PE header as the facts need.
type peFile struct {
	head     pe.FileHeader
	headAt   int64
	imports  pe.DataDirectory
	flags    uint16 // DllCharacteristics
	sections []pe.SectionHeader32
	tableAt  int64 // of the section headers
}

func readPE(r *budget, file *io.SectionReader, f *Facts) error {
	p, err := peHeader(r)
	if err != nil {
		return err
	}
	f.Format, f.OS, f.Arch, f.Type = PE, "windows", peArch(p.head.Machine), Exec
	if p.head.Characteristics&pe.IMAGE_FILE_DLL != 0 {
		f.Type = Shared
	}
	f.PE = &PEFacts{
		Timestamp: p.head.TimeDateStamp,
		ASLR:      p.flags&pe.IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE != 0,
		NX:        p.flags&pe.IMAGE_DLLCHARACTERISTICS_NX_COMPAT != 0,
	}
	view := &masked{r: file}
	view.hide(p.headAt+8, make([]byte, 8)) // PointerToSymbolTable, NumberOfSymbols
	f.Stripped = p.head.NumberOfSymbols == 0
	for i, s := range p.sections {
		if end := uint64(s.PointerToRawData) + uint64(s.SizeOfRawData); s.SizeOfRawData > 0 && s.PointerToRawData > 0 && end > uint64(f.Size) {
			return malformed("a section ends %d bytes into a file of %d", "有一节止于第 %d 字节，而文件只有 %d 字节", end, f.Size)
		}
		name, _, _ := strings.Cut(string(s.Name[:]), "\x00")
		switch {
		case strings.HasPrefix(name, "/"): // a long name, as only debug sections have
			f.Stripped = false
			view.hide(p.tableAt+int64(i)*40, []byte{'_'})
		case strings.HasPrefix(name, "UPX"):
			f.UPX = true
		}
		view.hide(p.tableAt+int64(i)*40+32, make([]byte, 2)) // NumberOfRelocations
		const w, x = pe.IMAGE_SCN_MEM_WRITE, pe.IMAGE_SCN_MEM_EXECUTE
		f.WX = f.WX || s.Characteristics&(w|x) == w|x
	}
	if f.Needed, err = p.dlls(r); err != nil {
		return err
	}
	goFacts(f, view)
	return nil
}

func peHeader(r *budget) (*peFile, error) {
	le := binary.LittleEndian
	dos, err := r.bytesAt(0, 64)
	if err != nil {
		return nil, ErrNotExecutable
	}
	at := uint64(le.Uint32(dos[60:]))
	head, err := r.bytesAt(at, 24)
	if err != nil || string(head[:4]) != "PE\x00\x00" {
		return nil, ErrNotExecutable // a DOS program, or text that begins with MZ
	}
	p := &peFile{headAt: int64(at) + 4}
	if _, err := binary.Decode(head[4:], le, &p.head); err != nil {
		return nil, err
	}
	if p.head.NumberOfSections > maxPESections {
		return nil, malformed("%d sections", "有 %d 个节", p.head.NumberOfSections)
	}
	opt, err := r.bytesAt(at+24, uint64(p.head.SizeOfOptionalHeader))
	if err != nil {
		return nil, err
	}
	dirs := 0 // where the data directories begin; their number stands before them
	if len(opt) >= 2 {
		switch le.Uint16(opt) {
		case 0x10b:
			dirs = 96
		case 0x20b:
			dirs = 112
		}
	}
	if dirs > 0 && len(opt) >= dirs {
		p.flags = le.Uint16(opt[70:])
		if n := le.Uint32(opt[dirs-4:]); n > pe.IMAGE_DIRECTORY_ENTRY_IMPORT && len(opt) >= dirs+16 {
			p.imports = pe.DataDirectory{VirtualAddress: le.Uint32(opt[dirs+8:]), Size: le.Uint32(opt[dirs+12:])}
		}
	}
	p.tableAt = int64(at) + 24 + int64(p.head.SizeOfOptionalHeader)
	table, err := r.bytesAt(uint64(p.tableAt), uint64(p.head.NumberOfSections)*40)
	if err != nil {
		return nil, err
	}
	p.sections = make([]pe.SectionHeader32, p.head.NumberOfSections)
	_, err = binary.Decode(table, le, p.sections)
	return p, err
}

// dlls lists the libraries of the import table in its order, each once.
// debug/pe has a method of this meaning that returns nothing, by design.
func (p *peFile) dlls(r *budget) (names []string, err error) {
	if p.imports.VirtualAddress == 0 {
		return nil, nil
	}
	at, ok := p.offset(p.imports.VirtualAddress)
	if !ok {
		return nil, malformed("its import table is outside of every section", "导入表不在任何节之内")
	}
	for i := uint64(0); ; i++ {
		d, err := r.bytesAt(at+20*i, 20)
		if err != nil {
			return nil, err
		}
		rva := binary.LittleEndian.Uint32(d[12:])
		if rva == 0 {
			return names, nil
		}
		if i == maxLibraries {
			return nil, malformed("more than %d libraries", "依赖的库多于 %d 个", maxLibraries)
		}
		name := "?" // a library whose name cannot be read is still one
		if off, ok := p.offset(rva); ok {
			if s := r.stringAt(off, maxName); s != "" {
				name = s
			}
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
}

// offset finds where in the file a relative virtual address lies.
func (p *peFile) offset(rva uint32) (uint64, bool) {
	for _, s := range p.sections {
		if rva >= s.VirtualAddress && rva-s.VirtualAddress < s.SizeOfRawData {
			return uint64(s.PointerToRawData) + uint64(rva-s.VirtualAddress), true
		}
	}
	return 0, false
}

func peArch(machine uint16) string {
	switch machine {
	case pe.IMAGE_FILE_MACHINE_I386:
		return "386"
	case pe.IMAGE_FILE_MACHINE_AMD64:
		return "amd64"
	case pe.IMAGE_FILE_MACHINE_ARMNT:
		return "arm"
	case pe.IMAGE_FILE_MACHINE_ARM64:
		return "arm64"
	case pe.IMAGE_FILE_MACHINE_LOONGARCH64:
		return "loong64"
	}
	return "unknown"
}
