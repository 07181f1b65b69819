package bundle

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// small makes a bundle of one program and the settings.
func small(t testing.TB, to string) *Made {
	t.Helper()
	s := newSite(t)
	made, err := Make(t.Context(), Options{To: to, Programs: map[string]string{"linux/amd64": s.dir + "/amd64"}, Org: s.dir + "/org.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		damage func(t *testing.T, dir string)
		pin    string
		kind   msg.Kind
		text   string
	}{
		{"another pin", nil, strings.Repeat("0", 64), msg.Findings, "pinned is 0000"},
		{"no manifest", func(t *testing.T, dir string) { remove(t, dir+"/bundle.json") }, "", msg.Usage, "it has no bundle.json"},
		{"a broken manifest", func(t *testing.T, dir string) { write(t, dir+"/bundle.json", "<html>") }, "", msg.Findings, "read bundle.json"},
		{"a changed byte", func(t *testing.T, dir string) { write(t, dir+"/bin/yingzao_linux_amd64", elfOf(62, "yingzaO")) }, "", msg.Findings, "bin/yingzao_linux_amd64: sha256"},
		{"a truncated file", func(t *testing.T, dir string) { write(t, dir+"/bin/yingzao_linux_amd64", "") }, "", msg.Findings, "0 bytes instead of 71"},
		{"a missing file", func(t *testing.T, dir string) { remove(t, dir+"/bootstrap.sh") }, "", msg.Findings, "bootstrap.sh"},
		{"a stranger", func(t *testing.T, dir string) { write(t, dir+"/modules/evil/@v/v1.0.0.zip", "") }, "", msg.Findings, "modules/evil/@v/v1.0.0.zip is not in"},
		{"a link", func(t *testing.T, dir string) {
			data, _ := os.ReadFile(dir + "/yingzao.yaml")
			write(t, dir+"/elsewhere", string(data))
			remove(t, dir+"/yingzao.yaml")
			link(t, "elsewhere", dir+"/yingzao.yaml")
		}, "", msg.Findings, "no regular file"},
		{"a link to a folder", func(t *testing.T, dir string) {
			if err := os.Rename(dir+"/bin", dir+"-bin"); err != nil {
				t.Fatal(err)
			}
			link(t, dir+"-bin", dir+"/bin")
		}, "", msg.Findings, "bin/yingzao_linux_amd64"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "bundle")
			made := small(t, dir)
			write(t, dir+"/System Volume Information/x", "what a system leaves on a stick")
			if b, err := Open(t.Context(), dir, OpenOptions{SHA256: made.SHA256}); err != nil || string(b.Org()) == "" || b.Proxy() != "" {
				t.Fatalf("the good one: %v", err)
			}
			if tc.damage != nil {
				tc.damage(t, dir)
			}
			_, err := Open(t.Context(), dir, OpenOptions{SHA256: tc.pin})
			if err == nil || msg.KindOf(err) != tc.kind || !strings.Contains(err.Error(), tc.text) {
				t.Errorf("%v (kind %v)", err, msg.KindOf(err))
			}
		})
	}
	if _, err := Open(t.Context(), "/nonexistent", OpenOptions{}); msg.KindOf(err) != msg.Usage {
		t.Error(err)
	}
}

func remove(t testing.TB, name string) {
	t.Helper()
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
}

func link(t testing.TB, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Skip(err)
	}
}

func TestHostileTars(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string][]tar.Header{
		"a link":          {{Typeflag: tar.TypeSymlink, Name: "bin", Linkname: "/tmp"}},
		"out of it":       {{Typeflag: tar.TypeReg, Name: "../evil", Size: 1}},
		"twice by case":   {{Typeflag: tar.TypeReg, Name: "a", Size: 1}, {Typeflag: tar.TypeReg, Name: "A", Size: 1}},
		"a device":        {{Typeflag: tar.TypeChar, Name: "null"}},
		"far too large":   {{Typeflag: tar.TypeReg, Name: "big", Size: 3 << 30}},
		"without content": {},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var b bytes.Buffer
			w := tar.NewWriter(&b)
			for _, h := range headers {
				h.Mode = 0o644
				if err := w.WriteHeader(&h); err != nil {
					t.Fatal(err)
				}
				if h.Size == 1 {
					_, _ = w.Write([]byte("x"))
				}
			}
			_ = w.Flush()
			b.Write(make([]byte, 1024))
			write(t, dir+"/evil.tar", b.String())
			_, err := Open(t.Context(), dir+"/evil.tar", OpenOptions{Scratch: dir + "/scratch"})
			if k := msg.KindOf(err); err == nil || k != msg.Findings && k != msg.Usage {
				t.Errorf("%v", err)
			}
			if left, _ := filepath.Glob(dir + "/*"); len(left) != 2 {
				t.Errorf("%q", left)
			}
			if left, _ := os.ReadDir(dir + "/scratch"); len(left) > 0 {
				t.Errorf("%v", left)
			}
		})
	}
}

