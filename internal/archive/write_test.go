package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func contents(t *testing.T, entries []Entry) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for _, e := range entries {
		r, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name] = string(b)
	}
	return all
}

func TestTarAsOthersReadIt(t *testing.T) {
	zr, err := gzip.NewReader(bytes.NewReader(pack(t, TarGz, sample())))
	if err != nil {
		t.Fatal(err)
	}
	if zr.Name != "" || !zr.ModTime.IsZero() {
		t.Errorf("gzip header has name %q, time %v", zr.Name, zr.ModTime)
	}
	got, names := make(map[string]string), []string{}
	for tr := tar.NewReader(zr); ; {
		h, err := tr.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		got[h.Name], names = string(b), append(names, h.Name)
		wantFormat, wantMode, wantTime, wantOwner := tar.FormatUSTAR, int64(0o644), commitTime, ""
		switch {
		case strings.HasPrefix(h.Name, "文"):
			wantFormat = tar.FormatPAX
		case h.Name == "bin/demo":
			wantMode = 0o755
		case h.Name == "etc/demo.conf":
			wantMode, wantOwner = 0o600, "root/staff"
		case h.Name == "README.md":
			wantTime = time.Date(2001, 9, 8, 17, 46, 40, 0, time.UTC)
		}
		owner := strings.Trim(h.Uname+"/"+h.Gname, "/")
		if h.Format != wantFormat || h.Mode != wantMode || !h.ModTime.Equal(wantTime) || owner != wantOwner || h.Uid != 0 || h.Gid != 0 {
			t.Errorf("%s: format %v, mode %o, time %v, owner %q %d/%d", h.Name, h.Format, h.Mode, h.ModTime, owner, h.Uid, h.Gid)
		}
		if !h.AccessTime.IsZero() || !h.ChangeTime.IsZero() {
			t.Errorf("%s: has an access or change time", h.Name)
		}
	}
	if want := contents(t, sample()); !maps.Equal(got, want) {
		t.Errorf("contents differ: %v", names)
	}
	if !slices.IsSorted(names) {
		t.Errorf("not sorted: %v", names)
	}
}

func TestZipAsOthersReadIt(t *testing.T) {
	b := pack(t, Zip, sample())
	zr, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, f := range zr.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		got[f.Name] = string(content)
		if want := map[string]fs.FileMode{"bin/demo": 0o755, "etc/demo.conf": 0o600}[f.Name]; f.Mode() != want && !(want == 0 && f.Mode() == 0o644) {
			t.Errorf("%s: mode %v", f.Name, f.Mode())
		}
		if f.Name != "README.md" && !f.Modified.Equal(commitTime) {
			t.Errorf("%s: time %v", f.Name, f.Modified)
		}
	}
	if want := contents(t, sample()); !maps.Equal(got, want) {
		t.Error("contents differ")
	}
}

