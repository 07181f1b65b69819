package inspect

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"runtime"
	"testing"
)

// tinyELF is a LoongArch program of one instruction word.
func tinyELF() []byte {
	le := binary.LittleEndian
	b := make([]byte, 64+56)
	copy(b, "\x7fELF\x02\x01\x01")
	le.PutUint16(b[16:], uint16(elf.ET_EXEC))
	le.PutUint16(b[18:], uint16(elf.EM_LOONGARCH))
	le.PutUint32(b[20:], 1)
	le.PutUint64(b[24:], 0x120000078)
	le.PutUint64(b[32:], 64)
	le.PutUint32(b[48:], 0x43)
	le.PutUint16(b[52:], 64)
	le.PutUint16(b[54:], 56)
	le.PutUint16(b[56:], 1)
	p := b[64:]
	le.PutUint32(p, uint32(elf.PT_LOAD))
	le.PutUint32(p[4:], uint32(elf.PF_R|elf.PF_X))
	le.PutUint64(p[16:], 0x120000000)
	le.PutUint64(p[32:], 124)
	le.PutUint64(p[40:], 124)
	le.PutUint64(p[48:], 0x10000)
	return append(b, 0, 0, 0, 0)
}

// tinyMachO is a header with the load commands given.
func tinyMachO(cpu uint32, cmds ...[]byte) []byte {
	le := binary.LittleEndian
	all := bytes.Join(cmds, nil)
	b := make([]byte, 32)
	for i, v := range []uint32{0xfeedfacf, cpu, 0, 2, uint32(len(cmds)), uint32(len(all)), machoPIE} {
		le.PutUint32(b[4*i:], v)
	}
	return append(b, all...)
}

func command(words ...uint32) []byte {
	b := make([]byte, 0, 4*len(words)+8)
	for i, w := range words {
		b = binary.LittleEndian.AppendUint32(b, w)
		if i == 0 {
			b = binary.LittleEndian.AppendUint32(b, uint32(4*len(words)+4))
		}
	}
	return b
}

func put64(b []byte, at int, v uint64) []byte {
	return patched(b, at, binary.LittleEndian.AppendUint64(nil, v)...)
}

func put16(b []byte, at int, v uint16) []byte {
	return patched(b, at, binary.LittleEndian.AppendUint16(nil, v)...)
}

// manySections is an ELF file whose n sections all have the longest name that
// its string table of size bytes can give.
func manySections(n, size int) []byte {
	le := binary.LittleEndian
	b := tinyELF()
	le.PutUint16(b[58:], 64)
	le.PutUint16(b[60:], uint16(n))
	names := bytes.Repeat([]byte{'a'}, size)
	names[size-1] = 0
	at := len(b)
	b = append(b, names...)
	le.PutUint64(b[40:], uint64(len(b)))
	for range n {
		s := make([]byte, 64)
		le.PutUint32(s[4:], uint32(elf.SHT_STRTAB))
		le.PutUint64(s[24:], uint64(at))
		le.PutUint64(s[32:], uint64(size))
		b = append(b, s...)
	}
	return b
}

