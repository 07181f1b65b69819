package archive

import (
	"bytes"
	"context"
	"errors"
	"hash/crc64"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "demo.tar.gz")
	if err := os.WriteFile(path, []byte("an older one"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := WriteFile(context.Background(), path, 0o751, func(w io.Writer) error {
		return Write(context.Background(), w, TarGz, sample(), Options{ModTime: commitTime})
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := Sums{int64(len(b)), golden[TarGz], strconv.FormatUint(crc64.Checksum(b, crc64.MakeTable(crc64.ECMA)), 10)}
	if got != want {
		t.Errorf("sums %+v, want %+v", got, want)
	}
	if again, err := SumFile(context.Background(), path); err != nil || again != want {
		t.Errorf("SumFile: %+v, %v", again, err)
	}
	if fi, err := os.Stat(path); err != nil || fi.Mode() != 0o751 {
		t.Errorf("mode %v, %v", fi.Mode(), err)
	}
	only(t, dir, "demo.tar.gz")
}

// The check value of CRC-64/XZ, which the object stores use.
func TestCRC64IsThatOfTheStores(t *testing.T) {
	s, err := SumReader(context.Background(), strings.NewReader("123456789"))
	if err != nil || s.CRC64 != "11051210869376104954" || s.Size != 9 {
		t.Errorf("%+v, %v", s, err)
	}
}

// Cancelling after each 64 KiB of input, and each failing fill, leaves neither
// the file nor its temporary, and what was there before stays.
func TestWriteFileCancelledAnywhere(t *testing.T) {
	const size = 1 << 20
	for _, f := range []Format{TarGz, TarZst, TarXz, Zip, Gz, Binary} {
		for n := 0; n <= size; n += 64 << 10 {
			dir := t.TempDir()
			path := filepath.Join(dir, "x")
			ctx, cancel := context.WithCancel(context.Background())
			e := file("x", 0, program(size))
			open := e.Open
			e.Open = func() (io.ReadCloser, error) {
				r, err := open()
				return io.NopCloser(&tripwire{r, n, cancel}), err
			}
			_, err := WriteFile(ctx, path, 0o644, func(w io.Writer) error { return Write(ctx, w, f, []Entry{e}, Options{}) })
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: cancelled after %d bytes: %v", f, n, err)
			}
			only(t, dir)
			cancel()
		}
	}
}

// tripwire calls cut once n bytes have been read.
type tripwire struct {
	r   io.Reader
	n   int
	cut func()
}

func (w *tripwire) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	if w.n -= n; w.n <= 0 {
		w.cut()
	}
	return n, err
}

func TestWriteFileFailures(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	write := func(ctx context.Context, path string, fill func(io.Writer) error) (err error) {
		defer func() {
			if recover() != nil {
				err = errDisk
			}
		}()
		_, err = WriteFile(ctx, path, 0o644, fill)
		return err
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for name, err := range map[string]error{
		"fill fails":        write(context.Background(), path, func(w io.Writer) error { _, _ = w.Write(program(100_000)); return errDisk }),
		"fill panics":       write(context.Background(), path, func(io.Writer) error { panic("x") }),
		"cancelled, unread": write(cancelled, path, func(w io.Writer) error { _, _ = w.Write([]byte("new")); return nil }),
		"no directory":      write(context.Background(), filepath.Join(dir, "none", "x"), func(io.Writer) error { return nil }),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "old" {
		t.Errorf("the old file became %q, %v", b, err)
	}
	only(t, dir, "x")
}

// A full disk, for real: a 256 KiB tmpfs in a mount namespace of its own.
func TestWriteFileOnFullDisk(t *testing.T) {
	const inside = "YINGZAO_TEST_TMPFS"
	if dir := os.Getenv(inside); dir != "" {
		path := filepath.Join(dir, "x")
		_, err := WriteFile(context.Background(), path, 0o644, func(w io.Writer) error {
			return Write(context.Background(), w, Binary, []Entry{file("x", 0, program(1<<20))}, Options{})
		})
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("error %v, want ENOSPC", err)
		}
		only(t, dir)
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	mount := exec.Command("unshare", "-rm", "sh", "-c", `mount -t tmpfs -o size=256k tmpfs "$1" && exec "$0" -test.run='^TestWriteFileOnFullDisk$' -test.v`, self, t.TempDir())
	mount.Env = append(os.Environ(), inside+"="+mount.Args[len(mount.Args)-1])
	out, err := mount.CombinedOutput()
	need(t, bytes.Contains(out, []byte("=== RUN")), "unshare -rm with a tmpfs")
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestSumFileErrors(t *testing.T) {
	if _, err := SumFile(context.Background(), filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := SumReader(ctx, strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestCompressor(t *testing.T) {
	k, x := &debug.Module{Path: "github.com/klauspost/compress", Version: "v1.20.3"}, &debug.Module{Path: "github.com/ulikunitz/xz", Version: "v0.5.15"}
	for _, tc := range []struct {
		deps []*debug.Module
		want string
	}{
		{[]*debug.Module{k, x}, "github.com/klauspost/compress v1.20.3, github.com/ulikunitz/xz v0.5.15"},
		{[]*debug.Module{x}, "unknown"},
		{nil, "unknown"},
		{[]*debug.Module{{Path: k.Path, Version: k.Version, Replace: &debug.Module{Path: "../mine"}}, x}, "unknown"},
		{[]*debug.Module{{Path: k.Path, Version: k.Version, Replace: &debug.Module{Path: "example.com/k", Version: "v9"}}, x}, "example.com/k v9, github.com/ulikunitz/xz v0.5.15"},
	} {
		if got := compressorIn(&debug.BuildInfo{Deps: tc.deps}); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
	t.Logf("this test binary says %q", Compressor())
}

// only fails unless dir holds exactly the names.
func only(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("%s holds %q, want %q", dir, got, names)
	}
}
