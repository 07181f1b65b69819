package sbom

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/purl"
)

// MediaType is that of a document, for registries and descriptors.
const MediaType = "application/vnd.cyclonedx+json"

// Image is what a document describes.
type Image struct {
	Name     string    // of the image; required
	Version  string    // of the image; "" = none
	Arch     string    // GOARCH; the system is always linux
	Created  time.Time // the release time of the SDK
	SDK      SDK
	Base     Base
	Packages []Package // in any order; nil = none or not known, see Base.Unlisted
}

// SDK is the Go SDK in the image.
type SDK struct {
	Go      string // 1.26.8
	Module  string // version of golang.org/toolchain: v0.0.1-go1.26.8.linux-amd64
	ABI     string // "" upstream, "abi1.0" Loongson's for the old world
	H1      string // h1:…
	Vouched string // kind of the proof: checksum-database, pinned-h1, …
	Value   string // what was compared with
}

// Base is the image below the SDK. The zero Base is scratch.
type Base struct {
	Name      string // reference without digest; "" = it has none that means something elsewhere
	Digest    string // sha256:… of its manifest, or of its configuration where it has no manifest; "" = none
	Rootfs    string // sha256:… of the root file system archive it was made from; "" = none
	OS        string // ID of os-release; "" = not known
	OSVersion string // VERSION_ID of os-release; "" = not known
	Unlisted  string // package database that is there and was not read, "rpm"; "" = none
}

// Package is one installed package of the base.
type Package struct {
	Kind    string // deb or apk
	Name    string
	Version string
	Arch    string // as the package says it
	Source  string // name of the source package; "" = the same
}

const prefix = "dev.yingzao:"

// Document returns the document as indented JSON.
func Document(i Image) ([]byte, error) {
	image := cdx.Component{
		BOMRef: "image", Type: cdx.ComponentTypeContainer, Name: i.Name, Version: i.Version,
		Properties: properties("platform", "linux/"+i.Arch),
	}
	sdk, base := i.SDK.component(), i.Base.component()
	components := []cdx.Component{sdk, base}
	onImage, onBase := []string{sdk.BOMRef, base.BOMRef}, []string(nil)
	for _, c := range packageComponents(i.Packages, i.Base) {
		components, onBase = append(components, c), append(onBase, c.BOMRef)
	}

	doc := cdx.NewBOM()
	doc.Metadata = &cdx.Metadata{
		Timestamp: i.Created.UTC().Format(time.RFC3339),
		Tools:     &cdx.ToolsChoice{Components: &[]cdx.Component{{Type: cdx.ComponentTypeApplication, Name: "yingzao"}}},
		Component: &image,
	}
	doc.Components = &components
	doc.Dependencies = &[]cdx.Dependency{{Ref: image.BOMRef, Dependencies: &onImage}}
	if onBase != nil {
		*doc.Dependencies = append(*doc.Dependencies, cdx.Dependency{Ref: base.BOMRef, Dependencies: &onBase})
	}
	if i.Base.Unlisted != "" {
		doc.Compositions = &[]cdx.Composition{{
			Aggregate:  cdx.CompositionAggregateIncomplete,
			Assemblies: &[]cdx.BOMReference{cdx.BOMReference(base.BOMRef)},
		}}
	}

	var out bytes.Buffer
	enc := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false)
	if err := enc.EncodeVersion(doc, cdx.SpecVersion1_6); err != nil {
		return nil, msg.Errorf("write bill of materials: %w", "写入物料清单：%w", err)
	}
	return out.Bytes(), nil
}

func (s SDK) component() cdx.Component {
	return cdx.Component{
		BOMRef: "go", Type: cdx.ComponentTypeApplication, Name: "go", Version: s.Go,
		Description: "Go SDK at /usr/local/go",
		PackageURL:  "pkg:golang/golang.org/toolchain@" + purl.Escape(s.Module),
		CPE:         "cpe:2.3:a:golang:go:" + s.Go + ":*:*:*:*:*:*:*",
		Licenses:    &cdx.Licenses{{License: &cdx.License{ID: "BSD-3-Clause"}}},
		Properties: properties("go.sdk.h1", s.H1, "go.sdk.vouched", s.Vouched,
			"go.sdk.vouched.value", s.Value, "go.sdk.abi", s.ABI),
	}
}

func (b Base) component() cdx.Component {
	c := cdx.Component{BOMRef: "base", Type: cdx.ComponentTypeOS, Name: cmp.Or(b.Name, b.OS, "scratch"), Version: b.OSVersion}
	for _, d := range []string{b.Digest, b.Rootfs} {
		if hex, ok := strings.CutPrefix(d, "sha256:"); ok && c.Hashes == nil {
			c.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex}}
		}
	}
	note := ""
	if b.Unlisted != "" {
		note = "packages in the " + b.Unlisted + " database are not listed"
	}
	c.Properties = properties("base.digest", b.Digest, "base.rootfs", b.Rootfs, "base.os", b.OS, "packages", note)
	return c
}

// packageComponents sorts the packages and leaves out what is said twice.
func packageComponents(packages []Package, b Base) []cdx.Component {
	byRef := map[string]cdx.Component{}
	for _, p := range packages {
		u := p.url(b)
		byRef[u] = cdx.Component{
			BOMRef: u, Type: cdx.ComponentTypeLibrary, Name: p.Name, Version: p.Version, PackageURL: u,
			Properties: properties("package.source", p.Source),
		}
	}
	var out []cdx.Component
	for _, u := range slices.Sorted(maps.Keys(byRef)) {
		out = append(out, byRef[u])
	}
	return out
}

// url is the package's name in the form of https://github.com/package-url.
func (p Package) url(b Base) string {
	u := "pkg:" + p.Kind + "/"
	if b.OS != "" {
		u += purl.Escape(b.OS) + "/"
	}
	u += purl.Escape(p.Name) + "@" + purl.Escape(p.Version)
	sep := "?"
	if p.Arch != "" {
		u, sep = u+sep+"arch="+purl.Escape(p.Arch), "&"
	}
	if b.OS != "" && b.OSVersion != "" {
		u += sep + "distro=" + purl.Escape(b.OS+"-"+b.OSVersion)
	}
	return u
}

// properties makes a list from names and values; empty values are left out, and
// an empty list is nil.
func properties(pairs ...string) *[]cdx.Property {
	var out []cdx.Property
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, cdx.Property{Name: prefix + pairs[i], Value: pairs[i+1]})
		}
	}
	if out == nil {
		return nil
	}
	return &out
}
