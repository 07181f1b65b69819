package sbom

import (
	"bytes"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

const prefix = "dev.yingzao:"

// subjectRef names what the document is about within it.
const subjectRef = "subject"

func writeCycloneDX(s Subject) ([]byte, error) {
	subject := cdx.Component{BOMRef: subjectRef, Type: cdx.ComponentTypeApplication, Name: s.Project, Version: s.Version}
	if s.Artifact != "" {
		subject.Type, subject.Name, subject.Hashes = cdx.ComponentTypeFile, s.Artifact, hashes(s.SHA256)
		subject.Properties = properties([]pair{{"project", s.Project}})
	}
	var components []cdx.Component
	var dependencies []cdx.Dependency
	var incomplete []cdx.BOMReference
	inside := []string{}
	for _, b := range s.programs() {
		inside = append(inside, b.ref())
		components = append(components, cdx.Component{
			BOMRef: b.ref(), Type: cdx.ComponentTypeApplication, Name: b.Name, Version: s.Version,
			Hashes: hashes(b.SHA256), Properties: properties(b.facts()),
		})
		from := []string{}
		for _, m := range b.modules(s.Version) {
			from = append(from, m.ref())
		}
		dependencies = append(dependencies, cdx.Dependency{Ref: b.ref(), Dependencies: &from})
		if b.incomplete() {
			incomplete = append(incomplete, cdx.BOMReference(b.ref()))
		}
	}
	modules, mains := s.modules()
	for _, m := range modules {
		c := cdx.Component{
			BOMRef: m.ref(), Type: cdx.ComponentTypeLibrary, Name: m.Path, Version: m.Version, PackageURL: m.url(),
			Licenses: s.license(m).cycloneDX(), Properties: properties(append(m.facts(), s.license(m).facts()...)),
		}
		switch {
		case m.Path == "std":
			c.CPE = "cpe:2.3:a:golang:go:" + m.Version + ":*:*:*:*:*:*:*"
		case mains[m.ref()]:
			c.Type = cdx.ComponentTypeApplication
		}
		components = append(components, c)
	}

	doc := cdx.NewBOM()
	doc.Metadata = &cdx.Metadata{
		Tools:     &cdx.ToolsChoice{Components: &[]cdx.Component{{Type: cdx.ComponentTypeApplication, Name: maker}}},
		Component: &subject,
	}
	if !s.Created.IsZero() {
		doc.Metadata.Timestamp = s.Created.UTC().Format(time.RFC3339)
	}
	doc.Components = &components
	all := append([]cdx.Dependency{{Ref: subjectRef, Dependencies: &inside}}, dependencies...)
	doc.Dependencies = &all
	if incomplete != nil {
		doc.Compositions = &[]cdx.Composition{{Aggregate: cdx.CompositionAggregateIncomplete, Assemblies: &incomplete}}
	}
	content, err := encode(doc)
	if err != nil {
		return nil, err
	}
	doc.SerialNumber = uuid(content)
	return encode(doc)
}

func encode(doc *cdx.BOM) ([]byte, error) {
	var out bytes.Buffer
	enc := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false)
	if err := enc.EncodeVersion(doc, cdx.SpecVersion1_6); err != nil {
		return nil, msg.Errorf("write bill of materials: %w", "写入物料清单：%w", err)
	}
	return out.Bytes(), nil
}

// cycloneDX is the licence as a component has it; nil when it is not known.
func (l License) cycloneDX() *cdx.Licenses {
	ids := l.IDs()
	switch {
	case len(ids) == 0:
		return nil
	case len(ids) > 1:
		return &cdx.Licenses{{Expression: l.Expression()}}
	case inSPDX(ids[0]):
		return &cdx.Licenses{{License: &cdx.License{ID: ids[0]}}}
	}
	return &cdx.Licenses{{License: &cdx.License{Name: ids[0]}}}
}

func hashes(sha256hex string) *[]cdx.Hash {
	if sha256hex == "" {
		return nil
	}
	return &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: sha256hex}}
}

func properties(pairs []pair) *[]cdx.Property {
	var out []cdx.Property
	for _, p := range pairs {
		out = append(out, cdx.Property{Name: prefix + p.name, Value: p.value})
	}
	if out == nil {
		return nil
	}
	return &out
}
