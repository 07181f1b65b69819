package inspect

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
)

func FuzzRead(f *testing.F) {
	f.Add(tinyELF())
	f.Add(manySections(3, 20))
	f.Add(tinyMachO(0x0100000c, command(lcUUID, 1, 2, 3, 4), command(lcSymtab, 0, 1, 0, 1), command(lcDylib, 24, 0, 0, 0, 0x6c)))
	for _, name := range []string{"linux-amd64", "linux-loong64", "pie-amd64", "windows-amd64", "darwin-arm64"} {
		f.Add(program(f, name)[:8<<10])
	}
	var u bytes.Buffer
	a, b := section(tinyMachO(7)), section(tinyMachO(12))
	if err := WriteUniversal(&u, a, b); err != nil {
		f.Fatal(err)
	}
	f.Add(u.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		facts, err := Read(bytes.NewReader(b), int64(len(b)))
		if (facts == nil) == (err == nil) {
			t.Fatalf("facts %v with error %v", facts, err)
		}
		if err == nil {
			Judge(facts, Policy{AllowDynamic: true})
		}
	})
}

func FuzzFuncEntry(f *testing.F) {
	table := make([]byte, 72, 128)
	binary.LittleEndian.PutUint32(table, pclntab120)
	table[7], table[8] = 8, 1
	for at, v := range map[int]uint64{32: 72, 40: 76, 64: 76} {
		binary.LittleEndian.PutUint64(table[at:], v)
	}
	f.Add(append(table, 0, 'f', 0, 0, 16, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0), uint64(0x10000), uint64(32))
	f.Fuzz(func(t *testing.T, table []byte, addr, size uint64) {
		if entry, ok := funcEntry(table, addr, size, "f"); ok && entry >= size {
			t.Fatalf("entry %d of a text of %d", entry, size)
		}
	})
}

func FuzzCallSizes(f *testing.F) {
	f.Add([]byte("\x07\x20\x80\x02\xff\xff\xff\x57"), uint64(0))
	f.Fuzz(func(t *testing.T, text []byte, entry uint64) {
		if n := callSizes(section(text), entry); n != 0 && n != 8 && n != 16 {
			t.Fatalf("size %d", n)
		}
	})
}

func section(b []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b)))
}
