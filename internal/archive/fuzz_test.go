package archive

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzExtract: whatever the bytes are, nothing outside the directory changes,
// nothing but files and directories is inside it, and no more bytes than the
// limit; on an error nothing is there at all.
func FuzzExtract(f *testing.F) {
	formats := []Format{TarGz, TarZst, TarXz, Tar, Zip}
	for i, format := range formats {
		f.Add(pack(f, format, []Entry{file("a/b", 0o755, []byte("content")), file("文档", 0, nil)}), byte(i))
	}
	f.Add(tarOf(f, tarFiles("../up", "/abs", "a")...), byte(3))
	f.Add(tarOf(f, tarFile{Header: tar.Header{Name: "l", Typeflag: tar.TypeSymlink, Linkname: "../canary"}}, tarFiles("l")[0]), byte(3))
	f.Add(zipOf(f, zipFiles("../up", "a", "a/b")...), byte(4))
	limits := Limits{Entries: 100, Total: 1 << 20, File: 1 << 19, Ratio: 200, Depth: 8, Name: 200}
	f.Fuzz(func(t *testing.T, b []byte, which byte) {
		format := formats[int(which)%len(formats)]
		parent := t.TempDir()
		if err := os.WriteFile(filepath.Join(parent, "canary"), []byte("sings"), 0o600); err != nil {
			t.Fatal(err)
		}
		err := Extract(context.Background(), bytes.NewReader(b), format, filepath.Join(parent, "out"), limits)
		files, modes := treeOf(t, parent) // fails on a link or device
		if files["canary"] != "sings" || modes["canary"] != 0o600 {
			t.Fatal("the canary is dead")
		}
		var total int64
		for name, content := range files {
			if total += int64(len(content)); name != "canary" && (err != nil || !strings.HasPrefix(name, "out/")) {
				t.Fatalf("%q exists (%v)", name, err)
			}
		}
		if total > limits.Total+int64(len("sings")) || len(modes) > limits.Entries+3 {
			t.Fatalf("%d bytes, %d names", total, len(modes))
		}
	})
}

// FuzzWalk is FuzzExtract without the disk, hence far faster: every name that
// is handed out is a local one, on every system, and no limit is exceeded.
func FuzzWalk(f *testing.F) {
	for i, format := range Formats() {
		f.Add(pack(f, format, []Entry{file("a", 0o755, []byte("content"))}), byte(i))
	}
	for _, h := range hostileNames {
		if h.want != errEncoding {
			f.Add(tarOf(f, tarFiles(h.files...)...), byte(4))
			f.Add(zipOf(f, zipFiles(h.files...)...), byte(3))
		}
	}
	limits := Limits{Entries: 100, Total: 1 << 20, File: 1 << 19, Ratio: 200, Depth: 8, Name: 200}
	f.Fuzz(func(t *testing.T, b []byte, which byte) {
		format := Formats()[int(which)%len(Formats())]
		total, seen := int64(0), make(map[string]bool)
		_ = Walk(context.Background(), bytes.NewReader(b), format, limits, func(h Header, r io.Reader) error {
			n, err := io.Copy(io.Discard, r)
			total += n
			if !format.single() && (!fs.ValidPath(h.Name) || strings.ContainsAny(h.Name, "\\:\x00") || seen[strings.ToLower(h.Name)]) {
				t.Fatalf("handed out %q", h.Name)
			}
			seen[strings.ToLower(h.Name)] = true
			if n > limits.File+blockSize || total > limits.Total+blockSize || len(seen) > limits.Entries {
				t.Fatalf("%d bytes, %d in all, %d names", n, total, len(seen))
			}
			return err
		})
		if _, err := Detect(bytes.NewReader(b)); err != nil {
			t.Fatal(err)
		}
	})
}
