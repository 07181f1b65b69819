package release

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/inspect"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// packer returns what packs the part in dir once more, into the same folder,
// all kinds of files.
func packer(t *testing.T) (*builder, *Part) {
	t.Helper()
	r, dist := copyOfBuilt(t)
	p, err := ReadPart(context.Background(), parts(r, dist)[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range p.Artifacts {
		if err := os.Remove(p.path(a.Name)); err != nil {
			t.Fatal(err)
		}
	}
	p.Artifacts = nil
	dir := folder(t, hello.with(yaml("  targets: [linux/amd64]\n  archives: [{formats: [tar.gz, zip, binary], files: [LICENSE]}]\n  nfpms: [{formats: [deb, rpm], maintainer: t, contents: [{src: LICENSE, dst: /x}]}]\n")))
	plan, err := plans(t, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &builder{plan: plan, dir: dir, trace: newTrace(nil, msg.English)}, p
}

// each packs every archive and package of the plan into dir by itself.
func (b *builder) each(ctx context.Context, p *Part, dir string, saw func(name string, err error)) {
	find := func(build string) (*manifest.Binary, string) { bin := p.binary(build); return bin, p.path(bin.Path) }
	for _, a := range b.plan.Archives {
		_, err := packArchive(ctx, a, b.dir, dir, find)
		saw(a.Name, err)
	}
	to := *p // the raw files stay where they are
	for i := range to.Binaries {
		rel, err := filepath.Rel(dir, p.path(to.Binaries[i].Path))
		if err != nil {
			panic(err)
		}
		to.Binaries[i].Path = filepath.ToSlash(rel)
	}
	to.dir = dir
	for _, k := range b.plan.Packages {
		_, err := b.packPackage(ctx, k, &to)
		saw(k.Name, err)
	}
}

// A binary or another file that is swapped after it was inspected or planned is
// not packed, even by a library that reads files by itself.
func TestSwappedFilesAreNotPacked(t *testing.T) {
	ctx := context.Background()
	for _, swapped := range []string{"binary", "file"} {
		b, p := packer(t)
		kinds := 0
		b.each(ctx, p, p.dir, func(name string, err error) {
			if err != nil {
				t.Errorf("%s, untouched: %v", name, err)
			}
			kinds++
			_ = os.Remove(p.path(name))
		})
		if kinds != 5 {
			t.Fatalf("%d kinds of files, want 5", kinds)
		}
		b, p = packer(t)
		r, err := built()
		if err != nil {
			t.Fatal(err)
		}
		if swapped == "binary" { // one of another architecture, good in itself
			arm, err := os.ReadFile(filepath.Join(parts(r, r.Dist)[1], "bin", "hello", "hello"))
			if err == nil {
				err = os.WriteFile(p.path(p.Binaries[0].Path), arm, 0o755)
			}
			if err != nil {
				t.Fatal(err)
			}
		} else {
			files{"LICENSE": "do what we like!\n"}.write(t, b.dir) // of the same size
		}
		b.each(ctx, p, p.dir, func(name string, err error) {
			if swapped == "file" && !strings.Contains(name, ".") || swapped == "file" && strings.HasSuffix(name, "_amd64") {
				return // a bare binary holds no other file
			}
			says(t, err, "changed") // either its digest or already its size
			if exists(p.path(name)) {
				t.Errorf("%s was made of a swapped %s", name, swapped)
			}
		})
		if left, _ := filepath.Glob(p.path(".*")); len(left) > 1 { // the key
			t.Errorf("left behind: %q", left)
		}
	}
}

func TestPackIsCancelled(t *testing.T) {
	b, p := packer(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b.each(ctx, p, p.dir, func(name string, err error) {
		if !errors.Is(err, context.Canceled) || exists(p.path(name)) {
			t.Errorf("%s: %v", name, err)
		}
	})
}

// A universal binary is made of parts, inspected and packed by merge.
func TestMergeUniversal(t *testing.T) {
	dir := folder(t, hello.with(yaml("  targets: [darwin/amd64, darwin/arm64]\n  archives: [{formats: [tar.gz], files: [LICENSE]}]\n  universal_binaries: [{replace: true}]\n")))
	r, err := Run(context.Background(), Options{Dir: dir, Version: "1.2.3", Environ: testEnviron(), NoPublish: true})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range r.Manifest.Artifacts {
		names = append(names, a.Name)
	}
	want(t, "artifacts", strings.Join(names, " "), "SHA256SUMS hello_1.2.3_darwin_all.tar.gz")
	fat := r.Manifest.Artifacts[1]
	if fat.Target != nil || len(fat.Binaries) != 1 || len(fat.Binaries[0].Verdict.Findings) != 0 {
		t.Errorf("%+v", fat)
	}
	found, err := InspectPath(context.Background(), filepath.Join(r.Dist, fat.Name), inspect.Policy{}, nil)
	if err != nil || len(found) != 1 || !found[0].Verdict.OK || found[0].Size != fat.Binaries[0].Size {
		t.Errorf("%v %+v", err, found)
	}
	sums, err := archive.SumFile(context.Background(), filepath.Join(r.Dist, fat.Name))
	if err != nil || sums.SHA256 != fat.SHA256 || sums.CRC64 != fat.CRC64 {
		t.Errorf("%v %+v", err, sums)
	}
}
