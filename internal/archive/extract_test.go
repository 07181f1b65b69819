package archive

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestExtractWhatWriteMakes(t *testing.T) {
	for _, f := range []Format{TarGz, TarZst, TarXz, Tar, Zip} {
		parent := t.TempDir()
		dir := filepath.Join(parent, "out")
		if err := Extract(context.Background(), bytes.NewReader(pack(t, f, sample())), f, dir, Strict()); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		got, modes := treeOf(t, dir)
		if want := contents(t, sample()); !maps.Equal(got, want) {
			t.Errorf("%s: contents differ", f)
		}
		if modes["bin/demo"]&0o100 == 0 || modes["README.md"]&0o111 != 0 || modes["README.md"]&0o400 == 0 {
			t.Errorf("%s: modes %v", f, modes)
		}
		only(t, parent, "out")
	}
}

// Directories, "./" before names, git's global header, setuid bits: ordinary
// archives have them.
func TestExtractOrdinaryArchives(t *testing.T) {
	b := tarOf(t,
		tarFile{Header: tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": "e4dcaf74563f"}}},
		tarFile{Header: tar.Header{Name: "./", Typeflag: tar.TypeDir, Mode: 0o755}},
		tarFile{Header: tar.Header{Name: "./bin/", Typeflag: tar.TypeDir, Mode: 0o700}},
		tarFile{Header: tar.Header{Name: "./bin/su", Typeflag: tar.TypeReg, Mode: 0o6755}, content: []byte("x")},
		tarFile{Header: tar.Header{Name: "./empty/", Typeflag: tar.TypeDir, Mode: 0o755}},
	)
	b = append(b, make([]byte, 10240)...) // tar pads to its record size
	dir := filepath.Join(t.TempDir(), "out")
	if err := os.Mkdir(dir, 0o700); err != nil { // an empty one may exist
		t.Fatal(err)
	}
	if err := Extract(context.Background(), bytes.NewReader(b), Tar, dir, Limits{}); err != nil {
		t.Fatal(err)
	}
	got, modes := treeOf(t, dir)
	if !maps.Equal(got, map[string]string{"bin/su": "x"}) || modes["bin/su"]&(fs.ModeSetuid|fs.ModeSetgid) != 0 || !modes["empty"].IsDir() {
		t.Errorf("%v %v", got, modes)
	}
	for _, f := range []Format{Gz, Binary} {
		if err := Extract(context.Background(), bytes.NewReader(pack(t, f, one())), f, dir+"2", Limits{}); err == nil {
			t.Errorf("%s was extracted", f)
		}
	}
	err := Extract(context.Background(), bytes.NewReader(b), Tar, dir, Limits{})
	if err == nil || msg.Hint(err).IsZero() {
		t.Errorf("extracted over a directory with content: %v", err)
	}
	if err := Extract(context.Background(), strings.NewReader("x"), Zip, dir+"3", Limits{}); err == nil {
		t.Error("a zip of one byte")
	}
	if err := Extract(context.Background(), io.MultiReader(), Zip, dir+"3", Limits{}); err == nil {
		t.Error("a zip from a stream")
	}
}

func TestHostileArchives(t *testing.T) {
	all := hostileArchives()
	for _, h := range all {
		t.Run(string(h.format)+" "+h.name, func(t *testing.T) {
			b := h.make(t)
			parent := t.TempDir()
			err := Walk(context.Background(), bytes.NewReader(b), h.format, hostileLimits, func(Header, io.Reader) error { return nil })
			errs := []error{err}
			if !h.format.single() {
				errs = append(errs, Extract(context.Background(), bytes.NewReader(b), h.format, filepath.Join(parent, "out"), hostileLimits))
				only(t, parent)
			}
			for _, err := range errs {
				switch {
				case err == nil:
					t.Fatal("accepted")
				case h.want != anyError && !errors.Is(err, h.want):
					t.Errorf("refused for another reason: %v", err)
				case Refused(err) != Refused(h.want):
					t.Errorf("Refused is %v: %v", Refused(err), err)
				case msg.In(err, msg.Chinese) == err.Error():
					t.Errorf("not in Chinese: %v", err)
				}
			}
		})
	}
	t.Logf("%d hostile archives", len(all))
}

// What is hostile under small limits is fine under none.
func TestLimitsAreTheCallers(t *testing.T) {
	none := Limits{Entries: -1, Total: -1, File: -1, Ratio: -1, Depth: -1, Name: -1}
	for _, h := range hostileArchives() {
		switch h.want {
		case errEntries, errTotal, errDepth, errNameLen, errRatio:
		default:
			continue
		}
		switch h.name {
		case "bomb of top directories": // has no end marker
			continue
		}
		if err := Walk(context.Background(), bytes.NewReader(h.make(t)), h.format, none, func(Header, io.Reader) error { return nil }); err != nil {
			t.Errorf("%s %s: %v", h.format, h.name, err)
		}
	}
	if (Limits{}).filled() != Strict() || none.filled() != none {
		t.Error("filled")
	}
}

func TestExtractCancelled(t *testing.T) {
	for _, f := range []Format{TarGz, TarZst, TarXz, Tar, Zip} {
		b := pack(t, f, sample())
		parent := t.TempDir()
		ctx, cancel := context.WithCancel(context.Background())
		src := &cutting{Reader: bytes.NewReader(b), n: len(b) / 2, cut: cancel}
		if err := Extract(ctx, src, f, filepath.Join(parent, "out"), Strict()); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", f, err)
		}
		only(t, parent)
	}
}

