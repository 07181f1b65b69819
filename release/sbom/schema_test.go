package sbom

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/licensecheck"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The official schema lies among the sources of the library that writes the
// documents; it is not linked into anything.
func official(t *testing.T, name string) []byte {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "schema", name))
	if err != nil {
		if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatal(err)
		}
		t.Skipf("the module has no schema here: %v", err)
	}
	return b
}

func TestOfficialSchema(t *testing.T) {
	c := jsonschema.NewCompiler()
	for url, name := range map[string]string{
		"http://cyclonedx.org/schema/bom-1.6.schema.json":  "bom-1.6.schema.json",
		"http://cyclonedx.org/schema/spdx.schema.json":     "spdx.schema.json",
		"http://cyclonedx.org/schema/jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	} {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(official(t, name)))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(url, doc); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	release := sample()
	release.Artifact, release.SHA256, release.Created = "", "", release.Created.AddDate(0, 0, 1)
	for name, b := range map[string][]byte{
		"sample": write(t, CycloneDX, sample()), "release": write(t, CycloneDX, release), "no programs": write(t, CycloneDX, Subject{Project: "x", Version: "1"}),
		"real": write(t, CycloneDX, subject(t, build(t, "linux", "amd64"))),
	} {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		delete(doc.(map[string]any), "bomFormat")
		if schema.Validate(doc) == nil {
			t.Error("the schema takes a document without bomFormat: it judges nothing")
		}
	}
}

// What is not in SPDX's own list is called LicenseRef.
func TestUnlistedLicenses(t *testing.T) {
	var list struct {
		Enum []string `json:"enum"`
	}
	if err := json.Unmarshal(official(t, "spdx.schema.json"), &list); err != nil || len(list.Enum) < 400 {
		t.Fatal(err, len(list.Enum))
	}
	var want []string
	for _, l := range licensecheck.BuiltinLicenses() {
		if !slices.Contains(list.Enum, l.ID) && !slices.Contains(want, l.ID) {
			want = append(want, l.ID)
		}
	}
	slices.Sort(want)
	if !slices.Equal(want, unlisted) {
		t.Errorf("unlisted is %q, must be %q", unlisted, want)
	}
}
