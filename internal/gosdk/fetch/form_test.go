package fetch

import (
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
)

// content reads all files of an SDK, with their modes before their names.
func content(t testing.TB, s *SDK) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range s.Files {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if e := r.Close(); err != nil || e != nil || int64(len(b)) != f.Size {
			t.Errorf("%s: %d bytes instead of %d, %v, %v", f.Name, len(b), f.Size, err, e)
		}
		out[f.Mode.String()+" "+f.Name] = string(b)
	}
	return out
}

// onDiskIn reads a directory the same way; what is no regular file stands out.
func onDiskIn(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if d.IsDir() {
			if runtime.GOOS != "windows" && info.Mode() != fs.ModeDir|0o755 {
				t.Errorf("%s has mode %v", name, info.Mode())
			}
			return nil
		}
		rel, _ := filepath.Rel(dir, name)
		b, err := os.ReadFile(name)
		out[info.Mode().String()+" "+filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func want(files map[string]string) map[string]string {
	out := map[string]string{}
	for name, content := range files {
		mode := fs.FileMode(0o644)
		if slices.Contains(executable, name) {
			mode = 0o755
		}
		if top, _, _ := strings.Cut(name, "/"); !slices.Contains([]string{"api", "doc", "misc", "test"}, top) {
			out[mode.String()+" "+name] = content
		}
	}
	return out
}

// unpacked is how the go command leaves a toolchain in the module cache: copies
// beside the _go.mod files.
func unpacked(files map[string]string) map[string]string {
	out := map[string]string{}
	for name, content := range inModule(demo, files) {
		_, name, _ = strings.Cut(name, "/toolchain@")
		_, name, _ = strings.Cut(name, "/")
		out[name] = content
		if base, ok := strings.CutSuffix(name, "_go.mod"); ok {
			out[base+"go.mod"] = content
		}
	}
	return out
}

// Whatever an SDK came from, it is the same.
func TestOneForm(t *testing.T) {
	files := release()
	zip, tgz, sum := moduleZip(t, files), archiveOf(t, files), h1(t, demo, files)
	zips, tgzs := serve(t, zip), serve(t, tgz)
	cache, cacheTree := t.TempDir(), t.TempDir()
	modCache := folder(t, map[string]string{"cache/download/golang.org/toolchain/@v/" + zipName: string(zip)})
	fileProxy := folder(t, map[string]string{"golang.org/toolchain/@v/" + zipName: string(zip)})
	for _, c := range []struct {
		name   string
		o      Options
		source string
	}{
		{"GOROOT", Options{Dir: folder(t, files)}, "dir"},
		{"GOROOT that go unpacked", Options{Dir: folder(t, unpacked(files))}, "dir"},
		{"folder with zip", Options{Dir: folder(t, map[string]string{zipName: string(zip)})}, zipName},
		{"folder with archive", Options{Dir: folder(t, map[string]string{tarName: string(tgz)}), Cache: t.TempDir()}, tarName},
		{"module cache", Options{ModCache: modCache}, zipName},
		{"file:// mirror", Options{Mirrors: proxies(t, "file://"+filepath.ToSlash(fileProxy)), Offline: true}, zipName},
		{"mirror", Options{Mirrors: proxies(t, zips.list("404,redirect")), Cache: cache}, "/redirect/golang.org/toolchain/@v/" + zipName},
		{"own cache", Options{Cache: cache, Offline: true}, zipName},
		{"own cache as a directory", Options{Dir: cache}, zipName},
		{"archive mirror", Options{Archives: tgzs.bases("404", "ok"), Cache: cacheTree}, "/ok/" + tarName},
		{"archive's own URL", Options{Archives: []string{tgzs.URL + "/ok/abi1.0/renamed.tar.gz"}, Cache: t.TempDir()}, "/ok/abi1.0/renamed.tar.gz"},
		{"own cache, unpacked", Options{Cache: cacheTree, Offline: true}, treeName},
		{"own cache, unpacked, as a directory", Options{Dir: cacheTree}, treeName},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.H1 = sum
			s, err := found(t, c.o)
			if err != nil {
				t.Fatal(err)
			}
			if s.H1 != sum || s.Release != demo || s.Proof.By != PinnedH1 || s.Proof.Value != sum || !strings.HasSuffix(s.Proof.Source, c.source) {
				t.Errorf("%s %s %+v", s.H1, s.Release, s.Proof)
			}
			if got := content(t, s); !maps.Equal(got, want(files)) {
				t.Errorf("%d files instead of %d: %v", len(got), len(want(files)), slices.Sorted(maps.Keys(got)))
			}
			if !slices.IsSortedFunc(s.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) }) {
				t.Error("files are not sorted")
			}
			dir := filepath.Join(t.TempDir(), "go")
			if err := s.Extract(t.Context(), dir); err != nil {
				t.Fatal(err)
			}
			if got := onDiskIn(t, dir); runtime.GOOS != "windows" && !maps.Equal(got, want(files)) {
				t.Errorf("on disk: %v", slices.Sorted(maps.Keys(got)))
			}
			tree, err := gosdk.ReadTree(t.Context(), dir, demo)
			if err != nil || tree.H1() != sum {
				t.Errorf("extracted: %v, %v", tree, err)
			}
		})
	}
	for _, dir := range []string{cache, cacheTree} {
		left, _ := filepath.Glob(dir + "/*")
		for _, name := range left {
			if base := filepath.Base(name); base != zipName && base != treeName && base != treeName+".json" {
				t.Errorf("left behind: %s", name)
			}
		}
	}
}
