package rebuild

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

var commitTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func entries() []archive.Entry {
	one := func(name, text string, mode fs.FileMode) archive.Entry {
		return archive.Entry{Name: name, Mode: mode, ModTime: commitTime, Size: int64(len(text)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
	}
	return []archive.Entry{one("LICENSE", "none\n", 0o644), one("docs/a.md", "text\n", 0o644), one("hello", "a program\n", 0o755)}
}

func pack(t *testing.T, f archive.Format, all []archive.Entry) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	_, err := archive.WriteFile(context.Background(), path, 0o644, func(w io.Writer) error {
		return archive.Write(context.Background(), w, f, all, archive.Options{ModTime: commitTime})
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPlantedDifferencesInArchives(t *testing.T) {
	for _, f := range []archive.Format{archive.TarGz, archive.TarZst, archive.TarXz, archive.Zip} {
		for _, tc := range []struct {
			name   string
			change func([]archive.Entry) []archive.Entry
			file   string
			kind   Kind
			says   string
		}{
			{"one file changed", func(all []archive.Entry) []archive.Entry {
				all[1].Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("tExt\n")), nil }
				return all
			}, "docs/a.md", Content, "1 of 5 bytes differ, the first at offset 1"},
			{"one time changed", func(all []archive.Entry) []archive.Entry {
				all[2].ModTime = commitTime.Add(2 * time.Second)
				return all
			}, "hello", Header, "2026-01-02T03:04:0"},
			{"one mode changed", func(all []archive.Entry) []archive.Entry { all[0].Mode = 0o755; return all }, "LICENSE", Header, "0755 as published, 0644 as built"},
			{"a file more", func(all []archive.Entry) []archive.Entry {
				e := all[0]
				e.Name = "NOTICE"
				return append(all, e)
			}, "NOTICE", Gone, "was not built"},
			{"a file less", func(all []archive.Entry) []archive.Entry { return all[:2] }, "hello", Added, "not published"},
		} {
			diffs, err := Explain(context.Background(), pack(t, f, tc.change(entries())), pack(t, f, entries()), manifest.KindArchive)
			if err != nil || len(diffs) != 1 {
				t.Errorf("%s, %s: %v %+v", f, tc.name, err, diffs)
				continue
			}
			if d := diffs[0]; d.File != tc.file || d.Kind != tc.kind || !strings.Contains(d.Text.EN, tc.says) {
				t.Errorf("%s, %s: %+v, want %s of %s: %s", f, tc.name, d, tc.kind, tc.file, tc.says)
			}
		}
	}
}

func TestOtherContainers(t *testing.T) {
	ours := pack(t, archive.TarGz, entries())
	b, err := os.ReadFile(ours)
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var other bytes.Buffer
	w, err := gzip.NewWriterLevel(&other, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, r); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	write := func(b []byte) string {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	owners := entries()
	owners[0].Owner = "mallory"
	for _, tc := range []struct {
		name, published string
		kind            Kind
		cause, says     string
	}{
		{"another compressor", write(other.Bytes()), Container, CauseCompressor, "compressed in another way"},
		{"an owner", pack(t, archive.TarGz, owners), Container, CauseArchiver, "offset"},
		{"another format", pack(t, archive.Zip, entries()), Container, "", "zip is published, tar.gz was built"},
		{"cut short", write(b[:len(b)/2]), Content, "", "it cannot be taken apart"},
		{"no archive", write([]byte("hello")), Container, "", "binary is published, tar.gz was built"},
		{"one byte of the stream", write(slices.Concat(b[:len(b)/2], []byte{b[len(b)/2] ^ 1}, b[len(b)/2+1:])), Content, "", "1 of"},
	} {
		diffs, err := Explain(context.Background(), tc.published, ours, manifest.KindArchive)
		if err != nil || len(diffs) != 1 || diffs[0].Kind != tc.kind || !strings.Contains(diffs[0].Text.EN, tc.says) {
			t.Errorf("%s: %v %+v", tc.name, err, diffs)
			continue
		}
		if c := diffs[0].Causes; (tc.cause == "") != (len(c) == 0) || len(c) > 0 && c[0].Code != tc.cause {
			t.Errorf("%s: causes %+v", tc.name, c)
		}
	}
}
