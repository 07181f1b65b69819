package inspect

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestFacts(t *testing.T) {
	static := map[string]struct{ format, os, arch, typ, level, world string }{
		"linux-amd64":    {ELF, "linux", "amd64", Exec, "v1", ""},
		"linux-amd64-v3": {ELF, "linux", "amd64", Exec, "v3", ""},
		"linux-arm64":    {ELF, "linux", "arm64", Exec, "v8.0", ""},
		"linux-loong64":  {ELF, "linux", "loong64", Exec, "", NewWorld},
		"windows-amd64":  {PE, "windows", "amd64", Exec, "v1", ""},
		"darwin-arm64":   {MachO, "darwin", "arm64", PIE, "v8.0", ""},
		"darwin-amd64":   {MachO, "darwin", "amd64", PIE, "v1", ""},
	}
	for name, want := range static {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := facts(t, name)
			if got := (struct{ format, os, arch, typ, level, world string }{f.Format, f.OS, f.Arch, f.Type, f.Level, f.World}); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
			if !f.Static() || !f.Stripped || f.WX || f.ExecStack || f.UPX || f.Interp != "" || f.Dynamic || f.Imports != 0 || f.Glibc != "" {
				t.Errorf("not the facts of a stripped static program: %+v", f)
			}
			g := f.Go
			if g == nil {
				t.Fatal("no build information")
			}
			if g.Version != runtime.Version() || g.Path != "example.com/hello" || g.Module != "example.com/hello" || g.CGO == nil || *g.CGO ||
				!g.Trimpath || g.Race || g.Modified != nil || g.Deps != 0 || g.Vendored || g.Ldflags != "" || g.GOOS != want.os || g.Settings["GOARCH"] != want.arch {
				t.Errorf("build information %+v", g)
			}
			switch f.Format {
			case ELF:
				if wantAlign := map[string]uint64{"amd64": 0x1000, "arm64": 0x10000, "loong64": 0x10000}[f.Arch]; f.Align != wantAlign {
					t.Errorf("alignment %#x, want %#x", f.Align, wantAlign)
				}
			case PE:
				if !slices.Equal(f.Needed, []string{"kernel32.dll"}) || *f.PE != (PEFacts{0, true, true}) {
					t.Errorf("needs %v, %+v", f.Needed, f.PE)
				}
			case MachO:
				if len(f.Needed) != 1 || !strings.HasPrefix(f.Needed[0], "/usr/lib/libSystem") || len(f.MachO.UUID) != 36 || f.MachO.MinOS != "12.0" {
					t.Errorf("needs %v, %+v", f.Needed, f.MachO)
				}
				if f.Arch == "arm64" && !f.MachO.Signed {
					t.Error("Go signs arm64 and it is not seen")
				}
			}
		})
	}
}

func TestDynamicFacts(t *testing.T) {
	for name, want := range map[string]struct{ interp, needed string }{
		"pie-amd64":   {"/lib64/ld-linux-x86-64.so.2", ""},
		"pie-loong64": {"/lib64/ld-linux-loongarch-lp64d.so.1", ""},
		"purego":      {"/lib64/ld-linux-x86-64.so.2", "libc.so.6"},
		"cgo":         {"ld-linux", "libc.so.6"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := facts(t, name)
			if f.Static() || !f.Dynamic || !f.Stripped || !strings.Contains(f.Interp, want.interp) || !strings.Contains(strings.Join(f.Needed, " "), want.needed) {
				t.Errorf("got %+v", f)
			}
			if name != "cgo" && (f.Go == nil || is(f.Go.CGO)) {
				t.Error("the point of this fixture is that cgo is off")
			}
			if name == "cgo" && (!is(f.Go.CGO) || f.Glibc == "" || f.Imports == 0) {
				t.Errorf("cgo: %+v", f)
			}
			if strings.HasPrefix(name, "pie") && (f.Type != PIE || f.Go.BuildMode != "pie" || len(f.Needed) != 0) {
				t.Errorf("pie: %+v", f)
			}
		})
	}
}

