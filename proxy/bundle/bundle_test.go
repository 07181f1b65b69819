package bundle

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/sumdb"
)

// A stock go verifies against a bundle: file://, an empty go.sum, no network. And so
// it does against the site's cache that the bundle and its delta were imported into.
func TestAcrossTheAirGap(t *testing.T) {
	o := newOutside(t)
	top := t.TempDir()
	one := filepath.Join(top, "one")
	tool, err := Toolchain("go1.26.8", "linux/loong64")
	if err != nil {
		t.Fatal(err)
	}
	first := o.export(ExportOptions{To: one, Want: append(o.gosum(), tool)})
	files := tree(t, one)
	for _, name := range []string{
		"example.com/!hello/@v/v1.2.0.zip", "example.com/!hello/@v/v1.2.0.info", "example.com/!hello/@v/list", "example.com/pruned/@v/v1.0.0.mod",
		"golang.org/toolchain/@v/v0.0.1-go1.26.8.linux-loong64.zip", "golang.org/toolchain/@v/v0.0.1-go1.26.8.linux-loong64.info",
		"sumdb/sum.site.test/supported", "sumdb/sum.site.test/latest", "sumdb/sum.site.test/lookup/example.com/!hello@v1.2.0", ManifestName,
	} {
		if _, ok := files[name]; !ok {
			t.Errorf("%s is missing", name)
		}
	}
	if _, ok := files["example.com/pruned/@v/v1.0.0.zip"]; ok {
		t.Error("the zip of a module that only the graph has")
	}
	firstHead := []byte(first.SumDB.Head)
	for name, head := range map[string][]byte{"nothing known": nil, "its head": firstHead} {
		sum, err := download(t, one, o.log, head, "example.com/Hello v1.2.0", "example.com/lib v1.0.0")
		zip, mod := o.m.Sums("example.com/Hello", "v1.2.0")
		if err != nil || !strings.Contains(sum, "example.com/Hello v1.2.0 "+zip+"\nexample.com/Hello v1.2.0/go.mod "+mod) {
			t.Errorf("%s: %v\n%s", name, err, sum)
		}
	}
	if sum, err := download(t, one, o.log, nil, "example.com/lib v1.0.0"); err != nil {
		t.Errorf("lib alone: %v\n%s", err, sum)
	}

	// The next day: a newer version, and a delta.
	o.log.Fill(70_000)
	o.add("example.com/lib", "v1.1.0")
	newer, err := Line("example.com/lib@v1.1.0")
	if err != nil {
		t.Fatal(err)
	}
	two := filepath.Join(top, "two.tar")
	second := o.export(ExportOptions{To: two, Want: append(o.gosum(), newer), Base: first})
	if second.Sequence != 2 || second.Base.SHA256 != first.SHA256() || len(second.Earlier) != 1 || second.Earlier[0] != first.SumDB.Head {
		t.Errorf("%+v", second)
	}
	here, base := 0, 0
	for _, f := range second.Files {
		p, err := proxy.Parse(f.Name)
		switch {
		case f.Base:
			base++
		case err == nil && p.Immutable():
			here++
		}
	}
	if here != 3 || base != 10 {
		t.Errorf("the delta has %d files and leaves out %d", here, base)
	}

	// The site.
	c := openCache(t)
	options := Options{Key: o.log.Key(), Scratch: filepath.Join(t.TempDir(), "scratch")}
	if _, err := Import(t.Context(), two, ImportOptions{options, c}); msg.KindOf(err) != msg.Usage {
		t.Errorf("a delta without its base: %v", err)
	}
	in, err := Import(t.Context(), one, ImportOptions{options, c})
	if err != nil || in.Files != 10 || in.Records != 4 || in.Before != 0 || in.After != 66_002 {
		t.Fatalf("%+v %v", in, err)
	}
	if again, err := Import(t.Context(), one, ImportOptions{options, c}); err != nil || again.Files != 0 {
		t.Errorf("again: %+v %v", again, err)
	}
	if in, err = Import(t.Context(), two, ImportOptions{options, c}); err != nil || in.Files != 3 || in.Before != 66_002 || in.After != 70_001 {
		t.Fatalf("%+v %v", in, err)
	}
	if _, err := Import(t.Context(), one, ImportOptions{options, c}); msg.KindOf(err) != msg.Findings {
		t.Errorf("back to the first: %v", err)
	}
	r, err := c.Record(t.Context(), "example.com/lib/@v/v1.1.0.zip")
	if zip, _ := o.m.Sums("example.com/lib", "v1.1.0"); err != nil || r.H1 != zip || r.Proof != "sumdb:sum.site.test#70000" {
		t.Errorf("%+v %v", r, err)
	}
	// The site's database proves all of it, for clients of each head, and a bundle made
	// of the site's cache does so as files.
	db, err := sumdb.Open(t.Context(), sumdb.Options{Key: o.log.Key(), Cache: c})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if n, err := db.Check(t.Context()); n != 5 || err != nil {
		t.Errorf("%d records: %v", n, err)
	}
	three := filepath.Join(top, "three")
	if _, err := Export(t.Context(), ExportOptions{To: three, Want: append(o.gosum(), newer), Files: c2{c}, DB: db, Earlier: []*Manifest{first}}); err != nil {
		t.Fatal(err)
	}
	for name, head := range map[string][]byte{"nothing known": nil, "the first's head": firstHead, "the second's": []byte(second.SumDB.Head)} {
		if sum, err := download(t, three, o.log, head, "example.com/lib v1.1.0"); err != nil {
			t.Errorf("three, %s: %v\n%s", name, err, sum)
		}
	}
	// A delta unpacked over its base is a whole one.
	put(t, one, unpacked(t, two))
	for name, head := range map[string][]byte{"nothing known": nil, "the first's head": firstHead, "the second's": []byte(second.SumDB.Head)} {
		if sum, err := download(t, one, o.log, head, "example.com/lib v1.1.0"); err != nil {
			t.Errorf("over its base, %s: %v\n%s", name, err, sum)
		}
	}
	if sum, err := download(t, one, o.log, o.log.Head(69_000), "example.com/lib v1.0.0"); err == nil {
		t.Errorf("a head that nobody shipped: %s", sum)
	}
}

