package sbom

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// The parts of an SPDX 2.3 document that we write, by the names of its JSON form.
type (
	spdxDocument struct {
		Version       string             `json:"spdxVersion"`
		DataLicense   string             `json:"dataLicense"`
		ID            string             `json:"SPDXID"`
		Name          string             `json:"name"`
		Namespace     string             `json:"documentNamespace"`
		Creation      spdxCreation       `json:"creationInfo"`
		Packages      []spdxPackage      `json:"packages"`
		Extracted     []spdxExtracted    `json:"hasExtractedLicensingInfos,omitempty"`
		Relationships []spdxRelationship `json:"relationships"`
	}
	spdxCreation struct {
		Created  string   `json:"created"`
		Creators []string `json:"creators"`
	}
	spdxPackage struct {
		Name      string         `json:"name"`
		ID        string         `json:"SPDXID"`
		Version   string         `json:"versionInfo,omitempty"`
		Purpose   string         `json:"primaryPackagePurpose,omitempty"`
		Download  string         `json:"downloadLocation"`
		Analyzed  bool           `json:"filesAnalyzed"`
		Checksums []spdxChecksum `json:"checksums,omitempty"`
		Concluded string         `json:"licenseConcluded"`
		Declared  string         `json:"licenseDeclared"`
		Copyright string         `json:"copyrightText"`
		Refs      []spdxRef      `json:"externalRefs,omitempty"`
		Comment   string         `json:"comment,omitempty"`
	}
	spdxChecksum struct {
		Algorithm string `json:"algorithm"`
		Value     string `json:"checksumValue"`
	}
	spdxRef struct {
		Category string `json:"referenceCategory"`
		Type     string `json:"referenceType"`
		Locator  string `json:"referenceLocator"`
	}
	spdxRelationship struct {
		From string `json:"spdxElementId"`
		Type string `json:"relationshipType"`
		To   string `json:"relatedSpdxElement"`
	}
	spdxExtracted struct {
		ID   string `json:"licenseId"`
		Name string `json:"name"`
		Text string `json:"extractedText"`
	}
)

const (
	noAssertion   = "NOASSERTION"
	spdxDoc       = "SPDXRef-DOCUMENT"
	spdxSubject   = "SPDXRef-Subject"
	spdxBinary    = "SPDXRef-Binary-"
	spdxH1        = "go-h1"
	spdxContains  = "CONTAINS"
	spdxDependsOn = "DEPENDS_ON"
)

func writeSPDX(s Subject) ([]byte, error) {
	d := spdxDocument{
		Version: "SPDX-2.3", DataLicense: "CC0-1.0", ID: spdxDoc, Name: s.Project + "-" + s.Version,
		Creation:      spdxCreation{Created: time.Unix(max(0, s.Created.Unix()), 0).UTC().Format(time.RFC3339), Creators: []string{"Tool: " + maker}},
		Relationships: []spdxRelationship{{spdxDoc, "DESCRIBES", spdxSubject}},
	}
	subject := plainPackage(spdxSubject, s.Project, s.Version)
	subject.Purpose = "APPLICATION"
	if s.Artifact != "" {
		d.Name, subject.Name, subject.Purpose, subject.Checksums = s.Artifact, s.Artifact, "ARCHIVE", spdxSums(s.SHA256)
	}
	d.Packages = append(d.Packages, subject)
	for _, b := range s.programs() {
		p := plainPackage(spdxBinary+b.SHA256, b.Name, s.Version)
		p.Purpose, p.Checksums, p.Comment = "APPLICATION", spdxSums(b.SHA256), commentOf(b.facts())
		if b.incomplete() {
			p.Comment += "\nincomplete: with cgo, libraries may be inside that are not listed"
		}
		d.Packages = append(d.Packages, p)
		d.Relationships = append(d.Relationships, spdxRelationship{spdxSubject, spdxContains, p.ID})
		for _, m := range b.modules(s.Version) {
			d.Relationships = append(d.Relationships, spdxRelationship{p.ID, spdxDependsOn, m.spdxID()})
		}
	}
	modules, _ := s.modules()
	for _, m := range modules {
		p := plainPackage(m.spdxID(), m.Path, m.Version)
		p.Purpose = "LIBRARY"
		if l := s.license(m); l.Expression() != "" {
			p.Declared = l.Expression()
			d.extract(m, l)
		}
		if u := m.url(); u != "" {
			p.Refs = append(p.Refs, spdxRef{"PACKAGE-MANAGER", "purl", u})
		}
		if m.Path == "std" {
			p.Refs = append(p.Refs, spdxRef{"SECURITY", "cpe23Type", "cpe:2.3:a:golang:go:" + m.Version + ":*:*:*:*:*:*:*"})
		}
		if m.Sum != "" {
			p.Refs = append(p.Refs, spdxRef{"OTHER", spdxH1, m.Sum})
		}
		p.Comment = commentOf(append(slices.DeleteFunc(m.facts(), func(f pair) bool { return f.value == m.Sum }), s.license(m).facts()...))
		d.Packages = append(d.Packages, p)
	}
	content, err := encodeSPDX(d)
	if err != nil {
		return nil, err
	}
	d.Namespace = uuid(content)
	return encodeSPDX(d)
}

func encodeSPDX(d spdxDocument) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(d); err != nil {
		return nil, msg.Errorf("write bill of materials: %w", "写入物料清单：%w", err)
	}
	return out.Bytes(), nil
}

// plainPackage is a package of which we claim nothing yet.
func plainPackage(id, name, version string) spdxPackage {
	return spdxPackage{Name: name, ID: id, Version: version, Download: noAssertion, Concluded: noAssertion, Declared: noAssertion, Copyright: noAssertion}
}

func spdxSums(sha256hex string) []spdxChecksum {
	if sha256hex == "" {
		return nil
	}
	return []spdxChecksum{{"SHA256", sha256hex}}
}

// notInID is what the identifier of an element must not hold.
var notInID = lazyre.New(`[^a-zA-Z0-9.-]+`)

// spdxID is readable, and unique although it cannot hold what a path may: a digest
// of the name stands behind it.
func (m Module) spdxID() string {
	name := notInID.Re().ReplaceAllString(m.Key(), "-")
	return "SPDXRef-Module-" + name + "-" + strings.TrimPrefix(uuid([]byte(m.ref())), "urn:uuid:")[:8]
}

func commentOf(facts []pair) string {
	var lines []string
	for _, f := range facts {
		lines = append(lines, f.name+"="+f.value)
	}
	return strings.Join(lines, "\n")
}

// extract tells of licences that SPDX has no identifier for.
func (d *spdxDocument) extract(m Module, l License) {
	for _, b := range l.Below {
		d.extract(m, b)
	}
	for _, f := range l.Files {
		for _, id := range f.IDs {
			ref := licenseRef + id
			if inSPDX(id) || slices.ContainsFunc(d.Extracted, func(e spdxExtracted) bool { return e.ID == ref }) {
				continue
			}
			d.Extracted = append(d.Extracted, spdxExtracted{ref, id, "see " + f.Name + " of " + m.Key()})
		}
	}
}