func TestUnstripped(t *testing.T) {
	for _, name := range []string{"unstripped-amd64", "unstripped-windows", "unstripped-darwin"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := facts(t, name)
			if f.Stripped || f.Go == nil || !f.Static() {
				t.Errorf("got %+v", f)
			}
			if name == "unstripped-amd64" && f.Go.Trimpath {
				t.Error("-trimpath was not used")
			}
		})
	}
}

func TestOrigin(t *testing.T) {
	t.Run("clean", func(t *testing.T) {
		g := facts(t, "clean").Go
		if g.VCS != "git" || len(g.Revision) != 40 || g.VCSTime == nil || g.Modified == nil || *g.Modified {
			t.Errorf("got %+v", g)
		}
	})
	t.Run("dirty", func(t *testing.T) {
		if g := facts(t, "dirty").Go; !is(g.Modified) {
			t.Errorf("got %+v", g)
		}
	})
	for name, want := range map[string]string{
		"replaced": "example.com/lib => ./lib", "workspace": "example.com/lib (go.work)", "vendored": "",
	} {
		t.Run(name, func(t *testing.T) {
			g := facts(t, name).Go
			if strings.Join(g.LocalReplace, ", ") != want || g.Deps != 1 || g.Vendored != (name == "vendored") {
				t.Errorf("got %+v", g)
			}
		})
	}
}

func TestSystemProgram(t *testing.T) {
	f, err := File("/bin/ls")
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, ErrNotExecutable) {
		t.Skip("no /bin/ls")
	}
	if err != nil {
		t.Fatal(err)
	}
	if f.Format == ELF && (f.Static() && f.Interp != "" || f.Go != nil) {
		t.Errorf("got %+v", f)
	}
	if runtime.GOOS == "linux" && f.Interp != "" && (len(f.Needed) == 0 || f.Imports == 0) {
		t.Errorf("a dynamic program without libraries: %+v", f)
	}
}

func TestNotExecutable(t *testing.T) {
	for name, b := range map[string]string{
		"empty": "", "short": "\x7fELF", "text": "#!/bin/sh\necho hello\n", "mz text": "MZ is how this text begins, and it is long enough to hold a header.......",
		"java class": "\xca\xfe\xba\xbe\x00\x00\x00\x34\x00\x00\x00\x00", "wasm": "\x00asm\x01\x00\x00\x00",
	} {
		if _, err := Read(strings.NewReader(b), int64(len(b))); !errors.Is(err, ErrNotExecutable) || errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := File(t.TempDir()); !errors.Is(err, ErrNotExecutable) {
		t.Errorf("directory: %v", err)
	}
	if _, err := File(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
}

type brokenDisk struct{ err error }

func (d brokenDisk) ReadAt([]byte, int64) (int, error) { return 0, d.err }

func TestDiskErrorsAreNotMalformedFiles(t *testing.T) {
	boom := errors.New("disk on fire")
	if _, err := Read(brokenDisk{boom}, 1<<20); !errors.Is(err, boom) || errors.Is(err, ErrMalformed) || errors.Is(err, ErrNotExecutable) {
		t.Errorf("got %v", err)
	}
}

// The JSON names are a contract; a change here is a change of the manifest.
func TestFactsJSON(t *testing.T) {
	b, err := json.Marshal(facts(t, "linux-loong64"))
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"format", "size", "os", "arch", "type", "stripped", "align", "e_flags", "world", "sigset", "go"} {
		if _, ok := m[key]; !ok {
			t.Errorf("no %q in %s", key, b)
		}
	}
	var back Facts
	if err := json.Unmarshal(b, &back); err != nil || back.Sigset != 8 || back.Go.Module != "example.com/hello" {
		t.Errorf("read back %+v, %v", back, err)
	}
}

// countingReader counts what is read of a file.
type countingReader struct {
	r io.ReaderAt
	n int64
}

func (c *countingReader) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.n += int64(n)
	return n, err
}

func TestReadsLittle(t *testing.T) {
	for _, name := range []string{"linux-amd64", "unstripped-windows", "unstripped-darwin"} {
		b := program(t, name)
		c := &countingReader{r: bytes.NewReader(b)}
		if _, err := Read(c, int64(len(b))); err != nil {
			t.Fatal(err)
		}
		if c.n > 64<<10 {
			t.Errorf("%s: read %d of %d bytes", name, c.n, len(b))
		}
	}
}