func unpacked(t *testing.T, tar string) map[string]string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	if err := unpack(t.Context(), tar, dir, Limits()); err != nil {
		t.Fatal(err)
	}
	return tree(t, dir)
}

func TestSameBytes(t *testing.T) {
	o := newOutside(t)
	top := t.TempDir()
	o.export(ExportOptions{To: filepath.Join(top, "a.tar"), Want: o.gosum()})
	o.export(ExportOptions{To: filepath.Join(top, "b.tar"), Want: o.gosum()})
	o.export(ExportOptions{To: filepath.Join(top, "c"), Want: o.gosum()})
	a, _ := os.ReadFile(filepath.Join(top, "a.tar"))
	b, _ := os.ReadFile(filepath.Join(top, "b.tar"))
	if !bytes.Equal(a, b) {
		t.Error("two tars differ")
	}
	if !maps.Equal(unpacked(t, filepath.Join(top, "a.tar")), tree(t, filepath.Join(top, "c"))) {
		t.Error("tar and folder differ")
	}
	left, err := os.ReadDir(top)
	if err != nil || len(left) != 3 {
		t.Errorf("left behind: %v %v", left, err)
	}
	if _, err := Export(t.Context(), ExportOptions{To: filepath.Join(top, "c"), Want: o.gosum(), Files: o, DB: o.db}); msg.KindOf(err) != msg.Usage {
		t.Errorf("over another: %v", err)
	}
}

// Private modules go in without a proof, and are taken only where they are named.
func TestPrivate(t *testing.T) {
	o := newOutside(t)
	dir := filepath.Join(t.TempDir(), "b")
	secret, err := Line(private + "@v0.1.0")
	if err != nil {
		t.Fatal(err)
	}
	o.log.Asked()
	o.export(ExportOptions{To: dir, Want: append(o.gosum(), secret)})
	for _, path := range o.log.Asked() { // P20
		if strings.Contains(path, "corp") {
			t.Errorf("%s was asked of the database", path)
		}
	}
	options := Options{Key: o.log.Key()}
	if _, err := Verify(t.Context(), dir, options); msg.KindOf(err) != msg.Findings || !strings.Contains(err.Error(), private) {
		t.Errorf("not named: %v", err)
	}
	options.Unproven = func(path string) bool { return path == private }
	if _, err := Verify(t.Context(), dir, options); err != nil {
		t.Error(err)
	}
	c := openCache(t)
	if _, err := Import(t.Context(), dir, ImportOptions{options, c}); err != nil {
		t.Fatal(err)
	}
	if r, err := c.Record(t.Context(), private+"/@v/v0.1.0.zip"); err != nil || r.Proof != "none" {
		t.Errorf("%+v %v", r, err)
	}
}

