package assemble

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/images/sbom"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
)

// threeArchs is a build with one base of each sort that needs no network.
func threeArchs(t testing.TB) []Platform {
	t.Helper()
	return []Platform{
		{Base: Source{Kind: Scratch}, SDK: fakeSDK("loong64", nil)},
		{Base: writeRoot(t, debianRoot("arm64")...), Family: matrix.Deb, SDK: fakeSDK("arm64", nil)},
		{Base: writeRoot(t, debianRoot("amd64")...), SDK: fakeSDK("amd64", nil)},
	}
}

// open reads the index of a layout with the library's own reader, which compares
// every digest.
func openIndex(t testing.TB, dir, tag string) v1.ImageIndex {
	t.Helper()
	top, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	m, err := top.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range m.Manifests {
		if d.Annotations[refName] == tag {
			index, err := top.ImageIndex(d.Digest)
			if err != nil {
				t.Fatal(err)
			}
			return index
		}
	}
	t.Fatalf("no tag %s in %+v", tag, m.Manifests)
	return nil
}

func TestBuildLayout(t *testing.T) {
	o := options(t, threeArchs(t)...)
	o.Labels = map[string]string{"org.opencontainers.image.title": "Go builder"}
	r := build(t, o)
	index := openIndex(t, o.Output.Path, "latest")
	if err := validate.Index(index); err != nil {
		t.Error(err)
	}
	m, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	if m.MediaType != types.OCIImageIndex || len(m.Manifests) != 3 {
		t.Fatalf("%+v", m)
	}
	for i, arch := range []string{"amd64", "arm64", "loong64"} {
		d := m.Manifests[i]
		if d.ArtifactType != "" || d.MediaType != types.OCIManifestSchema1 || d.Platform.Architecture != arch || d.Platform.OS != "linux" {
			t.Errorf("descriptor %+v", d)
		}
		p := r.Platforms[i]
		if p.Digest != d.Digest.String() || p.Platform != "linux/"+arch || p.Layers[len(p.Layers)-1].Origin != OfSDK {
			t.Errorf("result %+v", p)
		}
		image, err := index.Image(d.Digest)
		if err != nil {
			t.Fatal(err)
		}
		c, err := image.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		if c.Architecture != arch || c.Config.User != "65532:65532" || !c.Created.Time.Equal(released) || c.Config.Labels["org.opencontainers.image.title"] != "Go builder" {
			t.Errorf("config %+v", c)
		}
		manifest, err := image.Manifest()
		if err != nil || manifest.Config.MediaType != types.OCIConfigJSON {
			t.Errorf("manifest %+v, %v", manifest, err)
		}
	}
	if r.Platforms[2].World != "new" || r.Platforms[0].World != "" {
		t.Errorf("worlds: %q, %q", r.Platforms[2].World, r.Platforms[0].World)
	}
	var codes []string
	for _, w := range r.Warnings {
		codes = append(codes, w.Platform+" "+w.Code)
	}
	if !slices.Equal(codes, []string{"linux/amd64 base-unpinned", "linux/arm64 base-unpinned"}) {
		t.Errorf("warnings: %v", codes)
	}
	for _, secret := range []string{t.TempDir(), "/home/dev"} {
		if text := jsonOf(t, m); strings.Contains(text, secret) {
			t.Errorf("the index names %s", secret)
		}
	}
}