func manifest(edit func(*Manifest)) []byte {
	sum := strings.Repeat("a", 64)
	m := &Manifest{Schema: 1, Sequence: 1, Files: []File{{"bin/y", 1, sum}, {"go.proof", 1, sum}, {"sdk/x.zip", 1, sum}},
		Programs: []Program{{"linux/amd64", "bin/y"}}, SDKs: []SDK{{"linux/amd64", "go1.26.8", "h1:x", "sdk/x.zip"}}, Proof: "go.proof"}
	edit(m)
	return m.encode()
}

func TestParseManifest(t *testing.T) {
	t.Parallel()
	if _, err := ParseManifest(manifest(func(*Manifest) {})); err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(*Manifest){
		"schema":          func(m *Manifest) { m.Schema = 2 },
		"out of it":       func(m *Manifest) { m.Files[0].Name = "../x" },
		"absolute":        func(m *Manifest) { m.Files[0].Name = "/x" },
		"a drive":         func(m *Manifest) { m.Files[0].Name = "C:x" },
		"backslash":       func(m *Manifest) { m.Files[0].Name = `bin\y` },
		"itself":          func(m *Manifest) { m.Files[0].Name = "bundle.json" },
		"twice":           func(m *Manifest) { m.Files[1] = m.Files[0] },
		"unsorted":        func(m *Manifest) { m.Files[0], m.Files[1] = m.Files[1], m.Files[0] },
		"negative":        func(m *Manifest) { m.Files[0].Size = -1 },
		"sum":             func(m *Manifest) { m.Files[0].SHA256 = "A" + m.Files[0].SHA256[1:] },
		"short sum":       func(m *Manifest) { m.Files[0].SHA256 = "aa" },
		"unlisted SDK":    func(m *Manifest) { m.SDKs[0].File = "sdk/y.zip" },
		"SDK elsewhere":   func(m *Manifest) { m.SDKs[0].File = "bin/y" },
		"SDK without h1":  func(m *Manifest) { m.SDKs[0].H1 = "" },
		"unlisted binary": func(m *Manifest) { m.Programs[0].File = "bin/z" },
		"platform":        func(m *Manifest) { m.Programs[0].Platform = "linux" },
		"proof":           func(m *Manifest) { m.Proof = "bin/y" },
		"org":             func(m *Manifest) { m.Org = "yingzao.yaml" },
		"modules":         func(m *Manifest) { m.Modules = "bin" },
	} {
		if _, err := ParseManifest(manifest(edit)); msg.KindOf(err) != msg.Findings {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add(manifest(func(*Manifest) {}))
	f.Add([]byte(`{"schema":1,"files":[{"name":"a/../b","sha256":""}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseManifest(data)
		if err != nil {
			return
		}
		for _, file := range m.Files {
			if !filepath.IsLocal(filepath.FromSlash(file.Name)) {
				t.Errorf("%q leaves the bundle", file.Name)
			}
		}
		again, err := ParseManifest(m.encode())
		if err != nil {
			t.Fatalf("its own form is refused: %v", err)
		}
		a, _ := json.Marshal(m)
		if b, _ := json.Marshal(again); !bytes.Equal(a, b) {
			t.Errorf("%s became %s", a, b)
		}
	})
}

func TestFileURL(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string]string{"/media/U 盘/b": "file:///media/U%20%E7%9B%98/b", "C:/b": "file:///C:/b"} {
		if got := fileURL(dir); got != want {
			t.Errorf("%s: %s", dir, got)
		}
	}
}