// Whatever is changed, added or taken away in a bundle is found, and nothing of it
// reaches the cache.
func TestDamagedAndForged(t *testing.T) {
	o := newOutside(t)
	top := t.TempDir()
	dir := filepath.Join(top, "b")
	m := o.export(ExportOptions{To: dir, Want: o.gosum()})
	sound := tree(t, dir)
	options := Options{Key: o.log.Key()}
	refused := func(name, path string, opts Options) {
		t.Helper()
		c := openCache(t)
		_, err := Import(t.Context(), path, ImportOptions{opts, c})
		if k := msg.KindOf(err); err == nil || k != msg.Findings {
			t.Errorf("%s: %v (%v)", name, err, k)
		}
		for key := range tree(t, c.Dir()) {
			if !strings.HasPrefix(key, ".yingzao/") {
				t.Errorf("%s: %s reached the cache", name, key)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sound)) {
		bad := maps.Clone(sound)
		if bad[name] == "" {
			bad[name] = "something"
		} else {
			b := []byte(bad[name])
			b[len(b)/2] ^= 1
			bad[name] = string(b)
		}
		refused("a bit of "+name, put(t, t.TempDir(), bad), options)
		if name != ManifestName {
			delete(bad, name)
			refused("without "+name, put(t, t.TempDir(), bad), options)
		}
	}
	// Whoever changes a file changes the manifest too: then the database tells.
	forge := func(change func(files map[string]string)) string {
		files := maps.Clone(sound)
		change(files)
		m := *m
		m.Files = slices.Clone(m.Files)
		for i, f := range m.Files {
			dir := put(t, t.TempDir(), map[string]string{"f": files[f.Name]})
			m.Files[i].Size, m.Files[i].SHA256 = int64(len(files[f.Name])), sumOf([]byte(files[f.Name]))
			if p, err := proxy.Parse(f.Name); err == nil && f.H1 != "" {
				if h1, err := h1Of(p, filepath.Join(dir, "f")); err == nil {
					m.Files[i].H1 = h1
				}
			}
		}
		files[ManifestName] = string(m.encode())
		return put(t, t.TempDir(), files)
	}
	lookup := "sumdb/sum.site.test/lookup/example.com/lib@v1.0.0"
	for name, change := range map[string]func(map[string]string){
		"go.mod":  func(f map[string]string) { f["example.com/lib/@v/v1.0.0.mod"] += "// more\n" },
		"zip":     func(f map[string]string) { f["example.com/lib/@v/v1.0.0.zip"] = f["example.com/!hello/@v/v1.2.0.zip"] },
		"info":    func(f map[string]string) { f["example.com/lib/@v/v1.0.0.info"] = `{"Version":"v1.9.0"}` },
		"record":  func(f map[string]string) { f[lookup] = strings.Replace(f[lookup], "h1:", "h1:A", 1) },
		"another": func(f map[string]string) { f[lookup] = f["sumdb/sum.site.test/lookup/example.com/!hello@v1.2.0"] },
		"head":    func(f map[string]string) { f["sumdb/sum.site.test/latest"] = string(o.log.Head(66_000)) },
		"tile":    func(f map[string]string) { f["sumdb/sum.site.test/tile/8/1/000"] = strings.Repeat("x", 8192) },
	} {
		refused("forged "+name, forge(change), options)
	}
	if _, err := Verify(t.Context(), forge(func(map[string]string) {}), options); err != nil {
		t.Errorf("forged nothing: %v", err)
	}
	more := maps.Clone(sound)
	more["example.com/evil/@v/v1.0.0.zip"] = "stranger"
	refused("a stranger", put(t, t.TempDir(), more), options)
	linked := put(t, t.TempDir(), sound)
	if err := os.Symlink("manifest.json", filepath.Join(linked, "link")); err == nil {
		refused("a link", linked, options)
	}
	refused("another manifest than the pinned one", dir, Options{Key: o.log.Key(), SHA256: strings.Repeat("0", 64)})
	refused("another database's key", dir, Options{})
	tar := filepath.Join(top, "b.tar")
	o.export(ExportOptions{To: tar, Want: o.gosum()})
	small := options
	small.Limits.Entries = 5
	refused("too many entries", tar, small)
	small = options
	small.Limits.Total = 1000
	refused("too large", tar, small)
	if _, err := Verify(t.Context(), t.TempDir(), options); msg.KindOf(err) != msg.Usage {
		t.Errorf("no bundle: %v", err)
	}
}