func TestBillOfMaterials(t *testing.T) {
	o := options(t, threeArchs(t)...)
	r := build(t, o)
	if len(r.SBOMFiles) != 3 || !strings.HasSuffix(r.SBOMFiles[0], "out.linux-amd64.cdx.json") {
		t.Fatalf("%v", r.SBOMFiles)
	}
	beside, err := os.ReadFile(r.SBOMFiles[0])
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(beside), "pkg:deb/debian/dash@0.5.12-2?arch=amd64&distro=debian-12") || strings.Contains(string(beside), "/home/dev") {
		t.Errorf("%s", beside)
	}
	top, err := layoutDir(o.Output.Path).index()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, d := range top.Manifests {
		if d.ArtifactType != sbom.MediaType {
			continue
		}
		found++
		var m v1.Manifest
		if err := layoutDir(o.Output.Path).decode(d, &m); err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(r.Platforms, func(p BuiltPlatform) bool { return p.Digest == m.Subject.Digest.String() })
		if i < 0 || r.Platforms[i].SBOM != d.Digest.String() || m.Layers[0].MediaType != sbom.MediaType || m.ArtifactType != sbom.MediaType {
			t.Errorf("referrer %+v", m)
		}
		if i == 0 {
			attached, err := layoutDir(o.Output.Path).blob(m.Layers[0]).bytes()
			if err != nil || string(attached) != string(beside) {
				t.Errorf("attached and beside differ, %v", err)
			}
		}
	}
	if found != 3 {
		t.Errorf("%d referrers", found)
	}
}

// The same bytes whatever the machine's settings are, and whatever the files and
// folders are called.
func TestSameDigests(t *testing.T) {
	zone, procs := time.Local, runtime.GOMAXPROCS(0)
	t.Cleanup(func() { time.Local = zone; runtime.GOMAXPROCS(procs); umask(0o022) })
	want := map[Kind]string{}
	for i, set := range []struct {
		procs, mask int
		zone        *time.Location
		by          fetch.Voucher
	}{
		{1, 0o022, time.UTC, fetch.Database},
		{2, 0o077, time.FixedZone("CST", 8*3600), fetch.ProofFile},
		{4, 0o000, time.FixedZone("", -11*3600), fetch.Database},
	} {
		runtime.GOMAXPROCS(set.procs)
		time.Local = set.zone
		umask(set.mask)
		for kind, name := range map[Kind]string{Layout: "dir", Tar: "x.tar"} {
			o := options(t, threeArchs(t)...)
			for _, p := range o.Platforms {
				p.SDK.Proof.By = set.by
				p.SDK.Proof.Source = "/home/dev/" + name + string(rune('a'+i))
			}
			slices.Reverse(o.Platforms)
			o.Output = Output{Kind: kind, Path: filepath.Join(t.TempDir(), strings.Repeat("d", i+1), name)}
			r := build(t, o)
			got := r.Digest + " " + r.Platforms[0].SBOM
			if kind == Tar {
				b, err := os.ReadFile(o.Output.Path)
				if err != nil {
					t.Fatal(err)
				}
				got += " " + memory("", b).digest.String()
			}
			if want[kind] == "" {
				want[kind] = got
			}
			if got != want[kind] {
				t.Errorf("run %d, %s: %s, want %s", i, kind, got, want[kind])
			}
		}
	}
	if want[Tar][:71] != want[Layout][:71] {
		t.Errorf("the index depends on the output: %v", want)
	}
}

// The digest is a contract: who builds the same thing next year gets this one. It
// changes with the compressor or the form of a layer, and then the changelog says so.
func TestGoldenDigest(t *testing.T) {
	o := options(t, Platform{Base: Source{Kind: Scratch}, SDK: fakeSDK("arm64", nil)})
	r := build(t, o)
	const want = "sha256:0"
	if r.Digest != want {
		t.Errorf("index %s, want %s\n%s", r.Digest, want, jsonOf(t, r))
	}
}

