package winetest

import (
	"bytes"
	"context"
	"debug/pe"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The forwarder is a library whose one export leads to another library.
func TestForwarder(t *testing.T) {
	f, err := pe.NewFile(bytes.NewReader(forwarder()))
	if err != nil || len(f.Sections) != 1 || f.Machine != pe.IMAGE_FILE_MACHINE_AMD64 {
		t.Fatal(err, f)
	}
	h := f.OptionalHeader.(*pe.OptionalHeader64)
	data, err := f.Sections[0].Data()
	if dir := h.DataDirectory[0]; err != nil || dir.VirtualAddress != f.Sections[0].VirtualAddress || !bytes.Contains(data[:dir.Size], []byte("\x00ProcessPrng\x00advapi32.SystemFunction036\x00")) {
		t.Errorf("%+v %v", dir, err)
	}
}

func TestWindows(t *testing.T) {
	t.Parallel()
	w := New(t)
	w.Env = []string{"COLOUR=blue"}
	if code, out := w.Run("", "cmd", "/c", "echo %COLOUR%& exit 7"); code != 7 || out != "blue\n" {
		t.Errorf("exit %d: %q", code, out)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "营 造.cmd")
	if err := os.WriteFile(file, []byte("@cd > "+`C:\here.txt`+"\r\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out := w.Run(dir, "cmd", "/c", Z(file)); code != 0 {
		t.Errorf("exit %d: %q", code, out)
	}
	if got, err := os.ReadFile(w.Unix(`C:\here.txt`)); err != nil || w.Unix(string(bytes.TrimSpace(got))) != dir {
		t.Errorf("%q %v", got, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if code, out := w.RunUntil(ctx, "", "cmd", "/c", "for /l %i in (1,0,2) do @rem"); code != -1 {
		t.Errorf("a loop without end: exit %d %q", code, out)
	}
}