func TestDefaultTimes(t *testing.T) {
	for f, want := range map[Format]int64{Tar: 0, Zip: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC).Unix()} {
		var b bytes.Buffer
		if err := Write(context.Background(), &b, f, []Entry{file("a", 0, nil)}, Options{}); err != nil {
			t.Fatal(err)
		}
		err := Walk(context.Background(), bytes.NewReader(b.Bytes()), f, Limits{}, func(h Header, _ io.Reader) error {
			if h.ModTime.Unix() != want {
				t.Errorf("%s: %v", f, h.ModTime.UTC())
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	// The trap: klauspost's zero time is 2042.
	if mtime := binary.LittleEndian.Uint32(pack(t, Gz, one())[4:8]); mtime != 0 {
		t.Errorf("gzip mtime %d", mtime)
	}
}

func TestLevelMatters(t *testing.T) {
	size := func(level int) int {
		var b bytes.Buffer
		if err := Write(context.Background(), &b, TarGz, sample(), Options{Level: level}); err != nil {
			t.Fatal(err)
		}
		return b.Len()
	}
	if one, eight, zero := size(1), size(8), size(0); one <= eight || eight != zero {
		t.Errorf("level 1: %d bytes, 8: %d, 0: %d", one, eight, zero)
	}
	for _, level := range []int{-1, 10} {
		if err := Write(context.Background(), io.Discard, TarGz, sample(), Options{Level: level}); msg.KindOf(err) != msg.Usage {
			t.Errorf("level %d: %v", level, err)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	a := file("a", 0, []byte("aaaa"))
	with := func(change func(*Entry)) []Entry { e := a; change(&e); return []Entry{e} }
	for name, tc := range map[string]struct {
		entries []Entry
		want    error // nil: any
	}{
		"nothing":       {nil, nil},
		"two the same":  {[]Entry{a, a}, errDuplicate},
		"case":          {[]Entry{a, file("A", 0, nil)}, errCase},
		"file and dir":  {[]Entry{a, file("a/b", 0, nil)}, errConflict},
		"parent":        {[]Entry{file("../a", 0, nil)}, errParent},
		"absolute":      {[]Entry{file("/a", 0, nil)}, errAbsolute},
		"dot":           {[]Entry{file("./a", 0, nil)}, errUnclean},
		"directory":     {[]Entry{file("a/", 0, nil)}, errUnclean},
		"top":           {[]Entry{file(".", 0, nil)}, errUnclean},
		"windows":       {[]Entry{file("aux.txt", 0, nil)}, errReserved},
		"setuid":        {with(func(e *Entry) { e.Mode = 0o755 | fs.ModeSetuid }), nil},
		"link":          {with(func(e *Entry) { e.Mode = 0o755 | fs.ModeSymlink }), nil},
		"no content":    {with(func(e *Entry) { e.Open = nil }), nil},
		"size negative": {with(func(e *Entry) { e.Size = -1 }), nil},
		"size short":    {with(func(e *Entry) { e.Size = 3 }), nil},
		"size long":     {with(func(e *Entry) { e.Size = 5 }), nil},
		"cannot open": {with(func(e *Entry) {
			e.Open = func() (io.ReadCloser, error) { return nil, fs.ErrPermission }
		}), fs.ErrPermission},
	} {
		for _, f := range Formats() {
			if f.single() && len(tc.entries) > 1 {
				continue
			}
			err := Write(context.Background(), io.Discard, f, tc.entries, Options{})
			if err == nil || tc.want != nil && !errors.Is(err, tc.want) {
				t.Errorf("%s, %s: %v, want %v", name, f, err, tc.want)
			}
			if err != nil && msg.In(err, msg.Chinese) == err.Error() {
				t.Errorf("%s, %s: not in Chinese: %v", name, f, err)
			}
		}
	}
	if err := Write(context.Background(), io.Discard, "rar", sample(), Options{}); err == nil {
		t.Error("an unknown format is written")
	}
	if err := Write(context.Background(), io.Discard, Gz, sample(), Options{}); err == nil {
		t.Error("six files in one gzip")
	}
}

var errDisk = errors.New("no space left")

// failing fails at the n-th write and counts.
type failing struct{ n, count int }

func (w *failing) Write(b []byte) (int, error) {
	if w.count++; w.count == w.n {
		return 0, errDisk
	}
	return len(b), nil
}

// Whichever write fails, those of the Close calls included, the error surfaces.
func TestEveryFailingWriteSurfaces(t *testing.T) {
	for _, f := range Formats() {
		count := &failing{}
		if err := Write(context.Background(), count, f, entriesFor(f), Options{}); err != nil {
			t.Fatal(err)
		}
		for n := 1; n <= count.count; n++ {
			if err := Write(context.Background(), &failing{n: n}, f, entriesFor(f), Options{}); !errors.Is(err, errDisk) {
				t.Errorf("%s: write %d of %d fails, Write returns %v", f, n, count.count, err)
			}
		}
		t.Logf("%s: %d writes", f, count.count)
	}
}

func TestSourceErrors(t *testing.T) {
	for _, f := range Formats() {
		for _, at := range []string{"read", "close"} {
			e := one()
			e[0].Open = func() (io.ReadCloser, error) { return &badSource{at: at, left: int(e[0].Size)}, nil }
			if err := Write(context.Background(), io.Discard, f, e, Options{}); !errors.Is(err, errDisk) {
				t.Errorf("%s: the source fails at %s, Write returns %v", f, at, err)
			}
		}
	}
}

type badSource struct {
	at   string
	left int
}

func (s *badSource) Read(b []byte) (int, error) {
	if s.at == "read" && s.left < 100_000 {
		return 0, errDisk
	}
	if s.left == 0 {
		return 0, io.EOF
	}
	n := min(len(b), s.left)
	s.left -= n
	return n, nil
}

func (s *badSource) Close() error {
	if s.at == "close" {
		return errDisk
	}
	return nil
}