// A layer of an SDK is made once and is one blob for all bases of an architecture.
func TestSDKLayerIsShared(t *testing.T) {
	o := options(t, Platform{Base: Source{Kind: Scratch}, SDK: fakeSDK("amd64", nil)})
	o.Output.Tag = "scratch"
	first := build(t, o)
	o.Platforms = []Platform{{Base: writeRoot(t, debianRoot("amd64")...), SDK: fakeSDK("amd64", nil)}}
	o.Output.Tag = "debian"
	second := build(t, o)
	a, b := first.Platforms[0].Layers, second.Platforms[0].Layers
	if sdk := b[len(b)-1]; sdk.Digest != a[len(a)-1].Digest || !sdk.Reused || a[len(a)-1].Reused {
		t.Errorf("first %+v, second %+v", a, b)
	}
	third := build(t, o)
	if third.Digest != second.Digest || !third.Platforms[0].Layers[0].Reused {
		t.Errorf("third %+v", third)
	}
	// Both images are in the layout, each under its tag; nothing is there twice.
	for _, tag := range []string{"scratch", "debian"} {
		if err := validate.Index(openIndex(t, o.Output.Path, tag)); err != nil {
			t.Errorf("%s: %v", tag, err)
		}
	}
	top, err := layoutDir(o.Output.Path).index()
	if err != nil || len(top.Manifests) != 4 {
		t.Errorf("%d descriptors, want two images and two bills: %v", len(top.Manifests), err)
	}
}

// Several processes, here several caches on one directory, do the same at once.
func TestCacheIsSharedByProcesses(t *testing.T) {
	o := options(t, threeArchs(t)...)
	digests := make([]string, 6)
	group, ctx := errgroup.WithContext(t.Context())
	for i := range digests {
		o := o
		o.Output.Path += string(rune('a' + i))
		group.Go(func() error {
			r, err := Build(ctx, o)
			if err == nil {
				digests[i] = r.Digest
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if len(slices.Compact(digests)) != 1 {
		t.Errorf("%v", digests)
	}
	if err := validate.Index(openIndex(t, o.Output.Path+"f", "latest")); err != nil {
		t.Error(err)
	}
	nothingIn(t, filepath.Join(o.Cache, "tmp"))
}

func TestTagMovesOn(t *testing.T) {
	o := options(t, Platform{Base: Source{Kind: Scratch}, SDK: fakeSDK("amd64", nil)})
	build(t, o)
	o.Platforms[0].SDK = fakeSDK("amd64", map[string]string{"LICENSE": "x"})
	r := build(t, o)
	got, err := openIndex(t, o.Output.Path, "latest").Digest()
	if err != nil || got.String() != r.Digest {
		t.Errorf("latest is %v, want %s", got, r.Digest)
	}
}

func TestResultAsJSON(t *testing.T) {
	r := build(t, options(t, Platform{Base: Source{Kind: Scratch}, SDK: fakeSDK("loong64", nil)}))
	var got map[string]any
	if err := json.Unmarshal([]byte(jsonOf(t, r)), &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"schema", "output", "tag", "digest", "platforms", "sbomFiles", "seconds"} {
		if got[name] == nil {
			t.Errorf("no %s in %v", name, got)
		}
	}
	p := got["platforms"].([]any)[0].(map[string]any)
	for _, name := range []string{"platform", "digest", "sbom", "base", "world", "layers", "seconds"} {
		if p[name] == nil {
			t.Errorf("no %s in %v", name, p)
		}
	}
}

func TestProgress(t *testing.T) {
	var stages []string
	var done int64
	events := make(chan Event, 1000)
	o := options(t, Platform{Base: Source{Kind: Scratch}, SDK: fakeSDK("amd64", nil)})
	o.Progress = func(e Event) { events <- e }
	r := build(t, o)
	close(events)
	for e := range events {
		if e.End {
			stages = append(stages, e.Arch+"/"+e.Stage)
			if done = e.Done; e.Total != e.Done {
				t.Errorf("%+v ended early", e)
			}
		}
	}
	if !slices.Equal(stages, []string{"amd64/sdk", "/write"}) {
		t.Errorf("%v", stages)
	}
	var size int64
	for _, l := range r.Platforms[0].Layers {
		size += l.Size
	}
	if done != size {
		t.Errorf("written %d, layers have %d", done, size)
	}
}
