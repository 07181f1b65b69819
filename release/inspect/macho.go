package inspect

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// The load commands that matter (loader.h).
const (
	lcSegment    = 0x1
	lcSymtab     = 0x2
	lcDysymtab   = 0xb
	lcDylib      = 0xc
	lcSegment64  = 0x19
	lcUUID       = 0x1b
	lcSignature  = 0x1d
	lcLazyDylib  = 0x20
	lcVersionMac = 0x24
	lcVersionIOS = 0x25
	lcBuild      = 0x32
	lcUpward     = 0x23 | lcMustKnow
	lcWeakDylib  = 0x18 | lcMustKnow
	lcReexport   = 0x1f | lcMustKnow
	lcMustKnow   = 0x80000000

	machoPIE = 0x200000
)

func readMachO(r *budget, file *io.SectionReader, f *Facts) error {
	head, err := r.bytesAt(0, 32)
	if err != nil {
		return err
	}
	o := machoOrder(head[:4])
	word := o.Uint32
	start := uint64(28)
	if word(head)&1 == 1 { // 0xfeedfacf is the 64-bit magic, 0xfeedface the other
		start = 32
	}
	f.Format, f.OS, f.Arch = MachO, "darwin", machoArch(word(head[4:]))
	f.MachO = &MachOFacts{}
	f.Stripped = true
	switch word(head[12:]) {
	case 1:
		f.Type = Object
	case 2:
		f.Type = Exec
		if word(head[24:])&machoPIE != 0 {
			f.Type = PIE
		}
	case 6, 8:
		f.Type = Shared
	default:
		f.Type = Other
	}
	if n := word(head[20:]); n > maxLoadCommands {
		return malformed("load commands of %d bytes", "加载命令长达 %d 字节", n)
	}
	cmds, err := r.bytesAt(start, uint64(word(head[20:])))
	if err != nil {
		return err
	}
	view := &masked{r: file}
	for at, left := start, word(head[16:]); left > 0; left-- {
		if len(cmds) < 8 || word(cmds[4:]) < 8 || uint64(word(cmds[4:])) > uint64(len(cmds)) {
			return malformed("a load command ends outside of its table", "有加载命令越出了命令表")
		}
		cmd, size := word(cmds), word(cmds[4:])
		if err := loadCommand(f, cmd, cmds[:size], o); err != nil {
			return err
		}
		if cmd == lcSymtab || cmd == lcDysymtab {
			hidden := make([]byte, 4)
			o.PutUint32(hidden, 0x7ffffff0) // a command that nobody knows
			view.hide(int64(at), hidden)
		}
		cmds, at = cmds[size:], at+uint64(size)
	}
	goFacts(f, view)
	return nil
}

// loadCommand takes the facts out of one command.
func loadCommand(f *Facts, cmd uint32, b []byte, o binary.ByteOrder) error {
	need := map[uint32]int{lcSegment: 56, lcSegment64: 72, lcDysymtab: 24, lcDylib: 24, lcUUID: 24, lcSignature: 16,
		lcVersionMac: 16, lcVersionIOS: 16, lcBuild: 24, lcWeakDylib: 24, lcReexport: 24, lcLazyDylib: 24, lcUpward: 24}[cmd]
	if len(b) < need {
		return malformed("load command %#x has %d bytes", "加载命令 %#x 只有 %d 字节", cmd, len(b))
	}
	inFile := func(off, n uint64) error {
		if off+n < off || off+n > uint64(f.Size) {
			return malformed("load command %#x ends %d bytes into a file of %d", "加载命令 %#x 指到第 %d 字节，而文件只有 %d 字节", cmd, off+n, f.Size)
		}
		return nil
	}
	segment := func(off, n uint64, prot uint32) error {
		name, _, _ := strings.Cut(string(b[8:24]), "\x00")
		if name == "__DWARF" {
			f.Stripped = false
		}
		f.WX = f.WX || prot&6 == 6
		if f.Type == Object {
			return nil
		}
		return inFile(off, n)
	}
	switch cmd {
	case lcSegment:
		return segment(uint64(o.Uint32(b[32:])), uint64(o.Uint32(b[36:])), o.Uint32(b[44:]))
	case lcSegment64:
		return segment(o.Uint64(b[40:]), o.Uint64(b[48:]), o.Uint32(b[60:]))
	case lcDysymtab:
		if o.Uint32(b[12:]) > 0 || o.Uint32(b[20:]) > 0 { // local or defined symbols
			f.Stripped = false
		}
	case lcDylib, lcWeakDylib, lcReexport, lcLazyDylib, lcUpward:
		if len(f.Needed) == maxLibraries {
			return malformed("more than %d libraries", "依赖的库多于 %d 个", maxLibraries)
		}
		name := "?" // a library whose name cannot be read is still one
		if at := o.Uint32(b[8:]); uint64(at) < uint64(len(b)) {
			s, _, _ := strings.Cut(string(b[at:min(len(b), int(at)+maxName)]), "\x00")
			if s != "" {
				name = s
			}
		}
		f.Needed = append(f.Needed, name)
	case lcUUID:
		f.MachO.UUID = fmt.Sprintf("%X-%X-%X-%X-%X", b[8:12], b[12:14], b[14:16], b[16:18], b[18:24])
	case lcSignature:
		f.MachO.Signed = true
		return inFile(uint64(o.Uint32(b[8:])), uint64(o.Uint32(b[12:])))
	case lcVersionMac:
		f.MachO.MinOS = machoVersion(o.Uint32(b[8:]))
	case lcVersionIOS:
		f.OS, f.MachO.MinOS = "ios", machoVersion(o.Uint32(b[8:]))
	case lcBuild:
		if p := o.Uint32(b[8:]); p == 2 || p == 7 { // iOS and its simulator
			f.OS = "ios"
		}
		f.MachO.MinOS = machoVersion(o.Uint32(b[12:]))
	}
	return nil
}

func machoVersion(v uint32) string {
	s := fmt.Sprintf("%d.%d", v>>16, v>>8&0xff)
	if patch := v & 0xff; patch != 0 {
		s += fmt.Sprintf(".%d", patch)
	}
	return s
}

// machoOrder is the byte order of a thin Mach-O file, nil for anything else.
func machoOrder(magic []byte) binary.ByteOrder {
	for _, o := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if m := o.Uint32(magic); m == 0xfeedface || m == 0xfeedfacf {
			return o
		}
	}
	return nil
}

func machoArch(cpu uint32) string {
	switch cpu {
	case 7:
		return "386"
	case 0x01000007:
		return "amd64"
	case 12:
		return "arm"
	case 0x0100000c:
		return "arm64"
	}
	return fmt.Sprintf("cpu%#x", cpu)
}