// cutting is a tripwire that can seek.
type cutting struct {
	*bytes.Reader
	n   int
	cut func()
}

func (c *cutting) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	if c.n -= n; c.n <= 0 {
		c.cut()
	}
	return n, err
}

func (c *cutting) ReadAt(b []byte, at int64) (int, error) {
	if at < c.Size()/2 {
		c.cut()
	}
	return c.Reader.ReadAt(b, at)
}

func TestWalk(t *testing.T) {
	for _, f := range Formats() {
		b := pack(t, f, entriesFor(f))
		var names []string
		first := make([]byte, 1)
		err := Walk(context.Background(), bytes.NewReader(b), f, Strict(), func(h Header, r io.Reader) error {
			names = append(names, h.Name)
			_, err := io.ReadFull(r, first) // and leaves the rest
			if h.Name == "empty" && err == io.EOF {
				err = nil
			}
			if h.Name == "bin/demo" && (h.Mode != 0o755 || h.Size != 300_000 || !h.ModTime.Equal(commitTime)) {
				t.Errorf("%s: header %+v", f, h)
			}
			return err
		})
		if err != nil || len(names) != len(entriesFor(f)) {
			t.Errorf("%s: %d entries, %v", f, len(names), err)
		}
		calls := 0
		stop := func(Header, io.Reader) error { calls++; return fs.SkipAll }
		if err := Walk(context.Background(), bytes.NewReader(b), f, Strict(), stop); err != nil || calls != 1 {
			t.Errorf("%s: SkipAll: %d calls, %v", f, calls, err)
		}
		fail := func(Header, io.Reader) error { return errDisk }
		if err := Walk(context.Background(), bytes.NewReader(b), f, Strict(), fail); !errors.Is(err, errDisk) {
			t.Errorf("%s: the visitor's error became %v", f, err)
		}
	}
	if err := Walk(context.Background(), strings.NewReader(""), "rar", Limits{}, nil); err == nil {
		t.Error("an unknown format is read")
	}
}

// Every single flipped byte of a compressed archive is noticed or harmless: the
// content that is handed out is never another one.
func TestFlippedBytes(t *testing.T) {
	entries := []Entry{file("a", 0, program(3000)), file("b", 0, []byte("bee"))}
	want := contents(t, entries)
	for _, f := range []Format{TarGz, TarZst, TarXz, Zip} {
		good := pack(t, f, entries)
		noticed := 0
		for i := range good {
			b := bytes.Clone(good)
			b[i] ^= 0x10
			got := make(map[string]string)
			err := Walk(context.Background(), bytes.NewReader(b), f, Strict(), func(h Header, r io.Reader) error {
				content, err := io.ReadAll(r)
				got[h.Name] = string(content)
				return err
			})
			switch {
			case err != nil:
				noticed++
			case f == Zip && len(got) == 2: // names and times have no checksum in a zip
			case !maps.Equal(got, want):
				t.Errorf("%s: byte %d of %d flipped: accepted with other content", f, i, len(good))
			}
		}
		t.Logf("%s: %d of %d flips noticed", f, noticed, len(good))
	}
}

// treeOf returns the contents and modes below dir.
func treeOf(t testing.TB, dir string) (files map[string]string, modes map[string]fs.FileMode) {
	t.Helper()
	files, modes = make(map[string]string), make(map[string]fs.FileMode)
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		modes[name] = fi.Mode()
		switch fi.Mode().Type() {
		case fs.ModeDir:
		case 0:
			b, err := fs.ReadFile(root, name)
			files[name] = string(b)
			return err
		default:
			return fmt.Errorf("%s is %v", name, fi.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, modes
}
