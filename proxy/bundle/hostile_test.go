package bundle

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// A tar that wants more than to bring files is refused before anything of it reaches the
// cache, or any other place.
func TestHostileTars(t *testing.T) {
	o := newOutside(t)
	top := t.TempDir()
	dir := filepath.Join(top, "b")
	o.export(ExportOptions{To: dir, Want: o.gosum()})
	sound := tree(t, dir)
	victim := filepath.Join(top, "victim")
	regular := func(name, data string) *tar.Header {
		return &tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(data))}
	}
	for name, hostile := range map[string][]*tar.Header{
		"up":          {regular("../victim", "x")},
		"up in it":    {regular("example.com/../../victim", "x")},
		"absolute":    {regular(victim, "x")},
		"link":        {{Name: "example.com/link", Typeflag: tar.TypeSymlink, Linkname: victim}},
		"through":     {{Name: "example.com/link", Typeflag: tar.TypeSymlink, Linkname: top}, regular("example.com/link/victim", "x")},
		"hard link":   {{Name: "example.com/hard", Typeflag: tar.TypeLink, Linkname: "manifest.json"}},
		"device":      {{Name: "example.com/null", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3}},
		"pipe":        {{Name: "example.com/pipe", Typeflag: tar.TypeFifo}},
		"twice":       {regular("manifest.json", "x")},
		"twice, case": {regular("MANIFEST.json", "x")},
		"stranger":    {regular("example.com/evil/@v/v1.0.0.zip", "x")},
		"hidden":      {regular(".yingzao/used", "x")},
		"huge":        {{Name: "example.com/huge", Typeflag: tar.TypeReg, Mode: 0o644, Size: 2 << 30}},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			w := tar.NewWriter(&b)
			for name, data := range sound {
				if err := w.WriteHeader(regular(name, data)); err != nil {
					t.Fatal(err)
				}
				_, _ = w.Write([]byte(data))
			}
			for _, h := range hostile {
				if err := w.WriteHeader(h); err != nil {
					t.Fatal(err)
				}
				if h.Typeflag == tar.TypeReg && h.Size < 100 {
					_, _ = w.Write([]byte("x"))
				}
			}
			_ = w.Close() // the huge one ends early
			file := filepath.Join(t.TempDir(), "b.tar")
			if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			c, scratch := openCache(t), filepath.Join(t.TempDir(), "scratch")
			_, err := Import(t.Context(), file, ImportOptions{Options{Key: o.log.Key(), Scratch: scratch}, c})
			if err == nil || msg.KindOf(err) != msg.Findings {
				t.Errorf("%v (%v)", err, msg.KindOf(err))
			}
			for key := range tree(t, c.Dir()) {
				if !strings.HasPrefix(key, ".yingzao/") {
					t.Errorf("%s reached the cache", key)
				}
			}
			if left, _ := filepath.Glob(filepath.Join(scratch, "*", "*")); len(left) > 0 {
				t.Errorf("left %v", left)
			}
			if _, err := os.Lstat(victim); err == nil {
				t.Error("it got out")
			}
		})
	}
}
