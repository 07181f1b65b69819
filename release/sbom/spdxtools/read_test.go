package spdxtools

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx/v2/v2_3"
	"github.com/spdx/tools-golang/spdxlib"
	"github.com/spdx/tools-golang/tagvalue"
)

// golden is a document as package sbom writes it; its own test keeps it so.
func golden(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "archive.spdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRead(t *testing.T) {
	var doc v2_3.Document
	if err := json.ReadInto(bytes.NewReader(golden(t)), &doc); err != nil {
		t.Fatal(err)
	}
	if err := spdxlib.ValidateDocument(&doc); err != nil {
		t.Error(err)
	}
	described, err := spdxlib.GetDescribedPackageIDs(&doc)
	if err != nil || len(described) != 1 || described[0] != "Subject" {
		t.Errorf("described: %v, %v", described, err)
	}
	if doc.SPDXVersion != "SPDX-2.3" || len(doc.Packages) != 9 || len(doc.OtherLicenses) != 1 {
		t.Errorf("%s with %d packages and %d licences of its own", doc.SPDXVersion, len(doc.Packages), len(doc.OtherLicenses))
	}
	purls := 0
	for _, p := range doc.Packages {
		if p.PackageSupplier != nil || p.FilesAnalyzed {
			t.Errorf("%s claims what nobody looked at", p.PackageName)
		}
		for _, r := range p.PackageExternalReferences {
			if r.RefType == "purl" && strings.HasPrefix(r.Locator, "pkg:golang/") {
				purls++
			}
		}
	}
	if purls != 5 {
		t.Errorf("%d package URLs", purls)
	}
	// What it understood it can write in SPDX's other form.
	var out bytes.Buffer
	if err := tagvalue.Write(&doc, &out); err != nil || !strings.Contains(out.String(), "Relationship: SPDXRef-Subject CONTAINS SPDXRef-Binary-") {
		t.Errorf("%v\n%s", err, &out)
	}
}

// The reader is awake.
func TestReadRefuses(t *testing.T) {
	broken := bytes.Replace(golden(t), []byte(`"SPDXID": "SPDXRef-Binary-ab`), []byte(`"SPDXID": "SPDXRef-Binary-xx`), 1)
	var doc v2_3.Document
	if err := json.ReadInto(bytes.NewReader(broken), &doc); err != nil {
		return
	}
	if spdxlib.ValidateDocument(&doc) == nil {
		t.Error("a relationship with nothing is accepted")
	}
}
