package sbom

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

var released = time.Date(2026, 8, 28, 16, 20, 6, 0, time.UTC)

func debian() Image {
	return Image{
		Name: "go-builder", Version: "1.26.8", Arch: "arm64", Created: released,
		SDK:  SDK{Go: "1.26.8", Module: "v0.0.1-go1.26.8.linux-arm64", H1: "h1:abc=", Vouched: "checksum-database", Value: "h1:abc="},
		Base: Base{Name: "registry.example/debian:12", Digest: "sha256:" + strings.Repeat("ab", 32), OS: "debian", OSVersion: "12"},
		Packages: []Package{
			{Kind: "deb", Name: "zlib1g", Version: "1:1.2.13.dfsg-1", Arch: "arm64", Source: "zlib"},
			{Kind: "deb", Name: "libstdc++6", Version: "12.2.0-14+deb12u1", Arch: "arm64", Source: "gcc-12"},
			{Kind: "deb", Name: "zlib1g", Version: "1:1.2.13.dfsg-1", Arch: "arm64", Source: "zlib"},
		},
	}
}

func document(t *testing.T, i Image) []byte {
	t.Helper()
	b, err := Document(i)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// decode reads a document with the library's own reader.
func decode(t *testing.T, b []byte) *cdx.BOM {
	t.Helper()
	var doc cdx.BOM
	if err := cdx.NewBOMDecoder(bytes.NewReader(b), cdx.BOMFileFormatJSON).Decode(&doc); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	return &doc
}

func TestGolden(t *testing.T) {
	got := document(t, debian())
	golden := filepath.Join("testdata", "debian.cdx.json")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the document changed:\n%s", got)
	}
}

func TestSameBytesForAnyOrderAndZone(t *testing.T) {
	i := debian()
	want := document(t, i)
	slices.Reverse(i.Packages)
	i.Created = released.In(time.FixedZone("CST", 8*3600))
	if got := document(t, i); !bytes.Equal(got, want) {
		t.Errorf("order or zone show:\n%s", got)
	}
	for _, random := range []string{"serialNumber", "urn:uuid"} {
		if bytes.Contains(want, []byte(random)) {
			t.Errorf("the document has a %s", random)
		}
	}
}

func TestWhatADocumentSays(t *testing.T) {
	doc := decode(t, document(t, debian()))
	if doc.SpecVersion != cdx.SpecVersion1_6 || doc.JSONSchema != "http://cyclonedx.org/schema/bom-1.6.schema.json" {
		t.Errorf("version %v, schema %s", doc.SpecVersion, doc.JSONSchema)
	}
	if len(*doc.Components) != 4 {
		t.Fatalf("%d components, want Go, base and two packages", len(*doc.Components))
	}
	sdk, lib := (*doc.Components)[0], (*doc.Components)[2]
	if got := property(sdk, "go.sdk.h1") + " " + property(sdk, "go.sdk.vouched"); got != "h1:abc= checksum-database" {
		t.Errorf("SDK: %s", got)
	}
	if want := "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=arm64&distro=debian-12"; lib.PackageURL != want {
		t.Errorf("package %s, want %s", lib.PackageURL, want)
	}
	if property(lib, "package.source") != "gcc-12" {
		t.Errorf("source: %q", property(lib, "package.source"))
	}
	if doc.Compositions != nil {
		t.Error("a base whose packages are listed is called incomplete")
	}
	refs := map[string]bool{"image": true}
	for _, c := range *doc.Components {
		if refs[c.BOMRef] {
			t.Errorf("reference %s twice", c.BOMRef)
		}
		refs[c.BOMRef] = true
	}
	for _, d := range *doc.Dependencies {
		for _, r := range *d.Dependencies {
			if !refs[r] || !refs[d.Ref] {
				t.Errorf("dependency on something that is not there: %s → %s", d.Ref, r)
			}
		}
	}
}

func TestUnlistedIsSaid(t *testing.T) {
	i := Image{Name: "go-builder", Arch: "amd64", Created: released, SDK: SDK{Go: "1.26.8"},
		Base: Base{Name: "registry.example/kylin:v10", Rootfs: "sha256:" + strings.Repeat("cd", 32), Unlisted: "rpm"}}
	doc := decode(t, document(t, i))
	base := (*doc.Components)[1]
	if !strings.Contains(property(base, "packages"), "rpm database are not listed") {
		t.Errorf("properties: %+v", base.Properties)
	}
	if doc.Compositions == nil || (*doc.Compositions)[0].Aggregate != cdx.CompositionAggregateIncomplete || (*(*doc.Compositions)[0].Assemblies)[0] != "base" {
		t.Errorf("compositions: %+v", doc.Compositions)
	}
	if base.Hashes == nil || (*base.Hashes)[0].Value != strings.Repeat("cd", 32) {
		t.Errorf("hashes: %+v", base.Hashes)
	}
	scratch := (*decode(t, document(t, Image{Name: "x", Created: released})).Components)[1]
	if scratch.Name != "scratch" || scratch.Hashes != nil {
		t.Errorf("scratch: %+v", scratch)
	}
}

func property(c cdx.Component, name string) string {
	if c.Properties != nil {
		for _, p := range *c.Properties {
			if p.Name == prefix+name {
				return p.Value
			}
		}
	}
	return ""
}
