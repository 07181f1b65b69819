package assemble

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"archive/tar"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/loongarch"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// imageOf is an image of one layer as others make it, by the library.
func imageOf(t testing.TB, arch string, entries ...entry) v1.Image {
	t.Helper()
	content := tarOf(t, entries...)
	l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil })
	if err != nil {
		t.Fatal(err)
	}
	image, err := mutate.ConfigFile(emptyImage, &v1.ConfigFile{OS: "linux", Architecture: arch, RootFS: v1.RootFS{Type: "layers"}, Config: v1.Config{Env: []string{"LANG=C"}}})
	if err != nil {
		t.Fatal(err)
	}
	if image, err = mutate.AppendLayers(image, l); err != nil {
		t.Fatal(err)
	}
	return image
}

// checkBase is Check with a cache of its own.
func checkBase(t testing.TB, s Source, n Need) (*Facts, error) {
	t.Helper()
	return Check(t.Context(), CheckOptions{Base: s, Need: n, Cache: t.TempDir()})
}

// One root in every form of archive is one base.
func TestRootfsForms(t *testing.T) {
	plain := tarOf(t, debianRoot("arm64")...)
	var diffID string
	for name, write := range map[string]archive.Format{"a.tar": archive.Tar, "a.tar.gz": archive.TarGz, "a.tar.xz": archive.TarXz, "misnamed.tar": archive.TarZst} {
		path := filepath.Join(t.TempDir(), name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		pack(t, f, write, plain)
		f.Close()
		c := testCache(t)
		for i := range 2 {
			b, err := opener{cache: c}.open(t.Context(), Source{Kind: Rootfs, Path: path}, "arm64", "")
			if err != nil {
				t.Fatal(name, err)
			}
			facts := b.facts("arm64")
			if facts.OS != "debian" || facts.OSVersion != "12" || len(facts.Programs) != 1 || facts.Programs[0] != "arm64" || facts.Families[0] != matrix.Deb {
				t.Errorf("%s: %+v", name, facts)
			}
			if b.layers[0].cached != (i == 1) {
				t.Errorf("%s, time %d: cached %v", name, i, b.layers[0].cached)
			}
			if diffID == "" {
				diffID = memory("", plain).digest.String()
			}
			if b.layers[0].diffID.String() != diffID {
				t.Errorf("%s: the tar is not kept as it is", name)
			}
		}
	}
}

// pack compresses as people do.
func pack(t testing.TB, w io.Writer, f archive.Format, plain []byte) {
	t.Helper()
	switch f {
	case archive.Tar:
		w.Write(plain)
	case archive.TarGz:
		w.Write(gzipped(t, plain))
	case archive.TarXz:
		z := newXZ(t, w)
		z.Write(plain)
		z.Close()
	case archive.TarZst:
		z, err := Zstd.writer(w)
		if err != nil {
			t.Fatal(err)
		}
		z.Write(plain)
		z.Close()
	}
}

func TestRefusedRoots(t *testing.T) {
	plain := tarOf(t, debianRoot("amd64")...)
	dir := t.TempDir()
	for name, tc := range map[string]struct {
		content []byte
		word    string
	}{
		"truncated.tar":    {plain[:len(plain)/2], "cut short"},
		"truncated.tar.gz": {gzipped(t, plain)[:200], "cut short"},
		"parent.tar":       {tarOf(t, entry{name: "../etc/passwd", content: "x"}), "leads out"},
		"absolute.tar":     {tarOf(t, entry{name: "/etc/passwd", content: "x"}), "absolute"},
		"text.tar":         {[]byte(strings.Repeat("this is no tar ", 100)), "no tar"},
		"empty.tar":        {nil, "no tar"},
	} {
		path := filepath.Join(dir, name)
		write(t, path, tc.content)
		o := options(t, Platform{Base: Source{Kind: Rootfs, Path: path}, SDK: fakeSDK("amd64", nil)})
		_, err := Build(t.Context(), o)
		refused(t, err, tc.word)
		nothingIn(t, filepath.Dir(o.Output.Path))
		nothingIn(t, filepath.Join(o.Cache, "tmp"))
		if blobs, _ := os.ReadDir(filepath.Join(o.Cache, "layers")); len(blobs) > 1 { // the SDK's may be there
			t.Errorf("%s: %d layers in the cache", name, len(blobs))
		}
	}
	_, err := checkBase(t, Source{Kind: Rootfs, Path: filepath.Join(dir, "missing.tar")}, Need{Arch: "amd64"})
	refused(t, err, "no such file")
	_, err = checkBase(t, Source{}, Need{Arch: "amd64"})
	refused(t, err, "none is given")
	_, err = checkBase(t, Source{Kind: Scratch}, Need{Arch: "riscv64"})
	refused(t, err, "unknown architecture")
}

// Links are what root file systems are made of: taken, and followed inside only.
func TestLinksInARoot(t *testing.T) {
	s := writeRoot(t, debianRoot("amd64",
		entry{name: "etc/mtab", kind: tar.TypeSymlink, link: "/proc/mounts"}, entry{name: "out", kind: tar.TypeSymlink, link: "../../../../etc"},
		entry{name: "out/secret", content: "x"})...)
	r := build(t, options(t, Platform{Base: s, SDK: fakeSDK("amd64", nil)}))
	if r.Platforms[0].Layers[0].Origin != OfBase {
		t.Errorf("%+v", r.Platforms[0].Layers)
	}
}

func TestNeeds(t *testing.T) {
	amd64 := writeRoot(t, debianRoot("amd64")...)
	rpm := writeRoot(t, entry{name: "usr/lib/sysimage/rpm/rpmdb.sqlite", content: "x"}, entry{name: "bin/sh", content: program("amd64")})
	apk := writeRoot(t, entry{name: "lib/apk/db/installed", content: "P:musl\nV:1\n\n"}, entry{name: "bin/sh", content: program("amd64")})
	static := writeRoot(t, entry{name: "bin/sh", content: program("amd64")})
	text := writeRoot(t, entry{name: "etc/motd", content: "hello"})
	for name, tc := range map[string]struct {
		base Source
		need Need
		word string // "" = fine
	}{
		"deb is deb":      {amd64, Need{Arch: "amd64", Family: matrix.Deb}, ""},
		"not asked":       {amd64, Need{Arch: "amd64"}, ""},
		"another machine": {amd64, Need{Arch: "arm64"}, "programs are for amd64, not for arm64"},
		"deb for rpm":     {amd64, Need{Arch: "amd64", Family: matrix.RPM}, "no rpm packages, but deb"},
		"deb for none":    {amd64, Need{Arch: "amd64", Family: matrix.None}, "none were expected"},
		"rpm is rpm":      {rpm, Need{Arch: "amd64", Family: matrix.RPM}, ""},
		"rpm for deb":     {rpm, Need{Arch: "amd64", Family: matrix.Deb}, "no deb packages, but rpm"},
		"apk is apk":      {apk, Need{Arch: "amd64", Family: matrix.APK}, ""},
		"none is none":    {static, Need{Arch: "amd64", Family: matrix.None}, ""},
		"none for deb":    {static, Need{Arch: "amd64", Family: matrix.Deb}, "no deb packages, but -"},
		"no programs":     {text, Need{Arch: "arm64"}, ""},
		"scratch":         {Source{Kind: Scratch}, Need{Arch: "loong64", World: loongarch.Old, Family: matrix.None}, ""},
		"locked":          {amd64, Need{Arch: "amd64", Digest: sumOf(t, amd64.Path)}, ""},
		"locked wrongly":  {amd64, Need{Arch: "amd64", Digest: someDigest}, "is locked"},
	} {
		f, err := checkBase(t, tc.base, tc.need)
		if tc.word == "" && err != nil {
			t.Errorf("%s: %v", name, err)
		} else if tc.word != "" {
			refused(t, err, tc.word)
		}
		if f != nil && (name == "no programs") != (len(f.Warnings) == 2) {
			t.Errorf("%s: warnings %+v", name, f.Warnings)
		}
	}
}

func sumOf(t testing.TB, path string) string {
	t.Helper()
	s, err := archive.SumFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return "sha256:" + s.SHA256
}

func TestWorlds(t *testing.T) {
	root := func(loaders ...string) Source {
		entries := []entry{{name: "lib64", kind: tar.TypeSymlink, link: "usr/lib64"}, {name: "usr/bin/sh", content: program("loong64")}}
		for _, l := range loaders {
			entries = append(entries, entry{name: l, content: program("loong64")})
		}
		return writeRoot(t, entries...)
	}
	const newLoader, oldLoader = "usr/lib64/ld-linux-loongarch-lp64d.so.1", "usr/lib64/ld.so.1"
	upstream, vendors := fakeSDK("loong64", nil), fakeSDK("loong64", nil)
	vendors.ABI = oldABI
	for name, tc := range map[string]struct {
		base  Source
		abi   string
		word  string
		warns int
	}{
		"new and upstream":   {root(newLoader), "", "", 1},
		"old and abi1.0":     {root(oldLoader), oldABI, "", 1},
		"old and upstream":   {root(oldLoader), "", "SIGSEGV", 0},
		"new and abi1.0":     {root(newLoader), oldABI, "ABI1.0", 0},
		"both and upstream":  {root(newLoader, oldLoader), "", "", 2},
		"none and upstream":  {root(), "", "", 1},
		"scratch and abi1.0": {Source{Kind: Scratch}, oldABI, "", 0},
	} {
		sdk := upstream
		if tc.abi != "" {
			sdk = vendors
		}
		o := options(t, Platform{Base: tc.base, SDK: sdk})
		r, err := Build(t.Context(), o)
		if tc.word != "" {
			refused(t, err, tc.word)
			if msg.Hint(err).IsZero() || msg.KindOf(err) != msg.Findings {
				t.Errorf("%s: no remedy, or kind %v", name, msg.KindOf(err))
			}
			nothingIn(t, filepath.Dir(o.Output.Path))
			continue
		}
		if err != nil || len(r.Warnings) != tc.warns || r.Platforms[0].World != worldOf(tc.abi) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

func TestSecondWitness(t *testing.T) {
	for says, tc := range map[loongarch.World]struct {
		word  string
		warns int
	}{loongarch.New: {"", 0}, loongarch.Old: {"of the old world", 0}, loongarch.Unknown: {"", 1}} {
		o := options(t, Platform{Base: Source{Kind: Scratch}, SDK: fakeSDK("loong64", nil)}, Platform{Base: Source{Kind: Scratch}, SDK: fakeSDK("amd64", nil)})
		asked := 0
		o.WorldOf = func(r io.ReaderAt, size int64) (loongarch.World, error) {
			asked++
			head := make([]byte, 4)
			if _, err := r.ReadAt(head, 0); err != nil || string(head) != "\x7fELF" || size != 64 {
				t.Errorf("asked about %q of %d bytes, %v", head, size, err)
			}
			return says, nil
		}
		r, err := Build(t.Context(), o)
		if tc.word != "" {
			refused(t, err, tc.word)
		} else if err != nil || len(r.Warnings) != tc.warns {
			t.Errorf("%s: %v", says, err)
		}
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
	}
}

// What we wrote is a base like any other, whatever form it has.
func TestOwnOutputAsBase(t *testing.T) {
	o := options(t, Platform{Base: writeRoot(t, debianRoot("arm64")...), SDK: fakeSDK("arm64", nil)}, Platform{Base: Source{Kind: Scratch}, SDK: fakeSDK("amd64", nil)})
	o.Output.Tag = "one"
	first := build(t, o)
	docker := o
	docker.Platforms = first0(o, "arm64")
	docker.Output = Output{Kind: DockerArchive, Path: filepath.Join(t.TempDir(), "d.tar"), Tag: "one"}
	build(t, docker)

	for name, s := range map[string]Source{
		"layout, by tag":   {Kind: Layout, Path: o.Output.Path, Tag: "one"},
		"layout, only one": {Kind: Layout, Path: o.Output.Path},
		"docker, by tag":   {Kind: DockerArchive, Path: docker.Output.Path, Tag: "one"},
		"docker, only one": {Kind: DockerArchive, Path: docker.Output.Path},
	} {
		f, err := checkBase(t, s, Need{Arch: "arm64", Family: matrix.Deb})
		if err != nil || !f.HasGo || f.Arch != "arm64" || f.Layers != 3 {
			t.Errorf("%s: %+v, %v", name, f, err)
			continue
		}
		if want := first.Platforms[1].Digest; s.Kind == Layout && (f.Digest != want || f.Index != first.Digest) {
			t.Errorf("%s: %+v", name, f)
		}
		for _, locked := range []string{f.Digest, f.Index} {
			if g, err := checkBase(t, s, Need{Arch: "arm64", Digest: locked}); locked != "" && (err != nil || len(g.Warnings) != 1) {
				t.Errorf("%s: locked to %s: %v", name, locked, err)
			}
		}
		_, err = checkBase(t, s, Need{Arch: "arm64", Digest: someDigest})
		refused(t, err, "is locked")
		_, err = checkBase(t, s, Need{Arch: "loong64"})
		refused(t, err, "linux/loong64")
		s.Tag = "two"
		_, err = checkBase(t, s, Need{Arch: "arm64"})
		refused(t, err, `no tag "two"`)
	}

	// The Go of the base is hidden, not mixed.
	again := options(t, Platform{Base: Source{Kind: Layout, Path: o.Output.Path}, SDK: fakeSDK("arm64", map[string]string{"src/only/new.go": "package only"})})
	r := build(t, again)
	b, err := opener{cache: testCache(t)}.open(t.Context(), Source{Kind: Layout, Path: again.Output.Path}, "arm64", "")
	if err != nil || !b.tree.has("usr/local/go/src/only/new.go") || !b.tree.has("usr/local/go/bin/go") {
		t.Errorf("%v", err)
	}
	codes := ""
	for _, w := range r.Warnings {
		codes += w.Code + " "
	}
	if !strings.Contains(codes, "base-has-go") {
		t.Errorf("warnings %s", codes)
	}
}

func first0(o Options, arch string) []Platform {
	for _, p := range o.Platforms {
		if p.arch() == arch {
			return []Platform{p}
		}
	}
	return nil
}

func TestSeveralImagesInOnePlace(t *testing.T) {
	dir := t.TempDir()
	a, _ := name.NewTag("registry.example/os/a:1")
	b, _ := name.NewTag("registry.example/os/b:2")
	path := filepath.Join(dir, "two.tar")
	if err := tarball.MultiWriteToFile(path, map[name.Tag]v1.Image{a: imageOf(t, "amd64", debianRoot("amd64")...), b: imageOf(t, "arm64", debianRoot("arm64")...)}); err != nil {
		t.Fatal(err)
	}
	_, err := checkBase(t, Source{Kind: DockerArchive, Path: path}, Need{Arch: "amd64"})
	refused(t, err, "several images: registry.example/os/a:1, registry.example/os/b:2")
	if f, err := checkBase(t, Source{Kind: DockerArchive, Path: path, Tag: "2"}, Need{Arch: "arm64"}); err != nil || f.Families[0] != matrix.Deb {
		t.Errorf("%v", err)
	}
	_, err = checkBase(t, Source{Kind: DockerArchive, Path: path, Tag: "1"}, Need{Arch: "arm64"})
	refused(t, err, "for linux/amd64, not linux/arm64")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := 512; n < len(whole)-1024; n += 700 { // cut anywhere: an error, never a base
		cut := filepath.Join(dir, "cut.tar")
		write(t, cut, whole[:n])
		f, err := checkBase(t, Source{Kind: DockerArchive, Path: cut, Tag: "2"}, Need{Arch: "arm64"})
		if err == nil && !bytes.Contains(whole[:n], []byte("manifest.json")) {
			t.Errorf("cut at %d: %+v", n, f)
		}
	}
	_, err = checkBase(t, writeRootAs(DockerArchive, writeRoot(t, debianRoot("amd64")...)), Need{Arch: "amd64"})
	refused(t, err, "read docker archive")
}

func writeRootAs(k Kind, s Source) Source { s.Kind = k; return s }

// A vendor's image that is labelled for one machine and made for another.
func TestImageThatLiesAboutItsMachine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lie.tar")
	tag, _ := name.NewTag("registry.example/os/a:1")
	if err := tarball.WriteToFile(path, tag, imageOf(t, "arm64", debianRoot("amd64")...)); err != nil {
		t.Fatal(err)
	}
	f, err := checkBase(t, Source{Kind: DockerArchive, Path: path}, Need{Arch: "arm64"})
	refused(t, err, "programs are for amd64")
	if f == nil || f.Arch != "arm64" {
		t.Errorf("%+v", f)
	}
}

func TestDamagedLayout(t *testing.T) {
	o := options(t, Platform{Base: writeRoot(t, debianRoot("arm64")...), SDK: fakeSDK("arm64", nil)})
	r := build(t, o)
	for _, digest := range []string{r.Digest, r.Platforms[0].Digest, r.Platforms[0].Layers[0].Digest, r.Platforms[0].Layers[2].Digest} {
		h, err := v1.NewHash(digest)
		if err != nil {
			t.Fatal(err)
		}
		path := layoutDir(o.Output.Path).path(h)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		damaged := bytes.Clone(whole)
		damaged[len(damaged)/2] ^= 4
		write(t, path, damaged)
		if _, err := checkBase(t, Source{Kind: Layout, Path: o.Output.Path}, Need{Arch: "arm64"}); err == nil {
			t.Errorf("a damaged %s was taken", digest)
		}
		write(t, path, whole)
	}
	for _, text := range []string{"", "{", "[]"} {
		write(t, filepath.Join(o.Output.Path, "index.json"), []byte(text))
		_, err := checkBase(t, Source{Kind: Layout, Path: o.Output.Path}, Need{Arch: "arm64"})
		refused(t, err, "index.json")
	}
	if _, err := checkBase(t, Source{Kind: Layout, Path: t.TempDir()}, Need{Arch: "arm64"}); err == nil {
		t.Error("an empty directory is a layout")
	}
}
