package fetch

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Archives whose own hash is pinned, so that only what is in them speaks against
// them. Nothing of them may stay anywhere.
func TestHostileArchives(t *testing.T) {
	files := release()
	good := headers(files)
	file := func(name, content string) tar.Header {
		return tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Linkname: content}
	}
	more := func(h ...tar.Header) []byte { return makeTar(t, append(append([]tar.Header{}, good...), h...)...) }
	whole := archiveOf(t, files)
	for name, tgz := range map[string][]byte{
		"symbolic link": more(tar.Header{Typeflag: tar.TypeSymlink, Name: "go/src/link", Linkname: "/etc"}),
		"hard link":     more(tar.Header{Typeflag: tar.TypeLink, Name: "go/src/link", Linkname: "go/VERSION"}),
		"device":        more(tar.Header{Typeflag: tar.TypeChar, Name: "go/null"}),
		"up":            more(file("go/../../evil", "x")),
		"absolute":      more(file("/evil", "x")),
		"outside":       more(file("evil", "x")),
		"twice":         more(file("go/VERSION", "x")),
		"below a file":  more(file("go/VERSION/x", "x")),
		"by case":       more(file("go/version", "x")),
		"module name":   more(file("go/src/x/_go.mod", "x")),
		"truncated":     whole[:len(whole)/2],
		"no end":        whole[:len(whole)-1],
		"more behind":   append(bytes.Clone(whole), "x"...),
		"no gzip":       []byte("<html>"),
		"empty":         {},
		"no Go":         makeTar(t, file("go/README", "x")),
		"bomb":          makeTar(t, file("go/zeros", strings.Repeat("\x00", 8<<20))),
	} {
		t.Run(name, func(t *testing.T) {
			dir, cache := folder(t, map[string]string{tarName: string(tgz)}), t.TempDir()
			_, err := found(t, Options{Dir: dir, Cache: cache, SHA256: sha(tgz)})
			if msg.KindOf(err) != msg.Findings {
				t.Errorf("%v, kind %d", err, msg.KindOf(err))
			}
			if left, _ := os.ReadDir(cache); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if out, _ := os.ReadDir(filepath.Dir(cache)); len(out) > 2 {
				t.Errorf("outside: %v", out)
			}
		})
	}
}

// rawZip writes names as they are, twice if they are there twice.
func rawZip(t *testing.T, files map[string]string, more ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range inModule(demo, files) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(content))
	}
	for _, name := range more {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "/") {
			w.Write([]byte("x"))
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Zips whose h1 is pinned as whoever made them would wish.
func TestHostileZips(t *testing.T) {
	files := release()
	prefix := "golang.org/toolchain@v0.0.1-go1.26.8.linux-arm64/"
	good := rawZip(t, files)
	for name, z := range map[string][]byte{
		"up":           rawZip(t, files, prefix+"../../evil"),
		"absolute":     rawZip(t, files, prefix+"/evil"),
		"backslash":    rawZip(t, files, prefix+`..\evil`),
		"drive":        rawZip(t, files, prefix+"c:evil"),
		"outside":      rawZip(t, files, "evil"),
		"other module": rawZip(t, files, strings.Replace(prefix, "arm64", "amd64", 1)+"evil"),
		"twice":        rawZip(t, files, prefix+"VERSION"),
		"both go.mod":  rawZip(t, files, prefix+"src/go.mod"),
		"directory":    rawZip(t, files, prefix+"src/"),
		"truncated":    good[:len(good)-100],
		"empty":        {},
		"changed":      bytes.Replace(good, []byte("\x7fELF go"), []byte("\x7fELF ga"), 1),
	} {
		o := Options{Dir: folder(t, map[string]string{zipName: string(z)}), H1: h1(t, demo, files)}
		s, err := found(t, o)
		if msg.KindOf(err) != msg.Findings {
			t.Errorf("%s: %v, %v", name, err, s)
		}
	}
}

// What is in a GOROOT and in no release is not passed over.
func TestOddGoroots(t *testing.T) {
	files := release()
	sum := h1(t, demo, files)
	dir := folder(t, files)
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "src", "link")); err != nil {
		t.Skip(err)
	}
	if _, err := found(t, Options{Dir: dir, H1: sum}); msg.KindOf(err) != msg.Findings || !strings.Contains(err.Error(), "src/link") {
		t.Errorf("link: %v", err)
	}
	for name, files := range map[string]map[string]string{
		"added":   with(files, "src/fmt/evil.go", "package fmt\n"),
		"changed": with(files, "src/fmt/print.go", "package fmt // evil\n"),
		"go.env":  with(files, "go.env", "GOPROXY=https://evil.test\n"),
	} {
		if _, err := found(t, Options{Dir: folder(t, files), H1: sum}); msg.KindOf(err) != msg.Findings {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What the module does not have is nobody's business.
	if s, err := found(t, Options{Dir: folder(t, with(files, "test/more.go", "x")), H1: sum}); err != nil || s.H1 != sum {
		t.Errorf("test: %v", err)
	}
}

// Whatever a zip is, it is read without panic, and accepted only with the pinned hash.
func FuzzZip(f *testing.F) {
	small := map[string]string{"VERSION": "go1.26.8\n", "pkg/tool/linux_arm64/compile": "c"}
	sum := h1(f, demo, small)
	f.Add(moduleZip(f, small))
	f.Add(moduleZip(f, with(small, "x", "y")))
	f.Add([]byte("PK\x05\x06"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		name := filepath.Join(dir, zipName)
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := found(t, Options{Dir: dir, H1: sum})
		if err != nil {
			return
		}
		got := []gosdk.File{}
		for name, text := range content(t, s) {
			_, name, _ = strings.Cut(name, " ")
			if small[name] != text {
				t.Errorf("%s: %q", name, text)
			}
			got = append(got, gosdk.File{Name: name})
		}
		if len(got) != len(small) {
			t.Errorf("%v", got)
		}
	})
}
