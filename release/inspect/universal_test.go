package inspect

import (
	"bytes"
	"debug/buildinfo"
	"debug/macho"
	"errors"
	"io"
	"testing"
)

func TestWriteUniversal(t *testing.T) {
	intel, apple := program(t, "darwin-amd64"), program(t, "darwin-arm64")
	var one, two bytes.Buffer
	if err := WriteUniversal(&one, section(intel), section(apple)); err != nil {
		t.Fatal(err)
	}
	if err := WriteUniversal(&two, section(apple), section(intel)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the order of slices changes the bytes")
	}
	fat, err := macho.NewFatFile(bytes.NewReader(one.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		cpu  macho.Cpu
		data []byte
	}{{macho.CpuAmd64, intel}, {macho.CpuArm64, apple}} {
		a := fat.Arches[i]
		if a.Cpu != want.cpu || a.Align != 14 || a.Offset%(1<<14) != 0 || int(a.Size) != len(want.data) {
			t.Errorf("slice %d: %+v", i, a.FatArchHeader)
		}
		if !bytes.Equal(one.Bytes()[a.Offset:a.Offset+a.Size], want.data) {
			t.Errorf("slice %d: other bytes", i)
		}
	}
	if _, err := buildinfo.Read(bytes.NewReader(one.Bytes())); err != nil {
		t.Errorf("go cannot read it: %v", err)
	}

	f := factsOf(t, one.Bytes())
	if f.Format != Universal || f.OS != "darwin" || f.Arch != "universal" || !f.Static() || !f.Stripped || len(f.Slices) != 2 ||
		f.Slices[0].Arch != "amd64" || f.Slices[1].Arch != "arm64" || f.Slices[1].Go.Module != "example.com/hello" {
		t.Errorf("read back: %+v", f)
	}
}

type failingWriter struct{ left int }

var errFull = errors.New("full")

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.left--; w.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriteUniversalFails(t *testing.T) {
	a, b := tinyMachO(0x01000007), tinyMachO(0x0100000c)
	var u bytes.Buffer
	if err := WriteUniversal(&u, section(a), section(b)); err != nil {
		t.Fatal(err)
	}
	for name, thin := range map[string][]*io.SectionReader{
		"nothing":        nil,
		"two of one":     {section(a), section(b), section(a)},
		"not Mach-O":     {section(a), section(tinyELF())},
		"empty":          {section(nil)},
		"universal file": {section(u.Bytes())},
		"over 4 GiB":     {section(a), io.NewSectionReader(bytes.NewReader(b), 0, 1<<33)},
		"shorter than it says": {section(a),
			io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b))+100)},
	} {
		if err := WriteUniversal(io.Discard, thin...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for n := range 5 { // header, padding, slice, padding, slice
		if err := WriteUniversal(&failingWriter{n}, section(a), section(b)); !errors.Is(err, errFull) {
			t.Errorf("write %d fails: %v", n+1, err)
		}
	}
	if err := WriteUniversal(&failingWriter{5}, section(a), section(b)); err != nil {
		t.Errorf("five writes should do: %v", err)
	}
}