func TestHostileFiles(t *testing.T) {
	amd64, windows, darwin := program(t, "linux-amd64"), program(t, "windows-amd64"), program(t, "darwin-arm64")
	pe := int(binary.LittleEndian.Uint32(windows[60:]))
	nested := func() []byte {
		b := append([]byte("\xca\xfe\xba\xbe\x00\x00\x00\x01"), make([]byte, 20)...)
		binary.BigEndian.PutUint32(b[20:], uint32(len(b))) // the slice is the file itself
		return b
	}
	for name, b := range map[string][]byte{
		"segment beyond the end":        put64(tinyELF(), 64+32, 1<<20),
		"segment that wraps around":     put64(put64(tinyELF(), 64+8, 1<<63), 64+32, 1<<63),
		"unknown byte order":            patched(tinyELF(), 5, 9),
		"unknown class":                 patched(tinyELF(), 4, 9),
		"ELF cut in its header":         tinyELF()[:60],
		"segments beyond the end":       put16(tinyELF(), 56, 400),
		"too many segments":             put16(amd64, 56, 60000),
		"extended section count":        put16(amd64, 60, 0),
		"too many sections":             manySections(maxSections+1, 100),
		"section names too long":        manySections(100, maxSectionNames+1),
		"section table beyond the end":  put64(amd64, 40, 1<<40),
		"PE sections beyond the end":    put16(windows, pe+6, 90)[:pe+400],
		"too many PE sections":          put16(windows, pe+6, 97),
		"PE cut in a section":           windows[:len(windows)/2],
		"PE import table nowhere":       patched(windows, pe+24+112+8, 0, 0, 0, 0x7f),
		"Mach-O commands beyond end":    patched(darwin, 20, 0xff, 0xff, 0x0f)[:4096],
		"Mach-O commands too long":      patched(darwin, 20, 0xff, 0xff, 0xff, 0xff),
		"Mach-O more commands than fit": patched(darwin, 16, 0xff, 0xff, 0xff, 0x7f),
		"Mach-O command of size 0":      patched(darwin, 36, 0, 0, 0, 0),
		"Mach-O short command":          tinyMachO(7, command(lcBuild, 1)),
		"Mach-O signature nowhere":      tinyMachO(7, command(lcSignature, 1<<30, 1)),
		"Mach-O cut":                    darwin[:len(darwin)/2],
		"universal slice beyond end":    append([]byte("\xca\xfe\xba\xbe\x00\x00\x00\x01"), bytes.Repeat([]byte{0x7f}, 20)...),
		"universal table cut":           []byte("\xca\xfe\xba\xbe\x00\x00\x00\x02"),
	} {
		if f, err := Read(bytes.NewReader(b), int64(len(b))); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
	// A universal file inside a universal file is no format at all.
	if _, err := Read(bytes.NewReader(nested()), 28); err == nil {
		t.Error("a universal file without a slice was read")
	}
}

// Strings that a table of lengths shares must not be copied once per user.
func TestHostileFilesStaySmall(t *testing.T) {
	const limit = 64 << 20
	symbols := make([]byte, 12<<20) // all names begin at 0 and end at the end
	for i := range symbols {
		symbols[i] = 'a'
	}
	symtab := append(tinyMachO(0x01000007, command(lcSymtab, 4096, 200_000, 4096, 8<<20)), make([]byte, 4096)...)
	symtab = append(symtab, symbols...)
	windows := bytes.Clone(program(t, "windows-amd64"))
	head := int(binary.LittleEndian.Uint32(windows[60:])) + 4
	binary.LittleEndian.PutUint32(windows[head+8:], uint32(len(windows)))
	binary.LittleEndian.PutUint32(windows[head+12:], 500_000)
	windows = append(windows, symbols...)
	for name, b := range map[string][]byte{
		"sections of one name": manySections(maxSections, maxSectionNames),
		"Mach-O symbols":       symtab,
		"PE symbols":           windows,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Read(bytes.NewReader(b), int64(len(b)))
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > limit {
			t.Errorf("%s: %d MiB allocated (%v)", name, n>>20, err)
		}
	}
}

// Every prefix of a real file is an error or a reading, never a panic.
func TestTruncated(t *testing.T) {
	for _, name := range []string{"linux-amd64", "linux-loong64", "pie-amd64", "windows-amd64", "darwin-arm64"} {
		b := program(t, name)
		for i := range 400 {
			n := i * 16
			if i >= 200 {
				n = len(b) - (i-199)*len(b)/200
			}
			f, err := Read(bytes.NewReader(b[:n]), int64(n))
			if err == nil && f.Static() && n < len(b)/2 {
				t.Errorf("%s cut to %d bytes passes for static", name, n)
			}
		}
	}
}
